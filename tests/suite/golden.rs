//! Compares what the project makes with the copies that are committed.

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// A path below the repository's root.
pub(crate) fn at_root(path: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a text with the committed file, or with `BLESS=1` writes the file.
///
/// On a build server nothing is ever written: there a difference is a failure.
pub(crate) fn check(path: impl AsRef<Path>, actual: &str) {
    let path = at_root(path);
    let expected = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    if expected == actual {
        return;
    }
    if std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
        return;
    }
    let diff = TextDiff::from_lines(expected.as_str(), actual);
    panic!(
        "{} is not what is made now:\n{}\nrun `BLESS=1 cargo test --test suite` if this is intended",
        path.display(),
        diff.unified_diff().header("committed", "made now")
    );
}
