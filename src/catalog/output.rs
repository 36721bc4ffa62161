//! Holds what the catalogue says of how an Engine's reply becomes a result.

use crate::vocabulary::{FieldType, Root, Shape};

/// How an Engine reply becomes a result.
#[derive(Debug)]
pub enum Output {
    /// An object with these keys.
    Fields(&'static [Field]),
    /// An array of items under one key, with `count`, `total` and `truncated`.
    List(List),
    /// The whole reply under one key, narrowed by `fields`.
    Document(&'static str),
}

impl Output {
    /// The names of the looks that the result shows something of.
    pub fn looks(&self) -> impl Iterator<Item = &'static str> {
        let (fields, from): (&'static [Field], _) = match self {
            Self::Fields(fields) => (fields, None),
            Self::List(list) => (list.fields, Some(list.from)),
            Self::Document(_) => (&[], None),
        };
        let paths = fields.iter().flat_map(|field| field.source.paths());
        let paths = paths.copied().chain(from);
        let looked = paths.filter(|path| path.root == Root::Look);
        looked.filter_map(|path| path.segments.first().copied())
    }
}

impl Source {
    fn paths(&'static self) -> &'static [Path] {
        match self {
            Self::Path(path) => std::slice::from_ref(path),
            Self::Join(paths, _) => paths,
            Self::Rows(paths) => *paths,
            Self::Constant(_) => &[],
        }
    }
}

/// An array of items and how each is made.
#[derive(Debug)]
pub struct List {
    /// The key of the array in the result.
    pub key: &'static str,
    /// Where the array is in the reply.
    pub from: Path,
    /// The keys that order the items; a leading `-` reverses one.
    pub sort: &'static [&'static str],
    /// The keys of an item.
    pub fields: &'static [Field],
}

/// How the results of several Engines become one: each has its own, but for a list that is merged, and for
/// numbers, which are added up.
#[derive(Debug)]
pub struct Across {
    /// The key of the list, if there is one.
    pub list: Option<&'static str>,
    /// The keys that order the merged items; a leading `-` reverses one.
    pub sort: &'static [&'static str],
    /// What the first of them may be, in order, where that is not the order of the alphabet.
    pub words: &'static [&'static str],
    /// A limit keeps the last items, not the first.
    pub last: bool,
}

/// One key of a result.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub key: &'static str,
    /// Where its value comes from.
    pub source: Source,
    /// Its JSON type, for what stands in where nothing is known.
    pub kind: FieldType,
    /// Nothing known is `null`, not the type's empty value.
    pub nullable: bool,
    /// How the value is rewritten.
    pub shape: Option<As>,
    /// The boolean parameter that switches the key on.
    pub when: Option<&'static str>,
}

/// Where a value comes from.
#[derive(Debug)]
pub enum Source {
    /// One place.
    Path(Path),
    /// Several places, joined; nothing where one of them is empty.
    Join(&'static [Path], &'static str),
    /// A table: where its titles are, and where its rows. Each row becomes an object.
    Rows(&'static [Path; 2]),
    /// A constant, as JSON text.
    Constant(&'static str),
}

/// A place in what a call knows.
#[derive(Debug, Clone, Copy)]
pub struct Path {
    /// The document.
    pub root: Root,
    /// The keys that lead to the value, outermost first.
    pub segments: &'static [&'static str],
}

/// How the Engine's value is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// In one of the ways there are.
    Shape(Shape),
    /// A word for each number or text that the Engine has; any other as it is, as text.
    Words(&'static [(&'static str, &'static str)]),
}
