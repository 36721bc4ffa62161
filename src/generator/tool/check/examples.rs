//! Checks that the examples of a tool could be sent.

use serde_json::Value;

use super::arguments::fits;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::in_order;
use crate::generator::common::reply;
use crate::generator::common::reply::{Form, Said};
use crate::generator::common::vocabulary::types::{self, Json};
use crate::generator::tool::model::Example;
use crate::generator::tool::spec;

/// The examples, after each was held against the parameters.
pub(super) fn checked(
    examples: &[At<spec::Example>],
    scope: &Scope<'_>,
    findings: &mut Findings,
) -> Vec<Example> {
    for example in examples {
        arguments(example, scope, findings);
        if example.requests.is_empty() {
            findings.error(
                example.span(),
                "the example has no `requests`",
                "what does the Engine see?",
            );
        }
        for request in &example.requests {
            let verb = request.split(' ').next().unwrap_or_default();
            let known = ["GET", "POST", "PUT", "DELETE", "HEAD"].contains(&verb);
            if !known || !request.trim_start_matches(verb).starts_with(" /") {
                findings.error(
                    request.span(),
                    format!("`{}` is not a request", **request),
                    "not a request",
                );
                findings.help("write it as `METHOD /path?query`, without the API version");
            }
        }
    }
    examples.iter().map(|example| model(example)).collect()
}

/// Checks what the examples choose of a document.
pub(super) fn chosen(
    examples: &[At<spec::Example>],
    reply: &Form,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) {
    for example in examples {
        let mut args = example.args.iter();
        let fields = args.find(|(name, _)| ***name == "fields");
        let Some((_, fields)) = fields else { continue };
        let paths = fields.as_array().into_iter().flatten();
        for path in paths.filter_map(toml::Value::as_str) {
            let place = scope.source.word(&fields.span(), path);
            let origin = scope.origin(&place);
            if let Err(stray) = scope.reader.chosen(reply, path, &origin) {
                findings.stray(place, stray);
            }
        }
    }
}

/// Checks that an Engine could answer as the examples say it does.
pub(super) fn replies(
    examples: &[At<spec::Example>],
    reply: Option<&Form>,
    scope: &Scope<'_>,
    findings: &mut Findings,
) {
    let said = examples.iter().filter_map(|it| it.reply.as_ref());
    for written in said {
        let Some(form) = reply else {
            let title = "what a handler or a program is answered is not said here";
            findings.error(written.span(), title, "to which of its requests?");
            findings.help("script it in `engine()` of `tests/suite/wire/engine.rs`");
            continue;
        };
        let value = serde_json::to_value(&**written).unwrap_or_default();
        let said = Said {
            what: "the reply",
            label: "no Engine sends it",
        };
        let unmodelled = &scope.reader.unmodelled;
        if let Some((word, stray)) = reply::astray(&value, form, unmodelled, &said) {
            let place = scope.source.word(&written.span(), &word);
            findings.stray(place, stray);
        }
    }
}

fn arguments(example: &At<spec::Example>, scope: &Scope<'_>, findings: &mut Findings) {
    let params = &scope.params;
    for (name, value) in in_order(&example.args) {
        let Some(param) = params.iter().find(|param| param.name == **name) else {
            findings.error(
                name.span(),
                format!("`{}` is not a parameter of this tool", **name),
                "unknown argument",
            );
            findings.help_nearest(name, params.iter().map(|param| param.name.as_str()));
            continue;
        };
        let is_text = types::find(&param.kind)
            .is_some_and(|known| matches!(known.default, Json::String | Json::IntegerOrString));
        if let Some(number) = value.as_integer().filter(|_| is_text) {
            let title = format!("clients are told that `{}` is a string", **name);
            findings.error(value.span(), title, "not a string");
            findings.help(format!("write `\"{number}\"`"));
        } else {
            fits(value, param, scope.source, findings);
        }
    }
    for param in params.iter().filter(|param| param.required) {
        let is_given = example.args.keys().any(|name| **name == param.name);
        if !is_given && !findings.is_out("args") {
            let title = format!("the example lacks the required `{}`", param.name);
            findings.error(example.title.span(), title, "would be refused");
        }
    }
}

fn model(example: &spec::Example) -> Example {
    let json = |value: &toml::Value| serde_json::to_value(value).unwrap_or_default();
    Example {
        title: (*example.title).clone(),
        args: example
            .args
            .iter()
            .map(|(name, value)| ((**name).clone(), json(value)))
            .collect::<Value>(),
        requests: example
            .requests
            .iter()
            .map(|request| (**request).clone())
            .collect(),
        argv: example
            .argv
            .iter()
            .flat_map(|argv| argv.iter())
            .map(|word| (**word).clone())
            .collect(),
        reply: example.reply.as_ref().map(|reply| json(reply)),
        bodies: example
            .bodies
            .iter()
            .map(|body| serde_json::to_value(body).unwrap_or_default())
            .collect(),
    }
}
