//! Makes lists: picked fields, a fixed order, a limit, and how many there were.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::empty::is_empty;
use super::field::{field_value, wanted};
use super::hinted::hinted;
use super::source::{ProjectionInput, items};
use crate::catalog::{Field, List};
use crate::ordered::{self, object};

/// How many items a list has when its caller did not say.
const LIMIT: u64 = 50;
/// The most that a caller can have.
const MOST: u64 = 1000;

pub(super) fn project(list: &List, input: ProjectionInput<'_>) -> Value {
    let fields: Vec<&Field> = list
        .fields
        .iter()
        .filter(|field| wanted(field, input))
        .collect();
    let mut found: Vec<Map<String, Value>> = items(&list.from, input)
        .iter()
        .map(|reply| item(&fields, ProjectionInput { reply, ..input }))
        .collect();
    ordered::sort_by(&mut found, |left, right| order(list, left, right));

    let total = found.len();
    let limit = input
        .params
        .get("limit")
        .and_then(Value::as_u64)
        .unwrap_or(LIMIT);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let count = found.len();
    // Not by `json!`, which would copy the items.
    let found = Value::Array(found.into_iter().map(Value::Object).collect());
    let mut result = json!({ "count": count, "total": total, "truncated": count < total });
    if let Some(keys) = result.as_object_mut() {
        keys.insert(list.key.to_owned(), found);
    }
    if count == total {
        return result;
    }
    let filters = input.params.get("filters");
    let narrower = filters.map(|_| "narrow the list with `filters`");
    hinted(result, beyond_limit(limit, narrower))
}

/// What a result says that only its caller's `limit` cut short; `narrower` is how to ask for less.
pub(crate) fn beyond_limit(limit: u64, narrower: Option<&str>) -> String {
    let hint = format!("more matched than the `limit` of {limit} lets in");
    let raise = (limit < MOST).then(|| format!("raise it ({MOST} at most)"));
    let ways = raise.as_deref().into_iter().chain(narrower);
    let joints = [": ", ", or "];
    (joints.iter().zip(ways)).fold(hint, |hint, (joint, way)| hint + joint + way)
}

/// One item; keys without a value are left out, because a list repeats them.
fn item(fields: &[&Field], input: ProjectionInput<'_>) -> Map<String, Value> {
    object(fields.iter().filter_map(|field| {
        let value = field_value(field, input)?;
        (!is_empty(&value)).then(|| (field.key.to_owned(), value))
    }))
}

/// By the sort keys, then by every field, so that the Engine's random order never shows.
fn order(list: &List, left: &Map<String, Value>, right: &Map<String, Value>) -> Ordering {
    let by_sort_keys = list.sort.iter().map(|sort| match sort.strip_prefix('-') {
        Some(key) => (key, true),
        None => (*sort, false),
    });
    let by_fields = list.fields.iter().map(|field| (field.key, false));
    by_sort_keys
        .chain(by_fields)
        .map(|(key, reversed)| compare(left.get(key), right.get(key), reversed))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// What has no value comes last, whichever way round.
pub(super) fn compare(left: Option<&Value>, right: Option<&Value>, reversed: bool) -> Ordering {
    let order = match (left, right) {
        (Some(Value::String(left)), Some(Value::String(right))) => left.cmp(right),
        (Some(Value::Number(left)), Some(Value::Number(right))) => left
            .as_f64()
            .unwrap_or_default()
            .total_cmp(&right.as_f64().unwrap_or_default()),
        (Some(left), Some(right)) => left.to_string().cmp(&right.to_string()),
        (left, right) => return right.is_some().cmp(&left.is_some()),
    };
    if reversed { order.reverse() } else { order }
}
