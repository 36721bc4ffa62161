//! Checks the program that a tool runs: its words, what it reads, and what it may ask of the Engine.

mod engine;
mod words;

use std::ops::Range;

use super::action;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::missing;
use crate::generator::common::reply::{Form, Record};
use crate::generator::common::vocabulary::{Needs, Tier, Written};
use crate::generator::tool::model::{self, Action};
use crate::generator::tool::spec::{Command, Tool};

/// The parameters that say which files make up a project, with the type of each and whether it always has a
/// value; and the tool that others have them of.
const FILE: [(&str, &str, bool); 4] = [
    ("project_directory", "directory", true),
    ("files", "string[]", false),
    ("project_name", "string", false),
    ("profiles", "string[]", false),
];
const FILE_OF: &str = "compose_validate";

/// What the program is run with, and what the tool does.
pub(super) fn checked(
    command: &At<Command>,
    tier: Option<Tier>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> (model::Command, Action) {
    let place = command.span();
    if command.program.is_none() {
        missing("command", "program", &place, findings);
    }
    if command.reply.is_none() {
        missing("command", "reply", &place, findings);
    }
    // What is missing was said.
    let program = command.program.as_deref().map_or(Needs::Compose, |it| *it);
    let reply = command.reply.as_deref().map_or(Written::Json, |it| *it);
    let words = words::checked(&command.args, &place, program, scope, findings);
    let others = others(command, scope, findings);
    let engine = engine::checked(&command.engine, tier, findings);
    stdin(command, scope, findings);
    let checked = model::Command {
        program,
        words,
        others,
        stdin: command.stdin.as_deref().copied(),
        reply,
        engine,
    };
    let action = match &command.handler {
        Some(handler) => {
            let handler = action::handler(handler, handler.span(), scope, findings);
            Action::Handler(handler)
        }
        None => Action::Program(scope.origin(&program_of(command))),
    };
    (checked, action)
}

/// The words of each of the other programs, between which a handler chooses.
fn others(
    command: &At<Command>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Vec<(Needs, Vec<model::Word>)> {
    if let Some(first) = command.or.first()
        && command.handler.is_none()
        && !findings.is_out("handler")
    {
        let title = "one of several programs is a handler's to choose";
        findings.error(first.span(), title, "when this one?");
        findings.help("write `handler = \"…\"` in `[command]`");
    }
    let mut named: Vec<Needs> = command.program.iter().map(|it| **it).collect();
    let mut others = Vec::new();
    for other in &command.or {
        let place = other.span();
        let Some(program) = &other.program else {
            missing("command.or", "program", &place, findings);
            continue;
        };
        if named.contains(program) {
            let title = format!("`{}` is there twice", program.name());
            findings.error(program.span(), title, "again");
        }
        named.push(**program);
        let words = words::checked(&other.args, &place, **program, scope, findings);
        others.push((**program, words));
    }
    others
}

/// Where the program is named.
fn program_of(command: &At<Command>) -> Range<usize> {
    command.program.as_ref().map_or(command.span(), At::span)
}

/// A model is made of files, which a call has to name. What a handler does without one is its own to know; a
/// program by itself reads the files, and asks nothing of the Engine, because nobody judged what they come to.
fn stdin(command: &At<Command>, scope: &mut Scope<'_>, findings: &mut Findings) {
    let is_alone = command.handler.is_none() && !findings.is_out("handler");
    if command.stdin.is_none() && (!is_alone || findings.is_out("stdin")) {
        return;
    }
    if let (None, Some(first)) = (&command.stdin, command.engine.first()) {
        findings.error(
            first.span(),
            "a program that reads the files of a project itself asks nothing of the Engine",
            "of which nothing was judged",
        );
        findings.help(
            "write `stdin = \"model\"`: the files are resolved and judged, and what came of them is what runs",
        );
    }
    let place = match &command.stdin {
        Some(stdin) => stdin.span(),
        None => program_of(command),
    };
    for (name, kind, is_needed) in FILE {
        let found = scope.param(name);
        if found.is_none() && findings.is_out("params") {
            continue;
        }
        let title = match found {
            None => format!("there is no parameter `{name}` of the files of the project"),
            Some(param) if is_alone && (param.kind != kind || param.optional() == is_needed) => {
                format!("`{name}` is not as `{FILE_OF}` has it")
            }
            Some(_) => continue,
        };
        findings.error(place, title, "of which files?");
        findings.help(format!("write `params_of = \"{FILE_OF}\"` at the top"));
        return;
    }
}

/// What `[output]` reads of one run: what the program wrote, and what it warned of.
pub(super) fn reply(command: &Command) -> Form {
    let written = match command.reply.as_deref() {
        Some(Written::Json) | None => Form::Open,
        Some(Written::JsonLines) => Form::List(Box::new(Form::Open)),
        Some(Written::Text) => Form::Text,
    };
    Form::Record(Record {
        what: "a program's reply".to_owned(),
        keys: vec![
            ("written".to_owned(), written),
            ("warnings".to_owned(), Form::List(Box::new(Form::Text))),
        ],
    })
}

/// Says what an example has to say of a program, or has not to.
pub(super) fn examples(spec: &Tool, findings: &mut Findings) {
    for example in &spec.example {
        match (&example.argv, &spec.command) {
            (None, Some(_)) if !findings.is_out("argv") => {
                findings.error(
                    example.title.span(),
                    "the example has no `argv`",
                    "which words is the program run with?",
                );
                findings.help("write the words as they come out: `argv = [\"up\", \"--detach\"]`");
            }
            (Some(argv), None) if spec.docker.is_some() => {
                findings.error(
                    argv.span(),
                    "no program is run here",
                    "belongs to a `[command]`",
                );
            }
            (Some(argv), Some(command)) if findings.is_empty() => {
                let (first, starts) = (argv.first(), command.args.first());
                let starts = starts.and_then(|word| words::text(word));
                if let Some(starts) = starts.filter(|it| Some(*it) != first.map(|it| it.as_str())) {
                    let place = first.map_or(argv.span(), At::span);
                    findings.error(
                        place,
                        format!("the words of this tool begin with `{starts}`"),
                        "not what it runs",
                    );
                }
            }
            _ => {}
        }
    }
}
