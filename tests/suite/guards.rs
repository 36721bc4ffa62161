//! Holds the guards of `tests/mutation/` to the code: each is where its file says.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde::Deserialize;

use crate::golden::at_root;

/// A file of guards.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    guard: Vec<Guard>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "`tests/mutation.sh` reads what they hold")]
struct Guard {
    name: String,
    file: String,
    text: String,
    instead: String,
    test: String,
}

impl Guard {
    /// What is made a choice has to stand in a block, so that it is known before minutes of building.
    fn assert_is_a_choice(&self) {
        for part in [&self.text, &self.instead] {
            let block = syn::parse_str::<syn::Block>(&format!("{{ {part} }}"));
            let name = &self.name;
            assert!(
                block.is_ok(),
                "`{name}`: neither an expression nor statements: {part}"
            );
        }
    }
}

/// A table is only of use as long as each guard can be taken out, and that takes minutes; that it could
/// be is seen at once. What the script reads of TOML is all that the files hold.
#[test]
fn every_guard_is_in_its_place_and_has_a_test() {
    let mut names = BTreeSet::new();
    let mut guards = 0;
    for file in fs::read_dir(at_root("tests/mutation")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let area: Area = toml::from_str(&text).unwrap();
        guards += area.guard.len();
        for guard in &area.guard {
            guard.assert_is_a_choice();
        }
        names.extend(area.guard.into_iter().map(|guard| guard.name));
    }
    assert!(guards > 100, "{guards} guards");
    assert_eq!(names.len(), guards, "two guards have one name");

    let check = Command::new(at_root("tests/mutation.sh"))
        .arg("--check")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stderr);
    assert!(check.status.success(), "{said}");
    assert_eq!(said.trim(), format!("{guards} guards"));
}
