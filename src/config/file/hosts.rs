//! The Engines of the file, by `[hosts.NAME]`.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::super::effective::Config;
use super::super::host::HostEntry;
use super::super::keys::{ENV, SETTINGS, TIERS, host_keys};
use super::super::variable::Variable;
use super::super::variables::VARIABLES;
use super::part::{Fault, Key, Part, known, table};
use super::settings;
use crate::vocabulary::{Tier, nearest};

pub(super) fn hosts(
    hosts: &DeTable<'_>,
    folder: &Path,
    line: impl Fn(usize) -> usize,
) -> Result<Vec<HostEntry>, Fault> {
    let mut entries: Vec<HostEntry> = Vec::new();
    for (name, host) in hosts {
        let word = name.get_ref().as_ref();
        if !is_name(word) {
            let reason = format!(
                "`{word}` is no name of a host; it takes letters, digits, `-`, `_` and `.` behind a letter or digit, at most \
                 {LONGEST}"
            );
            return Err(Fault::at(name.span(), reason));
        }
        if word == ENV {
            let reason = format!(
                "`{ENV}` is the host that flags or the environment name; give this one another name"
            );
            return Err(Fault::at(name.span(), reason));
        }
        let entry = of_host(name, host, folder, line(name.span().start))?;
        if entry.is_default
            && let Some(other) = entries.iter().find(|other| other.is_default)
        {
            let other = &other.name;
            let reason =
                format!("`[hosts.{word}]` and `[hosts.{other}]` are both the default; one may be");
            return Err(Fault::at(name.span(), reason));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn of_host(
    name: &Key<'_>,
    host: &Part<'_>,
    folder: &Path,
    line: usize,
) -> Result<HostEntry, Fault> {
    let of = format!("`[hosts.{}]`", name.get_ref());
    let keys: Vec<&str> = host_keys().collect();
    let mut entry = HostEntry::new(name.get_ref(), line);
    let mut config = Config::default();
    for (key, value) in table(name, host)? {
        known(key, &of, &keys)?;
        let word = key.get_ref().as_ref();
        match (word, value.get_ref()) {
            ("default", DeValue::Boolean(is)) => entry.is_default = *is,
            ("default", _) => return Err(Fault::value(word, value, "true or false", None)),
            ("tier", tier) => entry.tier = ceiling(tier).ok_or_else(|| no_tier(word, value))?,
            _ => {
                let Some(variable) = variable(word) else {
                    continue;
                };
                let text = settings::text(word, variable, value, folder)?;
                entry.has_timeout |= word == "timeout";
                if !text.trim().is_empty() {
                    // It was accepted.
                    let _ = variable.field.set(&mut config, text.trim());
                }
            }
        }
    }
    entry.scope = config.safety.scope;
    let docker = config.docker;
    match (&docker.base_url, &docker.context) {
        (Some(_), Some(_)) => {
            let reason = format!("{of} has an `address` and a `context`; it takes one of them");
            return Err(Fault::at(name.span(), reason));
        }
        (None, None) => {
            let reason = format!("{of} needs an `address` or a `context`");
            return Err(Fault::at(name.span(), reason));
        }
        _ => {}
    }
    entry.docker = docker;
    Ok(entry)
}

fn ceiling(value: &DeValue<'_>) -> Option<Tier> {
    let DeValue::String(word) = value else {
        return None;
    };
    TIERS.into_iter().find(|tier| tier.name() == word.as_ref())
}

fn no_tier(key: &str, value: &Part<'_>) -> Fault {
    let names = TIERS.map(Tier::name);
    let near = match value.get_ref() {
        DeValue::String(word) => nearest(word, names),
        _ => None,
    };
    Fault::value(key, value, &format!("`{}`", names.join("`, `")), near)
}

/// The variable that the server has for what a host calls so.
fn variable(key: &str) -> Option<&'static Variable> {
    let (_, name) = SETTINGS.iter().find(|(known, _)| *known == key)?;
    VARIABLES.iter().find(|variable| variable.name == *name)
}

/// Longer than anyone calls a host.
const LONGEST: usize = 40;

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    name.starts_with(plain)
        && name.len() <= LONGEST
        && name.chars().all(|c| plain(c) || "-_.".contains(c))
}
