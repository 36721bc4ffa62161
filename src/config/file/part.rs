//! The parts of the configuration file, each with its place, and what is said of one that is not accepted.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::vocabulary::nearest;

/// A value, with its place.
pub(super) type Part<'t> = Spanned<DeValue<'t>>;

/// A key, with its place.
pub(super) type Key<'t> = Spanned<Cow<'t, str>>;

/// What is wrong, and where.
pub(super) struct Fault {
    pub(super) at: Option<Range<usize>>,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn at(place: Range<usize>, reason: impl Into<String>) -> Self {
        Self {
            at: Some(place),
            reason: reason.into(),
        }
    }

    /// The value is not what its key accepts.
    pub(super) fn value(key: &str, value: &Part<'_>, accepted: &str, advice: Option<&str>) -> Self {
        let advice = advice.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let reason = format!("`{key}` must be {accepted}, not {}{advice}", shown(value));
        Self::at(value.span(), reason)
    }
}

/// The key is one of those that are known there.
pub(super) fn known(key: &Key<'_>, of: &str, known: &[&'static str]) -> Result<(), Fault> {
    let word = key.get_ref().as_ref();
    if known.contains(&word) {
        return Ok(());
    }
    let near = match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it takes `{}`", known.join("`, `")),
    };
    Err(Fault::at(
        key.span(),
        format!("{of} has no key `{word}`; {near}"),
    ))
}

pub(super) fn table<'p, 't>(key: &Key<'_>, value: &'p Part<'t>) -> Result<&'p DeTable<'t>, Fault> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        _ => Err(Fault::at(
            value.span(),
            format!("`{}` must be a table", key.get_ref()),
        )),
    }
}

/// The same of a table that has names, each a table of its own.
pub(super) fn named<'p, 't>(key: &Key<'_>, value: &'p Part<'t>) -> Result<&'p DeTable<'t>, Fault> {
    table(key, value).map_err(|fault| Fault {
        reason: format!("{}, written as `[{}.NAME]`", fault.reason, key.get_ref()),
        ..fault
    })
}

/// The texts of an array, none of which is empty; none where it is anything else.
pub(super) fn strings(value: &Part<'_>) -> Option<Vec<String>> {
    let DeValue::Array(items) = value.get_ref() else {
        return None;
    };
    let texts = items.iter().map(|item| match item.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// The value as a message may quote it, on one line.
pub(super) fn shown(value: &Part<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(is) => is.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => match strings(value) {
            Some(texts) => format!("{texts:?}"),
            None => "an array of something else".to_owned(),
        },
        DeValue::Table(_) => "a table".to_owned(),
    }
}
