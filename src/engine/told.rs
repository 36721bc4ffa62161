//! Reads of a reply what is known of it.
//!
//! bollard's own types fail a whole list over one value that they do not know, and Engines of other
//! makes and ages have other types in places. What is read with these is there or it is not.

use std::ops::Deref;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use super::error::{EngineError, RequestLine};
use crate::computing::{compute, size};

/// What the Engine tells in a place, if it does, and in the type that is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<T>(pub Option<T>);

/// A part of a document, of which nothing is told where it is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part<T>(pub T);

/// The items of a list, which Engines write as `null` where it is empty; those of another type than
/// is known are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items<T>(pub Vec<T>);

impl<T> Default for Told<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Told<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Items<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl Told<String> {
    /// The text; empty where there is none.
    pub fn text(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Told<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(reader)?;
        Ok(Self(known(value)))
    }
}

impl<'de, T: DeserializeOwned + Default> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let told = Told::deserialize(reader)?;
        Ok(Self(told.0.unwrap_or_default()))
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Items<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let Value::Array(items) = Value::deserialize(reader)? else {
            return Ok(Self::default());
        };
        let known = items.into_iter().filter_map(known);
        Ok(Self(known.collect()))
    }
}

/// What that type has of a value.
pub(crate) fn known<T: DeserializeOwned>(value: Value) -> Option<T> {
    read(value).ok()
}

/// A whole reply as that type.
pub(super) fn whole<T: DeserializeOwned>(
    reply: Value,
    line: &RequestLine,
) -> Result<T, EngineError> {
    let read = compute(size(&reply), || read(reply));
    read.map_err(|error| line.unreadable(&error))
}

/// There is one of it for each type, whatever it is read from.
#[inline(never)]
fn read<T: DeserializeOwned>(value: Value) -> serde_json::Result<T> {
    T::deserialize(Document(value))
}

/// A value, of which a `struct` is read by the names of its members alone. Of itself it would be read
/// from a list, too, which no Engine writes: a quarter of the code for each type.
struct Document(Value);

impl<'de> Deserializer<'de> for Document {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Object(members) => members.deserialize_any(visitor),
            _ => Err(Self::Error::custom("it is no object")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

impl<T: Serialize> Serialize for Told<T> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(writer)
    }
}

impl<T: Serialize> Serialize for Items<T> {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, rename_all = "PascalCase")]
    struct Object {
        name: Told<String>,
        size: Told<u64>,
        parts: Items<String>,
        inner: Part<Inner>,
    }

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default, rename_all = "PascalCase")]
    struct Inner {
        on: Told<bool>,
    }

    #[test]
    fn what_is_of_another_type_is_not_told_and_spoils_nothing_else() {
        for (document, expected) in [
            (
                json!({ "Name": "a", "Size": -1, "Other": 1, "Inner": 3 }),
                ("a", None, 0),
            ),
            (
                json!({ "Name": null, "Size": 7, "Parts": null }),
                ("", Some(7), 0),
            ),
            (
                json!({ "Name": 5, "Size": "7", "Parts": ["x", 1, "y"], "Inner": [true] }),
                ("", None, 2),
            ),
        ] {
            let object: Object = known(document).unwrap();
            let found = (object.name.text(), *object.size, object.parts.len());
            assert_eq!(found, expected);
            assert_eq!(*object.inner.on, None);
        }
        assert_eq!(known::<Object>(json!(["a", 7])), None);
    }
}
