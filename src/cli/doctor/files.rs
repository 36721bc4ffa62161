//! Whether the files that the server is to write can be written.

use std::path::{Path, PathBuf};

use mcp_docker::call::gate::AuditLog;
use mcp_docker::config::{Config, DockerConfig, ServerConfig};
use mcp_docker::engine::Engine;
use mcp_docker::files::{self, Links};

use super::report::Check;

pub(super) fn checks(config: &ServerConfig) -> [Check; 2] {
    let log = config.log_path.as_deref();
    let audit = config.audit_log.as_deref();
    [
        check("log", log, "MCP_DOCKER_LOG_PATH", "stderr only", append),
        check(
            "audit",
            audit,
            "MCP_DOCKER_AUDIT_LOG",
            "calls are not recorded",
            AuditLog::check,
        ),
    ]
}

/// What settings name and is not there.
pub(super) fn astray(config: &Config) -> Vec<Check> {
    // Those that are written have a check of their own.
    let written = ["MCP_DOCKER_LOG_PATH", "MCP_DOCKER_AUDIT_LOG"];
    let astray = config.astray().into_iter();
    astray
        .filter(|it| !written.contains(&&*it.variable))
        .map(|it| Check::mend("path", it.text, it.mend).with("variable", it.variable.as_ref()))
        .collect()
}

/// Folders that may be mounted and are not on this machine, where the Engine is.
pub(super) fn mountable(config: &Config, docker: &DockerConfig) -> Option<Check> {
    let address = Engine::new(docker).address().ok()?.url;
    if !["unix://", "npipe://"]
        .iter()
        .any(|local| address.starts_with(local))
    {
        return None;
    }
    let missing = config.safety.mount_allowlist.iter();
    let missing = missing.filter(|path| !path.exists());
    let missing: Vec<String> = missing
        .map(|path| format!("`{}`", path.display()))
        .collect();
    (!missing.is_empty()).then(|| {
        Check::note(
            "path",
            format!(
                "`SAFETY_VOLUME_MOUNT_ALLOWLIST` names what is not here: {}",
                missing.join(", ")
            ),
            "correct it, unless the Engine sees other folders than this machine has",
        )
    })
}

fn check(
    name: &str,
    path: Option<&Path>,
    variable: &str,
    without: &str,
    writable: impl FnOnce(&Path) -> Result<(), String>,
) -> Check {
    let Some(path) = path else {
        return Check::ok(
            name,
            format!("no file, {without} (`{variable}` is not set)"),
        );
    };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let shown = absolute.display();
    match writable(path) {
        Ok(()) => Check::ok(name, format!("`{shown}` can be written")),
        Err(error) => Check::mend(
            name,
            format!("`{shown}` cannot be written: {error}"),
            format!("set `{variable}` to a file in a folder that this user may write to"),
        ),
    }
    .with("path", shown.to_string())
}

/// Opens the file as the server does, and takes away again what was not there.
fn append(path: &Path) -> Result<(), String> {
    let there = path.symlink_metadata().is_ok();
    files::append(path, Links::Followed).map_err(|error| error.to_string())?;
    if !there {
        // What cannot be taken away again does no harm.
        let _ = std::fs::remove_file(path);
    }
    Ok(())
}
