//! Says what is known of a type that a parameter can have.

use super::values::{Beginning, Json, Words};
use Beginning::{Any, NoHyphen};
use Words::One;

/// A type a parameter can have.
pub(crate) struct Type {
    /// Its name in the TOML file.
    pub name: &'static str,
    /// Its type in Rust, by the names that generated code imports.
    pub rust: &'static str,
    /// What a `default` must be; rustc holds it to what the Rust type reads.
    pub default: Json,
    /// The types of bollard's fields that it sets, each as it is or as an option.
    pub sets: &'static [&'static str],
    /// What is accepted, for error messages.
    pub wanted: &'static str,
    /// What a parameter of the type is for, where that goes without saying.
    pub doc: Option<&'static str>,
    /// The name of an Engine object, so that the value may stand in a request's path.
    pub reference: bool,
    /// What it makes of the words of a program.
    pub words: Words,
}

/// What types whose `default` is of one kind have in common, and are where they do not say otherwise.
pub(super) const fn plain(default: Json) -> Type {
    Type {
        name: "",
        rust: "",
        default,
        sets: &[],
        wanted: "",
        doc: None,
        reference: false,
        words: Words::No,
    }
}

const STRING: Type = plain(Json::String);

pub(super) const fn text(
    name: &'static str,
    rust: &'static str,
    wanted: &'static str,
    doc: Option<&'static str>,
) -> Type {
    Type {
        name,
        rust,
        sets: &["String"],
        wanted,
        doc,
        words: One(Any),
        ..STRING
    }
}

pub(super) const fn reference(
    name: &'static str,
    rust: &'static str,
    wanted: &'static str,
    doc: &'static str,
) -> Type {
    Type {
        reference: true,
        words: One(NoHyphen),
        ..text(name, rust, wanted, Some(doc))
    }
}
