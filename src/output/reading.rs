//! Reads of a reply what its output takes, and passes over the rest.
//!
//! Of each container in a list the Engine tells several times as much as is shown. What is passed
//! over is neither kept nor looked through for secrets, which is most of the work.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use super::field::wanted;
use super::source::ProjectionInput;
use crate::catalog::{List, Output, Path, Root, Source};

/// The reply as far as the output takes it with these parameters; nothing else of it may be asked for.
///
/// # Errors
/// It is not JSON.
pub(crate) fn read(output: &Output, params: &Value, reply: &[u8]) -> serde_json::Result<Value> {
    let whole = || serde_json::from_slice(reply);
    let Output::List(list) = output else {
        return whole();
    };
    let Path {
        root: Root::Reply,
        segments,
    } = list.from
    else {
        return whole();
    };
    let mut reader = serde_json::Deserializer::from_slice(reply);
    let listed = Listed {
        segments,
        item: &shown(list, params),
    };
    // What is not as expected is for the projection to make sense of.
    match listed.deserialize(&mut reader) {
        Ok(value) if reader.end().is_ok() => Ok(value),
        _ => whole(),
    }
}

/// Reads the list at the end of a path, and of its items what is shown.
struct Listed<'t> {
    segments: &'t [&'static str],
    item: &'t Shown,
}

/// What is shown of a value.
enum Shown {
    Whole,
    /// These members of an object.
    Members(Vec<(&'static str, Shown)>),
}

impl Shown {
    /// Adds what a path leads to.
    fn add(&mut self, segments: &[&'static str]) {
        let Some((first, rest)) = segments.split_first() else {
            *self = Self::Whole;
            return;
        };
        let Self::Members(members) = self else {
            return;
        };
        if let Some((_, member)) = members.iter_mut().find(|(name, _)| name == first) {
            member.add(rest);
            return;
        }
        let mut member = Self::Members(Vec::new());
        member.add(rest);
        members.push((first, member));
    }
}

impl<'de> DeserializeSeed<'de> for Listed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        if self.segments.is_empty() {
            reader.deserialize_seq(self)
        } else {
            reader.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for Listed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.item)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut around = Map::new();
        while let Some(name) = object.next_key::<&str>()? {
            match self.segments {
                [first, rest @ ..] if *first == name => {
                    let inner = Listed {
                        segments: rest,
                        ..self
                    };
                    around.insert(name.to_owned(), object.next_value_seed(inner)?);
                }
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        if around.is_empty() {
            return Err(A::Error::custom("there is no list"));
        }
        Ok(Value::Object(around))
    }
}

impl<'de> DeserializeSeed<'de> for &Shown {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        match self {
            Shown::Whole => Value::deserialize(reader),
            Shown::Members(members) => reader.deserialize_option(Members(members)),
        }
    }
}

/// Reads these members of an object.
struct Members<'t>(&'t [(&'static str, Shown)]);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or nothing")
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<&str>()? {
            if let Some((_, member)) = self.0.iter().find(|(shown, _)| *shown == name) {
                members.insert(name.to_owned(), object.next_value_seed(member)?);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(members))
    }
}

/// What of an item the fields show that these parameters ask for.
fn shown(list: &List, params: &Value) -> Shown {
    let input = ProjectionInput {
        reply: &Value::Null,
        params,
        look: &Value::Null,
    };
    let mut shown = Shown::Members(Vec::new());
    for field in list.fields.iter().filter(|field| wanted(field, input)) {
        let paths = match &field.source {
            Source::Path(path) => std::slice::from_ref(path),
            Source::Join(paths, _) => paths,
            Source::Rows(paths) => paths.as_slice(),
            Source::Constant(_) => &[],
        };
        for path in paths.iter().filter(|path| path.root == Root::Reply) {
            shown.add(path.segments);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::generated::{list_containers, list_volumes};

    fn read_as(output: &Output, reply: &Value) -> Value {
        read(output, &Value::Null, reply.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn of_an_item_the_members_that_are_shown_are_read() {
        let reply = json!([{ "Id": "1", "Names": ["/web"], "Mounts": [{ "Name": "data" }] }]);
        let read = read_as(&list_containers::TOOL.output, &reply);
        assert_eq!(read, json!([{ "Id": "1", "Names": ["/web"] }]));
    }

    #[test]
    fn of_the_labels_those_are_read_that_are_shown() {
        let output = &list_containers::TOOL.output;
        let project = "com.docker.compose.project";
        let reply = json!([
            { "Labels": { project: "shop", "a": "b" } }, { "Labels": { "a": "b" } }, { "Labels": null },
        ]);
        assert_eq!(
            read_as(output, &reply),
            json!([{ "Labels": { project: "shop" } }, { "Labels": {} }, { "Labels": null }])
        );
        let params = json!({ "labels": true });
        let read = read(output, &params, reply.to_string().as_bytes());
        assert_eq!(read.unwrap(), reply);

        let odd = json!([{ "Labels": ["a=b"] }]);
        assert_eq!(read_as(output, &odd), odd);
    }

    #[test]
    fn a_list_within_a_reply_is_read_too() {
        let reply =
            json!({ "Volumes": [{ "Name": "data", "Status": { "a": 1 } }], "Warnings": ["w"] });
        let read = read_as(&list_volumes::TOOL.output, &reply);
        assert_eq!(read, json!({ "Volumes": [{ "Name": "data" }] }));
    }

    #[test]
    fn what_is_not_as_expected_is_read_whole() {
        for reply in [
            json!(null),
            json!({ "Volumes": null, "Warnings": null }),
            json!({ "Volumes": [1, { "Name": "data", "Status": null }] }),
            json!({ "Volumes": [{ "Name\n": "data" }] }),
            json!([]),
        ] {
            assert_eq!(read_as(&list_volumes::TOOL.output, &reply), reply);
        }
        assert!(read(&list_volumes::TOOL.output, &Value::Null, b"{\"Volumes\": [").is_err());
    }
}
