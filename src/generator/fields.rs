//! Checks an `[output]` and the paths it reads.

use std::ops::Range;

use super::check::{Scope, in_order};
use super::diagnostic::Findings;
use super::model::{Action, Field, Kind, Origination, Output, Path, Root};
use super::path::path;
use super::reply::{self, Form};
use super::spec::{self, At, Docker};
use super::unmodelled::said;

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

/// What `[output]` reads from: what the file says, or bollard of the call whose reply it is. A
/// handler's reply has the keys of the result already, and there is nothing to be read from.
pub(crate) fn reply(
    docker: Option<&At<Docker>>,
    action: Option<&Action>,
    findings: &mut Findings,
) -> Option<Form> {
    if let Some(written) = docker.and_then(|docker| docker.reply.as_ref()) {
        return Some(said(written, findings));
    }
    match action {
        Some(Action::Calls { call, then }) => Some(then.as_ref().unwrap_or(call).reply.clone()),
        Some(Action::Handler(_)) => None,
        None => Some(Form::Open),
    }
}

/// Checks the output.
pub(crate) fn output(
    output: &At<spec::Output>,
    reply: Option<&Form>,
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
    if output.fields.is_empty() && findings.is_out("fields") {
        return None;
    }
    if output.fields.is_empty() {
        findings.error(
            output.span(),
            "the output has no `fields`, `list` or `document`",
            "what does a client see?",
        );
        return None;
    }
    let fields = |reply: Option<&Form>, scope: &mut Scope<'_>, findings: &mut Findings| {
        let fields = in_order(&output.fields).into_iter();
        fields
            .filter_map(|(key, field)| one(key, field, reply, scope, findings))
            .collect()
    };
    let Some(list) = &output.list else {
        return Some(Output::Fields(fields(reply, scope, findings)));
    };
    for sort in &list.sort {
        let key = sort.trim_start_matches('-');
        if !findings.is_out(key) && !output.fields.keys().any(|field| **field == key) {
            findings.error(
                sort.span(),
                format!("`{key}` is not a field of this list"),
                "cannot sort by it",
            );
            findings.help_nearest(key, output.fields.keys().map(|field| field.as_str()));
        }
    }
    scope.param("limit");
    let from = from(&list.from, list.from.span(), reply, scope, findings);
    let item = match &from {
        Some((_, Form::List(item))) => (**item).clone(),
        Some((_, Form::Open)) | None => Form::Open,
        Some((_, other)) => {
            let title = format!("`{}` is {}", *list.from, other.words());
            findings.error(list.from.span(), title, "not a list");
            Form::Open
        }
    };
    let fields = fields(Some(&item), scope, findings);
    let (from, _) = from?;
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
    reply: Option<&Form>,
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
    let (source, found) = source(key, field, reply, scope, findings)?;
    Some(Field {
        key: (**key).clone(),
        source,
        form: reply::field(*kind, fitting(*kind, found, field, findings)),
        kind: *kind,
        nullable: field.nullable,
        shape: field.shape.as_ref().map(|shape| **shape),
        when: field.when.as_ref().map(|when| (**when).clone()),
    })
}

/// What a field holds once it is rewritten. That its type can take it is known from here on.
fn fitting(kind: Kind, found: Form, field: &At<spec::Field>, findings: &mut Findings) -> Form {
    let span = match (&field.from, &field.value) {
        (Some(from), _) => from.span(),
        (None, Some(value)) => value.span(),
        (None, None) => return found,
    };
    let written = field.from.as_ref().and_then(|from| from.as_str());
    let what = written.map_or_else(|| "this".to_owned(), |path| format!("`{path}`"));
    let form = match &field.shape {
        None => found,
        Some(shape) => match reply::shaped(**shape, &found) {
            Ok(form) => form,
            Err(wanted) => {
                let title = format!("{what} is {}", found.words());
                findings.error(span, title, format!("`as` rewrites {wanted}"));
                return Form::Open;
            }
        },
    };
    if !reply::fits(kind, &form) {
        let becomes = match &field.shape {
            None => "is",
            Some(_) => "becomes, with `as`,",
        };
        let title = format!("{what} {becomes} {}", form.words());
        findings.error(span, title, format!("not of the type `{}`", *field.kind));
        return Form::Open;
    }
    form
}

fn source(
    key: &At<String>,
    field: &At<spec::Field>,
    reply: Option<&Form>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<(Origination, Form)> {
    match (&field.from, &field.value) {
        (Some(written), None) => match (&**written, &field.join) {
            (toml::Value::String(text), None) => {
                let (path, form) = from(text, written.span(), reply, scope, findings)?;
                Some((Origination::Path(path), form))
            }
            (toml::Value::Array(texts), Some(join)) => {
                let mut paths = Vec::new();
                for text in texts {
                    let (path, form) =
                        from(text.as_str()?, written.span(), reply, scope, findings)?;
                    if !form.is_scalar() {
                        let title = format!("`{}` is {}", text.as_str()?, form.words());
                        findings.error(written.span(), title, "cannot be joined");
                    }
                    paths.push(path);
                }
                Some((Origination::Join(paths, (**join).clone()), Form::Text))
            }
            _ => {
                findings.error(
                    written.span(),
                    "one path stands alone, several need a `join`",
                    "a path, or paths with `join`",
                );
                None
            }
        },
        (None, Some(value)) => {
            let constant = serde_json::to_value(&**value).ok()?;
            let form = Form::constant(&constant);
            Some((Origination::Constant(constant), form))
        }
        (None, None) if reply.is_none() => {
            let path = Path {
                root: Root::Reply,
                segments: vec![(**key).clone()],
            };
            Some((Origination::Path(path), Form::Open))
        }
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

/// What a path leads to; a handler's reply has no parts unless the file says what it is.
fn from(
    text: &str,
    span: Range<usize>,
    reply: Option<&Form>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<(Path, Form)> {
    let found = path(
        text,
        span.clone(),
        reply.unwrap_or(&Form::Open),
        scope,
        findings,
    )?;
    if reply.is_none() && found.0.root == Root::Reply {
        findings.error(
            span,
            "it is not said what the handler gives",
            "reads from what?",
        );
        findings.help("say it in `[docker]`, as in `reply = \"ImageSummary[]\"`");
        return None;
    }
    Some(found)
}
