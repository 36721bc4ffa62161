//! Checks the parameters a file declares and adds those its output brings.

use std::ops::Range;

use serde_json::json;

use super::arguments::accepts;
use super::engine_schema;
use crate::generator::common::at::{At, Table};
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::in_order;
use crate::generator::common::source::Source;
use crate::generator::common::vocabulary::types;
use crate::generator::common::vocabulary::types::{Json, Type};
use crate::generator::tool::model;
use crate::generator::tool::model::{Param, Shared};
use crate::generator::tool::spec;
use crate::generator::tool::spec::Tool;

/// What the tool shares with the one that its file names.
pub(super) fn shared(spec: &Tool, other: Option<&model::Tool>) -> Option<Shared> {
    let other = other?;
    let is_replaced = |param: &Param| spec.params.keys().any(|name| ***name == param.name);
    let params = other.params.iter();
    Some(Shared {
        stem: other.stem.clone(),
        params: params
            .map(|param| (param.clone(), is_replaced(param)))
            .collect(),
    })
}

/// The parameters of the tool: those it shares, and those of the file, in its order.
pub(super) fn declared(
    spec: &Tool,
    shared: Option<&Shared>,
    source: &Source,
    findings: &mut Findings,
) -> Vec<Param> {
    let shared = shared.into_iter().flat_map(|shared| &shared.params);
    let shared = shared.filter(|(_, replaced)| !replaced);
    let mut params: Vec<Param> = shared.map(|(param, _)| param.clone()).collect();
    for (name, param) in in_order(&spec.params) {
        params.push(declared_one(name, param, source, findings));
    }
    aliases(&spec.params, findings);
    for brought in brought(spec) {
        match spec.params.keys().find(|name| ***name == brought.name) {
            Some(name) => {
                findings.error(
                    name.span(),
                    format!("`{}` comes with the output", brought.name),
                    "declared twice",
                );
                findings.help("take it out: every tool with such an output has it");
            }
            None => params.push(brought),
        }
    }
    params
}

/// The parameters that come with the form of the output.
fn brought(spec: &Tool) -> Vec<Param> {
    let Some(output) = &spec.output else {
        return Vec::new();
    };
    let mut brought = Vec::new();
    let plain = |name: &str, kind: &str, doc: &str| Param {
        name: name.to_owned(),
        kind: kind.to_owned(),
        rust: types::find(kind).map_or("", |known| known.rust).to_owned(),
        keys: None,
        doc: doc.to_owned(),
        wanted: types::find(kind)
            .map_or("", |known| known.wanted)
            .to_owned(),
        required: false,
        secret: false,
        stays: false,
        by_name: false,
        default: None,
        min: None,
        max: None,
        values: Vec::new(),
        aliases: Vec::new(),
        unrecorded: false,
        since: None,
        empty: false,
    };
    if output.document.is_some() {
        brought.push(plain(
            "fields",
            "string[]",
            "Dotted paths to return, such as `State.Status` or `Mounts[0].Source`; all by default.",
        ));
    }
    if output.list.is_some() {
        brought.push(Param {
            default: Some(json!(50)),
            min: Some(1.0),
            max: Some(1000.0),
            wanted: "an integer from 1 to 1000".to_owned(),
            ..plain("limit", "integer", "Items at most.")
        });
        if output
            .fields
            .values()
            .any(|field| field.when.as_ref().is_some_and(|when| **when == "labels"))
        {
            brought.push(Param {
                default: Some(json!(false)),
                ..plain("labels", "boolean", "Include each item's labels.")
            });
        }
    }
    brought
}

fn declared_one(
    name: &At<String>,
    param: &At<spec::Param>,
    source: &Source,
    findings: &mut Findings,
) -> Param {
    let is_name = |text: &str| syn::parse_str::<syn::Ident>(text).is_ok();
    // A word of Rust is written `r#for` there.
    let can_be = is_name(name) || is_name(&format!("r#{}", **name));
    if !can_be || name.chars().any(char::is_uppercase) {
        findings.error(
            name.span(),
            format!("`{}` cannot name a parameter", **name),
            "lower-case words joined by `_`",
        );
    }
    if let (true, Some(default)) = (param.required, &param.default) {
        findings.error(
            default.span(),
            format!("`{}` is required and has a default", **name),
            "never used",
        );
        findings.help("drop `required`, or the default");
    }
    let engine = param.kind.strip_prefix("engine:");
    let known = types::find(&param.kind);
    if known.is_none() && engine.is_none() {
        findings.error(
            param.kind.span(),
            format!("unknown parameter type `{}`", *param.kind),
            "unknown type",
        );
        findings.help_nearest(&param.kind, types::TYPES.iter().map(|known| known.name));
    }
    if let Some(model) = engine {
        engine_schema::checked(param, model, source, findings);
    }
    let doc = param
        .doc
        .as_ref()
        .map(|doc| (**doc).clone())
        .or_else(|| known?.doc.map(str::to_owned));
    if doc.is_none() && (known.is_some() || engine.is_some()) {
        findings.error(
            name.span(),
            format!("the parameter `{}` has no `doc`", **name),
            "undocumented",
        );
    }
    if let Some(known) = known {
        if param.empty && !["string", "entrypoint"].contains(&known.name) {
            findings.error(
                param.kind.span(),
                format!("no `{}` is an empty string", known.name),
                "`empty` is for a `string`",
            );
        }
        bounds(param, known, findings);
        default(name, param, known, findings);
    }
    Param {
        name: (**name).clone(),
        kind: (*param.kind).clone(),
        rust: engine.map_or_else(
            || known.map_or(String::new(), |known| known.rust.to_owned()),
            |model| format!("EngineModel<bollard::models::{model}>"),
        ),
        keys: engine
            .and(param.schema.as_deref())
            .and_then(|schema| serde_json::to_string(schema).ok()),
        doc: doc.unwrap_or_default(),
        wanted: wanted(param, known),
        required: param.required,
        secret: param.secret,
        stays: param.stays,
        by_name: param.by_name,
        default: param
            .default
            .as_ref()
            .and_then(|default| serde_json::to_value(&**default).ok()),
        min: least(param),
        max: param.max.as_ref().map(|max| **max),
        values: param
            .values
            .as_ref()
            .map(|values| (**values).clone())
            .unwrap_or_default(),
        aliases: param
            .aliases
            .iter()
            .map(|alias| (**alias).clone())
            .collect(),
        unrecorded: param.unrecorded,
        since: param.since,
        empty: param.empty,
    }
}

/// An alias stands for one parameter, so nothing else may be called like it.
fn aliases(params: &Table<At<spec::Param>>, findings: &mut Findings) {
    let mut taken: Vec<&str> = params.keys().map(|name| name.as_str()).collect();
    for alias in params.values().flat_map(|param| &param.aliases) {
        if taken.contains(&alias.as_str()) {
            findings.error(
                alias.span(),
                format!("`{}` is the name of another parameter", **alias),
                "taken",
            );
        }
        taken.push(alias);
    }
}

/// Seconds are never negative.
fn least(param: &spec::Param) -> Option<f64> {
    let given = param.min.as_ref().map(|min| **min);
    if *param.kind == "seconds" {
        given.or(Some(0.0))
    } else {
        given
    }
}

fn bounds(param: &At<spec::Param>, known: &Type, findings: &mut Findings) {
    let numeric = matches!(known.default, Json::Integer | Json::Number);
    for bound in [&param.min, &param.max]
        .into_iter()
        .flatten()
        .filter(|_| !numeric)
    {
        findings.error(
            bound.span(),
            format!("a `{}` has no bounds", known.name),
            "not a number",
        );
        if known.name == "size" {
            findings.help("the type `swap` accepts -1, which the Engine takes for no limit");
        }
    }
    let least = least(param).zip(param.max.as_ref());
    if let Some((min, max)) = least.filter(|(min, max)| *min > ***max) {
        let place = param.min.as_ref().unwrap_or(max).span();
        let title = format!("no number is at least {min} and at most {}", **max);
        findings.error(place, title, "accepts nothing");
    }
    if let (Some(values), false) = (&param.values, ["string", "filters"].contains(&known.name)) {
        findings.error(
            values.span(),
            format!("a `{}` has no `values`", known.name),
            "neither a string nor filters",
        );
    }
}

fn default(name: &At<String>, param: &At<spec::Param>, known: &Type, findings: &mut Findings) {
    let Some(default) = &param.default else {
        return;
    };
    let mut wrong =
        |title: String, label: String, span: Range<usize>| findings.error(span, title, label);
    if !accepts(known.default, default) {
        let title = format!(
            "the default of `{}` is not {}",
            **name,
            known.default.name()
        );
        return wrong(
            title,
            format!("`{}` wants {}", known.name, known.default.name()),
            default.span(),
        );
    }
    let number = default
        .as_float()
        .or_else(|| default.as_integer().map(|whole| whole as f64));
    let low = number
        .zip(least(param))
        .is_some_and(|(number, min)| number < min);
    let high = number
        .zip(param.max.as_ref())
        .is_some_and(|(number, max)| number > **max);
    if low || high {
        let title = format!("the default of `{}` is outside its range", **name);
        return wrong(
            title,
            format!("wanted: {}", wanted(param, Some(known))),
            default.span(),
        );
    }
    let text = default.as_str().zip(param.values.as_ref());
    if text.is_some_and(|(text, values)| !values.iter().any(|value| value == text)) {
        let title = format!("the default of `{}` is none of its values", **name);
        wrong(
            title,
            format!("wanted: {}", wanted(param, Some(known))),
            default.span(),
        );
    }
}

/// What is accepted, in words.
fn wanted(param: &spec::Param, known: Option<&Type>) -> String {
    if let Some(values) = &param.values {
        let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        let one = match quoted.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => quoted.concat(),
        };
        return match &**param.kind {
            "filters" => format!("an object of filters, each of them {one}"),
            _ => one,
        };
    }
    let Some(known) = known else {
        return format!(
            "an object in the shape of the Engine's `{}`",
            param.kind.trim_start_matches("engine:")
        );
    };
    let max = param.max.as_ref().map(|max| **max);
    match (least(param), max) {
        (Some(min), Some(max)) => format!("{} from {min} to {max}", known.wanted),
        (Some(min), None) => format!("{} of at least {min}", known.wanted),
        (None, Some(max)) => format!("{} of at most {max}", known.wanted),
        (None, None) => known.wanted.to_owned(),
    }
}
