//! Holds a made-up reply to bollard's models, and makes one up.

use serde_json::Value;

use super::form::{Form, Record};
use super::index::INDEX;
use super::reader::{Stray, Unmodelled, meant};

/// How a message calls a made-up value, and what becomes of a name in it that is not there.
pub(crate) struct Said<'s> {
    pub what: &'s str,
    pub label: &'static str,
}

/// The first thing in a value that is not of its form, by the word that stands for it in the file.
pub(crate) fn astray(
    value: &Value,
    form: &Form,
    unmodelled: &[Unmodelled],
    said: &Said<'_>,
) -> Option<(String, Stray)> {
    let inside = |value: &Value, form: &Form| astray(value, form, unmodelled, said);
    let other = || {
        let title = format!("{} is not {} here", said.what, form.words());
        let word = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let label = "of another type";
        Some((
            word,
            Stray {
                title,
                label,
                help: None,
            },
        ))
    };
    match (form, value) {
        (Form::Open | Form::Planned(_), _) => None,
        (Form::Text, Value::String(_)) | (Form::Boolean, Value::Bool(_)) => None,
        (Form::Number, Value::Number(_)) => None,
        (Form::Integer, Value::Number(number)) if !number.is_f64() => None,
        (Form::List(item), Value::Array(items)) => items.iter().find_map(|it| inside(it, item)),
        (Form::Map(member), Value::Object(members)) => {
            members.values().find_map(|it| inside(it, member))
        }
        (Form::Model(model), Value::Object(members)) => members.iter().find_map(|(key, value)| {
            let known = INDEX.models.get(model).map_or(&[][..], Vec::as_slice);
            if let Some(member) = known.iter().find(|member| member.name == key) {
                return inside(value, &Form::of(member.sent));
            }
            let mut known_so = unmodelled.iter();
            if let Some(known) = known_so.find(|it| it.model == *model && it.name == *key) {
                return inside(value, &known.form);
            }
            let names: Vec<&str> = known.iter().map(|member| member.name).collect();
            let stray = Stray {
                title: format!("the Engine's `{model}` has no `{key}`"),
                label: said.label,
                help: meant(key, &names),
            };
            Some((key.clone(), stray))
        }),
        (Form::Record(Record { keys, .. }), Value::Object(members)) => {
            let known = |(key, value)| {
                let form = keys.iter().find(|(name, _)| name == key);
                form.and_then(|(_, form)| inside(value, form))
            };
            members.iter().find_map(known)
        }
        _ => other(),
    }
}

/// How deep a reply is made up; what is further inside is left out.
#[cfg(test)]
const DEEPEST: usize = 4;

/// Something of this form, as an Engine could send it.
#[cfg(test)]
pub(crate) fn sample(form: &Form) -> Value {
    within(form, DEEPEST)
}

#[cfg(test)]
fn within(form: &Form, depth: usize) -> Value {
    let inside = |form: &Form| within(form, depth.saturating_sub(1));
    let object = |members: Vec<(String, Form)>| -> Value {
        let members = members.into_iter().filter(|_| depth > 0);
        members.map(|(name, form)| (name, inside(&form))).collect()
    };
    match form {
        Form::Open | Form::Planned(_) | Form::Nothing => Value::Null,
        Form::Text => "text".into(),
        Form::Integer => 1.into(),
        Form::Number => 1.5.into(),
        Form::Boolean => true.into(),
        Form::List(_) if depth == 0 => Value::Array(Vec::new()),
        Form::List(item) => Value::Array(vec![inside(item)]),
        Form::Map(member) => object(vec![("key".to_owned(), (**member).clone())]),
        Form::Record(record) => object(record.keys.clone()),
        Form::Model(model) => {
            let members = INDEX.models.get(model).into_iter().flatten();
            object(
                members
                    .map(|it| (it.name.to_owned(), Form::of(it.sent)))
                    .collect(),
            )
        }
    }
}
