//! Turns what a server is started with from the words of its client's file into `command`, `args` and `env`,
//! and back.

use mcp_docker::clients::{Client, CommandForm, Form, Member};
use serde_json::{Map, Value, json};

/// What every part of this program calls them.
const COMMAND: &str = "command";
const ARGUMENTS: &str = "args";
const ENVIRONMENT: &str = "env";

/// An entry of a client's file, in our words.
pub(super) fn inward(form: &Form, entry: Value) -> Value {
    let Value::Object(mut entry) = entry else {
        return entry;
    };
    match form.command {
        CommandForm::Apart(key) => rename(&mut entry, key, COMMAND),
        CommandForm::Together(key) => {
            if let Some(Value::Array(words)) = entry.get(key) {
                let mut words = words.clone().into_iter();
                let command = words.next();
                let arguments: Vec<Value> = words.collect();
                entry.remove(key);
                entry.extend(command.map(|command| (COMMAND.to_owned(), command)));
                entry.insert(ARGUMENTS.to_owned(), Value::Array(arguments));
            }
        }
    }
    rename(&mut entry, form.environment, ENVIRONMENT);
    Value::Object(entry)
}

/// An entry in our words, as the client's file has it.
pub(super) fn outward(form: &Form, entry: &Value) -> Value {
    let Value::Object(entry) = entry else {
        return entry.clone();
    };
    let mut entry = entry.clone();
    match form.command {
        CommandForm::Apart(key) => rename(&mut entry, COMMAND, key),
        CommandForm::Together(key) => {
            let command = entry.remove(COMMAND);
            let arguments = match entry.remove(ARGUMENTS) {
                Some(Value::Array(arguments)) => arguments,
                _ => Vec::new(),
            };
            let words: Vec<Value> = command.into_iter().chain(arguments).collect();
            entry.insert(key.to_owned(), Value::Array(words));
        }
    }
    rename(&mut entry, ENVIRONMENT, form.environment);
    Value::Object(entry)
}

/// The entry with what its client wants it to say besides.
pub(crate) fn with_members(
    client: &Client,
    name: &str,
    mut entry: Map<String, Value>,
) -> Map<String, Value> {
    let value = |member: Member| match member {
        Member::Text(text) => json!(text),
        Member::List(words) => json!(words),
        Member::On => json!(true),
        Member::Number(number) => json!(number),
        Member::Name => json!(name),
    };
    for (key, member) in client.form.always {
        entry.insert((*key).to_owned(), value(*member));
    }
    for (key, member) in client.form.at_first {
        if !entry.contains_key(*key) {
            entry.insert((*key).to_owned(), value(*member));
        }
    }
    entry
}

fn rename(entry: &mut Map<String, Value>, from: &str, to: &str) {
    if from != to
        && let Some(value) = entry.remove(from)
    {
        entry.insert(to.to_owned(), value);
    }
}
