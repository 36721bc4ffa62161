//! Checks the keys that files of several kinds have.

use std::ops::Range;

use super::at::{At, Table};
use super::diagnostic::Findings;

/// The entries of a table as the file has them.
pub(crate) fn in_order<T>(table: &Table<T>) -> Vec<(&At<String>, &T)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

/// Says that a file lacks a key that it must have.
pub(crate) fn missing(file: &str, what: &str, start: &Range<usize>, findings: &mut Findings) {
    if findings.is_out(what.trim_matches(['[', ']'])) {
        return;
    }
    findings.error(
        start.clone(),
        format!("the {file} has no `{what}`"),
        "missing",
    );
}

/// The text of a key that a `tool` or a `prompt` must have.
pub(crate) fn needed(
    file: &str,
    value: Option<&At<String>>,
    what: &str,
    start: &Range<usize>,
    findings: &mut Findings,
) -> String {
    match value {
        Some(value) if value.trim().is_empty() => {
            findings.error(value.span(), format!("`{what}` is empty"), "empty")
        }
        Some(value) => return (**value).clone(),
        None => missing(file, what, start, findings),
    }
    String::new()
}

/// Holds a summary to one sentence.
pub(crate) fn one_sentence(summary: &At<String>, findings: &mut Findings) {
    let text = summary.trim();
    if !text.ends_with('.') {
        findings.error(
            summary.span(),
            "the summary does not end in a full stop",
            "one sentence, please",
        );
    } else if text.trim_end_matches('.').contains(". ") {
        findings.error(
            summary.span(),
            "the summary has more than one sentence",
            "one sentence, please",
        );
        findings.help("put what else a model needs to know into `description`");
    }
}
