//! Holds the generator to its word about toolsets: what is wrong with one is shown where it is.

use std::path::Path;

use super::cases::{each_has_its_message, schema_is_current};
use super::{Source, read, toolset, whole};

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
    each_has_its_message(BAD, sources);
}

#[test]
fn the_schema_of_a_toolset_file_is_current() {
    schema_is_current::<toolset::spec::Toolset>("toolset");
}
