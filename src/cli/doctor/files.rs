//! Whether the files that the server is to write can be written.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use mcp_docker::config::ServerConfig;
use mcp_docker::safety::AuditLog;

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
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map_err(|error| error.to_string())?;
    if !there {
        // What cannot be taken away again does no harm.
        let _ = std::fs::remove_file(path);
    }
    Ok(())
}
