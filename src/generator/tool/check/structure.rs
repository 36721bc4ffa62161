//! Reads what fills in an options struct or a body of bollard: `options = { t = "timeout" }`.

use std::ops::Range;

use super::scope::Scope;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::INDEX;
use crate::generator::tool::model::{Assigned, Assignment, Filter, FilterValue, Structure};

/// The options struct of a method. bollard calls that of `stop_container` `StopContainerOptions`; of
/// others the file says it.
pub(super) fn options_path(
    method: &str,
    written: Option<&str>,
    span: Range<usize>,
    findings: &mut Findings,
) -> String {
    let camel: String = method
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        })
        .collect();
    let after_the_method = format!("{camel}Options");
    let options = written.unwrap_or(&after_the_method);
    match INDEX.methods.get(method).map(|method| method.options) {
        None => {}
        Some("") => findings.error(span, format!("`{method}` takes no options"), "`options`"),
        Some(taken) if taken == options => {}
        Some(taken) => {
            findings.error(
                span,
                format!("the options of `{method}` are `{taken}`, not `{options}`"),
                "another struct",
            );
            findings.help(match written {
                None => format!("say so: `options_type = \"{taken}\"`"),
                Some(_) if taken == after_the_method => "take `options_type` out".to_owned(),
                Some(_) => format!("`options_type = \"{taken}\"`"),
            });
        }
    }
    format!("query_parameters::{options}")
}

/// A struct in which nothing is filled in yet.
pub(super) fn structure(path: String, span: Range<usize>, scope: &Scope<'_>) -> Structure {
    Structure {
        path,
        origin: scope.origin(&span),
        assignments: Vec::new(),
    }
}

/// One field that is set, by its dotted path.
pub(super) fn assignment(
    field: &str,
    value: Assigned,
    span: Range<usize>,
    scope: &Scope<'_>,
) -> Assignment {
    let target = field.split('.').map(str::to_owned).collect();
    Assignment {
        target,
        value,
        origin: scope.origin(&span),
    }
}

/// Whether one of two dotted paths leads into the other.
pub(super) fn overlaps(one: &[String], other: &str) -> bool {
    one.iter().zip(other.split('.')).all(|(a, b)| a == b)
}

/// A string names a parameter, everything else is a constant.
pub(super) fn assigned(
    value: &toml::Value,
    span: Range<usize>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Assigned> {
    match value {
        toml::Value::String(name) => {
            scope
                .known_param(name, span, findings)
                .map(|param| match param.kind.as_str() {
                    "time" => Assigned::Time(param.name.clone(), param.optional()),
                    _ => Assigned::Param(param.name.clone(), param.optional()),
                })
        }
        toml::Value::Boolean(constant) => Some(Assigned::Boolean(*constant)),
        toml::Value::Integer(constant) => Some(Assigned::Integer(*constant)),
        toml::Value::Table(table) => match table.get("value").and_then(toml::Value::as_str) {
            Some(text) if table.len() == 1 => Some(Assigned::Text(text.to_owned())),
            _ => filters(table, span, scope, findings),
        },
        _ => {
            findings.error(
                span,
                "this can be no constant",
                "a boolean, an integer, a table or `{ value = \"text\" }`",
            );
            None
        }
    }
}

fn filters(
    table: &toml::Table,
    span: Range<usize>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Assigned> {
    let mut filters = Vec::new();
    for (name, values) in table {
        let values: Option<Vec<String>> = values.as_array().map(|values| {
            values
                .iter()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect()
        });
        let Some(values) = values else {
            findings.error(
                span,
                format!("the filter `{name}` is not an array of strings"),
                "not an array",
            );
            return None;
        };
        let mut read = Vec::new();
        for value in values {
            let param = value.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
            read.push(match param {
                Some(param) => {
                    let param = scope.known_param(param, span.clone(), findings)?;
                    FilterValue::Param(param.name.clone(), param.optional())
                }
                None => FilterValue::Text(value),
            });
        }
        filters.push(Filter {
            name: name.clone(),
            values: read,
        });
    }
    Some(Assigned::Filters(filters))
}
