//! Reads the resource that a URI names: the result of one safe tool, as its TOML file says.
//!
//! A URI leads to a tool and its argument and from there the one path of a
//! [call](crate::call::Runtime::call), which checks the reference, refuses what the operator has
//! taken away, hides secrets and keeps to the budget. Nothing here talks to Docker.

pub mod subscription;

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::call::gate;
use crate::call::{CallError, Caller, ErrorKind, Runtime};
use crate::catalog::{Content, Of, RESOURCES, Resource, Tool};
use crate::config::SafetyConfig;
use crate::engine::policy::Refusal;
use crate::generated::table;
use crate::params::InvalidArgument;

/// A resource of one container, project or service.
#[derive(Debug, Clone)]
pub struct Address {
    resource: &'static Resource,
    /// What the variables stand for, in order.
    values: Vec<String>,
    /// The host that it is on, where the URI says so.
    host: Option<String>,
}

/// What a resource is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A container by its name or id.
    Container(String),
    /// The containers of a Compose project, or those of one of its services.
    Services {
        project: String,
        service: Option<String>,
    },
    /// A service of the swarm by its name or id.
    SwarmService(String),
}

/// What is written as it is within a part of a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What stands before the name of a host in a URI.
const OF_HOST: &str = "?host=";

/// What a template says of that.
pub(crate) const TEMPLATE_OF_HOST: &str = "{?host}";

/// What a resource holds at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Its MIME type.
    pub mime_type: &'static str,
    /// The content.
    pub text: String,
}

/// Why a resource cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    /// There is none of that URI.
    #[error("{0}")]
    NotFound(String),
    /// It is there, or may be, and reading it failed.
    #[error(transparent)]
    Call(CallError),
}

impl From<CallError> for ResourceError {
    fn from(error: CallError) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound(error.to_string()),
            _ => Self::Call(error),
        }
    }
}

impl Address {
    /// Takes a URI apart.
    ///
    /// # Errors
    /// It is of none of the templates.
    pub fn parse(uri: &str) -> Result<Self, ResourceError> {
        let decoded = |part| percent_decode_str(part).decode_utf8().ok();
        let unknown = || ResourceError::NotFound(unknown(uri));
        let (path, host) = match uri.split_once(OF_HOST) {
            Some((path, host)) => (path, Some(decoded(host).ok_or_else(unknown)?.into_owned())),
            None => (uri, None),
        };
        RESOURCES
            .iter()
            .find_map(|resource| {
                let rest = path.strip_prefix(resource.prefix)?;
                let wanted = resource.variables.len();
                let parts = rest.splitn(wanted, '/');
                let values = parts.map(|part| Some(decoded(part)?.into_owned()));
                let values: Vec<String> = values.collect::<Option<_>>()?;
                let host = host.clone();
                (values.len() == wanted).then_some(Self {
                    resource,
                    values,
                    host,
                })
            })
            .ok_or_else(unknown)
    }

    /// The host that it is on, where the URI names one.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// Which resource it is.
    pub fn resource(&self) -> &'static Resource {
        self.resource
    }

    /// The address of that resource of a container, project or service, by its names.
    pub(crate) fn of(resource: &'static Resource, values: Vec<String>, host: Option<&str>) -> Self {
        Self {
            resource,
            values,
            host: host.map(str::to_owned),
        }
    }

    /// What it is about, checked as the tool checks it.
    ///
    /// # Errors
    /// It can be none.
    pub(crate) fn subject(&self) -> Result<Subject, InvalidArgument> {
        let Resource { tool, of, .. } = self.resource;
        let call = table::parse(tool, &mut Arguments::new(tool, self.arguments())?)?;
        let params = call.params();
        let mut values = self.values.iter().cloned();
        let first = values.next().unwrap_or_default();
        let variable = self.resource.variables.first();
        let reference = variable.and_then(|it| params.get(it.param)?.as_str());
        let reference = reference.unwrap_or_default().to_owned();
        Ok(match of {
            Of::Container => Subject::Container(reference),
            Of::SwarmService => Subject::SwarmService(reference),
            Of::Project | Of::Service => Subject::Services {
                project: first,
                service: values.next(),
            },
        })
    }

    /// Makes the call that the resource stands for.
    ///
    /// # Errors
    /// There is no such container, or any that the call gives.
    pub async fn read(&self, runtime: &Runtime, caller: Caller) -> Result<Contents, ResourceError> {
        let Resource { tool, content, .. } = self.resource;
        permit(self.resource, &runtime.config().safety).map_err(CallError::from)?;
        let mut result = runtime.call(tool, self.arguments(), caller).await?;
        let text = match *content {
            Content::Text(key) => {
                let cut = result.get("truncated") == Some(&Value::Bool(true));
                let text = match result.get_mut(key).map(Value::take) {
                    Some(Value::String(text)) => text,
                    _ => String::new(),
                };
                if cut {
                    said_to_be_cut(tool, &text)
                } else {
                    text
                }
            }
            Content::Lines(list, key) => {
                let cut = result.get("truncated") == Some(&Value::Bool(true));
                let items = result.get(list).and_then(Value::as_array);
                let texts = items.into_iter().flatten();
                let texts = texts.filter_map(|item| item.get(key)?.as_str());
                let text: String = texts.flat_map(|text| [text, "\n"]).collect();
                if cut {
                    said_to_be_cut(tool, &text)
                } else {
                    text
                }
            }
            Content::Json => result.to_string(),
        };
        Ok(Contents {
            mime_type: content.mime_type(),
            text,
        })
    }

    fn arguments(&self) -> Map<String, Value> {
        let Resource { args, tool, .. } = self.resource;
        let mut arguments: Map<String, Value> = serde_json::from_str(args).unwrap_or_default();
        for (variable, value) in self.resource.variables.iter().zip(&self.values) {
            let mut params = tool.params.iter();
            let is_list = params.any(|it| it.name == variable.param && it.kind == "string[]");
            let value = match is_list {
                true => Value::from(vec![value.clone()]),
                false => value.clone().into(),
            };
            arguments.insert(variable.param.to_owned(), value);
        }
        arguments
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values.iter();
        let values = values.map(|value| utf8_percent_encode(value, PLAIN).to_string());
        let values: Vec<String> = values.collect();
        write!(f, "{}{}", self.resource.prefix, values.join("/"))?;
        match &self.host {
            Some(host) => write!(f, "{OF_HOST}{}", utf8_percent_encode(host, PLAIN)),
            None => Ok(()),
        }
    }
}

/// Whether a resource can be read here: the operator may have left it off, or taken its tool away.
///
/// # Errors
/// It cannot; the text names the variable.
pub fn permit(resource: &Resource, config: &SafetyConfig) -> Result<(), Refusal> {
    gate::switched_on(resource.template, resource.toolset, config)?;
    gate::permit(resource.tool, config)
}

/// The text of a result that was cut, which has no other place to say so. The note takes less room
/// than the rest of the result did.
fn said_to_be_cut(tool: &Tool, text: &str) -> String {
    format!(
        "[not all of it fits: SAFETY_MAX_RESPONSE_BYTES is the limit; `{}` reads it in parts]\n{text}",
        tool.name
    )
}

fn unknown(uri: &str) -> String {
    let templates: Vec<String> = RESOURCES
        .iter()
        .map(|resource| format!("`{}`", resource.template))
        .collect();
    let shown: String = uri.chars().take(200).collect();
    format!(
        "there is no resource `{shown}`; the resources are {}",
        templates.join(" and ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_decoded_once_and_its_prefix_is_exact() {
        let container = |uri: &str| Address::parse(uri).ok().map(|it| it.values.join(" "));
        for (uri, expected) in [
            ("container://logs/web", Some("web")),
            ("container://stats/my%2Dweb", Some("my-web")),
            ("container://logs/%2e%2e", Some("..")),
            ("container://logs/%252e", Some("%2e")),
            ("container://logs/", Some("")),
            ("container://logs", None),
            ("compose://services/shop", Some("shop")),
            ("compose://logs/shop/my%2Fweb", Some("shop my/web")),
            ("compose://logs/a%2Fb/web", Some("a/b web")),
            ("compose://logs/shop", None),
            ("container://Logs/web", None),
            ("containers://logs/web", None),
            ("container://logs/%ff", None),
            ("container://logs/web%3Fhost=nas", Some("web?host=nas")),
            ("container://logs/web?since=1", Some("web?since=1")),
            ("container://logs/web?host=%ff", None),
            ("", None),
        ] {
            assert_eq!(container(uri).as_deref(), expected, "{uri}");
        }
        for (uri, host) in [
            ("container://logs/web?host=nas", "nas"),
            ("compose://logs/shop/web?host=my%20nas", "my nas"),
            ("container://logs/web?host=", ""),
        ] {
            assert_eq!(Address::parse(uri).unwrap().host(), Some(host), "{uri}");
        }
    }
}
