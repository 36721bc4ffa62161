//! Reads the filters of a list or a prune.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::json::{self, Many, clip, kind};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;
use crate::ordered;

/// Filter names and what each accepts, as the Engine wants them: arrays of strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Filters(pub BTreeMap<String, Vec<String>>);

impl Parameter for Filters {
    const SCHEMA: Schema = Schema::Object;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let members = match json::many(value)? {
            Many::Object(members) => members,
            Many::Items(items) => return spelt(items),
        };
        let filters = members.into_iter().map(|(name, value)| {
            let values = match value {
                Value::Array(items) => items.into_iter().map(plain).collect(),
                single => plain(single).map(|text| vec![text]),
            };
            match values {
                Ok(values) => Ok((name, values)),
                Err(found) => Err(Mismatch::Reason(format!(
                    "the filter `{}` holds {found}; it takes a string, a boolean, a number or an array of strings",
                    clip(&name, 40)
                ))),
            }
        });
        ordered::try_map(filters).map(Self)
    }
}

/// `name=value` for each, as the Docker CLI's `--filter` takes it.
fn spelt(items: Vec<Value>) -> Result<Filters, Mismatch> {
    let mut filters = Filters::default();
    for (index, item) in items.into_iter().enumerate() {
        let text = json::item(index, item)?;
        let Some((name, value)) = text.split_once('=') else {
            return Err(Mismatch::Reason(format!(
                "`{}` is not `name=value`",
                clip(&text, 40)
            )));
        };
        if let Some(parts) = several(&text) {
            return Err(Mismatch::Reason(format!(
                "one text holds one filter; send {}, or an object",
                clip(&json!(parts).to_string(), 100)
            )));
        }
        let values = filters.0.entry(name.trim().to_ascii_lowercase());
        values.or_default().push(value.trim().to_owned());
    }
    Ok(filters)
}

/// The filters of a text that looks as if it held more than one. A value with such a comma can be sent in an
/// object.
fn several(text: &str) -> Option<Vec<&str>> {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(comma) = rest.get(from..)?.find(',').map(|at| from + at) {
        let (part, behind) = (rest.get(..comma)?, rest.get(comma + 1..)?);
        if behind
            .trim_start()
            .split_once('=')
            .is_some_and(|(name, _)| is_name(name))
        {
            parts.push(part.trim());
            (rest, from) = (behind, 0);
        } else {
            from = comma + 1;
        }
    }
    (!parts.is_empty()).then(|| {
        parts.push(rest.trim());
        parts
    })
}

fn is_name(text: &str) -> bool {
    let name = text.trim_end().trim_end_matches('!');
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
}

/// The text of a plain value, or what the value is instead.
fn plain(value: Value) -> Result<String, &'static str> {
    match value {
        Value::String(text) => Ok(text),
        Value::Bool(yes) => Ok(yes.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(kind(&other)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_becomes_an_array_of_strings() {
        for (given, read) in [
            (json!({}), json!({})),
            (json!({"status": "exited"}), json!({"status": ["exited"]})),
            (json!({"dangling": true}), json!({"dangling": ["true"]})),
            (json!({"exited": 137}), json!({"exited": ["137"]})),
            (
                json!({"label": ["a=1", "b"]}),
                json!({"label": ["a=1", "b"]}),
            ),
            (
                json!(r#"{"dangling":false}"#),
                json!({"dangling": ["false"]}),
            ),
            (json!("status=running"), json!({"status": ["running"]})),
            (
                json!(["label=a=1", "label!=b", " Status = exited "]),
                json!({"label": ["a=1"], "label!": ["b"], "status": ["exited"]}),
            ),
            (
                json!(r#"["status=exited","status=dead"]"#),
                json!({"status": ["exited", "dead"]}),
            ),
        ] {
            let filters = Filters::parse(given.clone()).unwrap();
            assert_eq!(serde_json::to_value(filters).unwrap(), read, "{given}");
        }
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for (given, part) in [
            (json!({"label": {"a": true}}), "`label` holds an object"),
            (json!({"label": null}), "`label` holds null"),
            (json!({"label": [["a"]]}), "`label` holds an array"),
        ] {
            let Err(Mismatch::Reason(reason)) = Filters::parse(given.clone()) else {
                panic!("{given}")
            };
            assert!(reason.contains(part), "{reason}");
        }
        for given in [json!("exited"), json!(["status=exited", "x"])] {
            assert!(
                matches!(Filters::parse(given), Err(Mismatch::Reason(reason)) if reason.contains("name=value"))
            );
        }
        assert_eq!(Filters::parse(json!("{status")), Err(Mismatch::Kind));
        assert_eq!(Filters::parse(json!(5)), Err(Mismatch::Kind));
    }
}
