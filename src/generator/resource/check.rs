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
use crate::generator::common::vocabulary::{FieldType, Of, Tier};
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
    let address = address.map(|(prefix, names)| (prefix, named(names, spec)));
    if let (Some(tool), Some((_, variables))) = (tool, &address) {
        let at = spec.uri.as_ref()?.span();
        if self::variables(variables, spec, at, tool, findings) {
            arguments(source, spec, variables, tool, findings);
        }
        text(spec.text.as_ref(), tool, findings);
    }
    if !findings.is_empty() {
        return None;
    }
    let (prefix, variables) = address?;
    let stem = source.path.trim_end_matches(".toml").rsplit('/').next()?;
    Some(Resource {
        source: source.path.clone(),
        stem: stem.to_owned(),
        toolset: None,
        title,
        summary,
        prefix: prefix.to_owned(),
        of: spec.of,
        variables,
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

/// What stands before the variables of a URI template, and their names.
fn address<'a>(
    uri: &'a At<String>,
    findings: &mut Findings<'_>,
) -> Option<(&'a str, Vec<&'a str>)> {
    let parts = uri.find('{').and_then(|at| uri.split_at_checked(at));
    let parts = parts.and_then(|(prefix, rest)| {
        let scheme = prefix.split_once("://").map_or("", |(scheme, _)| scheme);
        let is_prefix = !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_lowercase())
            && prefix.ends_with('/');
        let names = rest
            .split('/')
            .map(|name| name.strip_prefix('{')?.strip_suffix('}'));
        let names: Vec<&str> = names.collect::<Option<_>>()?;
        let is_name = |name: &&str| !name.is_empty() && !name.contains(['{', '}']);
        (is_prefix && names.iter().all(is_name)).then_some((prefix, names))
    });
    if parts.is_none() {
        let title = format!("`{}` is not a URI template that ends in variables", **uri);
        findings.error(uri.span(), title, "not such a template");
        findings.help("each variable stands after a `/`, as in `container://logs/{container_id}`");
    }
    parts
}

/// The variables with the parameters that they are.
fn named(names: Vec<&str>, spec: &spec::Resource) -> Vec<(String, String)> {
    let param = |name: &str| {
        let mut others = spec.params.iter();
        let other = others.find(|(variable, _)| variable.as_str() == name);
        other.map_or(name, |(_, param)| param.as_str()).to_owned()
    };
    names
        .into_iter()
        .map(|name| (name.to_owned(), param(name)))
        .collect()
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

/// Whether the variables are such as those whose it is can be listed by.
fn variables(
    variables: &[(String, String)],
    spec: &spec::Resource,
    at: Range<usize>,
    tool: &Tool,
    findings: &mut Findings<'_>,
) -> bool {
    for (name, _) in in_order(&spec.params) {
        if !variables
            .iter()
            .any(|(variable, _)| variable == name.as_str())
        {
            let title = format!("`{}` is no variable of the address", **name);
            findings.error(name.span(), title, "unknown variable");
            findings.help_nearest(name, variables.iter().map(|(name, _)| name.as_str()));
            return false;
        }
    }
    let (wanted, of): (&[&[&str]], &str) = match spec.of {
        Of::Container => (&[&["container"]], "a container"),
        Of::Project => (&[&["string"]], "a project"),
        Of::Service => (&[&["string"], &["string", "string[]"]], "a service"),
        Of::SwarmService => (&[&["service"]], "a service of the swarm"),
    };
    if variables.len() != wanted.len() {
        let title = match wanted.len() {
            1 => format!("the address of what is that of {of} has one variable"),
            many => format!("the address of what is that of {of} has {many} variables"),
        };
        findings.error(at, title, "cannot be listed");
        return false;
    }
    for ((_, name), kinds) in variables.iter().zip(wanted) {
        match tool.params.iter().find(|param| param.name == *name) {
            Some(param) if kinds.contains(&param.kind.as_str()) => {}
            Some(param) => {
                let wanted = kinds.join("` or `");
                let title = format!("`{name}` is of the type `{}`, not `{wanted}`", param.kind);
                findings.error(at, title, "cannot be listed");
                findings.help("resources are those of containers, or as `of` says of Compose projects, their services or a swarm's");
                return false;
            }
            None => {
                let title = format!("`{name}` is not a parameter of `{}`", tool.name);
                findings.error(at, title, "unknown variable");
                let params = tool.params.iter().map(|param| param.name.as_str());
                findings.help_nearest(name, params);
                return false;
            }
        }
    }
    true
}

fn arguments(
    source: &Source,
    spec: &spec::Resource,
    variables: &[(String, String)],
    tool: &Tool,
    findings: &mut Findings<'_>,
) {
    let comes = |name: &str| variables.iter().any(|(_, param)| param == name);
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
            Some(_) if comes(name) => {
                let title = format!("`{}` comes with the URI", **name);
                findings.error(name.span(), title, "given twice");
            }
            Some(param) => fits(value, param, source, findings),
        }
    }
    for param in tool.params.iter().filter(|param| param.required) {
        let is_given = spec.args.keys().any(|name| **name == param.name);
        if !comes(&param.name) && !is_given && !findings.is_out("args") {
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
    let (name, wanted) = match key.split_once('.') {
        Some((list, _)) => (list, FieldType::Objects),
        None => (key.as_str(), FieldType::String),
    };
    let texts: Vec<&str> = match &tool.output {
        Output::Fields(fields) => fields
            .iter()
            .filter(|field| field.kind == wanted)
            .map(|field| field.key.as_str())
            .collect(),
        Output::List { .. } | Output::Document(_) => Vec::new(),
    };
    if !texts.contains(&name) {
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
