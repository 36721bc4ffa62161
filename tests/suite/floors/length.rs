//! Holds every file to a length that is read at one sitting, and to saying first what it holds.

use std::fs;
use std::path::{Path, PathBuf};

use super::rust_files;

/// As many lines.
const MOST: usize = 400;

fn files(folders: &[&str]) -> Vec<PathBuf> {
    let files: Vec<_> = folders
        .iter()
        .flat_map(|folder| rust_files(Path::new(folder)))
        .collect();
    assert!(files.len() > 100, "only {} files seen", files.len());
    files
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let long: Vec<String> = files(&["src", "tests", "benches"])
        .iter()
        .map(|file| (file, fs::read_to_string(file).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > MOST)
        .map(|(file, lines)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_file_begins_with_what_it_holds() {
    let says = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let first = text
            .strip_prefix("//! ")
            .and_then(|it| it.split("\n\n").next());
        let first = first.unwrap_or_default().replace("\n//!", "");
        first.contains(['.', ':'])
    };
    let silent: Vec<_> = files(&["src", "tests", "benches"]);
    let silent: Vec<_> = silent.iter().filter(|file| !says(file)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}
