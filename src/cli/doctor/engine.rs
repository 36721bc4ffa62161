//! Which Engine answered, and which version of its API is spoken.

use mcp_docker::engine::{EngineError, newest_api};
use serde_json::Value;

use super::connection::{Answers, Silence};
use super::report::Check;

const API: &str = "api";
const ENGINE: &str = "engine";

pub(super) fn checks(answers: &Result<Answers, Silence>) -> [Check; 2] {
    match answers {
        Ok(answers) => [api(answers), engine(answers)],
        Err(Silence::Failed(error @ EngineError::Incompatible { .. })) => [
            Check::error(API, &error.to_string()),
            Check::unknown(ENGINE, "nothing in common to ask it in"),
        ],
        Err(_) => [API, ENGINE].map(|name| Check::unknown(name, "the Engine was not reached")),
    }
}

fn api(answers: &Answers) -> Check {
    let ours = newest_api();
    let text = |key: &str| answers.version.get(key).and_then(Value::as_str);
    let newest = text("ApiVersion").unwrap_or("?");
    let oldest = text("MinAPIVersion").unwrap_or("?");
    let agreed = &answers.agreed;
    Check::ok(
        API,
        format!("{agreed} is spoken (mcp-docker up to {ours}, the Engine {oldest} to {newest})"),
    )
    .with("ours", ours)
    .with("engine", newest)
    .with("engine_oldest", oldest)
    .with("negotiated", agreed.as_str())
}

fn engine(answers: &Answers) -> Check {
    let Answers { version, info, .. } = answers;
    let info = match info {
        Ok(info) => info,
        Err(error) => return Check::error(ENGINE, &error.to_string()),
    };
    let text = |document: &Value, key: &str| {
        let value = document.get(key).and_then(Value::as_str);
        value.unwrap_or("?").to_owned()
    };
    let (number, system) = (text(version, "Version"), text(info, "OperatingSystem"));
    let kind = kind(version, info);
    let rootless = is_rootless(info);
    let how = if rootless { ", rootless" } else { "" };
    Check::ok(ENGINE, format!("{kind} {number}{how}, on {system}"))
        .with("kind", kind)
        .with("rootless", rootless)
        .with("version", number)
        .with("operating_system", system)
}

fn kind(version: &Value, info: &Value) -> &'static str {
    let is = |document: &Value, key: &str, name: &str| {
        let value = document.get(key).and_then(Value::as_str);
        value.is_some_and(|value| value.contains(name))
    };
    let components = version.get("Components").and_then(Value::as_array);
    let podman = components
        .into_iter()
        .flatten()
        .any(|component| is(component, "Name", "Podman"));
    if podman {
        "Podman"
    } else if is(info, "OperatingSystem", "Docker Desktop") {
        "Docker Desktop"
    } else {
        "Docker Engine"
    }
}

/// Docker says so among the security options; Podman there too, as `name=rootless`.
fn is_rootless(info: &Value) -> bool {
    let options = info.get("SecurityOptions").and_then(Value::as_array);
    options.is_some_and(|options| options.iter().any(|option| option == "name=rootless"))
}
