//! The Engines of the file, by `[hosts.NAME]`.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::super::effective::{Config, DockerConfig};
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
    for (key, value) in host_table(name, host)? {
        known(key, &of, &keys).map_err(|fault| within(fault, name, key, value))?;
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
    if let Some(key) = unread(host_table(name, host)?, &docker) {
        let reason = format!(
            "`{}` is for an address that TLS is spoken to, `tcp://` or `https://`; nothing reads it here",
            key.get_ref()
        );
        return Err(Fault::at(key.span(), reason));
    }
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

/// The table of a host, which some write as its address alone.
fn host_table<'p, 't>(name: &Key<'_>, host: &'p Part<'t>) -> Result<&'p DeTable<'t>, Fault> {
    table(name, host).map_err(|fault| Fault {
        reason: format!(
            "{}, `[hosts.{}]` with an `address` or a `context`",
            fault.reason,
            name.get_ref()
        ),
        ..fault
    })
}

/// A name with a dot and without quotes is two, of which the second looks like a key.
fn within(fault: Fault, name: &Key<'_>, key: &Key<'_>, value: &Part<'_>) -> Fault {
    let DeValue::Table(_) = value.get_ref() else {
        return fault;
    };
    let (outer, inner) = (name.get_ref(), key.get_ref());
    let reason = format!(
        "`[hosts.{outer}]` has no table `{inner}`; a name with a dot is written in quotes: `[hosts.\"{outer}.{inner}\"]`"
    );
    Fault { reason, ..fault }
}

/// The first key for TLS of a host that is reached without.
fn unread<'p, 't>(host: &'p DeTable<'t>, docker: &DockerConfig) -> Option<&'p Key<'t>> {
    const PLAIN: [&str; 3] = ["unix", "npipe", "ssh"];
    let (scheme, _) = docker.base_url.as_ref()?.split_once("://")?;
    if !PLAIN.contains(&scheme) {
        return None;
    }
    let set = [
        ("tls_verify", docker.tls_verify),
        ("cert_path", docker.cert_path.is_some()),
        ("tls_ca_cert", docker.tls_ca_cert.is_some()),
        ("tls_client_cert", docker.tls_client_cert.is_some()),
        ("tls_client_key", docker.tls_client_key.is_some()),
    ];
    let mut keys = host.iter().map(|(key, _)| key);
    keys.find(|key| set.contains(&(key.get_ref().as_ref(), true)))
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
