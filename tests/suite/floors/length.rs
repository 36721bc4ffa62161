//! Holds the tests' own files to a length that is read at one sitting.

use std::path::Path;

use super::rust_files;

/// As many lines.
const MOST: usize = 400;

#[test]
fn no_file_of_tests_is_longer_than_400_lines() {
    let files: Vec<_> = ["tests", "benches"]
        .into_iter()
        .flat_map(|folder| rust_files(Path::new(folder)))
        .collect();
    assert!(files.len() > 100, "only {} files seen", files.len());
    let long: Vec<String> = files
        .iter()
        .map(|file| (file, std::fs::read_to_string(file).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > MOST)
        .map(|(file, lines)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
