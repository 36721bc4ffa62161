//! Reads what is mounted into the containers of a service.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{one_of, settings, unknown, wrong};
use crate::params::json::{self, Many, clip};
use crate::params::mounts::Mounts;
use crate::params::parameter::{Mismatch, Parameter};
use crate::params::schema::Schema;

/// What is mounted into the containers of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ServiceMounts(pub Vec<ServiceMount>);

/// One mount of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceMount {
    /// `bind`, `volume` or `tmpfs`.
    pub kind: &'static str,
    /// A path of the node or the name of a volume; empty for one without a name.
    pub source: String,
    /// An absolute path in the container.
    pub target: String,
    /// Nothing is written to it.
    pub read_only: bool,
}

impl Parameter for ServiceMounts {
    const SCHEMA: Schema = Schema::Array(&Schema::String);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let mut mounts = Vec::new();
        match json::many(value)? {
            Many::Object(members)
                if ["target", "type"]
                    .iter()
                    .any(|key| members.contains_key(*key)) =>
            {
                mounts.push(mount(members.into_iter().collect())?);
            }
            Many::Object(members) => short(Value::Object(members), &mut mounts)?,
            Many::Items(items) => {
                for item in items {
                    let is_short = item
                        .as_str()
                        .is_some_and(|item| item.starts_with('/') || !item.contains('='));
                    match settings(&item).filter(|_| !is_short) {
                        Some(settings) => mounts.push(mount(settings)?),
                        None => short(json!([item]), &mut mounts)?,
                    }
                }
            }
        }
        Ok(Self(mounts))
    }
}

/// Mounts as a container has them.
fn short(value: Value, mounts: &mut Vec<ServiceMount>) -> Result<(), Mismatch> {
    for mount in Mounts::parse(value)?.0 {
        let read_only = match mount.mode.as_str() {
            "rw" => false,
            "ro" => true,
            other => {
                return Err(Mismatch::Reason(format!(
                    "of `{}`, the mode is `{other}`; a service has `rw` and `ro`",
                    clip(&mount.target, 60)
                )));
            }
        };
        let is_path = mount.source.contains(['/', '\\', ':']);
        mounts.push(ServiceMount {
            kind: if is_path { "bind" } else { "volume" },
            source: mount.source,
            target: mount.target,
            read_only,
        });
    }
    Ok(())
}

fn mount(settings: Vec<(String, Value)>) -> Result<ServiceMount, Mismatch> {
    const KNOWN: &[&str] = &["type", "source", "target", "readonly"];
    let (mut kind, mut source, mut target, mut read_only) =
        ("volume", String::new(), String::new(), false);
    for (key, value) in settings {
        let text = || {
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| wrong(&key, &value, "a text"))
        };
        match key.as_str() {
            "type" => kind = one_of(&key, &value, &["bind", "volume", "tmpfs"])?,
            "source" | "src" => source = text()?,
            "target" | "dst" | "destination" => target = text()?,
            "readonly" | "ro" | "read_only" => {
                read_only = match &value {
                    Value::Bool(yes) => *yes,
                    Value::String(text) => match text.as_str() {
                        "true" | "1" => true,
                        "false" | "0" => false,
                        _ => return Err(wrong(&key, &value, "`true` or `false`")),
                    },
                    _ => return Err(wrong(&key, &value, "`true` or `false`")),
                }
            }
            key => return Err(unknown(key, KNOWN)),
        }
    }
    // The rules of the short form: absolute paths, no colons, names of volumes.
    let bind = json!({ "bind": target, "mode": "rw" });
    if kind == "tmpfs" || source.is_empty() {
        Mounts::parse(json!([target]))?;
    } else {
        let mut members = Map::new();
        members.insert(source.clone(), bind);
        Mounts::parse(Value::Object(members))?;
    }
    let is_path = source.contains(['/', '\\', ':']);
    let why = match kind {
        "tmpfs" if !source.is_empty() => "a mount of type `tmpfs` has no `source`",
        "bind" if !is_path => "the `source` of a bind mount is a path of the node",
        "volume" if is_path => "the `source` of a volume is its name; a path is for `type=bind`",
        _ => {
            return Ok(ServiceMount {
                kind,
                source,
                target,
                read_only,
            });
        }
    };
    Err(Mismatch::because(why))
}

impl Serialize for ServiceMount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = format!("type={}", self.kind);
        if !self.source.is_empty() {
            text.push_str(&format!(",source={}", self.source));
        }
        text.push_str(&format!(
            ",target={},readonly={}",
            self.target, self.read_only
        ));
        serializer.serialize_str(&text)
    }
}
