//! Lists how an Engine's reply may become a result: where values come from, what they are and how they
//! are rewritten.

use serde::Deserialize;

/// A document that a path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// The Engine's reply, or inside a list, the item.
    Reply,
    /// The arguments, defaults included.
    Params,
    /// The replies of the looks, by name.
    Look,
}

/// What the value of a result's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// An object.
    Object,
    /// An object of texts.
    StringMap,
    /// An array of texts.
    Strings,
    /// An array of whole numbers.
    Integers,
    /// An array of objects.
    Objects,
}

impl FieldType {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::String,
        Self::Integer,
        Self::Number,
        Self::Boolean,
        Self::Object,
        Self::StringMap,
        Self::Strings,
        Self::Integers,
        Self::Objects,
    ];

    /// Its name in the TOML files.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::StringMap => "string_map",
            Self::Strings => "string[]",
            Self::Integers => "integer[]",
            Self::Objects => "object[]",
        }
    }

    /// Its type in JSON Schema, and that of its items.
    pub fn schema(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::String => ("string", None),
            Self::Integer => ("integer", None),
            Self::Number => ("number", None),
            Self::Boolean => ("boolean", None),
            Self::Object | Self::StringMap => ("object", None),
            Self::Strings => ("array", Some("string")),
            Self::Integers => ("array", Some("integer")),
            Self::Objects => ("array", Some("object")),
        }
    }
}

/// The ways in which an Engine's value is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The first twelve characters of an id.
    ShortId,
    /// Of an image's id `sha256:` and twelve characters; a name as it is.
    ImageId,
    /// Of a container's `Names` its own, without the slash.
    ContainerName,
    /// Image references without `<none>`.
    Tags,
    /// Ports as `docker ps` writes them.
    Ports,
    /// RFC 3339, from Unix seconds or from RFC 3339.
    Time,
    /// A string becomes an array of one; an empty one, an empty array.
    List,
    /// The number of entries.
    Count,
}
