//! Mends a value of the wrong type as it was most likely meant: `sort = "name"` for
//! `sort = ["name"]`, `[example]` for `[[example]]`.

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::diagnostic::Findings;
use super::mend::{Fate, Found};
use super::source::Source;

/// What is wanted in place of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Array,
    Table,
    Text,
    /// One of a list of words, which serde names only where it meets another word.
    Word,
    Boolean,
    Number,
}

impl Wanted {
    fn words(self) -> &'static str {
        match self {
            Self::Array => "an array",
            Self::Table => "a table",
            Self::Text | Self::Word => "a string",
            Self::Boolean => "`true` or `false`",
            Self::Number => "a number",
        }
    }
}

/// What serde wants, where its message is that of another type.
pub(super) fn wanted(message: &str) -> Option<Wanted> {
    let title = message.lines().next().unwrap_or_default();
    if title == "wanted string or table" || title.ends_with(", expected a word or a table of words")
    {
        return Some(Wanted::Word);
    }
    let (_, expected) = title
        .strip_prefix("invalid type: ")?
        .rsplit_once(", expected ")?;
    match expected {
        "a sequence" => Some(Wanted::Array),
        "a string" => Some(Wanted::Text),
        "a boolean" => Some(Wanted::Boolean),
        "a map" => Some(Wanted::Table),
        "f32" | "f64" | "i64" | "u64" | "usize" => Some(Wanted::Number),
        expected if expected.starts_with("struct ") => Some(Wanted::Table),
        _ => None,
    }
}

/// Reports the value, and makes of it what is wanted, where it is plain how.
pub(super) fn mended<'i>(
    found: &Found<'_, 'i>,
    wanted: Wanted,
    source: &'i Source,
    findings: &mut Findings,
) -> Fate<'i> {
    let (key, place) = (found.key.get_ref(), found.value.span());
    let value = found.value.get_ref();
    let written = source.text.get(place.clone()).unwrap_or_default();
    if wanted == Wanted::Word {
        return Fate::Value(DeValue::String(written.into()));
    }
    // What it was made into is not right either.
    if !findings.first_at(&place) {
        findings.take_out(key, found.around.clone());
        return Fate::Gone;
    }
    // serde takes an array for the fields of a struct, one by one.
    let of_an_array = found.is_item && value.is_table() && wanted != Wanted::Array;
    let wanted = if of_an_array { Wanted::Table } else { wanted };
    let given = if of_an_array {
        "array"
    } else {
        value.type_str()
    };
    let article = if given.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    findings.error(
        place.clone(),
        format!("`{key}` is {article} {given}, not {}", wanted.words()),
        "of another type",
    );
    let bare = written.trim_matches('"');
    let (help, fate) = match (wanted, value) {
        _ if of_an_array => (
            "write its name in single brackets: it is there once".to_owned(),
            Some(Fate::InsteadOfItsArray),
        ),
        (Wanted::Array, DeValue::Table(_)) => (
            format!("write `[[{key}]]`: there may be several"),
            Some(Fate::Value(one(found.value))),
        ),
        (Wanted::Array, _) => (
            format!("write `[{written}]`"),
            Some(Fate::Value(one(found.value))),
        ),
        (Wanted::Text, DeValue::Array(items)) => {
            let text = items.iter().next().filter(|item| item.get_ref().is_str());
            let text = text.map(|text| text.get_ref().clone());
            (
                "write it without brackets".to_owned(),
                text.map(Fate::Value),
            )
        }
        (Wanted::Text, DeValue::Table(_)) => (String::new(), None),
        (Wanted::Text | Wanted::Word, _) => (
            format!("write `\"{written}\"`"),
            Some(Fate::Value(DeValue::String(written.into()))),
        ),
        (Wanted::Boolean, _) => {
            let meant = [("true", true), ("false", false)];
            let meant = meant.into_iter().find(|(word, _)| *word == bare);
            let fate = meant.map(|(_, meant)| Fate::Value(DeValue::Boolean(meant)));
            (format!("write `{bare}` without quotes"), fate)
        }
        (Wanted::Number, _) => {
            let number = bare.parse::<f64>().ok().filter(|_| value.is_str());
            let number = number.and_then(|_| DeValue::parse(bare).ok());
            let fate = number.map(|number| Fate::Value(number.into_inner()));
            (format!("write `{bare}` without quotes"), fate)
        }
        (Wanted::Table, _) => (String::new(), None),
    };
    let Some(fate) = fate else {
        findings.take_out(key, found.around.clone());
        return Fate::Gone;
    };
    if !help.is_empty() {
        findings.help(help);
    }
    // What is wrong with it beyond its type is not known.
    let is_whole = matches!(value, DeValue::Table(_));
    if !is_whole {
        findings.hush(place);
    }
    fate
}

/// An array of one.
fn one<'i>(value: &Spanned<DeValue<'i>>) -> DeValue<'i> {
    let mut array = DeArray::default();
    array.push(value.clone());
    DeValue::Array(array)
}
