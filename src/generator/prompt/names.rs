//! Says what a prompt may use: its arguments, the results of the calls, and what could not be made.

use super::spec;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::in_order;
use crate::generator::common::reply;
use crate::generator::common::reply::{Form, Record};
use crate::generator::common::template::{EACH, Names};
use crate::generator::tool::model::{Field, Output, Tool};

/// What could not be gathered.
pub(super) const NOTES: &str = "notes";

/// What an argument stands for where `each` is at one of its values.
pub(super) const ITEM: &str = "item";

/// The names that the template of a prompt may use.
pub(super) fn all<'a>(
    spec: &spec::Prompt,
    tools: &[Tool],
    filters: &'a [&'a str],
    findings: &Findings,
) -> Names<'a> {
    let mut names = arguments(spec, filters, findings);
    for (name, entry) in in_order(&spec.context) {
        names.known.push(((**name).clone(), result(entry, tools)));
    }
    names.each = EACH;
    names
}

/// The names that an entry may use which has none above it.
pub(super) fn arguments<'a>(
    spec: &spec::Prompt,
    filters: &'a [&'a str],
    findings: &Findings,
) -> Names<'a> {
    let arguments = spec.arguments.keys();
    let mut known: Vec<(String, Form)> = arguments
        .map(|name| ((**name).clone(), Form::Text))
        .collect();
    known.push((NOTES.to_owned(), Form::List(Box::new(Form::Text))));
    Names {
        known,
        below: Vec::new(),
        whole: findings.is_whole(),
        each: "`each` makes a call for each of its items",
        otherwise: "neither an argument nor an entry of the context",
        filters,
    }
}

/// What an entry is in the template.
pub(super) fn result(entry: &spec::Entry, tools: &[Tool]) -> Form {
    let tool = tools.iter().find(|tool| tool.name == *entry.tool);
    let form = tool.map_or(Form::Open, |tool| match narrowed(tool, entry) {
        Some(keys) => Form::Record(Record {
            what: "what `fields` chose".to_owned(),
            keys,
        }),
        None => of_tool(tool),
    });
    match entry.each {
        Some(_) => Form::List(Box::new(form)),
        None => form,
    }
}

/// What a call of a tool gives; of one with a document the document.
pub(super) fn of_tool(tool: &Tool) -> Form {
    let record = |what: String, keys| Form::Record(Record { what, keys });
    let what = format!("the result of `{}`", tool.name);
    let keys = |fields: &[Field]| {
        let fields = fields.iter();
        fields
            .map(|field| (field.key.clone(), field.form.clone()))
            .collect()
    };
    match &tool.output {
        Output::Document(_) => tool.reply.clone(),
        Output::Fields(fields) => record(what, keys(fields)),
        Output::List { key, fields, .. } => {
            let item = record(format!("an item of {what}"), keys(fields));
            let counted = |name: &str| (name.to_owned(), Form::Integer);
            let list = vec![
                (key.clone(), Form::List(Box::new(item))),
                counted("count"),
                counted("total"),
                ("truncated".to_owned(), Form::Boolean),
            ];
            record(what, list)
        }
    }
}

/// The paths that an entry chooses of a document, and where they stand; none where it is whole.
pub(super) fn chosen<'s>(
    tool: &Tool,
    entry: &'s spec::Entry,
) -> Option<(&'s At<toml::Value>, Vec<&'s str>)> {
    let mut arguments = entry.args.iter();
    let (_, value) = arguments.find(|(name, _)| ***name == "fields")?;
    let paths: Option<Vec<&str>> = value.as_array()?.iter().map(toml::Value::as_str).collect();
    let is_document = matches!(tool.output, Output::Document(_));
    paths.filter(|_| is_document).map(|paths| (value, paths))
}

/// The keys that are left of a document; none where it is whole.
fn narrowed(tool: &Tool, entry: &spec::Entry) -> Option<Vec<(String, Form)>> {
    let (_, paths) = chosen(tool, entry)?;
    (!paths.is_empty()).then(|| reply::narrowed(&tool.reply, &paths))?
}
