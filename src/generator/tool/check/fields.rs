//! Checks an `[output]` and the paths it reads.

use std::ops::Range;

use super::command;
use super::fit;
use super::path::path;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::in_order;
use crate::generator::common::reply::Form;
use crate::generator::common::unmodelled::said;
use crate::generator::common::vocabulary::{FieldType, Root};
use crate::generator::tool::model::{Action, Field, Origination, Output, Path};
use crate::generator::tool::spec;
use crate::generator::tool::spec::{As, Tool};

/// What `[output]` reads from: what the file says, or bollard of the call whose reply it is. A
/// handler's reply has the keys of the result already, and there is nothing to be read from.
pub(super) fn reply(spec: &Tool, action: Option<&Action>, findings: &mut Findings) -> Option<Form> {
    let docker = spec.docker.as_ref();
    if let Some(written) = docker.and_then(|docker| docker.reply.as_ref()) {
        return Some(said(written, findings));
    }
    match action {
        Some(Action::Calls { call, then }) => Some(then.as_ref().unwrap_or(call).reply.clone()),
        Some(Action::Handler(_)) => None,
        Some(Action::Program(_)) => spec.command.as_deref().map(command::reply),
        None => Some(Form::Open),
    }
}

/// Checks the output.
pub(super) fn output(
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
    // A handler that does not give what an Engine does gives the items with the keys of the result.
    if reply.is_none() && **list.from == *"@" {
        let fields = fields(None, scope, findings);
        let from = Path {
            root: Root::Reply,
            segments: Vec::new(),
        };
        let sort = list.sort.iter().map(|sort| (**sort).clone()).collect();
        return Some(Output::List {
            key: (*list.key).clone(),
            from,
            sort,
            fields,
        });
    }
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
    let Some(kind) = FieldType::ALL
        .iter()
        .find(|kind| kind.name() == field.kind.as_str())
    else {
        findings.error(
            field.kind.span(),
            format!("unknown field type `{}`", *field.kind),
            "unknown type",
        );
        findings.help_nearest(&field.kind, FieldType::ALL.iter().map(|kind| kind.name()));
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
        form: fit::field(*kind, fitting(*kind, found, field, findings)),
        kind: *kind,
        nullable: field.nullable,
        shape: field.shape.as_ref().map(|shape| (**shape).clone()),
        when: field.when.as_ref().map(|when| (**when).clone()),
    })
}

/// What a field holds once it is rewritten. That its type can take it is known from here on.
fn fitting(kind: FieldType, found: Form, field: &At<spec::Field>, findings: &mut Findings) -> Form {
    let span = match (&field.from, &field.value, &field.rows) {
        (Some(from), ..) => from.span(),
        (None, Some(value), _) => value.span(),
        (None, None, Some(rows)) => rows.span(),
        (None, None, None) => return found,
    };
    let written = field.from.as_ref().and_then(|from| from.as_str());
    let what = written.map_or_else(|| "this".to_owned(), |path| format!("`{path}`"));
    let form = match &field.shape {
        None => found,
        Some(shape) => match fit::rewritten(shape, &found) {
            Ok(form) => {
                words(shape, &found, findings);
                form
            }
            Err(wanted) => {
                let title = format!("{what} is {}", found.words());
                findings.error(span, title, format!("`as` rewrites {wanted}"));
                return Form::Open;
            }
        },
    };
    if !fit::fits(kind, &form) {
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

/// Refuses words for what an Engine cannot send.
fn words(rewriting: &At<As>, found: &Form, findings: &mut Findings) {
    let As::Words(words) = &**rewriting else {
        return;
    };
    if words.is_empty() {
        findings.error(rewriting.span(), "`as` has no words", "rewrites nothing");
    }
    let astray = words.keys().find(|sent| sent.parse::<i64>().is_err());
    if let (Form::Integer, Some(astray)) = (found, astray) {
        let title = format!("`{astray}` is no integer, and the Engine sends one");
        findings.error(rewriting.span(), title, "never found");
    }
}

/// The rows of a table as objects, of which only the Engine knows the keys.
fn rows(
    rows: &At<spec::Rows>,
    reply: Option<&Form>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<(Origination, Form)> {
    let strings = Form::List(Box::new(Form::Text));
    let lists = Form::List(Box::new(strings.clone()));
    let mut column = |written: &At<String>, wanted: Form, findings: &mut Findings| {
        let (path, form) = from(written, written.span(), reply, scope, findings)?;
        if form != wanted && form != Form::Open {
            let title = format!("`{}` is {}", **written, form.words());
            findings.error(written.span(), title, format!("not {}", wanted.words()));
        }
        Some(path)
    };
    let titles = column(&rows.titles, strings, findings);
    let cells = column(&rows.cells, lists, findings);
    let object = Form::Map(Box::new(Form::Text));
    Some((
        Origination::Rows([titles?, cells?]),
        Form::List(Box::new(object)),
    ))
}

fn source(
    key: &At<String>,
    field: &At<spec::Field>,
    reply: Option<&Form>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<(Origination, Form)> {
    if let Some(table) = &field.rows {
        let other = field.from.as_ref().or(field.value.as_ref());
        if let Some(other) = other {
            let title = format!("`{}` has `rows` and another source", **key);
            findings.error(other.span(), title, "one too many");
        }
        return rows(table, reply, scope, findings);
    }
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
        (None, None) if findings.is_out("rows") => None,
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
                format!("`{}` has neither `from`, `value` nor `rows`", **key),
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
