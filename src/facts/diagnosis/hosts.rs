//! Reads from a container's environment which hosts it asks for.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::facts::{text_at, texts_at};
use crate::ordered;

/// The scheme and the hosts of a URL, and what follows: its password, if it has one, goes up to the last
/// `@` before them.
static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:jdbc:)?([a-zA-Z][a-zA-Z0-9+.-]*)://(?:[^/\s]*@)?([^/?#\s@]+)(.*)$").ok()
});

/// Where the next of several URLs begins.
static NEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[,;\s]+([a-zA-Z][a-zA-Z0-9+.-]*://)").ok());

/// The schemes of URLs that begin with something else than a host: a bucket, a file, an image, a secret.
const HOSTLESS: [&str; 28] = [
    "abfs",
    "abfss",
    "arn",
    "awssm",
    "az",
    "azure",
    "b2",
    "classpath",
    "docker",
    "docker-image",
    "duckdb",
    "env",
    "fd",
    "file",
    "gcs",
    "gs",
    "mem",
    "memory",
    "npipe",
    "oci",
    "s3",
    "s3a",
    "s3n",
    "secret",
    "sqlite",
    "sqlite3",
    "unix",
    "vault",
];

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

/// Words in the names of variables that tell under which names others ask, or where it listens.
const OF_ITS_OWN: [&str; 12] = [
    "ADVERTISED",
    "ALLOWED",
    "BIND",
    "EXTERNAL",
    "LETSENCRYPT",
    "LISTEN",
    "LISTENER",
    "LISTENERS",
    "PUBLIC",
    "SELF",
    "TRUSTED",
    "VIRTUAL",
];

/// Names that every machine has itself, and words of switches.
const NOBODYS: [&str; 16] = [
    "all",
    "any",
    "auto",
    "default",
    "disabled",
    "enabled",
    "false",
    "ip6-localhost",
    "ip6-loopback",
    "localhost",
    "no",
    "none",
    "null",
    "off",
    "on",
    "true",
];

/// The longest name of a host without a domain.
const LONGEST: usize = 63;

/// The names without a domain that its environment asks for, and in which variable.
pub(super) fn asked(document: &Value) -> BTreeSet<(String, String)> {
    let mode = text_at(document, "/HostConfig/NetworkMode");
    if ["host", "none"].contains(&mode) || mode.starts_with("container:") {
        return BTreeSet::new();
    }
    let entries = texts_at(document, "/Config/Env").filter_map(|entry| entry.split_once('='));
    let entries = entries.filter(|(variable, _)| {
        let mut words = variable.split('_');
        !words.any(|word| OF_ITS_OWN.contains(&word))
    });
    let hosts = entries.flat_map(|(variable, value)| {
        let hosts = hosts(variable, value).into_iter();
        hosts.map(move |host| (variable.to_owned(), host))
    });
    ordered::set(hosts)
}

fn hosts(variable: &str, value: &str) -> Vec<String> {
    let of_hosts = OF_HOSTS.iter().any(|end| variable.ends_with(end));
    let lists = match of_urls(value) {
        Some(lists) => lists,
        None if of_hosts && !value.contains('/') => vec![value.to_owned()],
        None => Vec::new(),
    };
    let hosts = lists.iter().flat_map(|list| list.split(','));
    let hosts = hosts.map(|host| host.trim().split(':').next().unwrap_or_default());
    hosts
        .map(str::to_lowercase)
        .filter(|host| is_name(host))
        .collect()
}

/// The lists of hosts of a URL, or of several; none where the value is none.
fn of_urls(value: &str) -> Option<Vec<String>> {
    let (url, next) = (URL.as_ref()?, NEXT.as_ref()?);
    if !url.is_match(value) {
        return None;
    }
    let apart = next.replace_all(value, "\n$1");
    let found = apart.lines().filter_map(|it| url.captures(it));
    let hosts = found.filter_map(|found| {
        let [scheme, hosts, rest] = found.extract().1;
        let scheme = scheme.to_ascii_lowercase();
        let names_none = scheme.split('+').any(|scheme| HOSTLESS.contains(&scheme));
        // What comes before another `@` may be the half of a password.
        (!names_none && !rest.contains('@')).then(|| hosts.to_owned())
    });
    Some(hosts.collect())
}

/// Whether that can be the name of a container on a network, and of nothing else.
fn is_name(host: &str) -> bool {
    let mut bytes = host.bytes();
    let begins = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let plain = bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let can_be = begins && plain && host.len() <= LONGEST;
    can_be && !NOBODYS.contains(&host) && host.parse::<IpAddr>().is_err()
}
