//! Checks that the sample of a prompt is one that the prompt could meet.

use std::ops::Range;

use serde_json::Value;

use super::{args, spec};
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::missing;
use crate::generator::common::reply::{Form, Reader};
use crate::generator::common::source::Source;

/// The sample's arguments and its context, of which these names are known.
pub(super) fn checked(
    source: &Source,
    spec: &spec::Prompt,
    known: &[(String, Form)],
    reader: &mut Reader,
    findings: &mut Findings,
) -> (Value, Value) {
    let start = source.start();
    let Some(sample) = &spec.sample else {
        missing("prompt", "[sample]", &start, findings);
        return (Value::Null, Value::Null);
    };
    for name in sample.arguments.keys() {
        if !spec.arguments.keys().any(|known| **known == **name) {
            findings.error(
                name.span(),
                format!("`{}` is not an argument of this prompt", **name),
                "unknown argument",
            );
            findings.help_nearest(name, spec.arguments.keys().map(|name| name.as_str()));
        }
    }
    for (name, _) in spec
        .arguments
        .iter()
        .filter(|(_, argument)| argument.required)
    {
        if !sample.arguments.keys().any(|given| **given == **name) {
            findings.error(
                sample.span(),
                format!("the sample lacks the required `{}`", **name),
                "would be refused",
            );
        }
    }
    for (name, value) in &sample.context {
        let mut known = known.iter();
        if let Some((_, form)) = known.find(|(known, _)| *known == **name) {
            let place = |key: &str| source.key(name.span().start, key);
            let mut held = Held {
                source,
                reader,
                place: &place,
                findings,
            };
            held.value(form, value, name);
        }
        if !spec.context.keys().any(|known| **known == **name) {
            findings.error(
                name.span(),
                format!("`{}` is not an entry of the context", **name),
                "unknown entry",
            );
            findings.help_nearest(name, spec.context.keys().map(|name| name.as_str()));
        }
    }
    let arguments = sample
        .arguments
        .iter()
        .map(|(name, text)| ((**name).clone(), Value::from(text.as_str())));
    (arguments.collect(), args::json(&sample.context))
}

/// Holds a sample to what the Engine sends. The parts of a value have no places of their own, so a
/// key is looked for in the text.
struct Held<'h, 'f> {
    source: &'h Source,
    reader: &'h mut Reader,
    place: &'h dyn Fn(&str) -> Range<usize>,
    findings: &'h mut Findings<'f>,
}

impl Held<'_, '_> {
    fn value(&mut self, form: &Form, value: &toml::Value, path: &str) {
        use toml::Value::{Array, Boolean, Float, Integer, String, Table};
        match (form, value) {
            (Form::Open, _)
            | (Form::Text, String(_))
            | (Form::Integer, Integer(_))
            | (Form::Number, Integer(_) | Float(_))
            | (Form::Boolean, Boolean(_)) => {}
            (Form::List(item), Array(items)) => {
                for value in items {
                    self.value(item, value, path);
                }
            }
            (Form::Map(_) | Form::Model(_) | Form::Record(_), Table(members)) => {
                for (key, value) in members {
                    let place = (self.place)(key);
                    let origin = self.source.origin(&place);
                    match self.reader.member(form, path, key, &origin) {
                        Ok(member) => self.value(&member, value, &format!("{path}.{key}")),
                        Err(stray) => self.findings.stray(place, stray),
                    }
                }
            }
            _ => {
                let key = path.rsplit('.').next().unwrap_or(path);
                let place = (self.place)(key);
                let title = format!(
                    "`{path}` is {}, not of the type `{}`",
                    form.words(),
                    value.type_str()
                );
                self.findings.error(place, title, "could not be met");
            }
        }
    }
}
