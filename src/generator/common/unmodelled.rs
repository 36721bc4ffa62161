//! Checks what a file says of names that an Engine sends and bollard's models lack.

use serde::Deserialize;

use super::at::{At, Table};
use super::diagnostic::Findings;
use super::keys::in_order;
use super::reply::{self, Form, INDEX, Reader};

/// A name that an Engine sends and bollard's model lacks.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Unmodelled {
    /// Which Engines send it, and where that is to be seen.
    pub because: At<String>,
    /// The last version of the API that has it, such as `1.51`.
    pub until: Option<At<String>>,
    /// What it is: a struct of `bollard::models`, `string`, `integer`, `number`, `boolean` or `object`, with `[]` for a list of them. Without it nothing inside is checked.
    #[serde(rename = "type")]
    pub kind: Option<At<String>>,
}

/// The names, after each was held against bollard's models.
pub(crate) fn declared(
    spec: &Table<Table<At<Unmodelled>>>,
    findings: &mut Findings,
) -> Vec<reply::Unmodelled> {
    let mut declared = Vec::new();
    for (model, names) in in_order(spec) {
        let Some(members) = INDEX.models.get(model.as_str()) else {
            let title = format!("`bollard::models` has no `{}`", **model);
            findings.error(model.span(), title, "no such struct");
            findings.help_nearest(model, INDEX.models.keys().copied());
            continue;
        };
        for (name, entry) in in_order(names) {
            if members.iter().any(|member| member.name == **name) {
                let title = format!("bollard's `{}` has `{}`", **model, **name);
                findings.error(name.span(), title, "is modelled");
                findings.help("take it out: what the model has is checked");
            }
            if entry.because.trim().is_empty() {
                findings.error(entry.because.span(), "`because` is empty", "why?");
            }
            let version = entry.until.as_ref().filter(|until| !is_version(until));
            if let Some(until) = version {
                let title = format!("`{}` is no version of the Engine API", **until);
                findings.error(until.span(), title, "written like `1.51`");
            }
            let kind = entry.kind.as_ref();
            declared.push(reply::Unmodelled {
                model: (**model).clone(),
                name: (**name).clone(),
                form: kind.map_or(Form::Open, |kind| said(kind, findings)),
                used: false,
            });
        }
    }
    declared
}

/// What a file says that a reply is.
pub(crate) fn said(kind: &At<String>, findings: &mut Findings) -> Form {
    Form::said(kind).unwrap_or_else(|word| {
        let title = format!("`bollard::models` has no `{word}`");
        findings.error(kind.span(), title, "no such struct");
        findings.help_nearest(word, INDEX.models.keys().copied());
        Form::Open
    })
}

/// Refuses a name that no path leads over.
pub(crate) fn unused(
    spec: &Table<Table<At<Unmodelled>>>,
    reader: &Reader,
    findings: &mut Findings,
) {
    for (model, names) in spec {
        for name in names.keys() {
            let mut known = reader.unmodelled.iter();
            if !known.any(|it| it.used && it.model == **model && it.name == **name) {
                let title = format!("nothing reads `{}` of `{}`", **name, **model);
                findings.error(name.span(), title, "unused");
            }
        }
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix("1.")
        .is_some_and(|minor| minor.parse::<u16>().is_ok())
}
