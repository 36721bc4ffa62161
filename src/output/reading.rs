//! Reads of a reply what its output takes, and passes over the rest.
//!
//! Of each container in a list the Engine tells several times as much as is shown. What is passed
//! over is neither kept nor looked through for secrets, which is most of the work.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::catalog::{List, Output, Path, Root, Source};

/// The reply as far as the output takes it; nothing else of it may be asked for.
///
/// # Errors
/// It is not JSON.
pub(crate) fn read(output: &Output, reply: &[u8]) -> serde_json::Result<Value> {
    let whole = || serde_json::from_slice(reply);
    let Output::List(list) = output else {
        return whole();
    };
    let (Root::Reply, Some(members)) = (list.from.root, members(list)) else {
        return whole();
    };
    let Path { segments, .. } = list.from;
    let mut reader = serde_json::Deserializer::from_slice(reply);
    let listed = Listed {
        segments,
        members: &members,
    };
    // What is not as expected is for the projection to make sense of.
    match listed.deserialize(&mut reader) {
        Ok(value) if reader.end().is_ok() => Ok(value),
        _ => whole(),
    }
}

/// Reads the list at the end of a path, and of its items these members.
struct Listed<'t> {
    segments: &'t [&'static str],
    members: &'t [&'static str],
}

/// Reads these members of an object.
struct Item<'t>(&'t [&'static str]);

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
        while let Some(item) = list.next_element_seed(Item(self.members))? {
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

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<&str>()? {
            if self.0.contains(&name) {
                members.insert(name.to_owned(), object.next_value()?);
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(members))
    }
}

/// The members of an item that the fields start from; `None` where one takes the whole item.
fn members(list: &List) -> Option<Vec<&'static str>> {
    let paths = list.fields.iter().flat_map(|field| match &field.source {
        Source::Path(path) => std::slice::from_ref(path),
        Source::Join(paths, _) => paths,
        Source::Rows(paths) => paths.as_slice(),
        Source::Constant(_) => &[],
    });
    paths
        .filter(|path| path.root == Root::Reply)
        .map(|path| path.segments.first().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::generated::{list_containers, list_volumes};

    fn read_as(output: &Output, reply: &Value) -> Value {
        read(output, reply.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn of_an_item_the_members_that_are_shown_are_read() {
        let reply = json!([{ "Id": "1", "Names": ["/web"], "Mounts": [{ "Name": "data" }], "Labels": { "a": "b" } }]);
        let read = read_as(&list_containers::TOOL.output, &reply);
        assert_eq!(
            read,
            json!([{ "Id": "1", "Names": ["/web"], "Labels": { "a": "b" } }])
        );
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
        assert!(read(&list_volumes::TOOL.output, b"{\"Volumes\": [").is_err());
    }
}
