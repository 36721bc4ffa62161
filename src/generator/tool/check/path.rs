//! Reads a path of the catalogue and follows it to what it leads to.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::scope::Scope;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::Form;
use crate::generator::common::vocabulary::Root;
use crate::generator::tool::model::Path;

/// What a path that is not into the reply begins with.
const ROOTS: [&str; 2] = ["params", "look"];

/// Reads a path in the grammar of TOML's dotted keys; `reply` is what it starts from where it names
/// neither parameters nor looks.
pub(super) fn path(
    text: &str,
    span: Range<usize>,
    reply: &Form,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<(Path, Form)> {
    if text == "@" {
        let path = Path {
            root: Root::Reply,
            segments: Vec::new(),
        };
        return there_is_a_reply(reply, span, findings).then(|| (path, reply.clone()));
    }
    let Some(mut segments) = dotted(text) else {
        findings.error(span, format!("`{text}` is not a path"), "not a dotted key");
        findings.help("write it like a TOML key: `State.Status`, `Labels.\"com.example.name\"`");
        return None;
    };
    let root = match segments.first().map(String::as_str) {
        Some("params") => Root::Params,
        Some("look") => Root::Look,
        _ => Root::Reply,
    };
    let mut before = String::new();
    if root != Root::Reply {
        before = segments.remove(0);
    }
    let name = segments.first().cloned().unwrap_or_default();
    let form = match root {
        Root::Params => {
            scope.known_param(&name, span.clone(), findings)?;
            scope.params_form()
        }
        Root::Look if scope.looks.iter().any(|(look, _)| *look == name) => scope.looks_form(),
        Root::Look if findings.is_out(&name) || findings.is_out("look") => return None,
        Root::Look => {
            findings.error(span, format!("there is no look `{name}`"), "unknown look");
            findings.help_nearest(&name, scope.looks.iter().map(|(look, _)| look.as_str()));
            return None;
        }
        Root::Reply if !there_is_a_reply(reply, span.clone(), findings) => {
            findings.help_nearest(&name, ROOTS);
            return None;
        }
        Root::Reply => reply.clone(),
    };
    let origin = scope.origin(&span);
    match scope.reader.through(&form, &before, &segments, &origin) {
        Ok(found) => Some((Path { root, segments }, found.known())),
        Err(stray) => {
            findings.stray(span, stray);
            if root == Root::Reply {
                findings.help_nearest(&name, ROOTS);
            }
            None
        }
    }
}

/// Whether there is something to read.
fn there_is_a_reply(reply: &Form, span: Range<usize>, findings: &mut Findings) -> bool {
    let there_is = *reply != Form::Nothing;
    if !there_is {
        findings.error(span, "the Engine's reply is empty", "reads from nothing");
        findings.help(
            "read from `look.…` or `params.…`, say in `then` what to ask afterwards, or in `reply` \
             what an Engine sends of which bollard says nothing",
        );
    }
    there_is
}

/// The segments of a dotted key.
fn dotted(text: &str) -> Option<Vec<String>> {
    let line = format!("{text} = 0");
    let table = DeTable::parse(&line)
        .ok()
        .filter(|_| !text.contains(['\n', '=']))?;
    let mut segments = Vec::new();
    let mut level = table.get_ref();
    loop {
        let (key, value) = level.iter().next()?;
        segments.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => level = inner,
            _ => return Some(segments),
        }
    }
}
