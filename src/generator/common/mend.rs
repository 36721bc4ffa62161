//! Changes an entry of a TOML table that serde could not read, however deep it lies.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// The entry that a mistake is about.
pub(super) struct Found<'f, 'i> {
    pub key: &'f Spanned<DeString<'i>>,
    pub value: &'f Spanned<DeValue<'i>>,
    /// The mistake is in the key.
    pub is_key: bool,
    /// The value is an item of the array at the key.
    pub is_item: bool,
    /// From the first to the last entry of the table that it is in; none of the whole file.
    pub around: Option<Range<usize>>,
}

/// What becomes of an entry.
pub(super) enum Fate<'i> {
    /// It is under another key.
    Key(String),
    /// It is another value; of an array the item.
    Value(DeValue<'i>),
    /// The item is there in place of the array around it.
    InsteadOfItsArray,
    /// It is left out.
    Gone,
}

/// Changes the entry at a place; false where there is none.
pub(super) fn mend<'i>(
    table: &mut DeTable<'i>,
    place: &Range<usize>,
    how: &mut dyn FnMut(&Found<'_, 'i>) -> Fate<'i>,
) -> bool {
    mend_in(table, true, place, how)
}

fn mend_in<'i>(
    table: &mut DeTable<'i>,
    is_root: bool,
    place: &Range<usize>,
    how: &mut dyn FnMut(&Found<'_, 'i>) -> Fate<'i>,
) -> bool {
    let around = (!is_root).then(|| extent(table)).flatten();
    let mut instead = None;
    for (key, value) in table.iter_mut() {
        let mended = match value.get_mut() {
            DeValue::Table(inner) => mend_in(inner, false, place, how),
            DeValue::Array(items) => {
                let inside = items.iter_mut().any(|item| match item.get_mut() {
                    DeValue::Table(inner) => mend_in(inner, false, place, how),
                    _ => false,
                });
                let at = items.iter().position(|item| item.span() == *place);
                let item = at.filter(|_| !inside).and_then(|at| items.get(at));
                let fate = item.map(|item| {
                    how(&Found {
                        key,
                        value: item,
                        is_key: false,
                        is_item: true,
                        around: around.clone(),
                    })
                });
                let kept = items.iter().enumerate();
                let mut kept: Vec<_> = kept.map(|(at, item)| (at, item.clone())).collect();
                match &fate {
                    Some(Fate::Value(value)) => {
                        for (_, item) in kept.iter_mut().filter(|(place, _)| Some(*place) == at) {
                            *item = Spanned::new(item.span(), value.clone());
                        }
                    }
                    Some(Fate::InsteadOfItsArray) => {
                        instead = kept.iter().find(|(place, _)| Some(*place) == at).cloned();
                    }
                    Some(Fate::Gone) => kept.retain(|(place, _)| Some(*place) != at),
                    Some(Fate::Key(_)) | None => {}
                }
                if fate.is_some() {
                    *items = kept.into_iter().map(|(_, item)| item).collect();
                }
                inside || fate.is_some()
            }
            _ => false,
        };
        if let Some((_, item)) = instead.take() {
            *value = item;
        }
        if mended {
            return true;
        }
    }
    here(table, around, place, how)
}

/// Changes an entry of this very table.
fn here<'i>(
    table: &mut DeTable<'i>,
    around: Option<Range<usize>>,
    place: &Range<usize>,
    how: &mut dyn FnMut(&Found<'_, 'i>) -> Fate<'i>,
) -> bool {
    let is_here = |(key, value): &(&Spanned<DeString<'i>>, &Spanned<DeValue<'i>>)| {
        key.span() == *place || value.span() == *place
    };
    let Some((key, value)) = table.iter().find(is_here) else {
        return false;
    };
    let (key, value) = (key.clone(), value.clone());
    let fate = how(&Found {
        key: &key,
        value: &value,
        is_key: key.span() == *place,
        is_item: false,
        around,
    });
    table.remove(&key);
    match fate {
        Fate::Key(word) => {
            let key = Spanned::new(key.span(), word.into());
            if !table.contains_key(&key) {
                table.insert(key, value);
            }
        }
        Fate::Value(mended) => {
            table.insert(key, Spanned::new(value.span(), mended));
        }
        Fate::InsteadOfItsArray | Fate::Gone => {}
    }
    true
}

/// From the first to the last entry of a table.
fn extent(table: &DeTable<'_>) -> Option<Range<usize>> {
    let places = table
        .iter()
        .flat_map(|(key, value)| [key.span(), value.span()]);
    places.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end))
}
