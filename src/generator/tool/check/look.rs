//! Reads an entry of `[look]`: a call, a table of `call` and `options`, or a handler.

use std::ops::Range;

use super::action::handler;
use super::engine_call::{CallText, complete, expression};
use super::scope::Scope;
use super::structure::{assigned, assignment, options_path, structure};
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::tool::model::{Look, Request};

const KEYS: [&str; 4] = ["call", "options", "options_type", "handler"];

/// What one entry asks for. The parts of a table have no places of their own, so the whole entry
/// is underlined.
pub(super) fn checked(
    value: &At<toml::Value>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Look> {
    let whole = value.span();
    let table = match &**value {
        toml::Value::String(call) => return call_of(call, None, None, whole, scope, findings),
        toml::Value::Table(table) => Some(table),
        _ => None,
    };
    for stray in table.into_iter().flat_map(toml::Table::keys) {
        if !KEYS.contains(&stray.as_str()) {
            findings.error(
                whole.clone(),
                format!("a look has no `{stray}`"),
                "unknown key",
            );
            findings.help_nearest(stray, KEYS);
        }
    }
    let text = |key| table?.get(key)?.as_str();
    let options = table.and_then(|table| table.get("options"));
    match (text("call"), text("handler"), options) {
        (Some(call), None, options) => {
            let options_type = text("options_type");
            call_of(call, options, options_type, whole, scope, findings)
        }
        (None, Some(module), None) => Some(Look::Handler(handler(module, whole, scope, findings))),
        (None, Some(_), Some(_)) => {
            findings.error(whole, "a handler takes no `options`", "belong to a `call`");
            None
        }
        (Some(_), Some(_), _) => {
            findings.error(whole, "both `call` and `handler` are given", "one too many");
            None
        }
        (None, None, _) => {
            findings.error(
                whole,
                "a look is a call, or a table with a `call` or a `handler`",
                "no call",
            );
            None
        }
    }
}

fn call_of(
    text: &str,
    options: Option<&toml::Value>,
    options_type: Option<&str>,
    whole: Range<usize>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Look> {
    let mut request: Request = expression(text, &CallText::Whole(whole.clone()), scope, findings)?;
    if let Some(options) = options.and_then(toml::Value::as_table) {
        let path = options_path(&request.method, options_type, whole.clone(), findings);
        let mut structure = structure(path, whole.clone(), scope);
        for (field, constant) in options {
            let assigned = assigned(constant, whole.clone(), scope, findings)?;
            structure
                .assignments
                .push(assignment(field, assigned, whole.clone(), scope));
        }
        request.options = Some(structure);
    }
    complete(&mut request, options_type, &whole, scope, findings);
    Some(Look::Call(Box::new(request)))
}
