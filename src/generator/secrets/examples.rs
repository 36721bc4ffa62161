//! Reads the examples of `catalog/secrets.toml`, for the tests that hold redaction to them.

use super::spec::{Says, Secrets};
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::parse;
use crate::generator::common::source::Source;

/// What an entry says of a line.
pub(crate) struct Example {
    /// The place of the line, `catalog/secrets.toml:12`.
    pub place: String,
    /// The line, with each secret between `«` and `»`.
    pub line: String,
    /// The entry is of words in names.
    pub is_of_a_name: bool,
}

/// The words of names that say the same, or nothing where there are none.
pub(crate) fn words(source: &Source, says: Says) -> Vec<String> {
    let entries = read(source).name.into_iter();
    let entries = entries.filter(|entry| *entry.says == says);
    entries
        .flat_map(|entry| {
            entry
                .words
                .iter()
                .map(|it| (**it).clone())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The examples of all entries, in the order of the file.
pub(crate) fn all(source: &Source) -> Vec<Example> {
    let spec = read(source);
    let mut found = Vec::new();
    for entry in spec.examples() {
        for line in [entry.hides, entry.keeps].into_iter().flatten() {
            found.push((line.span().start, line.clone(), entry.key == "name"));
        }
    }
    found.sort_by_key(|(at, ..)| *at);
    let example = |(at, line, is_of_a_name): (usize, At<String>, bool)| Example {
        place: source.origin(&(at..at)).0,
        line: (*line).clone(),
        is_of_a_name,
    };
    found.into_iter().map(example).collect()
}

fn read(source: &Source) -> Secrets {
    parse::file(source, &mut Findings::new(source)).unwrap()
}
