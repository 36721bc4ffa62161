//! Which bind mounts of existing containers a new one would not be given, and what names them.

use mcp_docker::config::SafetyConfig;
use serde_json::json;

use super::connection::{Answers, Silence};
use super::report::Check;

const NAME: &str = "mounts";
const VARIABLE: &str = "SAFETY_VOLUME_MOUNT_ALLOWLIST";

/// The most paths that are told one by one.
const MOST: usize = 20;

/// Nothing where nothing was asked.
pub(super) fn check(config: &SafetyConfig, answers: &Result<Answers, Silence>) -> Option<Check> {
    let unlisted = match &answers.as_ref().ok()?.unlisted {
        Ok(unlisted) => unlisted,
        Err(error) => return Some(Check::unknown(NAME, error.to_string())),
    };
    if unlisted.is_empty() {
        let text = "a new container may be given every folder that existing ones mount";
        return Some(Check::ok(NAME, text));
    }
    let named = config
        .mount_allowlist
        .iter()
        .map(|path| path.display().to_string());
    let paths = unlisted.iter().map(|bind| bind.path.clone());
    let line = format!(
        "{VARIABLE}={}",
        named.chain(paths).collect::<Vec<_>>().join(",")
    );
    let number = unlisted.len();
    let text = match number {
        1 => "a new container would not be given one path that existing ones mount".to_owned(),
        number => {
            format!("a new container would not be given {number} paths that existing ones mount")
        }
    };
    let check = Check::note(
        NAME,
        text,
        format!("if new ones need all of them, set `{line}`"),
    );
    let check = unlisted.iter().take(MOST).fold(check, |check, bind| {
        let containers = bind.containers.join("`, `");
        check.line(format!(
            "`{}` of `{containers}`: add `{}`",
            bind.path, bind.path
        ))
    });
    let check = match number.saturating_sub(MOST) {
        0 => check,
        more => check.line(format!("and {more} more")),
    };
    let binds = unlisted
        .iter()
        .map(|bind| json!({ "path": bind.path, "containers": bind.containers }));
    Some(
        check
            .with("line", line)
            .with("refused", binds.collect::<Vec<_>>()),
    )
}
