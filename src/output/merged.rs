//! Makes one result of those that several Engines gave.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::hinted::{HINT, hinted};
use super::list::{beyond_limit, compare};
use crate::catalog::{Across, Field, FieldType, Output};
use crate::ordered;

/// The key of the host, in an item and in what stands by itself.
pub const HOST: &str = "host";

/// The key of what each Engine gave that is not merged.
pub const HOSTS: &str = "hosts";

/// What becomes of a key of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merging {
    /// Its items stand together.
    Items,
    /// The numbers are added up.
    Sum,
    /// True of one of them is true of all.
    Any,
    /// Each Engine's stands by itself.
    Apart,
}

fn merging(field: &Field, across: &Across) -> Merging {
    match field.kind {
        _ if across.list == Some(field.key) => Merging::Items,
        FieldType::Integer if !field.nullable => Merging::Sum,
        FieldType::Boolean if field.key == "truncated" => Merging::Any,
        _ => Merging::Apart,
    }
}

/// The keys of a result that each Engine has by itself, where several are asked.
pub fn apart(output: &'static Output, across: &Across) -> Vec<&'static str> {
    let fields = match output {
        Output::Fields(fields) => *fields,
        Output::List(_) | Output::Document(_) => &[],
    };
    let fields = fields.iter();
    let apart = fields.filter(|field| merging(field, across) == Merging::Apart);
    apart.map(|field| field.key).collect()
}

/// One result of those of several hosts, in the order of the tool, then of the hosts; a `limit` is that of the
/// whole. It is not cut to the budget yet.
pub fn merged(
    output: &'static Output,
    across: &Across,
    results: Vec<(&str, Value)>,
    limit: Option<u64>,
) -> Value {
    let apart = apart(output, across);
    let asked = results.len();
    let mut items = Vec::new();
    let mut merged = Map::new();
    let mut hosts = Vec::new();
    let mut hints: Vec<(Value, Vec<&str>)> = Vec::new();
    for (host, result) in results {
        let Value::Object(mut result) = result else {
            continue;
        };
        if let Some(hint) = result.remove(HINT) {
            match hints.iter_mut().find(|(said, _)| *said == hint) {
                Some((_, by)) => by.push(host),
                None => hints.push((hint, vec![host])),
            }
        }
        if let Some(Value::Array(found)) = across.list.and_then(|list| result.remove(list)) {
            items.extend(found.into_iter().map(|item| of_host(host, item)));
        }
        if !apart.is_empty() {
            let mut own = ordered::object([(HOST.to_owned(), Value::from(host))]);
            own.extend(apart.iter().filter_map(|key| result.remove_entry(*key)));
            hosts.push(Value::Object(own));
        }
        for (key, value) in result {
            let so_far = merged.remove(&key);
            merged.insert(key, added(so_far, value));
        }
    }
    if !apart.is_empty() {
        merged.insert(HOSTS.to_owned(), hosts.into());
    }
    if let Some(list) = across.list {
        place(list, items, across, limit, &mut merged);
    }
    let hint = match (hints.as_slice(), limit) {
        // What was cut is said of the whole.
        (_, Some(limit)) if merged.get("truncated") == Some(&Value::Bool(true)) => {
            beyond_limit(limit, Some("ask fewer hosts"))
        }
        ([], _) => return merged.into(),
        (hints, _) => {
            let said = hints.iter().map(|(hint, by)| {
                let hint = hint.as_str().unwrap_or_default();
                match by.len() == asked {
                    true => hint.to_owned(),
                    false => format!("{}: {hint}", by.join(", ")),
                }
            });
            said.collect::<Vec<_>>().join("; ")
        }
    };
    hinted(merged.into(), hint)
}

/// Puts the items where they belong, in order and within the limit.
fn place(
    list: &str,
    mut items: Vec<Value>,
    across: &Across,
    limit: Option<u64>,
    merged: &mut Map<String, Value>,
) {
    // Those of one host are in order, and stay so where the keys are the same.
    ordered::sort_by(&mut items, |left, right| order(across, left, right));
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    let most = limit.unwrap_or(usize::MAX);
    let beyond = items.len().saturating_sub(most);
    if across.last {
        items.drain(..beyond);
    } else {
        items.truncate(most);
    }
    if let Some(count) = merged.get_mut("count") {
        *count = items.len().into();
    }
    if beyond > 0
        && let Some(truncated) = merged.get_mut("truncated")
    {
        *truncated = true.into();
    }
    merged.insert(list.to_owned(), items.into());
}

fn of_host(host: &str, mut item: Value) -> Value {
    match item.as_object_mut() {
        Some(members) => {
            members.insert(HOST.to_owned(), host.into());
            item
        }
        None => json!({ HOST: host, "value": item }),
    }
}

/// Two values of a key that is not each Engine's own.
fn added(so_far: Option<Value>, value: Value) -> Value {
    match (so_far, value) {
        (Some(Value::Bool(one)), Value::Bool(other)) => (one || other).into(),
        (Some(Value::Number(one)), Value::Number(other)) => {
            let sum = one.as_i64().unwrap_or_default();
            sum.saturating_add(other.as_i64().unwrap_or_default())
                .into()
        }
        (Some(so_far), _) => so_far,
        (None, value) => value,
    }
}

fn order(across: &Across, left: &Value, right: &Value) -> Ordering {
    let keys = across.sort.iter().enumerate();
    let mut orders = keys.map(|(at, sort)| {
        let key = sort.trim_start_matches('-');
        let (left, right) = (left.get(key), right.get(key));
        if at == 0 && !across.words.is_empty() {
            return rank(across, left).cmp(&rank(across, right));
        }
        compare(left, right, sort.starts_with('-'))
    });
    orders
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The place of a value among the words.
fn rank(across: &Across, value: Option<&Value>) -> usize {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "null".to_owned(),
    };
    let mut words = across.words.iter();
    words.position(|word| *word == text).unwrap_or(usize::MAX)
}
