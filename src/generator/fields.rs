//! Checks an `[output]` and the paths it reads.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::check::{Scope, in_order};
use super::diagnostic::Findings;
use super::model::{Field, Kind, Origination, Output, Path, Root};
use super::spec::{self, At};

const KINDS: &[(&str, Kind)] = &[
    ("string", Kind::String),
    ("integer", Kind::Integer),
    ("number", Kind::Number),
    ("boolean", Kind::Boolean),
    ("object", Kind::Object),
    ("string_map", Kind::StringMap),
    ("string[]", Kind::Strings),
    ("object[]", Kind::Objects),
];

/// Checks the output. A handler's reply has the keys of the result already.
pub(crate) fn output(
    output: &At<spec::Output>,
    handled: bool,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Output> {
    if let Some(document) = &output.document {
        if output.list.is_some() || !output.fields.is_empty() {
            findings.error(
                document.span(),
                "a `document` has neither `list` nor `fields`",
                "one form too many",
            );
        }
        // `fields` narrows the document.
        scope.param("fields");
        return Some(Output::Document((**document).clone()));
    }
    if output.fields.is_empty() {
        findings.error(
            output.span(),
            "the output has no `fields`, `list` or `document`",
            "what does a client see?",
        );
        return None;
    }
    let fields: Vec<Field> = in_order(&output.fields)
        .into_iter()
        .filter_map(|(key, field)| one(key, field, handled, scope, findings))
        .collect();
    let Some(list) = &output.list else {
        return Some(Output::Fields(fields));
    };
    for sort in &list.sort {
        let key = sort.trim_start_matches('-');
        if !output.fields.keys().any(|field| **field == key) {
            findings.error(
                sort.span(),
                format!("`{key}` is not a field of this list"),
                "cannot sort by it",
            );
            findings.help_nearest(key, output.fields.keys().map(|field| field.as_str()));
        }
    }
    scope.param("limit");
    let from = path(&list.from, list.from.span(), scope, findings)?;
    let sort = list.sort.iter().map(|sort| (**sort).clone()).collect();
    Some(Output::List {
        key: (*list.key).clone(),
        from,
        sort,
        fields,
    })
}

fn one(
    key: &At<String>,
    field: &At<spec::Field>,
    handled: bool,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Field> {
    let Some((_, kind)) = KINDS.iter().find(|(name, _)| name == &field.kind.as_str()) else {
        findings.error(
            field.kind.span(),
            format!("unknown field type `{}`", *field.kind),
            "unknown type",
        );
        findings.help_nearest(&field.kind, KINDS.iter().map(|(name, _)| *name));
        return None;
    };
    if let Some(when) = &field.when {
        let boolean = scope
            .known_param(when, when.span(), findings)
            .is_some_and(|param| param.kind == "boolean");
        if !boolean && findings.is_empty() {
            findings.error(
                when.span(),
                format!("`{}` is not a boolean", **when),
                "cannot switch a field",
            );
        }
    }
    Some(Field {
        key: (**key).clone(),
        source: source(key, field, handled, scope, findings)?,
        kind: *kind,
        nullable: field.nullable,
        shape: field.shape.as_ref().map(|shape| **shape),
        when: field.when.as_ref().map(|when| (**when).clone()),
    })
}

fn source(
    key: &At<String>,
    field: &At<spec::Field>,
    handled: bool,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Origination> {
    match (&field.from, &field.value) {
        (Some(from), None) => match (&**from, &field.join) {
            (toml::Value::String(text), None) => {
                path(text, from.span(), scope, findings).map(Origination::Path)
            }
            (toml::Value::Array(texts), Some(join)) => {
                let paths: Option<Vec<Path>> = texts
                    .iter()
                    .map(|text| path(text.as_str()?, from.span(), scope, findings))
                    .collect();
                paths.map(|paths| Origination::Join(paths, (**join).clone()))
            }
            _ => {
                findings.error(
                    from.span(),
                    "one path stands alone, several need a `join`",
                    "a path, or paths with `join`",
                );
                None
            }
        },
        (None, Some(value)) => serde_json::to_value(&**value)
            .ok()
            .map(Origination::Constant),
        (None, None) if handled => Some(Origination::Path(Path {
            root: Root::Reply,
            segments: vec![(**key).clone()],
        })),
        (None, None) => {
            findings.error(
                key.span(),
                format!("`{}` has neither `from` nor `value`", **key),
                "where is it from?",
            );
            None
        }
        (Some(_), Some(value)) => {
            findings.error(
                value.span(),
                format!("`{}` has both `from` and `value`", **key),
                "one too many",
            );
            None
        }
    }
}

/// Reads a path in the grammar of TOML's dotted keys.
pub(crate) fn path(
    text: &str,
    span: Range<usize>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Path> {
    if text == "@" {
        return Some(Path {
            root: Root::Reply,
            segments: Vec::new(),
        });
    }
    let Some(mut segments) = dotted(text) else {
        findings.error(span, format!("`{text}` is not a path"), "not a dotted key");
        findings.help("write it like a TOML key: `State.Status`, `Labels.\"com.example.name\"`");
        return None;
    };
    let first = segments.first().cloned().unwrap_or_default();
    let root = match first.as_str() {
        "params" => Root::Params,
        "look" => Root::Look,
        // The Engine writes every name of a reply with a capital.
        name if name.starts_with(char::is_uppercase) => {
            return Some(Path {
                root: Root::Reply,
                segments,
            });
        }
        name => {
            let title = format!("`{name}` is neither in the Engine's reply nor `params` or `look`");
            findings.error(span, title, "leads nowhere");
            findings.help_nearest(name, ["params", "look"]);
            return None;
        }
    };
    segments.remove(0);
    let name = segments.first().cloned().unwrap_or_default();
    if root == Root::Params {
        scope.known_param(&name, span, findings)?;
    } else if !scope.looks.iter().any(|(look, _)| *look == name) {
        findings.error(span, format!("there is no look `{name}`"), "unknown look");
        findings.help_nearest(&name, scope.looks.iter().map(|(look, _)| look.as_str()));
        return None;
    }
    Some(Path { root, segments })
}

/// The segments of a dotted key.
fn dotted(text: &str) -> Option<Vec<String>> {
    let line = format!("{text} = 0");
    let table = DeTable::parse(&line)
        .ok()
        .filter(|_| !text.contains(['\n', '=']))?;
    let mut segments = Vec::new();
    let mut level = table.get_ref();
    loop {
        let (key, value) = level.iter().next()?;
        segments.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(inner) => level = inner,
            _ => return Some(segments),
        }
    }
}
