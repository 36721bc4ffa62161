//! Checks what the file of a resource says against the tool that it reads from.

use std::ops::Range;

use serde_json::Map;

use super::model::Resource;
use super::spec;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::{in_order, missing, needed, one_sentence};
use crate::generator::common::reply::Reader;
use crate::generator::common::source::Source;
use crate::generator::common::vocabulary::{FieldType, Tier};
use crate::generator::tool::check::arguments::fits;
use crate::generator::tool::model::{Output, Tool};

/// Checks one resource.
pub(super) fn resource(
    source: &Source,
    spec: &spec::Resource,
    tools: &[Tool],
    faulty: impl Fn(&str) -> bool,
    findings: &mut Findings<'_>,
) -> Option<Resource> {
    let start = source.start();
    let title = needed("resource", spec.title.as_ref(), "title", &start, findings);
    let summary = needed(
        "resource",
        spec.summary.as_ref(),
        "summary",
        &start,
        findings,
    );
    if let Some(summary) = &spec.summary {
        one_sentence(summary, findings);
    }
    needed("resource", spec.uri.as_ref(), "uri", &start, findings);
    needed("resource", spec.tool.as_ref(), "tool", &start, findings);
    if spec.updates.is_none() {
        missing("resource", "updates", &start, findings);
    }
    let address = spec.uri.as_ref().and_then(|uri| address(uri, findings));
    let tool = spec
        .tool
        .as_ref()
        .and_then(|name| tool(name, tools, faulty, findings));
    if let (Some(tool), Some((_, variable))) = (tool, address) {
        let at = spec.uri.as_ref()?.span();
        if self::variable(variable, at, tool, findings) {
            arguments(source, spec, variable, tool, findings);
        }
        text(spec.text.as_ref(), tool, findings);
    }
    if !findings.is_empty() {
        return None;
    }
    let (prefix, variable) = address?;
    let stem = source.path.trim_end_matches(".toml").rsplit('/').next()?;
    Some(Resource {
        source: source.path.clone(),
        stem: stem.to_owned(),
        toolset: None,
        title,
        summary,
        prefix: prefix.to_owned(),
        variable: variable.to_owned(),
        tool: tool?.stem.clone(),
        args: in_order(&spec.args)
            .into_iter()
            .filter_map(|(name, value)| {
                Some(((**name).clone(), serde_json::to_value(&**value).ok()?))
            })
            .collect::<Map<_, _>>()
            .into(),
        text: spec.text.as_ref().map(|text| (**text).clone()),
        list: spec.list,
        updates: **spec.updates.as_ref()?,
    })
}

/// What stands before the variable of a URI template, and the variable.
fn address<'a>(uri: &'a At<String>, findings: &mut Findings<'_>) -> Option<(&'a str, &'a str)> {
    let parts = uri.strip_suffix('}').and_then(|uri| uri.split_once('{'));
    let parts = parts.filter(|(prefix, variable)| {
        let scheme = prefix.split_once("://").map_or("", |(scheme, _)| scheme);
        !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_lowercase())
            && prefix.ends_with('/')
            && !variable.contains(['{', '}'])
    });
    if parts.is_none() {
        let title = format!("`{}` is not a URI template with one variable", **uri);
        findings.error(uri.span(), title, "not such a template");
        findings
            .help("it ends in its variable, after a `/`, as in `container://logs/{container_id}`");
    }
    parts
}

fn tool<'t>(
    name: &At<String>,
    tools: &'t [Tool],
    faulty: impl Fn(&str) -> bool,
    findings: &mut Findings<'_>,
) -> Option<&'t Tool> {
    let tool = tools.iter().find(|tool| tool.name == **name);
    match tool {
        Some(tool) if tool.tier != Tier::Safe => {
            findings.error(
                name.span(),
                format!("`{}` is not a safe tool", **name),
                "changes something",
            );
            findings.help("reading a resource changes nothing: its tool has the tier `safe`");
        }
        // Its own mistakes are shown already.
        None if faulty(name) => {}
        None => {
            let title = format!("there is no tool `{}`", **name);
            findings.error(name.span(), title, "unknown tool");
            findings.help_nearest(name, tools.iter().map(|tool| tool.name.as_str()));
        }
        Some(_) => {}
    }
    tool
}

/// Whether the variable is one that containers can be listed by.
fn variable(name: &str, at: Range<usize>, tool: &Tool, findings: &mut Findings<'_>) -> bool {
    match tool.params.iter().find(|param| param.name == name) {
        Some(param) if param.kind == "container" => return true,
        Some(param) => {
            let title = format!("`{name}` is of the type `{}`, not `container`", param.kind);
            findings.error(at, title, "cannot be listed");
            findings.help("resources are those of containers");
        }
        None => {
            let title = format!("`{name}` is not a parameter of `{}`", tool.name);
            findings.error(at, title, "unknown variable");
            findings.help_nearest(name, tool.params.iter().map(|param| param.name.as_str()));
        }
    }
    false
}

fn arguments(
    source: &Source,
    spec: &spec::Resource,
    variable: &str,
    tool: &Tool,
    findings: &mut Findings<'_>,
) {
    for (name, value) in in_order(&spec.args) {
        if name.as_str() == "fields" && matches!(tool.output, Output::Document(_)) {
            chosen(value, tool, source, findings);
        }
        match tool.params.iter().find(|param| param.name == **name) {
            None => {
                let title = format!("`{}` is not a parameter of `{}`", **name, tool.name);
                findings.error(name.span(), title, "unknown argument");
                findings.help_nearest(name, tool.params.iter().map(|param| param.name.as_str()));
            }
            Some(_) if **name == variable => {
                let title = format!("`{variable}` comes with the URI");
                findings.error(name.span(), title, "given twice");
            }
            Some(param) => fits(value, param, source, findings),
        }
    }
    for param in tool.params.iter().filter(|param| param.required) {
        let is_given = spec.args.keys().any(|name| **name == param.name);
        if param.name != variable && !is_given && !findings.is_out("args") {
            let title = format!("`{}` wants `{}`", tool.name, param.name);
            let at = spec.tool.as_ref().map_or(0..0, At::span);
            findings.error(at, title, "would be refused");
            findings.help(format!(
                "say it in `args`: `args = {{ {} = … }}`",
                param.name
            ));
        }
    }
}

/// Checks what is chosen of a document.
fn chosen(fields: &At<toml::Value>, tool: &Tool, source: &Source, findings: &mut Findings<'_>) {
    let paths = fields.as_array().into_iter().flatten();
    for path in paths.filter_map(toml::Value::as_str) {
        let place = source.word(&fields.span(), path);
        let origin = source.origin(&place);
        if let Err(stray) = Reader::default().chosen(&tool.reply, path, &origin) {
            findings.stray(place, stray);
        }
    }
}

fn text(key: Option<&At<String>>, tool: &Tool, findings: &mut Findings<'_>) {
    let Some(key) = key else { return };
    let texts: Vec<&str> = match &tool.output {
        Output::Fields(fields) => fields
            .iter()
            .filter(|field| field.kind == FieldType::String)
            .map(|field| field.key.as_str())
            .collect(),
        Output::List { .. } | Output::Document(_) => Vec::new(),
    };
    if !texts.contains(&key.as_str()) {
        let title = format!("`{}` is no text in the result of `{}`", **key, tool.name);
        findings.error(key.span(), title, "not a string there");
        findings.help_nearest(key, texts);
    }
}

/// Refuses an address that another has.
pub(super) fn same_address(
    resource: &Resource,
    others: &[Resource],
    spec: &spec::Resource,
    findings: &mut Findings<'_>,
) {
    let same = others.iter().find(|other| other.prefix == resource.prefix);
    if let (Some(other), Some(uri)) = (same, &spec.uri) {
        let title = format!("`{}` has this address too", other.source);
        findings.error(uri.span(), title, "taken");
    }
}
