//! Tells what a message is from its outline, so that a text that rmcp reads anyway is not read twice.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::mend;

/// What a message is, seen without reading what it holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outline<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    #[serde(default)]
    id: Option<IgnoredAny>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(default)]
    params: Option<Params>,
}

#[derive(Debug, Deserialize)]
struct Params {
    #[serde(default)]
    name: Option<String>,
    #[serde(rename = "arguments")]
    _arguments: Option<Object>,
    #[serde(rename = "_meta")]
    _meta: Option<Object>,
}

/// An object, whatever is in it.
#[derive(Debug)]
struct Object;

impl<'a> Outline<'a> {
    /// The outline of a request or notification, if there is nothing about it to mend or to refuse;
    /// [`read`](super::read) knows what to do with all others.
    pub(crate) fn of(text: &'a [u8]) -> Option<Self> {
        let outline: Self = serde_json::from_slice(text).ok()?;
        let plain = outline.jsonrpc == "2.0"
            && outline.method != "initialize"
            && !mend::holds_an_empty_array(text)
            && !mend::may_hold_half_a_character(text);
        plain.then_some(outline)
    }

    /// The tool that it calls.
    pub(crate) fn tool(&self) -> Option<&str> {
        let params = self.params.as_ref();
        let name = params.and_then(|params| params.name.as_deref());
        name.filter(|_| self.method == "tools/call")
    }

    /// The method of a request, which somebody waits for; none of a notification.
    pub(crate) fn requested(&self) -> Option<&str> {
        self.id.is_some().then_some(&*self.method)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Object)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}
