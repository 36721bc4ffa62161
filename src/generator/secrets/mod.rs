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

use crate::generator::common::code::Generated;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::parse;
use crate::generator::common::source::{Source, Subject, of};

/// Checks what redaction looks for and writes its table; nothing where the catalogue has no such file.
pub(super) fn compile(sources: &[Source], rendered: &mut Vec<String>) -> Option<Generated> {
    let source = of(sources, Subject::Secrets).next()?;
    let mut findings = Findings::new(source);
    let spec: Option<spec::Secrets> = parse::file(source, &mut findings);
    if let Some(spec) = &spec {
        check::secrets(spec, source, &mut findings);
    }
    let is_right = findings.is_empty();
    rendered.extend(findings.render());
    match emit::file(&spec.filter(|_| is_right)?) {
        Ok(file) => Some(file),
        Err(bug) => {
            rendered.push(bug);
            None
        }
    }
}
