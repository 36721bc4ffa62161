//! Gathers the context of a prompt: each entry as soon as those it needs are there, all others side
//! by side.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use minijinja::value::Value as Shown;
use serde_json::{Map, Value};

use super::{PromptError, template};
use crate::call::gate::{Person, Principal, Via};
use crate::call::progress::Progress;
use crate::call::{CallError, Caller, Runtime};
use crate::catalog::{self, Entry, Output, Prompt, Tool};
use crate::ordered::object;
use crate::vocabulary::prompt_template;

/// What an argument stands for where `each` is at one of its values.
const ITEM: &str = "item";

/// The most failures of one entry that are told.
const MOST_FAILURES: usize = 3;

/// What a prompt's template sees, beside its arguments.
#[derive(Debug, Default)]
pub(super) struct PromptContext {
    /// The results by the names of their entries; of those that failed or were not wanted, none.
    pub results: Map<String, Value>,
    /// What could not be gathered, and why.
    pub notes: Vec<String>,
}

/// The calls of an entry, and how many more its list would have had.
struct Calls {
    arguments: Vec<Map<String, Value>>,
    left: usize,
}

/// Makes the calls of a prompt.
///
/// # Errors
/// A call without which the prompt would say nothing has failed.
pub(super) async fn gather(
    runtime: &Runtime,
    prompt: &'static Prompt,
    arguments: &Map<String, Value>,
    via: &Via,
) -> Result<PromptContext, PromptError> {
    let mut known = arguments.clone();
    let mut notes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut done: Vec<&str> = Vec::new();
    let mut waiting: Vec<(usize, &'static Entry)> = prompt.context.iter().enumerate().collect();
    let values = &RandomState::new();
    let mut running = FuturesUnordered::new();
    loop {
        let (ready, rest) = waiting
            .into_iter()
            .partition(|(_, entry)| entry.needs.iter().all(|needed| done.contains(needed)));
        waiting = rest;
        for (place, entry) in ready {
            let calls = calls(entry, &known)?;
            running.push(async move {
                (
                    place,
                    entry,
                    calls.left,
                    made(runtime, entry, calls, via, values).await,
                )
            });
        }
        let Some((place, entry, left, outcomes)) = running.next().await else {
            break;
        };
        done.push(entry.name);
        let asked = outcomes.len();
        let (results, failures): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        let results: Vec<Value> = results.into_iter().filter_map(Result::ok).collect();
        let failures: Vec<CallError> = failures.into_iter().filter_map(Result::err).collect();
        let about = notes.entry(place).or_default();
        if left > 0 {
            about.push(format!(
                "`{}` was asked about the first {asked} only; {left} more are left out",
                entry.tool
            ));
        }
        let told = failures.iter().take(MOST_FAILURES);
        about.extend(told.map(|failure| format!("`{}` failed: {failure}", entry.tool)));
        if entry.required
            && results.is_empty()
            && let Some(source) = failures.into_iter().next()
        {
            return Err(PromptError::Context {
                prompt: prompt.name,
                source,
            });
        }
        let result = match entry.each {
            Some(_) => Some(Value::from(results)),
            None => results.into_iter().next(),
        };
        known.extend(result.map(|result| (entry.name.to_owned(), result)));
    }
    known.retain(|name, _| !arguments.contains_key(name));
    Ok(PromptContext {
        results: known,
        notes: notes.into_values().flatten().collect(),
    })
}

/// What an entry calls its tool with, as things are known by now.
fn calls(entry: &Entry, known: &Map<String, Value>) -> Result<Calls, PromptError> {
    let value = |expression: &str| template::value(expression, known);
    let none = Calls {
        arguments: Vec::new(),
        left: 0,
    };
    if let Some(when) = entry.when
        && !value(when)?.is_true()
    {
        return Ok(none);
    }
    let args: Map<String, Value> = serde_json::from_str(entry.args).unwrap_or_default();
    let Some(each) = entry.each else {
        let arguments = vec![filled(&args, known)];
        return Ok(Calls { arguments, left: 0 });
    };
    // An object gives its keys.
    let items: Vec<Shown> = value(each)?.try_iter().into_iter().flatten().collect();
    let mut known = known.clone();
    let arguments = items.iter().take(entry.max).map(|item| {
        known.insert(
            ITEM.to_owned(),
            serde_json::to_value(item).unwrap_or_default(),
        );
        filled(&args, &known)
    });
    Ok(Calls {
        arguments: arguments.collect(),
        left: items.len().saturating_sub(entry.max),
    })
}

/// The arguments with everything filled in; one that comes to nothing is left away.
fn filled(args: &Map<String, Value>, known: &Map<String, Value>) -> Map<String, Value> {
    let args = args.iter();
    let filled = args.map(|(name, value)| (name.clone(), filled_in(value, known)));
    object(filled.filter(|(_, value)| !value.is_null()))
}

fn filled_in(value: &Value, known: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => filled_text(text, known),
        Value::Array(items) => items.iter().map(|item| filled_in(item, known)).collect(),
        Value::Object(members) => filled(members, known).into(),
        other => other.clone(),
    }
}

/// A text that is one `{…}` becomes what that stands for; otherwise it stays a text.
fn filled_text(text: &str, known: &Map<String, Value>) -> Value {
    let mut filled = String::new();
    let mut end = 0;
    for (place, name) in prompt_template::placeholders(text) {
        let mut segments = name.split('.');
        let first = segments.next().and_then(|first| known.get(first));
        let found = segments.fold(first, |found, key| found?.get(key));
        if place == (0..text.len()) {
            return found.cloned().unwrap_or_default();
        }
        filled.push_str(text.get(end..place.start).unwrap_or_default());
        match found {
            Some(Value::String(found)) => filled.push_str(found),
            Some(found) => filled.push_str(&found.to_string()),
            None => {}
        }
        end = place.end;
    }
    filled.push_str(text.get(end..).unwrap_or_default());
    filled.into()
}

async fn made(
    runtime: &Runtime,
    entry: &Entry,
    calls: Calls,
    via: &Via,
    values: &RandomState,
) -> Vec<Result<Value, CallError>> {
    let Some(tool) = catalog::find(entry.tool) else {
        return Vec::new();
    };
    let call = |arguments| async move {
        let caller = Caller {
            // A prompt makes safe calls only, whoever asks for it.
            principal: Principal::stranger(),
            via: via.clone(),
            progress: Progress::none(),
            person: Person::Nobody("a prompt asks nobody"),
        };
        let result = runtime.call(tool, arguments, caller).await?;
        Ok(seen(tool, result, values))
    };
    join_all(calls.arguments.into_iter().map(call)).await
}

/// A result as templates see it: of a document the document, and never the value of a variable.
fn seen(tool: &Tool, mut result: Value, values: &RandomState) -> Value {
    if let Output::Document(key) = tool.output
        && let Some(document) = result.get_mut(key)
    {
        result = document.take();
    }
    without_values(&mut result, values);
    result
}

/// Takes the values out of every list of environment variables. In their place stands what tells
/// whether two of them are the same and, without the key, nothing else.
pub(super) fn without_values(value: &mut Value, key: &RandomState) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Array(entries) if name == "Env" => {
                        entries.iter_mut().for_each(|entry| name_only(entry, key));
                    }
                    member => without_values(member, key),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without_values(item, key)),
        _ => {}
    }
}

fn name_only(entry: &mut Value, key: &RandomState) {
    if let Some((name, value)) = entry.as_str().and_then(|entry| entry.split_once('=')) {
        *entry = format!("{name}=#{:08x}", key.hash_one(value) & 0xffff_ffff).into();
    }
}
