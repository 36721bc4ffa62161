//! Checks the program that a tool runs: its words, what it reads, and what it may ask of the Engine.

mod engine;
mod words;

use std::ops::Range;

use super::action;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::missing;
use crate::generator::common::reply::Form;
use crate::generator::common::vocabulary::Root;
use crate::generator::common::vocabulary::{Needs, Tier, Written};
use crate::generator::tool::model::{self, Action, Field, Origination, Output};
use crate::generator::tool::spec::{Command, Tool};

/// The parameters that say which files make up a project, and the tool that others have them of.
const FILE: [&str; 4] = ["project_directory", "files", "project_name", "profiles"];
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
    let words = words::checked(command, program, scope, findings);
    let engine = engine::checked(&command.engine, tier, findings);
    stdin(command, scope, findings);
    let checked = model::Command {
        program,
        words,
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

/// Where the program is named.
fn program_of(command: &At<Command>) -> Range<usize> {
    command.program.as_ref().map_or(command.span(), At::span)
}

/// A model is made of files, which a call has to name.
fn stdin(command: &At<Command>, scope: &mut Scope<'_>, findings: &mut Findings) {
    let Some(stdin) = &command.stdin else {
        if command.handler.is_none() && !findings.is_out("stdin") {
            findings.error(
                program_of(command),
                "nothing says which project the program is about",
                "of which project?",
            );
            findings.help(
                "write `stdin = \"model\"`: the files of the project are walked through, resolved and judged before it runs",
            );
        }
        return;
    };
    for name in FILE {
        if scope.param(name).is_none() && !findings.is_out("params") {
            findings.error(
                stdin.span(),
                format!("a model is made of files, and there is no parameter `{name}`"),
                "of which files?",
            );
            findings.help(format!("write `params_of = \"{FILE_OF}\"` at the top"));
            return;
        }
    }
}

/// What `[output]` reads of what the program writes.
pub(super) fn reply(command: &Command) -> Form {
    match command.reply.as_deref().map_or(Written::Json, |it| *it) {
        Written::Json => Form::Open,
        Written::JsonLines => Form::List(Box::new(Form::Open)),
        Written::Text => Form::Text,
    }
}

/// Text is of use where something reads it.
pub(super) fn reply_is_read(command: &Command, output: &Output, findings: &mut Findings) {
    let reads = |field: &Field| match &field.source {
        Origination::Path(path) => path.root == Root::Reply,
        _ => false,
    };
    let is_read = match output {
        Output::Fields(fields) => fields.iter().any(reads),
        Output::List { .. } | Output::Document(_) => false,
    };
    let text = command.reply.as_ref();
    if let Some(text) = text.filter(|it| ***it == Written::Text && !is_read) {
        findings.error(
            text.span(),
            "nothing reads the text that the program writes",
            "not in the result",
        );
        findings.help(
            "name a field that is the text, `text = { from = \"@\", type = \"string\" }`, or a `handler` that makes something of it",
        );
    }
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
