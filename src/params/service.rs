//! Reads the names of services, and how many containers each is to have.
//!
//! They become words of a program, so that none begins as an option does.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use super::json::{self, Many};
use super::parameter::{Mismatch, Parameter};
use super::reference::{LONGEST, check_characters, checked_text, each};
use super::schema::Schema;
use crate::ordered;

checked_text!(
    /// The name of a service.
    ServiceRef,
    service
);

impl Parameter for Vec<ServiceRef> {
    const SCHEMA: Schema = Schema::Array(&ServiceRef::SCHEMA);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        each(value)
    }
}

/// Services, and the number of containers of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Replicas(pub BTreeMap<String, u32>);

impl Replicas {
    /// Each service with its number.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.0
            .iter()
            .map(|(service, number)| (service.as_str(), *number))
    }
}

impl Parameter for Replicas {
    const SCHEMA: Schema = Schema::Map(&Schema::Integer);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let members = match json::many(value)? {
            Many::Object(members) => members.into_iter().collect(),
            Many::Items(items) => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let text = json::item(index, item)?;
                    let (service, number) = text.split_once('=').ok_or_else(|| {
                        Mismatch::because(format!("item {} is not written `web=3`", index + 1))
                    })?;
                    Ok((service.to_owned(), Value::from(number)))
                });
                items.collect::<Result<Vec<_>, _>>()?
            }
        };
        let counts = members.into_iter().map(|(service, number)| {
            let shown = json::clip(&service, 40);
            let of = |reason: &str| Mismatch::because(format!("of `{shown}`: {reason}"));
            let service = self::service(service).map_err(|mismatch| match mismatch {
                Mismatch::Reason(reason) => of(&reason),
                Mismatch::Kind => Mismatch::Kind,
            })?;
            let number = json::integer(&number).and_then(|number| u32::try_from(number).ok());
            let number = number.ok_or_else(|| of("it has no number of containers"))?;
            Ok((service, number))
        });
        ordered::try_map(counts).map(Self)
    }
}

fn service(text: String) -> Result<String, Mismatch> {
    check_characters(&text)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if let Some(found) = text.chars().find(|c| !plain(*c)) {
        return Err(Mismatch::because(format!("it holds `{found}`")));
    }
    if text.starts_with(['-', '.']) {
        return Err(Mismatch::because(
            "it does not start with a letter, a digit or `_`",
        ));
    }
    // By now every character is one byte.
    if text.len() > LONGEST {
        return Err(Mismatch::because(format!(
            "it is longer than {LONGEST} characters"
        )));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_service_has_a_name_that_is_no_option() {
        for name in ["web", "web-1", "_private", "A.b", "7"] {
            assert_eq!(&*ServiceRef::parse(json!(name)).unwrap(), name);
        }
        for name in [
            "-x",
            "--",
            "--file=/etc/passwd",
            ".hidden",
            "a b",
            "a\n",
            "a\0b",
            "a/b",
            "a=b",
            "a..b",
            "é",
            "",
        ] {
            assert!(ServiceRef::parse(json!(name)).is_err(), "{name:?}");
            assert!(Vec::<ServiceRef>::parse(json!([name])).is_err(), "{name:?}");
            assert!(Replicas::parse(json!({ name: 1 })).is_err(), "{name:?}");
        }
        assert!(ServiceRef::parse(json!("a".repeat(10_000))).is_err());
    }

    #[test]
    fn numbers_of_containers_are_read_from_an_object_or_words() {
        let read =
            |given: Value| Replicas::parse(given).map(|it| serde_json::to_value(it).unwrap());
        let wanted = Ok(json!({ "web": 3, "db": 0 }));
        assert_eq!(read(json!({ "web": 3, "db": "0" })), wanted);
        assert_eq!(read(json!(["web=3", "db=0"])), wanted);
        assert_eq!(read(json!("{\"web\": 3, \"db\": 0}")), wanted);
        for (given, reason) in [
            (
                json!({ "web": -1 }),
                "of `web`: it has no number of containers",
            ),
            (
                json!({ "web": 1.5 }),
                "of `web`: it has no number of containers",
            ),
            (
                json!({ "web": "--no-deps" }),
                "of `web`: it has no number of containers",
            ),
            (json!(["web"]), "item 1 is not written `web=3`"),
            (
                json!("-x=3"),
                "of `-x`: it does not start with a letter, a digit or `_`",
            ),
        ] {
            assert_eq!(
                read(given.clone()),
                Err(Mismatch::because(reason)),
                "{given}"
            );
        }
    }
}
