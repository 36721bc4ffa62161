//! Holds the generator to its word about `catalog/secrets.toml`: a mistake is shown where it is.

use std::fs;
use std::path::Path;

use super::cases::{each_has_its_message, schema_is_current};
use super::{Source, secrets};

const BAD: &str = "tests/generator/bad_secrets";

/// The case in the place of the file.
fn sources(case: &Path) -> Vec<Source> {
    vec![Source {
        path: "catalog/secrets.toml".to_owned(),
        text: fs::read_to_string(case).unwrap(),
    }]
}

#[test]
fn every_mistake_of_a_form_has_its_message() {
    each_has_its_message(BAD, sources);
}

#[test]
fn the_schema_of_the_forms_of_secrets_is_current() {
    schema_is_current::<secrets::spec::Secrets>("secrets");
}
