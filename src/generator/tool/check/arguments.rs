//! Holds an argument that a file gives to the parameter that takes it.

use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::{Said, astray};
use crate::generator::common::source::Source;
use crate::generator::common::vocabulary::types::{self, Json};
use crate::generator::tool::model::Param;

/// Refuses a value of another type, outside of the range, or that is none of those there are.
pub(crate) fn fits(
    value: &At<toml::Value>,
    param: &Param,
    source: &Source,
    findings: &mut Findings<'_>,
) {
    let wanted = match types::find(&param.kind) {
        Some(known) => known.default,
        None if param.kind.starts_with("engine:") => Json::Object,
        // That there is no such type is said where it stands.
        None => return,
    };
    let number = value
        .as_float()
        .or_else(|| value.as_integer().map(|whole| whole as f64));
    let (least, most) = (
        param.min.unwrap_or(f64::NEG_INFINITY),
        param.max.unwrap_or(f64::INFINITY),
    );
    // So is that no number is in the range.
    let outside = least <= most && number.is_some_and(|it| it < least || it > most);
    let words: Vec<&str> = match &**value {
        toml::Value::String(text) => vec![text],
        toml::Value::Table(members) => members.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let is_listed = |word: &&str| param.values.iter().any(|value| value == word);
    let unlisted = words.iter().find(|word| !is_listed(word));
    let unlisted = unlisted.filter(|_| !param.values.is_empty());
    if !accepts(wanted, value) || outside || unlisted.is_some() {
        let title = format!("the value of `{}` is not {}", param.name, param.wanted);
        let place = match unlisted {
            Some(word) => source.word(&value.span(), word),
            None => value.span(),
        };
        findings.error(place, title, format!("wanted: {}", param.wanted));
        if let Some(word) = unlisted {
            findings.help_nearest(word, param.values.iter().map(String::as_str));
        }
        return;
    }
    let json = serde_json::to_value(&**value).unwrap_or_default();
    let said = Said {
        what: &format!("the value of `{}`", param.name),
        label: "would be refused",
    };
    if let Some((word, stray)) = astray(&json, &param.form(), &[], &said) {
        findings.stray(source.word(&value.span(), &word), stray);
    }
}

/// Whether a value is of a JSON type.
pub(super) fn accepts(wanted: Json, value: &toml::Value) -> bool {
    match wanted {
        Json::Boolean => value.is_bool(),
        Json::Integer => value.is_integer(),
        Json::Number => value.is_integer() || value.is_float(),
        Json::String => value.is_str(),
        Json::IntegerOrString => value.is_integer() || value.is_str(),
        Json::Array => value.is_array(),
        Json::Object => value.is_table(),
    }
}
