//! Checks the keys that files of several kinds have.

use std::ops::Range;

use super::at::{At, Table};
use super::diagnostic::Findings;

/// How a file says what it must.
const HELPS: [(&str, &str); 13] = [
    ("title", "the name a person reads: `title = \"…\"`"),
    (
        "summary",
        "one sentence that ends in a full stop: `summary = \"…\"`",
    ),
    (
        "tier",
        "how much harm a call can do: `tier = \"safe\"`, `\"moderate\"` or `\"destructive\"`",
    ),
    (
        "[docker]",
        "what is asked of the Engine: `call`, a bollard method, or a `handler`; of a program, `[command]`",
    ),
    (
        "[output]",
        "what a client sees: `fields`, a `list` of them, or the whole `document`",
    ),
    (
        "default",
        "whether it is on where nobody chose: `default = false`",
    ),
    ("program", "what is run: `program = \"compose\"`"),
    (
        "reply",
        "the form of what the program writes: `reply = \"json\"`, `\"json-lines\"` or `\"text\"`",
    ),
    ("template", "a file of `prompts/`: `template = \"….md.j2\"`"),
    (
        "[sample]",
        "what to render it with where there is no Engine: `[sample.arguments]`, `[sample.context.…]`",
    ),
    (
        "uri",
        "its address: `uri = \"container://…/{container_id}\"`",
    ),
    (
        "tool",
        "the safe tool whose result it is: `tool = \"docker_…\"`",
    ),
    (
        "updates",
        "when subscribers are to read it again: `updates = \"output\"` or `\"interval\"`",
    ),
];

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
        format!("`{what}` is missing"),
    );
    let mut helps = HELPS.iter();
    if let Some((_, help)) = helps.find(|(key, _)| *key == what) {
        findings.help(*help);
    }
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
