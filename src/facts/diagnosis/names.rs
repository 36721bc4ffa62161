//! Looks whether the names that a container asks for are those of others on its networks.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::hosts::asked;
use super::{Around, Finding, LAST_LINES, Severity, Subject, finding};
use crate::facts::log::about_network;
use crate::facts::{members_at, text_at, texts_at};
use crate::vocabulary::nearest;

/// Networks on which no names are resolved.
const NAMELESS: [&str; 3] = ["bridge", "host", "none"];

/// How long the ids of a swarm's networks are, which reach other machines.
const SWARM_ID: usize = 25;

/// What is between the words of a name.
const SEPARATORS: [char; 3] = ['-', '_', '.'];

/// What a line says that tells of no connection, without words of one program.
static UNCONNECTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let failed = r"(?:fail\w*|errors?|lost|refused|impossible|unreachable)";
    let not = r"(?:fail\w*|unable|could ?n[o']t|cannot|can't)";
    Regex::new(&format!(
        r"(?i)\b(?:connect\w*|resolv\w*|lookup|dial)\b.{{0,40}}\b{failed}\b|\b{not}\b.{{0,40}}\b(?:connect|resolve|reach)"
    ))
    .ok()
});

/// A container, and by which names it is known on which network.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbour {
    pub(crate) name: String,
    pub(crate) state: String,
    /// Network and name.
    pub(crate) names: BTreeSet<(String, String)>,
    /// Whether its document was asked for more of them.
    pub(crate) is_known: bool,
}

impl Neighbour {
    /// Adds what a container's document tells of its names.
    pub(crate) fn learn(&mut self, document: &Value) {
        self.is_known = true;
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
    if is_told(it, around, host) {
        return None;
    }
    let line = it.log.lines().rev().find(|line| speaks_of(line, host));
    let mut evidence = vec![format!(
        "environment: {variable} asks for the host `{host}`"
    )];
    let unconnected = || unconnected(&it.log);
    evidence.extend(line.or_else(unconnected).map(|line| format!("log: {line}")));
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
    let similar = similar(host, it, around, networks);
    let found = match similar {
        Some((name, of)) => {
            evidence.push(format!("`{of}` is known as `{name}` there"));
            found
                .because(format!("nobody is called `{host}`; `{of}` is called `{name}`"))
                .seen(evidence)
                .then(format!("correct `{host}` to `{name}` in {variable}, or give `{of}` that name on the network (docker_connect_container `aliases`), which changes neither image nor environment"))
        }
        None if line.is_none() && may_be_elsewhere(it, around, networks) => return None,
        None => found
            .seen(evidence)
            .then("see whether it is to be a container, which then has to be on the same network, or a machine outside"),
    };
    Some((found, line.is_some()))
}

/// Whether it has that name itself, or was told where that is: then nobody else has to have it.
fn is_told(it: &Subject, around: &Around, host: &str) -> bool {
    let itself = around
        .neighbours
        .iter()
        .filter(|other| other.name == it.name);
    let mut known_as = itself.flat_map(|it| &it.names).map(|(_, name)| name);
    let extra = texts_at(&it.document, "/HostConfig/ExtraHosts");
    let mut extra = extra.filter_map(|entry| entry.split([':', '=']).next());
    let endpoints = members_at(&it.document, "/NetworkSettings/Networks");
    let linked = endpoints.flat_map(|(_, endpoint)| texts_at(endpoint, "/Links"));
    let linked = linked.chain(texts_at(&it.document, "/HostConfig/Links"));
    let mut linked = linked.filter_map(|entry| entry.rsplit(['/', ':']).next());
    let is_it = |name: &str| name.eq_ignore_ascii_case(host);
    is_it(&it.name)
        || is_it(text_at(&it.document, "/Config/Hostname"))
        || known_as.any(|name| is_it(name))
        || extra.any(is_it)
        || linked.any(is_it)
}

/// Whether somebody who was not seen may have the names that it asks for: a machine that servers and
/// domains of its own lead to, a container on another machine of a swarm, or one that was not looked at.
fn may_be_elsewhere(it: &Subject, around: &Around, networks: &[&str]) -> bool {
    let mut own = ["/HostConfig/Dns", "/HostConfig/DnsSearch"].into_iter();
    let mut endpoints = members_at(&it.document, "/NetworkSettings/Networks");
    let mut unknown = around.neighbours.iter().filter(|other| !other.is_known);
    own.any(|servers| texts_at(&it.document, servers).next().is_some())
        || endpoints.any(|(_, endpoint)| text_at(endpoint, "/NetworkID").len() == SWARM_ID)
        || unknown.any(|other| {
            let mut on = other.names.iter().map(|(network, _)| network.as_str());
            on.any(|network| networks.contains(&network))
        })
}

/// Who else has a name most like that one, where they are: the same words in another order before one
/// that is spelt alike, and that before one that shares a word.
fn similar<'a>(
    host: &str,
    it: &Subject,
    around: &'a Around,
    networks: &[&str],
) -> Option<(&'a str, &'a str)> {
    let others = around
        .neighbours
        .iter()
        .filter(|other| other.name != it.name);
    let names = others.flat_map(|it| {
        let names = it
            .names
            .iter()
            .filter(|(network, _)| networks.contains(&network.as_str()));
        names.map(|(_, name)| (name.as_str(), it.name.as_str()))
    });
    // An id is nobody's spelling mistake.
    let is_id = |name: &str| name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let names: Vec<(&str, &str)> = names.filter(|(name, _)| !is_id(name)).collect();
    let ordered: Vec<String> = names.iter().map(|(name, _)| in_order(name)).collect();
    let words = in_order(host);
    let at = |words: &str| {
        let at = ordered.iter().position(|ordered| ordered == words)?;
        names.get(at)
    };
    let reordered = || nearest(&words, ordered.iter().map(String::as_str)).and_then(at);
    let alike = || {
        let near = nearest(host, names.iter().map(|(name, _)| *name))?;
        names.iter().find(|(name, _)| *name == near)
    };
    let parts = |name: &str| name.split(SEPARATORS).any(|part| part == host);
    let within =
        |name: &&(&str, &str)| parts(name.0) || host.split(SEPARATORS).any(|part| part == name.0);
    at(&words)
        .or_else(alike)
        .or_else(reordered)
        .or_else(|| names.iter().find(within))
        .copied()
}

/// The words of a name in order of the alphabet.
fn in_order(name: &str) -> String {
    let mut words: Vec<&str> = name.split(SEPARATORS).collect();
    words.sort();
    words.join("-")
}

/// The networks of it on which names are resolved.
pub(crate) fn networks(document: &Value) -> Vec<&str> {
    let networks = members_at(document, "/NetworkSettings/Networks");
    let names = networks.map(|(name, _)| name.as_str());
    names.filter(|name| !NAMELESS.contains(name)).collect()
}

/// Whether a line names a host as a word of its own.
fn speaks_of(line: &str, host: &str) -> bool {
    let lower = line.to_lowercase();
    let words =
        lower.split(|it: char| !(it.is_alphanumeric() || it == '-' || it == '_' || it == '.'));
    let mut words = words.map(|word| word.trim_matches('.'));
    words.any(|word| word == host) && !about_network(line).is_empty()
}

/// The newest of the last lines that tells of no connection, to whom ever.
fn unconnected(log: &str) -> Option<&str> {
    let said = UNCONNECTED.as_ref()?;
    let mut last = log.lines().rev().take(LAST_LINES);
    last.find(|line| said.is_match(line) || !about_network(line).is_empty())
}
