//! Reads the folders of bad files: each case has its message beside it, and each message its case.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Source, generate};
use crate::golden;

/// The cases of a folder: TOML files, and folders where a case takes several.
pub(crate) fn cases(folder: &str) -> Vec<PathBuf> {
    let mut cases = entries(folder);
    cases.retain(|path| is_case(path));
    cases
}

/// The name of a case, and of whatever belongs to it.
pub(crate) fn name(path: &Path) -> &str {
    let name = path.file_name().unwrap().to_str().unwrap();
    name.split('.').next().unwrap()
}

/// Has the generator read each case, as the files that it stands for, and compares what it says. What
/// is called `good` belongs to all cases.
pub(crate) fn each_has_its_message(folder: &str, sources: impl Fn(&Path) -> Vec<Source>) {
    let cases = cases(folder);
    assert!(cases.len() >= 10);
    for case in &cases {
        let name = name(case);
        let Err(diagnostics) = generate(&sources(case)) else {
            panic!("`{name}` was accepted")
        };
        let text = format!("{}\n", diagnostics.join("\n\n"));
        golden::check(format!("{folder}/{name}.stderr"), &text);
    }
    for path in entries(folder) {
        let found = name(&path) == "good" || cases.iter().any(|case| name(case) == name(&path));
        assert!(found, "{} has no case", path.display());
    }
}

/// Compares a schema with the one that editors read: what they complete and explain is what the
/// generator reads.
pub(crate) fn schema_is_current<T: schemars::JsonSchema>(name: &str) {
    let generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let schema = serde_json::to_string_pretty(&generator.into_root_schema_for::<T>()).unwrap();
    golden::check(
        format!("catalog/{name}.schema.json"),
        &format!("{schema}\n"),
    );
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(golden::at_root(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn is_case(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|it| it == "toml")
}
