//! Checks `catalog/secrets.toml` and writes the table that `src/redaction` includes.
//!
//! What is found to be right is the description itself: its entries are lists and regular
//! expressions already, so there is no other model of them.

mod check;
mod emit;
#[cfg(test)]
pub(crate) mod examples;
mod regex;
pub(crate) mod spec;

use super::diagnostic::Findings;
use super::{Generated, Source, parse};

/// Whether a file says what redaction looks for.
pub(super) fn is_one(source: &Source) -> bool {
    source.path == "catalog/secrets.toml"
}

/// Checks what redaction looks for and writes its table; nothing where the catalogue has no such file.
pub(super) fn compile(sources: &[Source], rendered: &mut Vec<String>) -> Option<Generated> {
    let source = sources.iter().find(|source| is_one(source))?;
    let mut findings = Findings::new(source);
    let spec: Option<spec::Secrets> = parse::file(source, &mut findings);
    if let Some(spec) = &spec {
        check::secrets(spec, source, &mut findings);
    }
    let is_right = findings.is_empty();
    rendered.extend(findings.render());
    match emit::file(&spec.filter(|_| is_right)?) {
        Ok(code) => Some(Generated {
            path: "secrets.rs".to_owned(),
            code,
        }),
        Err(bug) => {
            rendered.push(bug);
            None
        }
    }
}
