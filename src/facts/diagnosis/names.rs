//! Looks whether the names that a container asks for are those of others on its networks.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Around, Finding, Severity, Subject, finding};
use crate::facts::log::about_network;
use crate::facts::{members_at, text_at, texts_at};
use crate::vocabulary::nearest;

/// The hosts of a URL: its password, if it has one, goes up to the last `@` before them.
static HOSTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/\s]*@)?([^/?#\s@]+)").ok());

/// How the names of variables end whose values are hosts.
const OF_HOSTS: [&str; 7] = [
    "_HOST",
    "_HOSTS",
    "_HOSTNAME",
    "_ADDR",
    "_SERVER",
    "_SERVERS",
    "_BROKERS",
];

/// Networks on which no names are resolved.
const NAMELESS: [&str; 3] = ["bridge", "host", "none"];

/// A container, and by which names it is known on which network.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbour {
    pub(crate) name: String,
    pub(crate) state: String,
    /// Network and name.
    pub(crate) names: BTreeSet<(String, String)>,
}

impl Neighbour {
    /// Adds what a container's document tells of its names.
    pub(crate) fn learn(&mut self, document: &Value) {
        for (network, endpoint) in members_at(document, "/NetworkSettings/Networks") {
            let told = texts_at(endpoint, "/Aliases").chain(texts_at(endpoint, "/DNSNames"));
            let told: Vec<String> = told.map(str::to_lowercase).collect();
            self.names
                .extend(told.into_iter().map(|name| (network.clone(), name)));
        }
    }
}

/// Whether it asks for names that others may have.
pub(crate) fn asks_for_names(document: &Value) -> bool {
    !asked(document).is_empty() && !networks(document).is_empty()
}

/// Whether it asks for a name that nobody has where it is, by what is known of them.
pub(crate) fn misses_names(it: &Subject, around: &Around) -> bool {
    let networks = networks(&it.document);
    let is_there = |host: &String| {
        let names = around.neighbours.iter().flat_map(|it| &it.names);
        let mut names = names.filter(|(network, _)| networks.contains(&network.as_str()));
        names.any(|(_, name)| name == host)
    };
    asked(&it.document).iter().any(|(_, host)| !is_there(host))
}

/// The names that it asks for and nobody has where it is, with whether its log speaks of them.
pub(super) fn find(it: &Subject, around: &Around) -> Vec<(Finding, bool)> {
    let status = text_at(&it.document, "/State/Status");
    if !["running", "restarting", "exited"].contains(&status) {
        return Vec::new();
    }
    if status == "exited" && it.document.pointer("/State/ExitCode") == Some(&Value::from(0)) {
        return Vec::new();
    }
    let networks = networks(&it.document);
    let asked = asked(&it.document).into_iter();
    asked
        .filter_map(|(variable, host)| missing(it, around, &networks, &variable, &host))
        .collect()
}

fn missing(
    it: &Subject,
    around: &Around,
    networks: &[&str],
    variable: &str,
    host: &str,
) -> Option<(Finding, bool)> {
    let shared = |names: &BTreeSet<(String, String)>| {
        let mut names = names.iter();
        names.any(|(network, name)| name == host && networks.contains(&network.as_str()))
    };
    let anywhere =
        |it: &&Neighbour| it.name == host || it.names.iter().any(|(_, name)| name == host);
    let mut with = around
        .neighbours
        .iter()
        .filter(|it| shared(&it.names))
        .peekable();
    let own = it.name == host || text_at(&it.document, "/Config/Hostname") == host;
    let extra = texts_at(&it.document, "/HostConfig/ExtraHosts");
    let linked = texts_at(&it.document, "/HostConfig/Links");
    let told = extra.map(|entry| entry.split([':', '=']).next() == Some(host));
    let linked = linked.map(|entry| entry.rsplit(['/', ':']).next() == Some(host));
    if own || told.chain(linked).any(|it| it) {
        return None;
    }
    let line = it.log.lines().rev().find(|line| speaks_of(line, host));
    let mut evidence = vec![format!(
        "environment: {variable} asks for the host `{host}`"
    )];
    evidence.extend(line.map(|line| format!("log: {line}")));
    let severity = if line.is_some() {
        Severity::Critical
    } else {
        Severity::Warning
    };

    if with.peek().is_some() {
        let all: Vec<&Neighbour> = with.collect();
        if all.iter().any(|it| it.state == "running") {
            return None;
        }
        let down = all.first()?;
        let found = finding(
            it,
            severity,
            format!("it asks for `{host}`, which does not run"),
        )
        .because(format!(
            "`{}`, which has that name, is {}",
            down.name, down.state
        ))
        .seen(evidence)
        .then(format!(
            "see why `{}` does not run, and start it",
            down.name
        ));
        return Some((found, line.is_some()));
    }
    if networks.is_empty() {
        let other = around.neighbours.iter().find(anywhere)?;
        let found = finding(it, severity, format!("it asks for `{host}`, but no names are resolved where it is"))
            .because(format!("the default bridge resolves no names, not even that of `{}`", other.name))
            .seen(evidence)
            .then("connect both to a network of their own (docker_create_network, docker_connect_container)");
        return Some((found, line.is_some()));
    }
    let on = format!("`{}`", networks.join("`, `"));
    let problem = format!("it asks for `{host}`, a name that nobody on its networks has ({on})");
    let found = finding(it, severity, problem);
    if let Some(other) = around.neighbours.iter().find(anywhere) {
        let theirs: BTreeSet<&str> = other
            .names
            .iter()
            .map(|(network, _)| network.as_str())
            .collect();
        let theirs = theirs.into_iter().collect::<Vec<_>>().join("`, `");
        evidence.push(format!("`{}` is on `{theirs}`", other.name));
        let found = found
            .because(format!(
                "`{}` has that name, but is on no network with it",
                other.name
            ))
            .seen(evidence)
            .then(format!(
                "connect it to a network of `{}` (docker_connect_container)",
                other.name
            ));
        return Some((found, line.is_some()));
    }
    let similar = similar(host, around, networks);
    let found = match similar {
        Some((name, of)) => {
            evidence.push(format!("`{of}` is known as `{name}` there"));
            found
                .because(format!("nobody is called `{host}`; `{of}` is called `{name}`"))
                .seen(evidence)
                .then(format!("correct `{host}` to `{name}` in {variable}, or give `{of}` that name on the network (docker_connect_container `aliases`), which changes neither image nor environment"))
        }
        // It may be a machine outside of Docker.
        None if line.is_none() => return None,
        None => found
            .seen(evidence)
            .then("see whether it is to be a container, which then has to be on the same network, or a machine outside"),
    };
    Some((found, line.is_some()))
}

/// Who has a name most like that one, where they are.
fn similar<'a>(host: &str, around: &'a Around, networks: &[&str]) -> Option<(&'a str, &'a str)> {
    let names = around.neighbours.iter().flat_map(|it| {
        let names = it
            .names
            .iter()
            .filter(|(network, _)| networks.contains(&network.as_str()));
        names.map(|(_, name)| (name.as_str(), it.name.as_str()))
    });
    // An id is nobody's spelling mistake.
    let is_id = |name: &str| name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let names: Vec<(&str, &str)> = names.filter(|(name, _)| !is_id(name)).collect();
    let parts = |name: &str| name.split(['-', '_', '.']).any(|part| part == host);
    let within =
        |name: &&(&str, &str)| parts(name.0) || host.split(['-', '_']).any(|part| part == name.0);
    let near = nearest(host, names.iter().map(|(name, _)| *name));
    let near = near.and_then(|near| names.iter().find(|(name, _)| *name == near));
    near.or_else(|| names.iter().find(within)).copied()
}

/// The networks of it on which names are resolved.
pub(crate) fn networks(document: &Value) -> Vec<&str> {
    let networks = members_at(document, "/NetworkSettings/Networks");
    let names = networks.map(|(name, _)| name.as_str());
    names.filter(|name| !NAMELESS.contains(name)).collect()
}

/// The names without a domain that its environment asks for, and in which variable.
fn asked(document: &Value) -> BTreeSet<(String, String)> {
    let mode = text_at(document, "/HostConfig/NetworkMode");
    if ["host", "none"].contains(&mode) || mode.starts_with("container:") {
        return BTreeSet::new();
    }
    let entries = texts_at(document, "/Config/Env").filter_map(|entry| entry.split_once('='));
    let hosts = entries.flat_map(|(variable, value)| {
        let hosts = hosts(variable, value).into_iter();
        hosts.map(move |host| (variable.to_owned(), host))
    });
    hosts.collect()
}

fn hosts(variable: &str, value: &str) -> Vec<String> {
    let of_url = HOSTS.as_ref().and_then(|hosts| hosts.captures(value));
    let list = match of_url.and_then(|found| found.get(1)) {
        Some(hosts) => hosts.as_str(),
        None if OF_HOSTS.iter().any(|end| variable.ends_with(end)) => value,
        None => return Vec::new(),
    };
    let hosts = list
        .split(',')
        .map(|host| host.trim().split(':').next().unwrap_or_default());
    hosts
        .filter(|host| is_name(host))
        .map(str::to_lowercase)
        .collect()
}

/// Whether that can be the name of a container on a network, and of nothing else.
fn is_name(host: &str) -> bool {
    let mut bytes = host.bytes();
    let begins = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let plain = bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    begins && plain && host != "localhost" && host.parse::<IpAddr>().is_err()
}

/// Whether a line names a host as a word of its own.
fn speaks_of(line: &str, host: &str) -> bool {
    let lower = line.to_lowercase();
    let words =
        lower.split(|it: char| !(it.is_alphanumeric() || it == '-' || it == '_' || it == '.'));
    let mut words = words.map(|word| word.trim_matches('.'));
    words.any(|word| word == host) && !about_network(line).is_empty()
}
