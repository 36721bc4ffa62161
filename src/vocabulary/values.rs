//! Lists what a value of a parameter is in JSON, and among the words of a program.

/// The JSON types a `default` may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Json {
    Boolean,
    Integer,
    Number,
    String,
    IntegerOrString,
    Array,
    Object,
}

impl Json {
    /// What it is in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::String => "a string",
            Self::IntegerOrString => "an integer or a string",
            Self::Array => "an array",
            Self::Object => "a table",
        }
    }
}

/// What a value makes of the words of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// Nothing: it is not written out as words.
    No,
    /// One.
    One(Beginning),
    /// One of each item.
    Each(Beginning),
    /// `key=value` of each entry.
    Pairs(Beginning),
}

/// How a value may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// In any way: a program may take it for an option where it stands alone.
    Any,
    /// Not with a hyphen; a test holds what reads it to that.
    NoHyphen,
}
