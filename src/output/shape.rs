//! Rewrites single Engine values: the closed list of shapes that a catalogue field can name.

use jiff::Timestamp;
use serde_json::Value;

use super::empty::is_empty;
use super::ports;
use crate::catalog::{As, Shape};

/// The length of a short id, in hexadecimal digits.
const SHORT: usize = 12;
/// The length of a whole one.
const WHOLE: usize = 64;

/// The rewritten value; `None` where nothing is known.
pub(super) fn apply(rewriting: As, value: &Value) -> Option<Value> {
    match rewriting {
        As::Shape(shape) => shaped(shape, value),
        As::Words(words) => {
            let sent = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            let word = words.iter().find(|(known, _)| *known == sent);
            Some(word.map_or(sent.into(), |(_, word)| (*word).into()))
        }
    }
}

fn shaped(shape: Shape, value: &Value) -> Option<Value> {
    match shape {
        Shape::ShortId => text(value).map(|id| short(id).into()),
        Shape::ImageId => text(value).map(|image| image_id(image).into()),
        Shape::ContainerName => container_name(value).map(Value::from),
        Shape::Tags => value.as_array().map(|tags| {
            let named = |tag: &&Value| !tag.as_str().is_none_or(|tag| tag.contains("<none>"));
            tags.iter().filter(named).cloned().collect()
        }),
        Shape::Ports => value.as_array().map(|ports| ports::displayed(ports).into()),
        Shape::Time => time(value).map(Value::from),
        Shape::List => match value {
            Value::Array(_) => Some(value.clone()),
            single if is_empty(single) => None,
            single => Some(Value::Array(vec![single.clone()])),
        },
        Shape::Count => match value {
            Value::Array(items) => Some(items.len().into()),
            Value::Object(members) => Some(members.len().into()),
            _ => None,
        },
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

/// An image's id in its short form. What is no id stays: a container's image has a name as a rule,
/// and its id where the name was given to another image since.
fn image_id(image: &str) -> String {
    let is_id = image.len() == WHOLE && image.bytes().all(|byte| byte.is_ascii_hexdigit());
    match image.strip_prefix("sha256:") {
        Some(digits) => format!("sha256:{}", short(digits)),
        None if is_id => format!("sha256:{}", short(image)),
        None => image.to_owned(),
    }
}

/// Of a container's names its own; those with a second slash are its names in old links.
fn container_name(names: &Value) -> Option<&str> {
    match names {
        Value::Array(names) => {
            let mut names = names.iter().filter_map(Value::as_str).map(without_slash);
            let first = names.clone().next();
            names.find(|name| !name.contains('/')).or(first)
        }
        single => single.as_str().map(without_slash),
    }
    .filter(|name| !name.is_empty())
}

fn without_slash(name: &str) -> &str {
    name.strip_prefix('/').unwrap_or(name)
}

/// RFC 3339. Go's zero time, the year 1, says that nothing is known.
fn time(value: &Value) -> Option<String> {
    match value {
        Value::Number(seconds) => {
            let time = Timestamp::from_second(seconds.as_i64()?).ok()?;
            (time >= Timestamp::UNIX_EPOCH).then(|| time.to_string())
        }
        other => text(other)
            .filter(|time| !time.starts_with("0001-"))
            .map(str::to_owned),
    }
}
