//! Holds the generator to its word about toolsets: what is wrong with one is shown where it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Source, generate, read, toolset, whole};
use crate::golden;

const BAD: &str = "tests/generator/bad_toolsets";

/// The catalogue as it is, and the files of a case as if they were in it.
fn sources(case: &Path) -> Vec<Source> {
    let mut sources = whole();
    for source in read(case).unwrap() {
        let path = Path::new(&source.path).strip_prefix(case).unwrap();
        sources.push(Source {
            path: format!("catalog/{}", path.to_str().unwrap()),
            text: source.text,
        });
    }
    sources
}

#[test]
fn every_mistake_of_a_toolset_has_its_message() {
    let entries = fs::read_dir(golden::at_root(BAD)).unwrap();
    let paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let (cases, goldens): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    assert!(cases.len() >= 10);
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let Err(diagnostics) = generate(&sources(case)) else {
            panic!("`{name}` was accepted")
        };
        let text = format!("{}\n", diagnostics.join("\n\n"));
        golden::check(format!("{BAD}/{name}.stderr"), &text);
    }
    let stems = |paths: &[std::path::PathBuf]| -> BTreeSet<_> {
        let stem = |path: &std::path::PathBuf| path.with_extension("");
        paths.iter().map(stem).collect()
    };
    let stray: Vec<_> = stems(&goldens)
        .difference(&stems(&cases))
        .cloned()
        .collect();
    assert!(stray.is_empty(), "{stray:?} have no case");
}

/// What an editor completes and explains is what the generator reads.
#[test]
fn the_schema_of_a_toolset_file_is_current() {
    let generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let schema = generator.into_root_schema_for::<toolset::spec::Toolset>();
    golden::check(
        "catalog/toolset.schema.json",
        &format!("{}\n", serde_json::to_string_pretty(&schema).unwrap()),
    );
}
