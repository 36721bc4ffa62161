//! Checks the program that a tool runs: its words, and what it may ask of the Engine.

use super::action;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::vocabulary::types::{self, Json};
use crate::generator::tool::model::{self, Action, Param};
use crate::generator::tool::spec::{Command, Given, Word};

/// What the program is run with, and what the tool does.
pub(super) fn checked(
    command: &At<Command>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> (model::Command, Option<Action>) {
    let words = command.args.iter();
    let words = words.filter_map(|written| match &**written {
        Word::Text(text) => Some(model::Word::Text(text.clone())),
        Word::Given(given) => self::given(given, written, scope, findings),
    });
    let command_model = model::Command {
        program: *command.program,
        words: words.collect(),
        stdin: command.stdin.as_deref().copied(),
        reply: *command.reply,
        engine: command.engine.iter().map(ToString::to_string).collect(),
    };
    let handler = command.handler.as_ref();
    let handler = handler.map(|handler| action::handler(handler, handler.span(), scope, findings));
    if handler.is_none() && !findings.is_out("handler") {
        findings.error(
            command.span(),
            "the command has no `handler`",
            "who runs it?",
        );
    }
    (command_model, handler.map(Action::Handler))
}

/// The words that a parameter makes.
fn given(
    given: &Given,
    written: &At<Word>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<model::Word> {
    let flag = given.flag.as_ref().map(|flag| (**flag).clone());
    match (&given.value, &given.values, &given.when) {
        (Some(value), None, None) => {
            let param = of_type(value, "one value", is_scalar, scope, findings)?;
            Some(model::Word::Value { flag, param })
        }
        (None, Some(values), None) => {
            let param = of_type(values, "a list or a map", is_several, scope, findings)?;
            Some(model::Word::Values { flag, param })
        }
        (None, None, Some(when)) => {
            let param = of_type(when, "true or false", is_boolean, scope, findings)?;
            let Some(flag) = flag else {
                findings.error(written.span(), "`when` has no `flag`", "switches what on?");
                findings.help("write `{ flag = \"--…\", when = \"…\" }`");
                return None;
            };
            Some(model::Word::When { flag, param })
        }
        _ => {
            findings.error(
                written.span(),
                "words are made by one of `value`, `values` and `when`",
                "by which parameter?",
            );
            findings.help("a word that is always there is a text of its own: `\"--detach\"`");
            None
        }
    }
}

fn of_type(
    name: &At<String>,
    wanted: &str,
    fits: fn(Json) -> bool,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Param> {
    let param = scope.known_param(name, name.span(), findings)?.clone();
    let known = types::find(&param.kind);
    if !known.is_some_and(|known| fits(known.default)) {
        let title = format!("`{}` is not {wanted}", **name);
        findings.error(name.span(), title, format!("a `{}`", param.kind));
        return None;
    }
    Some(param)
}

fn is_scalar(json: Json) -> bool {
    !is_several(json)
}

fn is_several(json: Json) -> bool {
    matches!(json, Json::Array | Json::Object)
}

fn is_boolean(json: Json) -> bool {
    json == Json::Boolean
}
