//! Reads maps of text, given as an object or as the Docker CLI's `NAME=value`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::json::{self, Many, clip, kind};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;
use crate::ordered;

/// Labels and options. A name alone has an empty value, as with `--label`.
impl Parameter for BTreeMap<String, String> {
    const SCHEMA: Schema = Schema::Map(&String::SCHEMA);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        pairs(value, |_, name| Ok((name.to_owned(), String::new())))
    }
}

/// Variables of an environment or of a build, each with its value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Variables(pub BTreeMap<String, String>);

impl Parameter for Variables {
    const SCHEMA: Schema = BTreeMap::<String, String>::SCHEMA;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        // The Docker CLI would take the value from its own environment.
        let refused = |index, _: &str| {
            Err(Mismatch::Reason(format!(
                "item {} has no `=`; a variable is written `NAME=value`",
                index + 1
            )))
        };
        pairs(value, refused).map(Self)
    }
}

/// Values may be whole numbers and booleans too, which models send for `PORT` and `DEBUG`;
/// fractions may not, since `1.10` would become `1.1`. Of several of one name the last counts.
fn pairs(
    value: Value,
    alone: impl Fn(usize, &str) -> Result<(String, String), Mismatch>,
) -> Result<BTreeMap<String, String>, Mismatch> {
    match json::many(value)? {
        Many::Object(members) => {
            let pairs = members.into_iter().map(|(name, value)| match value {
                Value::String(text) => Ok((name, text)),
                Value::Bool(yes) => Ok((name, yes.to_string())),
                Value::Number(number) if !number.is_f64() => Ok((name, number.to_string())),
                other => Err(Mismatch::Reason(format!(
                    "the value of `{}` is {}, not a string",
                    clip(&name, 40),
                    kind(&other)
                ))),
            });
            ordered::try_map(pairs)
        }
        Many::Items(items) => {
            let pairs = items.into_iter().enumerate().map(|(index, item)| {
                let text = json::item(index, item)?;
                match text.split_once('=') {
                    Some(("", _)) => Err(Mismatch::Reason(format!(
                        "item {} has no name before its `=`",
                        index + 1
                    ))),
                    Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
                    None => alone(index, &text),
                }
            });
            ordered::try_map(pairs)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(given: &Value) -> Result<Value, Mismatch> {
        BTreeMap::parse(given.clone()).map(|read| serde_json::to_value(read).unwrap())
    }

    fn variables(given: &Value) -> Result<Value, Mismatch> {
        Variables::parse(given.clone()).map(|read| serde_json::to_value(read).unwrap())
    }

    #[test]
    fn a_map_takes_what_has_one_plain_text_form() {
        for (given, read) in [
            (
                json!({"A": "x", "B": 80, "C": true}),
                json!({"A": "x", "B": "80", "C": "true"}),
            ),
            (json!(r#"{"A":"x"}"#), json!({"A": "x"})),
            (json!({"A": ""}), json!({"A": ""})),
        ] {
            assert_eq!(labels(&given), Ok(read.clone()));
            assert_eq!(variables(&given), Ok(read));
        }
        for given in [json!({"A": 1.1}), json!({"A": null}), json!(5), json!("{A")] {
            assert!(labels(&given).is_err(), "{given}");
        }
    }

    #[test]
    fn the_spelling_of_the_cli_is_taken() {
        for (given, read) in [
            (json!("A=1"), json!({"A": "1"})),
            (
                json!(["A=1", "B=x=y", "C="]),
                json!({"A": "1", "B": "x=y", "C": ""}),
            ),
            (json!(r#"["A=1"]"#), json!({"A": "1"})),
            (
                json!("A={\"x\": 1}\nmore"),
                json!({"A": "{\"x\": 1}\nmore"}),
            ),
            (json!(["A=1", "A=2"]), json!({"A": "2"})),
            (json!([]), json!({})),
        ] {
            assert_eq!(labels(&given), Ok(read.clone()), "{given}");
            assert_eq!(variables(&given), Ok(read), "{given}");
        }
        for given in [
            json!("=1"),
            json!(["A=1", 5]),
            json!([["A=1"]]),
            json!("\"A=1\""),
        ] {
            assert!(labels(&given).is_err(), "{given}");
        }
        assert_eq!(labels(&json!("one")), Ok(json!({"one": ""})));
    }

    #[test]
    fn a_reason_names_the_place_and_never_the_value() {
        for (given, reason) in [
            (
                json!({"TOKEN": ["hunter2"]}),
                "the value of `TOKEN` is an array, not a string",
            ),
            (
                json!(["A=1", "hunter2"]),
                "item 2 has no `=`; a variable is written `NAME=value`",
            ),
            (json!("=hunter2"), "item 1 has no name before its `=`"),
        ] {
            assert_eq!(variables(&given), Err(Mismatch::because(reason)));
        }
    }
}
