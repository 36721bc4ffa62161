//! Which objects of an Engine calls may change, and whether what tells them can be used.

use mcp_docker::config::{SafetyConfig, Scope};
use mcp_docker::engine::server_id_file;
use serde_json::json;

use super::report::Check;

const NAME: &str = "scope";

pub(super) fn check(config: &SafetyConfig) -> Check {
    let scope = &config.scope;
    let reach = match config.scope_reads {
        true => "only see and change",
        false => "only change",
    };
    let text = match scope {
        Scope::All => "calls may change every object, as far as the tiers allow".to_owned(),
        scope => format!("calls may {reach} what {}", scope.whose()),
    };
    let check = match scope {
        Scope::Mine => of_own(text),
        _ => Check::ok(NAME, text),
    };
    check
        .with("scope", scope.to_string())
        .with("reads", config.scope_reads && !scope.is_all())
}

/// What the servers of a user made has their id.
fn of_own(text: String) -> Check {
    match server_id_file() {
        Ok((path, is_there)) => {
            let shown = path.display();
            let line = match is_there {
                true => format!("their id is in `{shown}`"),
                false => format!("their id is made with the first call, in `{shown}`"),
            };
            Check::ok(NAME, text)
                .line(line)
                .with("id_file", json!(path))
                .with("id_is_there", is_there)
        }
        Err(error) => Check::error(NAME, &error).line(text),
    }
}
