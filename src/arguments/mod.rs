//! Hands out the arguments of a call one by one, and words what is wrong with them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::catalog::{Param, Tool};
use crate::params::{InvalidArgument, Mismatch, Parameter, clip, kind};
use crate::vocabulary::nearest;

/// How much of a value or a name a message quotes, in characters.
const QUOTED: usize = 100;

/// The arguments of one call, taken one by one by the generated `parse`.
#[derive(Debug)]
pub struct Arguments {
    tool: &'static Tool,
    given: Map<String, Value>,
}

impl Arguments {
    /// The arguments given to a tool. A `null` counts as not given, and an empty string too where it
    /// is no value, because some clients fill in every parameter.
    ///
    /// # Errors
    /// An argument that the tool does not have; the message names the nearest one it has. One that
    /// is given by two of its names.
    pub fn new(
        tool: &'static Tool,
        mut given: Map<String, Value>,
    ) -> Result<Self, InvalidArgument> {
        let known = |name: &String| tool.params.iter().find(|param| param.name == *name);
        let unknown: Vec<String> = given
            .keys()
            .filter(|name| known(name).is_none() && alias(tool, name).is_none())
            .map(|name| unknown(tool, name))
            .collect();
        if !unknown.is_empty() {
            return Err(InvalidArgument(unknown.join("; ")));
        }
        given.retain(|name, value| {
            let param = known(name).or_else(|| alias(tool, name));
            let is_empty = value == "" && !param.is_some_and(|param| param.empty);
            !value.is_null() && !is_empty
        });
        let aliases: Vec<String> = given
            .keys()
            .filter(|name| known(name).is_none())
            .cloned()
            .collect();
        for name in aliases {
            let (Some(param), Some(value)) = (alias(tool, &name), given.remove(&name)) else {
                continue;
            };
            if given.insert(param.name.to_owned(), value).is_some() {
                return Err(InvalidArgument(format!(
                    "`{name}` is another name of `{}`, which is given too; give one of them",
                    param.name
                )));
            }
        }
        Ok(Self { tool, given })
    }

    /// Takes an argument that the call cannot do without; its default stands in for an absent one.
    ///
    /// # Errors
    /// The argument is absent or does not fit.
    pub fn required<T: Parameter>(&mut self, name: &str) -> Result<T, InvalidArgument> {
        let wanted = self.param(name)?.wanted;
        self.optional(name)?
            .ok_or_else(|| InvalidArgument(format!("`{name}` is required: {wanted}")))
    }

    /// Takes an argument that may be absent.
    ///
    /// # Errors
    /// The argument does not fit.
    pub fn optional<T: Parameter>(&mut self, name: &str) -> Result<Option<T>, InvalidArgument> {
        let Some((param, value)) = self.take(name)? else {
            return Ok(None);
        };
        let parsed = T::parse(value.clone()).map_err(|reason| refusal(param, &value, &reason))?;
        if is_bounded(param) {
            // The serialised form, so that `"10"` is compared as the number it was read as.
            within(param, &value, serde_json::to_value(&parsed))?;
        }
        Ok(Some(parsed))
    }

    /// What is given for a parameter, or stands in its place.
    fn take(&mut self, name: &str) -> Result<Option<(&'static Param, Value)>, InvalidArgument> {
        let param = self.param(name)?;
        let value = match (self.given.remove(name), param.default) {
            (Some(value), _) => value,
            (None, Some(text)) => serde_json::from_str(text).map_err(|error| {
                InvalidArgument(format!("the default of `{name}` is not JSON: {error}"))
            })?,
            (None, None) => return Ok(None),
        };
        Ok(Some((param, value)))
    }

    fn param(&self, name: &str) -> Result<&'static Param, InvalidArgument> {
        let params = self.tool.params;
        params
            .iter()
            .find(|param| param.name == name)
            .ok_or_else(|| {
                InvalidArgument(format!("`{}` has no parameter `{name}`", self.tool.name))
            })
    }
}

/// The parameter that also has this name.
fn alias(tool: &Tool, name: &str) -> Option<&'static Param> {
    tool.params
        .iter()
        .find(|param| param.aliases.contains(&name))
}

fn unknown(tool: &Tool, name: &str) -> String {
    // The distance is quadratic in the length, and a name may be of any.
    let name = clip(name, QUOTED);
    let mut text = format!("unknown argument `{name}`");
    if let Some(nearest) = nearest(&name, tool.params.iter().map(|param| param.name)) {
        let _ = write!(text, ", did you mean `{nearest}`?");
    } else if tool.params.is_empty() {
        let _ = write!(text, ": `{}` takes none", tool.name);
    } else {
        let known: Vec<String> = tool
            .params
            .iter()
            .map(|param| format!("`{}`", param.name))
            .collect();
        let _ = write!(text, ": `{}` takes {}", tool.name, known.join(", "));
    }
    text
}

fn refusal(param: &Param, value: &Value, mismatch: &Mismatch) -> InvalidArgument {
    let Param { name, wanted, .. } = param;
    let got = got(param, value);
    InvalidArgument(match mismatch {
        Mismatch::Kind if value.is_string() && !param.secret => {
            format!("`{name}` must be {wanted}, got the string {got}")
        }
        Mismatch::Kind => format!("`{name}` must be {wanted}, got {got}"),
        Mismatch::Reason(reason) => format!("`{name}` must be {wanted}, got {got}: {reason}"),
    })
}

fn got(param: &Param, value: &Value) -> String {
    if param.secret {
        kind(value).to_owned()
    } else {
        clip(&value.to_string(), QUOTED)
    }
}

/// Whether its record has a range or a list of strings.
fn is_bounded(param: &Param) -> bool {
    param.min.is_some() || param.max.is_some() || !param.values.is_empty()
}

/// Refuses what leaves the range or the list.
fn within(
    param: &Param,
    value: &Value,
    parsed: serde_json::Result<Value>,
) -> Result<(), InvalidArgument> {
    match outside(param, value, parsed) {
        Some(got) => Err(InvalidArgument(format!(
            "`{}` must be {}, got {got}",
            param.name, param.wanted
        ))),
        None => Ok(()),
    }
}

/// What of a value leaves the range or the list of strings in its record.
fn outside(param: &Param, value: &Value, parsed: serde_json::Result<Value>) -> Option<String> {
    let listed = |text: &str| param.values.is_empty() || param.values.contains(&text);
    let within = match parsed {
        Ok(Value::Number(number)) => number.as_f64().is_some_and(|number| {
            param.min.is_none_or(|min| number >= min) && param.max.is_none_or(|max| number <= max)
        }),
        Ok(Value::String(text)) => listed(&text),
        Ok(Value::Object(members)) => {
            let unlisted = members.keys().find(|name| !listed(name))?;
            return Some(format!("`{}`", clip(unlisted, QUOTED)));
        }
        Ok(_) => true,
        Err(_) => false,
    };
    (!within).then(|| got(param, value))
}

/// The arguments that the catalogue calls secret, by whichever of their names.
pub fn secrets<'a>(
    tool: &'a Tool,
    arguments: &'a Map<String, Value>,
) -> impl Iterator<Item = &'a Value> {
    secret(tool, arguments).map(|(.., value)| value)
}

/// The same, with their parameters and the names that they were given by.
pub(crate) fn secret<'a>(
    tool: &'a Tool,
    arguments: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a Param, &'a str, &'a Value)> {
    let secret = tool.params.iter().filter(|param| param.secret);
    let names = secret.flat_map(|param| {
        let names = std::iter::once(&param.name).chain(param.aliases);
        names.map(move |name| (param, *name))
    });
    names.filter_map(|(param, name)| Some((param, name, arguments.get(name)?)))
}

#[cfg(test)]
mod tests;
