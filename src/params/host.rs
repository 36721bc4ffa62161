//! Reads what a container gets of its host beside mounts and ports: names, limits, memory, devices.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::json::{self, Many, clip};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// Names with an address for each, as the Engine takes them: `db:10.0.0.2`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ExtraHosts(pub Vec<String>);

impl Parameter for ExtraHosts {
    const SCHEMA: Schema = Schema::Array(&Schema::String);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let pairs: Vec<(String, String)> = match json::many(value)? {
            Many::Object(members) => members
                .into_iter()
                .map(|(name, address)| Ok((name, json::text(address)?)))
                .collect::<Result<_, _>>()?,
            Many::Items(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    let text = json::item(index, item)?;
                    // An address of version 6 holds colons, so the sign that comes first parts them.
                    let (name, address) = text.split_once(['=', ':']).unwrap_or((&text, ""));
                    Ok((name.to_owned(), address.to_owned()))
                })
                .collect::<Result<_, _>>()?,
        };
        pairs
            .into_iter()
            .map(extra_host)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn extra_host((name, address): (String, String)) -> Result<String, Mismatch> {
    let bare = address
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'));
    let bare = bare.unwrap_or(&address);
    let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_name && (bare == "host-gateway" || bare.parse::<IpAddr>().is_ok()) {
        Ok(format!("{name}:{bare}"))
    } else {
        Err(Mismatch::Reason(format!(
            "`{}` with `{}` is not a name and an IP address or `host-gateway`",
            clip(&name, 40),
            clip(&address, 40)
        )))
    }
}

/// Paths in the container that are kept in memory, with the options of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tmpfs(pub BTreeMap<String, String>);

impl Parameter for Tmpfs {
    const SCHEMA: Schema = Schema::Array(&Schema::String);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let mut mounts = BTreeMap::new();
        match json::many(value)? {
            Many::Object(members) => {
                for (path, options) in members {
                    mounts.insert(path, json::text(options)?);
                }
            }
            Many::Items(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    let text = json::item(index, item)?;
                    let (path, options) = text.split_once(':').unwrap_or((&text, ""));
                    mounts.insert(path.to_owned(), options.to_owned());
                }
            }
        }
        match mounts.keys().find(|path| !path.starts_with('/')) {
            Some(path) => Err(Mismatch::Reason(format!(
                "`{}` is not an absolute path",
                clip(path, 40)
            ))),
            None => Ok(Self(mounts)),
        }
    }
}

impl Serialize for Tmpfs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(path, options)| match &**options {
            "" => path.clone(),
            options => format!("{path}:{options}"),
        }))
    }
}

/// What a process in a container may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimits(pub Vec<Ulimit>);

/// A limit; −1 is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimit {
    /// Its name without `RLIMIT_`, such as `nofile`.
    pub name: String,
    /// What holds at first.
    pub soft: i64,
    /// How far a process may raise it.
    pub hard: i64,
}

/// The limits that the Engine knows.
const ULIMITS: [&str; 15] = [
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

impl Parameter for Ulimits {
    const SCHEMA: Schema = Schema::Map(&Schema::String);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let pairs: Vec<(String, Value)> = match json::many(value)? {
            Many::Object(members) => members.into_iter().collect(),
            Many::Items(items) => items
                .into_iter()
                .enumerate()
                .map(|(index, item)| {
                    let text = json::item(index, item)?;
                    let (name, limits) = text.split_once('=').unwrap_or((&text, ""));
                    Ok((name.to_owned(), Value::from(limits)))
                })
                .collect::<Result<_, _>>()?,
        };
        pairs
            .into_iter()
            .map(ulimit)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn ulimit((name, limits): (String, Value)) -> Result<Ulimit, Mismatch> {
    if !ULIMITS.contains(&&*name) {
        return Err(Mismatch::Reason(format!(
            "`{}` is no limit; there are {}",
            clip(&name, 40),
            ULIMITS.join(", ")
        )));
    }
    let part = |value: &Value| json::integer(value).filter(|limit| *limit >= -1);
    let both = match &limits {
        Value::String(text) => match text.split_once(':') {
            Some((soft, hard)) => part(&soft.into()).zip(part(&hard.into())),
            None => part(&limits).map(|limit| (limit, limit)),
        },
        Value::Object(members) if members.len() == 2 => members
            .get("soft")
            .and_then(part)
            .zip(members.get("hard").and_then(part)),
        limits => part(limits).map(|limit| (limit, limit)),
    };
    match both {
        Some((soft, hard)) if hard == -1 || (soft != -1 && soft <= hard) => {
            Ok(Ulimit { name, soft, hard })
        }
        Some(_) => Err(Mismatch::Reason(format!(
            "the soft limit of `{name}` is above its hard one"
        ))),
        None => Err(Mismatch::Reason(format!(
            "`{name}` is given `{}`: it takes a number, or `soft:hard`; -1 is no limit",
            clip(&limits.to_string(), 40)
        ))),
    }
}

impl Serialize for Ulimits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let limits = self.0.iter();
        serializer.collect_map(limits.map(|it| (&it.name, format!("{}:{}", it.soft, it.hard))))
    }
}

/// Graphics cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gpus {
    /// Every one.
    All,
    /// So many, whichever.
    Count(i64),
    /// Those, by number or UUID.
    Devices(Vec<String>),
}

impl Parameter for Gpus {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        if let Some(count) = json::integer(&value) {
            return match count {
                -1 => Ok(Self::All),
                1.. => Ok(Self::Count(count)),
                _ => Err(Mismatch::because("at least one is wanted")),
            };
        }
        let text = json::text(value)?;
        // A shell's command line has quotes around the list.
        let text = text.trim_matches('"');
        if text == "all" {
            return Ok(Self::All);
        }
        let is_id = |id: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-.:_/".contains(c);
            !id.is_empty() && id.chars().all(plain)
        };
        let devices: Vec<&str> = text
            .strip_prefix("device=")
            .ok_or(Mismatch::Kind)?
            .split(',')
            .collect();
        if devices.iter().all(|id| is_id(id)) {
            Ok(Self::Devices(
                devices.into_iter().map(str::to_owned).collect(),
            ))
        } else {
            Err(Mismatch::because(
                "behind `device=` stand numbers or UUIDs with commas between",
            ))
        }
    }
}

impl Serialize for Gpus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => json!("all"),
            Self::Count(count) => json!(count),
            Self::Devices(ids) => json!(format!("device={}", ids.join(","))),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
