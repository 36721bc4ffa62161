//! Reads of a reply what its output takes, and passes over the rest.
//!
//! Of each container in a list the Engine tells several times as much as is shown. What is passed
//! over is neither kept nor looked through for secrets, which is most of the work.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::catalog::{List, Output, Path, Root, Source};

/// An object of which only some members are read on.
type Members<'r> = BTreeMap<&'r str, &'r RawValue>;

/// The reply as far as the output takes it; nothing else of it may be asked for.
///
/// # Errors
/// It is not JSON.
pub(crate) fn read(output: &Output, reply: &[u8]) -> serde_json::Result<Value> {
    match output {
        Output::List(list) => {
            list_of(list, reply).map_or_else(|| serde_json::from_slice(reply), Ok)
        }
        Output::Fields(_) | Output::Document(_) => serde_json::from_slice(reply),
    }
}

/// A list with the members of its items that are taken; `None` where it is not as expected.
fn list_of(list: &List, reply: &[u8]) -> Option<Value> {
    let taken = taken(list)?;
    let Path {
        root: Root::Reply,
        segments,
    } = list.from
    else {
        return None;
    };
    let mut items = reply;
    for segment in segments {
        let around: Members<'_> = serde_json::from_slice(items).ok()?;
        items = around.get(segment)?.get().as_bytes();
    }
    let items: Vec<Members<'_>> = serde_json::from_slice(items).ok()?;
    let items: Option<Vec<Value>> = items.iter().map(|item| narrowed(item, &taken)).collect();
    let items = Value::from(items?);
    Some(segments.iter().rev().fold(items, |inner, segment| {
        Map::from_iter([((*segment).to_owned(), inner)]).into()
    }))
}

fn narrowed(item: &Members<'_>, taken: &[&str]) -> Option<Value> {
    let members = taken
        .iter()
        .filter_map(|name| Some((*name, item.get(name)?)));
    let members: Option<Map<String, Value>> = members
        .map(|(name, raw)| Some((name.to_owned(), serde_json::from_str(raw.get()).ok()?)))
        .collect();
    members.map(Value::Object)
}

/// The members of an item that the fields start from; `None` where one takes the whole item.
fn taken(list: &List) -> Option<Vec<&'static str>> {
    let paths = list.fields.iter().flat_map(|field| match &field.source {
        Source::Path(path) => std::slice::from_ref(path),
        Source::Join(paths, _) => paths,
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
