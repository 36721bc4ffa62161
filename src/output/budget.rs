//! Keeps a result within the byte budget, and says what was cut.
//!
//! The result stays what its schema promises: every key of its own is still there, in its type.
//! Each object shares its room among its members so that the largest give way first: strings and
//! arrays lose their ends, objects their largest members. Values are measured again only on the
//! way down into what is too large, so the work grows with the size times the depth.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value};

use super::hinted::HINT;
use super::tokens::{MOST_PER_BYTE, bytes_for_item, bytes_for_members};
use crate::catalog::Output;
use crate::ordered;

/// Room for saying what was cut, in bytes.
const NOTES: usize = 512;
/// The room below which a part of a value is not worth having, in bytes.
const LEAST: usize = 48;
/// How many cut places are named.
const NAMED: usize = 20;

/// A result of at most `budget` bytes of minified JSON, and of no more tokens than those stand for.
///
/// One that is too large gets `truncated: true`, a `hint` and `cut`: the dotted paths of what was
/// cut, in a document such as `fields` takes them. A `count` follows the array it counts. What a
/// result says itself of what it left out is the first to go. A budget of less than a kilobyte may
/// not hold the keys and numbers alone, which stay.
pub fn fit(result: Value, output: &Output, budget: usize) -> Value {
    let Value::Object(mut result) = result else {
        return result;
    };
    if fits(&result, budget) || result.remove(HINT).is_some() && fits(&result, budget) {
        return Value::Object(result);
    }
    let mut room = budget;
    loop {
        let cut = cut(result.clone(), output, room, budget);
        let cost = bytes_for_members(&cut);
        if cost <= budget || room <= LEAST {
            return Value::Object(cut);
        }
        // A little less than in proportion, so that few rounds are enough.
        room = room.saturating_mul(budget) / cost - room / 64;
    }
}

/// What an item of an array takes of the budget, with what stands around it.
pub(crate) fn cost_of(item: &impl Serialize) -> usize {
    let item = serde_json::to_value(item).unwrap_or_default();
    (size(&item) + 1).max(bytes_for_item(&item))
}

/// Whether a result is within the budget. Most are so small that their bytes alone tell.
fn fits(result: &Map<String, Value>, budget: usize) -> bool {
    let size = size(result);
    size <= budget && (size * MOST_PER_BYTE <= budget || bytes_for_members(result) <= budget)
}

/// The result cut to `room` bytes.
fn cut(
    mut result: Map<String, Value>,
    output: &Output,
    room: usize,
    budget: usize,
) -> Map<String, Value> {
    let counted = counted(&result, output);
    let mut cuts = Cuts::default();
    let inside = room.saturating_sub(NOTES.min(room / 2));
    shrink_members(&mut result, inside, true, &mut cuts);

    if let Some(key) = counted
        && let Some(Value::Array(items)) = result.get(&key)
    {
        let count = items.len();
        result.insert("count".to_owned(), count.into());
    }
    result.insert("truncated".to_owned(), true.into());
    say(&mut result, &cuts, output, (room, budget));
    result
}

/// Adds the `hint` if there is room for it, and gives the room that is left.
fn advise(
    result: &mut Map<String, Value>,
    output: &Output,
    (room, budget): (usize, usize),
) -> usize {
    let advice = match output {
        Output::List(_) => "narrow the list with `filters`, or leave out `labels`",
        Output::Document(_) => {
            "ask for the parts you need with `fields`; `cut` names what is not whole"
        }
        Output::Fields(_) => "ask for a smaller part to see what is missing",
    };
    let hint = Value::from(format!(
        "not all of it fits ({budget} bytes at most): {advice}"
    ));
    let left = room.saturating_sub(size(&*result));
    let cost = size(&hint) + r#","hint":"#.len();
    if cost > left {
        return left;
    }
    result.insert(HINT.to_owned(), hint);
    left - cost
}

/// Adds the `hint` and as much of `cut` as there is room for.
fn say(
    result: &mut Map<String, Value>,
    cuts: &Cuts,
    output: &Output,
    room_and_budget: (usize, usize),
) {
    let mut left = advise(result, output, room_and_budget);
    left = left.saturating_sub(r#","cut":[]"#.len());
    let document = match output {
        Output::Document(key) => Some(*key),
        Output::List(_) | Output::Fields(_) => None,
    };
    let named: Vec<Value> = cuts
        .places
        .iter()
        .map(|place| match place.split_first() {
            Some((first, rest)) if document == Some(&**first) && !rest.is_empty() => rest.join("."),
            _ => place.join("."),
        })
        .map(Value::from)
        .take_while(|path| {
            let cost = size(path) + 1;
            let fits = cost <= left;
            left = left.saturating_sub(cost);
            fits
        })
        .collect();
    if !named.is_empty() {
        result.insert("cut".to_owned(), named.into());
    }
}

/// The key of the array whose length is `count`.
fn counted(result: &Map<String, Value>, output: &Output) -> Option<String> {
    if let Output::List(list) = output {
        return Some(list.key.to_owned());
    }
    let count = result.get("count")?.as_u64()?;
    let counts = |value: &Value| {
        value
            .as_array()
            .is_some_and(|items| u64::try_from(items.len()) == Ok(count))
    };
    result
        .iter()
        .find(|(_, value)| counts(value))
        .map(|(key, _)| key.clone())
}

/// Where something was cut.
#[derive(Debug, Default)]
struct Cuts {
    /// The keys that lead to the value at hand.
    path: Vec<String>,
    /// The first places that lost something.
    places: Vec<Vec<String>>,
}

impl Cuts {
    fn note(&mut self) {
        if self.places.len() < NAMED && self.places.last() != Some(&self.path) {
            self.places.push(self.path.clone());
        }
    }
}

/// Cuts a value that is larger than its room; false if nothing worth having would be left.
fn shrink(value: &mut Value, room: usize, cuts: &mut Cuts) -> bool {
    if room < LEAST {
        return false;
    }
    match value {
        Value::String(text) => {
            cuts.note();
            *text = shortened(text, room);
            true
        }
        Value::Array(items) => shrink_items(items, room, cuts),
        Value::Object(members) => {
            shrink_members(members, room, false, cuts);
            !members.is_empty()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Makes an object's members fit, the largest at the cost of none but themselves.
///
/// From the smallest on, each member may take an even share of what room is left, and what it
/// leaves goes to the larger ones. Where a share is too little for anything, the small ones that
/// fit stay whole and the others go; with `keep`, they stay as the empty value of their type.
fn shrink_members(members: &mut Map<String, Value>, room: usize, keep: bool, cuts: &mut Cuts) {
    let mut costs: Vec<Cost> = members
        .iter()
        .map(|(key, value)| Cost::of(key, value, keep))
        .collect();
    ordered::sort_by_key(&mut costs, |cost| cost.total - cost.fixed);

    let fixed: usize = costs.iter().map(|cost| cost.fixed).sum();
    let mut left = room.saturating_sub("{}".len() + fixed);
    let mut crowded = false;
    let mut waiting = costs.len();
    for Cost {
        key,
        label,
        fixed,
        total,
    } in costs
    {
        let share = left / waiting;
        waiting -= 1;
        crowded |= !keep && share < LEAST;
        let extra = total - fixed;
        if extra <= if crowded { left } else { share } {
            left -= extra;
            continue;
        }
        let Some(value) = members.get_mut(&key) else {
            continue;
        };
        cuts.path.push(key);
        let room = (fixed + share).saturating_sub(label);
        if !crowded && shrink(value, room, cuts) {
            left = left.saturating_sub((label + size(value)).saturating_sub(fixed));
        } else {
            cuts.note();
            *value = emptied(value);
            if let Some(key) = cuts.path.last()
                && !keep
            {
                members.remove(key);
            }
        }
        cuts.path.pop();
    }
}

/// What a member takes up, in bytes.
#[derive(Debug)]
struct Cost {
    key: String,
    /// The key with its quotes, colon and comma.
    label: usize,
    /// What the member takes up in any case.
    fixed: usize,
    total: usize,
}

impl Cost {
    fn of(key: &str, value: &Value, keep: bool) -> Self {
        let label = size(key) + ":,".len();
        let total = label + size(value);
        let fixed = match value {
            _ if !keep => 0,
            Value::String(_) | Value::Array(_) | Value::Object(_) => label + "[]".len(),
            Value::Null | Value::Bool(_) | Value::Number(_) => total,
        };
        Self {
            key: key.to_owned(),
            label,
            fixed,
            total,
        }
    }
}

/// Keeps the first items that fit; of a first one that is too large alone, a part.
fn shrink_items(items: &mut Vec<Value>, room: usize, cuts: &mut Cuts) -> bool {
    let mut left = room.saturating_sub("[]".len());
    // One huge item is cut itself, so that it does not cost all that come after it.
    let share = left / items.len().clamp(1, 8);
    let mut kept = 0;
    for item in items.iter_mut() {
        let mut cost = size(item) + ",".len();
        if cost > share {
            if !shrink(item, share.min(left).saturating_sub(",".len()), cuts) {
                break;
            }
            cost = size(item) + ",".len();
        }
        if cost > left {
            break;
        }
        left -= cost;
        kept += 1;
    }
    if kept < items.len() {
        cuts.note();
        items.truncate(kept);
    }
    kept > 0
}

/// The start of a text, and how much of it is missing.
fn shortened(text: &str, room: usize) -> String {
    let longest_note = format!("… [{} bytes cut]", text.len()).len();
    let room = room.saturating_sub("\"\"".len() + longest_note);
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += escaped(*c);
            used > room
        })
        .map_or(text.len(), |(end, _)| end);
    format!(
        "{}… [{} bytes cut]",
        text.get(..end).unwrap_or_default(),
        text.len() - end
    )
}

/// The bytes of a character inside a JSON string.
fn escaped(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

fn emptied(value: &Value) -> Value {
    match value {
        Value::String(_) => Value::String(String::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(_) => Value::Object(Map::new()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// The length of the minified JSON.
fn size<T: Serialize + ?Sized>(value: &T) -> usize {
    struct Length(usize);

    impl io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut length = Length(0);
    // A JSON value always serialises, and `Length` takes every byte.
    let _ = serde_json::to_writer(&mut length, value);
    length.0
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
