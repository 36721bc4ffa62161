//! Holds the schema of an `engine:` type to the struct of `bollard::models` that reads its values.

use std::ops::Range;

use toml::Value;

use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::{Form, INDEX, Reader};
use crate::generator::common::source::Source;
use crate::generator::tool::spec::Param;

/// Refuses a struct that is none, and a schema with a name or a type that the struct has not.
pub(super) fn checked(param: &At<Param>, model: &str, source: &Source, findings: &mut Findings) {
    let Some((model, _)) = INDEX.models.get_key_value(model) else {
        let title = format!("`bollard::models` has no `{model}`");
        findings.error(param.kind.span(), title, "no such struct");
        findings.help_nearest(model, INDEX.models.keys().copied());
        return;
    };
    match &param.schema {
        Some(schema) => Held {
            place: schema.span(),
            source,
            findings,
        }
        .table(schema, &Form::Model(model), model),
        None => findings.error(
            param.kind.span(),
            "an `engine:` type needs a `schema`",
            "clients would not know its keys",
        ),
    }
}

/// A schema, whose parts have no places of their own: a key is looked for in its text.
struct Held<'h, 'f> {
    place: Range<usize>,
    source: &'h Source,
    findings: &'h mut Findings<'f>,
}

impl Held<'_, '_> {
    fn table(&mut self, schema: &toml::Table, form: &Form, path: &str) {
        let key = path.rsplit('.').next().unwrap_or(path);
        let said = schema.get("type").and_then(Value::as_str);
        if let Some(said) = said.filter(|said| !is_of_type(said, form)) {
            let title = format!("the Engine's `{path}` is {}", form.words());
            let label = format!("not of the type `{said}`");
            self.findings.error(self.at(key), title, label);
            return;
        }
        for (name, inside) in schema
            .get("properties")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            let at = self.at(name);
            let origin = self.source.origin(&at);
            let found = Reader::default().member(form, path, name, &origin);
            match (found, inside.as_table()) {
                (Ok(member), Some(inside)) => {
                    self.table(inside, &member, &format!("{path}.{name}"));
                }
                (Ok(_), None) => {}
                (Err(stray), _) => self.findings.stray(at, stray),
            }
        }
        let inner = match form {
            Form::List(item) => Some(("items", item)),
            Form::Map(value) => Some(("additionalProperties", value)),
            _ => None,
        };
        if let Some((key, inner)) = inner
            && let Some(inside) = schema.get(key).and_then(Value::as_table)
        {
            self.table(inside, inner, path);
        }
    }

    fn at(&self, key: &str) -> Range<usize> {
        self.source.key(self.place.start, key)
    }
}

fn is_of_type(said: &str, form: &Form) -> bool {
    match form {
        Form::Text => said == "string",
        Form::Integer => said == "integer",
        Form::Number => ["integer", "number"].contains(&said),
        Form::Boolean => said == "boolean",
        Form::List(_) => said == "array",
        Form::Map(_) | Form::Model(_) | Form::Record(_) => said == "object",
        Form::Open | Form::Nothing | Form::Planned(_) => true,
    }
}
