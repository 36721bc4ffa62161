//! Writes a container down as a Compose file: every setting that makes it what it is, no value of
//! its environment.

mod limits;
mod outside;

use minijinja::value::Value as Shown;
use serde_json::{Map, Value, json};

use limits::limits;
use outside::{exposed, named_volumes, network, ports, tmpfs, user_networks, volumes};

use super::{is_true, items_at, members_at, number_at, text_at, texts_at};
use crate::ordered::object;

/// The most of a file, in bytes.
const LONGEST: usize = 7000;

/// A Compose file with one service. JSON inside is YAML too, and no text can leave its quotes.
pub(super) fn file(container: &Value, image: &Value, info: &Value) -> Shown {
    let name = text_at(container, "/Name").trim_start_matches('/');
    let mut lines = vec![
        "services:".to_owned(),
        format!("  {}:", json!(name.to_ascii_lowercase())),
    ];
    let mut left = 0;
    let mut length = 0;
    for (key, value) in settings(container, image, info) {
        let line = format!("    {key}: {}", written(key, &value));
        length += line.len();
        if length > LONGEST {
            left += 1;
        } else {
            lines.push(line);
        }
    }
    if left > 0 {
        lines.push(format!(
            "    # {left} settings are too long to be shown: inspect the container"
        ));
    }
    let networks: Vec<&String> = user_networks(container).map(|(name, _)| name).collect();
    let volumes: Vec<&str> = named_volumes(container).collect();
    for (section, names) in [
        (
            "networks",
            networks
                .iter()
                .map(|name| name.as_str())
                .collect::<Vec<_>>(),
        ),
        ("volumes", volumes),
    ] {
        if !names.is_empty() {
            lines.push(format!("{section}:"));
            lines.extend(
                names
                    .iter()
                    .map(|name| format!("  {}: {{\"external\": true}}", json!(name))),
            );
        }
    }
    let text = lines.join("\n");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    Shown::from_safe_string(format!("{fence}yaml untrusted\n{text}\n{fence}"))
}

/// Compose fills in what follows a dollar, as only the variables want it.
fn written(key: &str, value: &Value) -> String {
    match key {
        "environment" => value.to_string(),
        _ => value.to_string().replace('$', "$$"),
    }
}

/// The settings by the names that Compose gives them.
fn settings(container: &Value, image: &Value, info: &Value) -> Vec<(&'static str, Value)> {
    let mut all: Vec<(&'static str, Value)> = Vec::new();
    let name = text_at(container, "/Name").trim_start_matches('/');
    all.push(("image", json!(text_at(container, "/Config/Image"))));
    all.push(("container_name", json!(name)));
    process(container, image, info, &mut all);
    all.push(("environment", environment(container, image)));
    all.push(("ports", ports(container)));
    all.push(("expose", exposed(container, image)));
    all.push(("volumes", volumes(container)));
    all.push(("tmpfs", tmpfs(container)));
    network(container, &mut all);
    all.push(("restart", restart(container)));
    all.push(("healthcheck", health(container, image)));
    limits(container, &mut all);
    security(container, info, &mut all);
    all.push(("labels", labels(container, image)));
    all.push(("logging", logging(container, info)));
    all.retain(|(_, value)| !is_empty(value));
    all
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Bool(true) => false,
    }
}

/// An object of those members that say something.
fn filled<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.into_iter().filter(|(_, value)| !is_empty(value));
    object(members.map(|(key, value)| (key.to_owned(), value))).into()
}

/// A setting of the container that its image does not have already.
fn own(container: &Value, image: &Value, key: &str) -> Value {
    let place = format!("/Config/{key}");
    let value = container.pointer(&place).unwrap_or(&Value::Null);
    if image.pointer(&place) == Some(value) {
        Value::Null
    } else {
        value.clone()
    }
}

fn process(container: &Value, image: &Value, info: &Value, all: &mut Vec<(&'static str, Value)>) {
    for (key, engine) in [
        ("entrypoint", "Entrypoint"),
        ("command", "Cmd"),
        ("user", "User"),
        ("working_dir", "WorkingDir"),
        ("stop_signal", "StopSignal"),
        ("domainname", "Domainname"),
        ("mac_address", "MacAddress"),
    ] {
        all.push((key, own(container, image, engine)));
    }
    // Unless it was given, the Engine makes it of the id, or of its own with the host's network.
    let host = text_at(container, "/Config/Hostname");
    let is_the_hosts =
        text_at(container, "/HostConfig/NetworkMode") == "host" && text_at(info, "/Name") == host;
    let is_given = !text_at(container, "/Id").starts_with(host) && !is_the_hosts;
    all.push(("hostname", if is_given { json!(host) } else { Value::Null }));
    let flag = |place: &str| json!(is_true(container, place));
    all.push(("tty", flag("/Config/Tty")));
    all.push(("stdin_open", flag("/Config/OpenStdin")));
    all.push(("init", flag("/HostConfig/Init")));
    if let Some(seconds) = number_at(container, "/Config/StopTimeout") {
        all.push(("stop_grace_period", json!(format!("{seconds}s"))));
    }
}

/// The variables that the image does not set already, or not so; each to be filled in.
fn environment(container: &Value, image: &Value) -> Value {
    let of_image: Vec<&str> = texts_at(image, "/Config/Env").collect();
    let own = texts_at(container, "/Config/Env").filter(|entry| !of_image.contains(entry));
    let own = own.map(|entry| {
        let name = entry.split('=').next().unwrap_or_default();
        (name.to_owned(), json!(format!("${{{name}}}")))
    });
    object(own).into()
}

fn host_config(container: &Value, key: &str) -> Value {
    container
        .pointer(&format!("/HostConfig/{key}"))
        .cloned()
        .unwrap_or_default()
}

fn restart(container: &Value) -> Value {
    let policy = text_at(container, "/HostConfig/RestartPolicy/Name");
    match number_at(container, "/HostConfig/RestartPolicy/MaximumRetryCount") {
        Some(most) if most > 0 => json!(format!("{policy}:{most}")),
        _ if policy == "no" => Value::Null,
        _ => json!(policy),
    }
}

fn health(container: &Value, image: &Value) -> Value {
    let check = own(container, image, "Healthcheck");
    let mut health = Map::new();
    if let Some(test) = check.get("Test") {
        health.insert("test".to_owned(), test.clone());
    }
    for (key, engine) in [
        ("interval", "/Interval"),
        ("timeout", "/Timeout"),
        ("start_period", "/StartPeriod"),
        ("start_interval", "/StartInterval"),
    ] {
        if let Some(nanoseconds) = number_at(&check, engine).filter(|it| *it > 0) {
            health.insert(
                key.to_owned(),
                json!(format!("{}ms", nanoseconds / 1_000_000)),
            );
        }
    }
    if let Some(retries) = number_at(&check, "/Retries").filter(|it| *it > 0) {
        health.insert("retries".to_owned(), json!(retries));
    }
    health.into()
}

fn security(container: &Value, info: &Value, all: &mut Vec<(&'static str, Value)>) {
    for (key, engine) in [
        ("privileged", "Privileged"),
        ("read_only", "ReadonlyRootfs"),
        ("cap_add", "CapAdd"),
        ("cap_drop", "CapDrop"),
        ("security_opt", "SecurityOpt"),
        ("group_add", "GroupAdd"),
        ("sysctls", "Sysctls"),
        ("pid", "PidMode"),
        ("uts", "UTSMode"),
        ("userns_mode", "UsernsMode"),
        ("runtime", "Runtime"),
        ("cgroup_parent", "CgroupParent"),
        ("device_cgroup_rules", "DeviceCgroupRules"),
        ("storage_opt", "StorageOpt"),
    ] {
        let value = host_config(container, engine);
        let usual = ["runc", text_at(info, "/DefaultRuntime")];
        let is_usual = engine == "Runtime" && usual.iter().any(|usual| value == *usual);
        all.push((key, if is_usual { Value::Null } else { value }));
    }
    let ipc = text_at(container, "/HostConfig/IpcMode");
    all.push((
        "ipc",
        if ipc == "private" {
            Value::Null
        } else {
            json!(ipc)
        },
    ));
    let cgroup = text_at(container, "/HostConfig/CgroupnsMode");
    let is_usual = cgroup == usual_cgroup(container, info);
    all.push(("cgroup", if is_usual { Value::Null } else { json!(cgroup) }));
    let devices = items_at(container, "/HostConfig/Devices").map(|device| {
        json!(format!(
            "{}:{}:{}",
            text_at(device, "/PathOnHost"),
            text_at(device, "/PathInContainer"),
            text_at(device, "/CgroupPermissions")
        ))
    });
    all.push(("devices", devices.collect()));
}

/// The control groups that the Engine gives a container unless something else is asked for: its own
/// where it says so, and else the host's. Where it was not asked, what there is counts as that.
fn usual_cgroup<'a>(container: &'a Value, info: &Value) -> &'a str {
    if info.is_null() {
        return text_at(container, "/HostConfig/CgroupnsMode");
    }
    let own = texts_at(info, "/SecurityOptions").any(|option| option.contains("name=cgroupns"));
    // With the first version of control groups, one that is privileged shares them all the same.
    let is_above =
        is_true(container, "/HostConfig/Privileged") && text_at(info, "/CgroupVersion") == "1";
    if own && !is_above { "private" } else { "host" }
}

/// The container's own labels, without those that Compose writes itself.
fn labels(container: &Value, image: &Value) -> Value {
    let of_image = |key: &str, value: &Value| {
        image
            .pointer("/Config/Labels")
            .and_then(|labels| labels.get(key))
            == Some(value)
    };
    let own = members_at(container, "/Config/Labels")
        .filter(|(key, value)| !key.starts_with("com.docker.compose.") && !of_image(key, value));
    object(own.map(|(key, value)| (key.clone(), value.clone()))).into()
}

fn logging(container: &Value, info: &Value) -> Value {
    let driver = text_at(container, "/HostConfig/LogConfig/Type");
    let options = container
        .pointer("/HostConfig/LogConfig/Config")
        .cloned()
        .unwrap_or_default();
    let usual = match text_at(info, "/LoggingDriver") {
        "" => "json-file",
        driver => driver,
    };
    if (driver.is_empty() || driver == usual) && is_empty(&options) {
        return Value::Null;
    }
    if is_empty(&options) {
        json!({ "driver": driver })
    } else {
        json!({ "driver": driver, "options": options })
    }
}
