//! Holds the table of guards of `tests/mutation.sh` to the code: each is where the table says.

use std::process::Command;

/// The table is only of use as long as each guard can be taken out, and that takes minutes; that it
/// could be is seen at once.
#[test]
fn every_guard_is_in_its_place_and_has_a_test() {
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mutation.sh"))
        .arg("--check")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let count = said
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok());
    assert!(count.is_some_and(|count: usize| count > 100), "{said}");
}
