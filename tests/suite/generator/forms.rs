//! Holds the generator to its word about `catalog/secrets.toml`: a mistake is shown where it is.

use std::collections::BTreeSet;
use std::fs;

use super::{Source, generate, secrets};
use crate::golden;

const BAD: &str = "tests/generator/bad_secrets";

/// The names of the cases.
fn cases() -> BTreeSet<String> {
    fs::read_dir(golden::at_root(BAD))
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".toml").map(str::to_owned)
        })
        .collect()
}

#[test]
fn every_mistake_of_a_form_has_its_message() {
    let cases = cases();
    assert!(cases.len() >= 10);
    for case in cases {
        let source = Source {
            path: "catalog/secrets.toml".to_owned(),
            text: fs::read_to_string(golden::at_root(BAD).join(format!("{case}.toml"))).unwrap(),
        };
        let Err(diagnostics) = generate(&[source]) else {
            panic!("`{case}` was accepted")
        };
        let text = format!("{}\n", diagnostics.join("\n\n"));
        golden::check(format!("{BAD}/{case}.stderr"), &text);
    }
}

#[test]
fn no_message_of_a_form_is_left_without_its_mistake() {
    let cases = cases();
    for entry in fs::read_dir(golden::at_root(BAD)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.split('.').next().unwrap();
        assert!(cases.contains(stem), "{name} has no case");
    }
}

/// What an editor completes and explains is what the generator reads.
#[test]
fn the_schema_of_the_forms_of_secrets_is_current() {
    let generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let schema = generator.into_root_schema_for::<secrets::spec::Secrets>();
    golden::check(
        "catalog/secrets.schema.json",
        &format!("{}\n", serde_json::to_string_pretty(&schema).unwrap()),
    );
}
