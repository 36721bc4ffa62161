//! Reads the arguments of a prompt, or says which one does not fit and why.

use std::fmt::Display;
use std::path::Path;

use serde_json::{Map, Value};

use super::PromptError;
use crate::catalog::{Argument, ArgumentKind, Prompt};
use crate::params::{ContainerRef, Mismatch, Parameter, ServiceRef};
use crate::vocabulary::nearest;

/// The longest text, in characters.
const LONGEST_TEXT: usize = 4000;
/// The longest name of a project, in characters.
const LONGEST_PROJECT: usize = 255;
/// The longest host name with a port, in characters.
const LONGEST_HOST: usize = 260;

/// The arguments by name; one that was left away, or empty as forms send it, is absent.
pub(super) fn read(
    prompt: &Prompt,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, PromptError> {
    if let Some(unknown) = given
        .keys()
        .find(|name| !prompt.arguments.iter().any(|it| it.name == **name))
    {
        return Err(unknown_argument(prompt, unknown));
    }
    let mut arguments = Map::new();
    for argument in prompt.arguments {
        let text = match given.get(argument.name) {
            None | Some(Value::Null) => "",
            Some(Value::String(text)) => text.trim(),
            Some(_) => return Err(wrong(argument, "it is not text")),
        };
        if !text.is_empty() {
            let text = parsed(argument, text)?;
            arguments.insert(argument.name.to_owned(), text.into());
        } else if argument.required {
            return Err(PromptError::Argument(format!(
                "`{}` needs `{}`: {}",
                prompt.name,
                argument.name,
                wanted(argument.kind)
            )));
        }
    }
    Ok(arguments)
}

fn unknown_argument(prompt: &Prompt, name: &str) -> PromptError {
    let name: String = name.chars().take(100).collect();
    let names: Vec<&str> = prompt
        .arguments
        .iter()
        .map(|argument| argument.name)
        .collect();
    PromptError::Argument(match nearest(&name, names.iter().copied()) {
        Some(near) => format!(
            "`{}` has no argument `{name}`; did you mean `{near}`?",
            prompt.name
        ),
        None => format!(
            "`{}` has no argument `{name}`; it takes `{}`",
            prompt.name,
            names.join("`, `")
        ),
    })
}

/// The text as a parameter of that type reads it.
fn reference<T: Parameter + Display>(
    argument: &Argument,
    text: &str,
) -> Result<String, PromptError> {
    let read = T::parse(text.into()).map(|reference| reference.to_string());
    read.map_err(|mismatch| match mismatch {
        Mismatch::Kind => wrong(argument, "it is not text"),
        Mismatch::Reason(reason) => wrong(argument, &reason),
    })
}

fn parsed(argument: &Argument, text: &str) -> Result<String, PromptError> {
    match argument.kind {
        ArgumentKind::Container => reference::<ContainerRef>(argument, text),
        ArgumentKind::Service => reference::<ServiceRef>(argument, text),
        ArgumentKind::Directory if Path::new(text).is_absolute() => Ok(text.to_owned()),
        ArgumentKind::Directory => Err(wrong(argument, "it is no absolute path")),
        ArgumentKind::Host if is_host(text) => Ok(text.to_owned()),
        ArgumentKind::Host => Err(wrong(argument, "it is no host name or address")),
        ArgumentKind::Project if is_project(text) => Ok(text.to_owned()),
        ArgumentKind::Project => Err(wrong(argument, "it is no name of a Compose project")),
        ArgumentKind::Text if text.chars().nth(LONGEST_TEXT).is_none() => Ok(text.to_owned()),
        ArgumentKind::Text => Err(wrong(argument, "it is too long")),
    }
}

/// Whether a text can stand in a command as a host: it is no option and holds nothing that a shell
/// reads.
fn is_host(text: &str) -> bool {
    text.len() <= LONGEST_HOST
        && text
            .starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '[' | ':'))
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'))
}

/// Whether a text can be the name of a project: letters, digits, `_` and `-`. Old versions of Compose took
/// capitals, too.
fn is_project(text: &str) -> bool {
    text.len() <= LONGEST_PROJECT
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn wrong(argument: &Argument, reason: &str) -> PromptError {
    PromptError::Argument(format!(
        "`{}`: {reason}; wanted is {}",
        argument.name,
        wanted(argument.kind)
    ))
}

fn wanted(kind: ArgumentKind) -> &'static str {
    match kind {
        ArgumentKind::Container => "the name or id of a container",
        ArgumentKind::Directory => "the absolute path of a directory on the server's host",
        ArgumentKind::Host => {
            "a host name or address, such as `db`, `10.0.0.5:5432` or `example.com`"
        }
        ArgumentKind::Project => "the name of a Compose project, as `docker_compose_ls` lists it",
        ArgumentKind::Service => "the name or id of a service, as `docker_list_services` lists it",
        ArgumentKind::Text => "a text of at most 4000 characters",
    }
}
