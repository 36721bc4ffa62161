//! The settings of the file: each variable by its name, as the kind of TOML that its values are.

use std::path::Path;

use toml::de::DeValue;

use super::super::effective::Config;
use super::super::value::Field;
use super::super::variable::Variable;
use super::at_home;
use super::part::{Fault, Part, strings};

/// The text that sets the variable to the value, once it is known to be accepted.
pub(super) fn text(
    key: &str,
    variable: &Variable,
    value: &Part<'_>,
    folder: &Path,
) -> Result<String, Fault> {
    let field = &variable.field;
    let Some(text) = plain(field, value) else {
        return Err(refused(key, field, value));
    };
    if let Some(fault) = led_nowhere(key, field, value, text.trim()) {
        return Err(fault);
    }
    // The server is started in other people's folders, in which a file of that name is not the operator's.
    let text = match field {
        Field::Path(..) if !text.trim().is_empty() => {
            folder.join(text.trim()).to_string_lossy().into_owned()
        }
        _ => text,
    };
    let is_unset = text.trim().is_empty();
    match field.set(&mut Config::default(), text.trim()) {
        None if !is_unset => Err(refused(key, field, value)),
        _ => Ok(text),
    }
}

/// What is wrong with a path that begins nowhere: no shell reads this file.
fn led_nowhere(key: &str, field: &Field, value: &Part<'_>, text: &str) -> Option<Fault> {
    const SOCKET: &str = "unix://";
    let fault = |accepted: &str, near: &str| Fault::value(key, value, accepted, Some(near));
    match field {
        Field::Path(..) => {
            let whole = at_home(Path::new(text))?;
            let near = whole.to_string_lossy();
            Some(fault(
                "a path in which no `~` stands for the home folder",
                &near,
            ))
        }
        Field::Address(_) if field.may_show(text) => {
            let socket = text
                .strip_prefix(SOCKET)
                .filter(|path| !path.starts_with('/'))?;
            let whole = at_home(Path::new(socket)).unwrap_or_else(|| Path::new("/").join(socket));
            let near = format!("{SOCKET}{}", whole.display());
            Some(fault("the whole path of a socket behind `unix://`", &near))
        }
        _ => None,
    }
}

/// The value as text, where it is of the kind that the variable takes.
fn plain(field: &Field, value: &Part<'_>) -> Option<String> {
    match (field, value.get_ref()) {
        (Field::Switch(_), DeValue::Boolean(is)) => Some(is.to_string()),
        (Field::Number(..) | Field::Seconds(..), DeValue::Integer(number)) => {
            let number = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
            Some(number.to_string())
        }
        (Field::Switch(_) | Field::Number(..) | Field::Seconds(..), _) => None,
        (
            Field::Names(_) | Field::Paths(_) | Field::Toolsets(_) | Field::Scopes(_),
            DeValue::Array(_),
        ) => serde_json::to_string(&strings(value)?).ok(),
        (_, DeValue::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn refused(key: &str, field: &Field, value: &Part<'_>) -> Fault {
    let accepted = accepted(field);
    let (may_show, advice) = match value.get_ref() {
        DeValue::String(text) => (field.may_show(text), field.advice(text)),
        DeValue::Array(_) => {
            let texts = strings(value).and_then(|texts| serde_json::to_string(&texts).ok());
            let advice = texts.and_then(|texts| field.advice(&texts));
            (!matches!(field, Field::Token(_)), advice)
        }
        _ => (!matches!(field, Field::Token(_)), None),
    };
    if !may_show {
        let reason = format!("`{key}` must be {accepted}, not the given value (not shown)");
        return Fault::at(value.span(), reason);
    }
    let mut fault = Fault::value(key, value, &accepted, None);
    fault
        .reason
        .extend(advice.map(|advice| format!("; {advice}")));
    fault
}

/// What the file accepts, to follow "must be".
fn accepted(field: &Field) -> String {
    match field {
        Field::Switch(_) => "true or false".to_owned(),
        Field::Names(_) => "an array of names or globs".to_owned(),
        Field::Paths(_) => "an array of absolute paths".to_owned(),
        Field::Toolsets(_) => format!("an array of `{}`", field.words().join("`, `")),
        field => field.accepted(),
    }
}
