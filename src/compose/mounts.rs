//! Says what the volumes of a service mount, each for itself, and all of them under its policy of restarts.

use serde_json::{Map, Value, json};

use super::paths::join;
use super::service::{Around, body, plain, unescaped, varies};
use super::yaml::Node;

/// The policies under which Docker restarts nothing by itself.
const NEVER: [&str; 2] = ["no", "none"];

/// What a service's volume mounts; none where it is a volume that stands for itself.
pub(super) fn mounted(mount: &Node, around: &Around<'_>) -> Option<Map<String, Value>> {
    let path = |source: &str| join(around.base, source).to_string_lossy().into_owned();
    let Some(short) = mount.text().map(unescaped) else {
        // Another file may say the type.
        let kind = mount.get("type").and_then(Node::text).unwrap_or("bind");
        let source = mount.get("source");
        let source = source
            .and_then(Node::text)
            .map(unescaped)
            .unwrap_or_default();
        let source = match kind {
            "bind" if source.starts_with('~') => source,
            "bind" => path(&source),
            "volume" | "tmpfs" | "image" => return None,
            _ => source,
        };
        let target = mount.get("target").map(plain);
        let read_only = mount.get("read_only").is_some_and(|it| !it.is_false());
        let mount =
            json!({"Type": kind, "Source": source, "Target": target, "ReadOnly": read_only});
        return Some(body("Mounts", json!([mount])));
    };
    let (drive, rest) = match short.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => short.split_at(2),
        _ => ("", short.as_str()),
    };
    let (source, target) = rest.split_once(':')?;
    let source = format!("{drive}{source}");
    let source = match source.chars().next()? {
        '.' => path(&source),
        '/' | '\\' | '~' => source,
        _ if !drive.is_empty() => source,
        _ => return None,
    };
    Some(body("Binds", json!([format!("{source}:{target}")])))
}

/// All mounts of a service that Docker restarts by itself: what is in the one may be changed by the other.
pub(super) fn restarting(service: &Node, around: &Around<'_>) -> Option<Map<String, Value>> {
    let deployed = || {
        service
            .get("deploy")?
            .get("restart_policy")?
            .get("condition")
    };
    let policy = service.get("restart").or_else(deployed)?;
    let policy = policy.text().filter(|_| !varies(policy))?;
    if NEVER.contains(&policy) || policy.is_empty() {
        return None;
    }
    let name = policy.split(':').next().unwrap_or(policy);
    let mut host = body("RestartPolicy", json!({ "Name": name }));
    let volumes = service.get("volumes")?.items();
    for mount in volumes.iter().filter(|mount| !varies(mount)) {
        for (key, mounts) in mounted(mount, around).into_iter().flatten() {
            match (host.entry(key).or_insert_with(|| json!([])), mounts) {
                (Value::Array(all), Value::Array(more)) => all.extend(more),
                (entry, mounts) => *entry = mounts,
            }
        }
    }
    (host.len() > 1).then_some(host)
}
