//! Makes the entry that has a client start this program.

use std::env;
use std::io;

use mcp_docker::config::{Field, Section, Settings, VARIABLES};
use mcp_docker::ordered;
use serde_json::{Map, Value, json};

use super::super::clients::{Client, with_members};
use super::super::profile::{self, Profile};

/// What an entry is made from.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The absolute path of the program.
    pub(super) command: String,
    /// What is allowed.
    pub(super) profile: &'static Profile,
    /// What was set on the command line or leads to the Engine.
    pub(super) settings: Settings,
    /// Those of them that this shell had set, and nobody said.
    pub(super) inherited: Vec<String>,
}

/// The variables of this shell that lead to the Engine. A client that was started from a desktop has
/// none of them.
pub(super) fn from_shell() -> Settings {
    let names = VARIABLES
        .iter()
        .filter(|variable| variable.section == Section::Docker)
        .map(|variable| variable.name);
    // Not a setting of ours: the folder of contexts and credentials, for whoever reads them.
    let set = names
        .chain(["DOCKER_CONFIG"])
        .filter_map(|name| Some((name.to_owned(), env::var(name).ok()?)))
        .filter(|(_, value)| !value.trim().is_empty());
    ordered::map(set)
}

/// Makes paths absolute: the client starts the program somewhere else.
pub(super) fn absolute(settings: Settings) -> io::Result<Settings> {
    let is_path = |name: &str| {
        let variable = VARIABLES.iter().find(|variable| variable.name == name);
        variable.is_none_or(|variable| matches!(variable.field, Field::Path(..)))
    };
    let settings = settings.into_iter().map(|(name, value)| {
        let value = if is_path(&name) {
            std::path::absolute(value)?.to_string_lossy().into_owned()
        } else {
            value
        };
        Ok((name, value))
    });
    ordered::try_map(settings)
}

impl Wanted {
    /// The entry, with what an earlier one said beside it.
    pub(super) fn entry(&self, client: &Client, name: &str, old: Option<&Value>) -> Value {
        let mut entry = members(old);
        entry.insert("command".to_owned(), json!(self.command));
        let mut entry = with_members(client, name, entry);
        let mut variables = members(entry.get("env"));
        variables.retain(|name, _| !profile::decides(name));
        for (name, value) in self.profile.settings {
            variables.insert((*name).to_owned(), json!(value));
        }
        for (name, value) in &self.settings {
            variables.insert(name.clone(), json!(value));
        }
        entry.insert("env".to_owned(), Value::Object(variables));
        Value::Object(entry)
    }

    /// What becomes of an earlier entry, and what this shell has a say in although nobody said it: another
    /// one would lead elsewhere.
    pub(super) fn remarks(&self, old: Option<&Value>, entry: &Value) -> Vec<String> {
        let before = members(old.and_then(|old| old.get("env")));
        let after = members(entry.get("env"));
        let changed = before
            .keys()
            .chain(after.keys().filter(|it| !before.contains_key(*it)));
        let changed = changed.filter(|name| {
            old.is_some() && before.get(*name) != after.get(*name) && !self.inherited.contains(name)
        });
        let changed = changed.map(|name| {
            let value = |of: &Map<String, Value>| {
                let value = of.get(name).and_then(Value::as_str);
                value.map_or("not set".to_owned(), |value| shown(name, value))
            };
            format!(
                "its `{name}` was {} and is {} now",
                value(&before),
                value(&after)
            )
        });
        let said = self.inherited.iter().filter_map(|name| {
            let now = self.settings.get(name)?;
            let before = before.get(name).and_then(Value::as_str);
            let instead = before.filter(|before| before != now).map(|before| {
                let before = shown(name, before);
                format!(" in place of {before}; unset it here to keep that")
            });
            let (now, instead) = (shown(name, now), instead.unwrap_or_default());
            Some(format!(
                "its `{name}` is that of this shell, {now}{instead}"
            ))
        });
        changed.chain(said).collect()
    }

    /// The entry for a client on the other side of WSL, which starts this program through `wsl.exe`:
    /// variables would stay behind there, so that all that is set is said by flags.
    pub(super) fn through_wsl(&self, client: &Client, name: &str) -> Value {
        let distribution = env::var("WSL_DISTRO_NAME").ok();
        let distribution = distribution
            .into_iter()
            .flat_map(|name| ["--distribution".to_owned(), name]);
        let settings = self.profile.settings.iter().copied();
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings: Settings = ordered::map(settings.chain(self.settings.clone()));
        let flags = VARIABLES.iter().filter_map(|variable| {
            let value = settings.get(variable.name)?;
            Some(format!("--{}={value}", variable.flag()))
        });
        let program = ["--exec".to_owned(), self.command.clone()];
        let arguments: Vec<String> = distribution.chain(program).chain(flags).collect();
        let entry = json!({ "command": "wsl.exe", "args": arguments });
        Value::Object(with_members(client, name, members(Some(&entry))))
    }

    /// The flag of an earlier entry that would be stronger than a variable of this one.
    pub(super) fn overruled_by(&self, old: &Value) -> Option<String> {
        let arguments = old.get("args")?.as_array()?;
        let mut flags = VARIABLES
            .iter()
            .filter(|variable| {
                profile::decides(variable.name) || self.settings.contains_key(variable.name)
            })
            .flat_map(|variable| [variable.flag(), variable.whole_flag()]);
        let given = |flag: &String| {
            arguments.iter().filter_map(Value::as_str).any(|argument| {
                argument
                    .strip_prefix("--")
                    .and_then(|argument| argument.strip_prefix(flag.as_str()))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
            })
        };
        flags.find(given)
    }
}

/// A value, where it holds no secret.
fn shown(name: &str, value: &str) -> String {
    let variable = VARIABLES.iter().find(|variable| variable.name == name);
    if variable.is_none_or(|variable| variable.field.may_show(value)) {
        format!("`{value}`")
    } else {
        "(not shown)".to_owned()
    }
}

fn members(value: Option<&Value>) -> Map<String, Value> {
    value
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}
