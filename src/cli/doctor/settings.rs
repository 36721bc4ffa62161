//! Which settings are not the default, where they come from, and what was ignored.

use mcp_docker::config::{Config, Setting, TOOLSETS, Toolset};
use serde_json::json;

use super::report::Check;
use crate::cli::SECRETS_SHOWN;
use crate::cli::install::count;

const NAME: &str = "settings";

/// The settings that change something.
pub(super) fn check(settings: &[Setting]) -> Check {
    let changed: Vec<_> = settings
        .iter()
        .filter(|setting| !setting.is_default())
        .collect();
    let text = match changed.len() {
        0 => "all are the default".to_owned(),
        1 => "one is not the default".to_owned(),
        number => format!("{number} are not the default"),
    };
    changed
        .into_iter()
        .fold(Check::ok(NAME, text), |check, setting| {
            let (name, origin) = (setting.variable.name, &setting.origin);
            let value = setting.value();
            let shown = value.unwrap_or("(not shown)");
            check
                .line(format!("{name}={shown} (from {origin})"))
                .with(name, json!({ "value": value, "origin": origin }))
        })
}

/// The toolsets that are on, and how many tools that makes.
pub(super) fn toolsets(config: &Config) -> Check {
    let on = &config.safety.toolsets;
    let (on_names, off): (Vec<&Toolset>, Vec<&Toolset>) =
        TOOLSETS.iter().partition(|it| on.has(Some(it.name)));
    let names =
        |toolsets: &[&Toolset]| -> Vec<&str> { toolsets.iter().map(|it| it.name).collect() };
    let tools = count(on);
    let (on, off) = (names(&on_names), names(&off));
    let text = format!("{} are on, {tools} tools", on.join(", "));
    let check = Check::ok("toolsets", text)
        .with("on", json!(on))
        .with("off", json!(off))
        .with("tools", tools);
    if off.is_empty() {
        check
    } else {
        check.line(format!("off: {}", off.join(", ")))
    }
}

/// What is said at every start.
pub(super) fn notes(config: &Config) -> Vec<Check> {
    let notices = config.notices.iter().map(|notice| {
        let (text, mend) = notice.split_once("; ").unwrap_or((notice, "correct it"));
        Check::note(NAME, text, mend)
    });
    let open = (!config.safety.redact_secrets)
        .then(|| Check::note(NAME, SECRETS_SHOWN, "set `SAFETY_REDACT_SECRETS=true`"));
    notices.chain(open).collect()
}

/// Settings that no server starts with; nothing else can be looked at then.
pub(super) fn wrong(error: &str) -> Check {
    Check::mend(NAME, error, "correct it; the Engine is looked at then")
}
