//! Whether the programs are here that the toolsets need which are on.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use mcp_docker::config::{Config, Needs};
use serde_json::json;
use tokio::process::Command;
use tokio::time::timeout;

use super::PATIENCE;
use super::report::Check;

/// Where packages put the plugins of the Docker CLI, each of which runs by itself, too.
const PLUGINS: [&str; 4] = [
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
];

/// A check for each program that is needed.
pub(super) async fn checks(config: &Config) -> Vec<Check> {
    let on = config.safety.toolsets.iter();
    let needed = on.filter_map(|toolset| Some((toolset.name, toolset.needs?)));
    let mut checks = Vec::new();
    for (toolset, needs) in needed {
        checks.push(check(toolset, needs, &folders()).await);
    }
    checks
}

/// The folders in which a program is looked for: first the user's, as the Docker CLI does.
fn folders() -> Vec<PathBuf> {
    let settings = env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let settings = settings.or_else(|| Some(env::home_dir()?.join(".docker")));
    let own = settings.map(|settings| settings.join("cli-plugins"));
    let path = env::var_os("PATH").unwrap_or_default();
    own.into_iter()
        .chain(PLUGINS.map(PathBuf::from))
        .chain(env::split_paths(&path))
        .collect()
}

async fn check(toolset: &str, needs: Needs, folders: &[PathBuf]) -> Check {
    let (title, program, oldest) = (needs.title(), needs.program(), needs.oldest());
    let mend = format!("install {title} {oldest} or newer, or switch the toolset `{toolset}` off");
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    let found = folders.iter().map(|folder| folder.join(&file));
    let Some(path) = found.into_iter().find(|path| path.is_file()) else {
        let text = format!("the toolset `{toolset}` needs {title}, and `{program}` is not here");
        return Check::mend(program, text, mend);
    };
    let shown = path.display();
    let check = match version(&path).await {
        None => Check::mend(
            program,
            format!("`{shown}` does not say which version it is"),
            mend,
        ),
        Some(version) if major(&version).is_none_or(|major| major < oldest) => Check::mend(
            program,
            format!("`{shown}` is {title} {version}, which is too old"),
            mend,
        ),
        Some(version) => {
            Check::ok(program, format!("{title} {version}, `{shown}`")).with("version", version)
        }
    };
    check.with("toolset", toolset).with("path", json!(path))
}

/// What the program says of itself, if it does.
async fn version(path: &Path) -> Option<String> {
    let mut command = Command::new(path);
    command.args(["version", "--short"]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.trim().trim_start_matches('v').to_owned();
    (output.status.success() && !version.is_empty()).then_some(version)
}

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::Value;

    use super::super::report;
    use super::*;

    /// What is found where this is in the last of two folders.
    async fn found(script: Option<&str>) -> Value {
        let home = tempfile::tempdir().unwrap();
        if let Some(script) = script {
            let file = home.path().join("docker-compose");
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let folders = [home.path().join("none"), home.path().to_owned()];
        let check = check("compose", Needs::Compose, &folders).await;
        let mut report: Value = serde_json::from_str(&report::json(&[check])).unwrap();
        report["checks"][0].take()
    }

    #[tokio::test]
    async fn a_program_that_serves_is_named_with_its_version() {
        let only_asked = r#"[ "$*" = "version --short" ] && echo v2.40.3-ds1"#;
        let check = found(Some(only_asked)).await;
        assert_eq!(check["status"], "ok", "{check}");
        let text = check["text"].as_str().unwrap();
        assert!(text.contains("Docker Compose 2.40.3-ds1, `/"), "{check}");
        assert_eq!(check["details"]["toolset"], "compose");
    }

    #[tokio::test]
    async fn one_that_is_missing_old_or_broken_is_to_be_mended() {
        for (script, said) in [
            (None, "`docker-compose` is not here"),
            (
                Some("echo 1.29.2"),
                "Docker Compose 1.29.2, which is too old",
            ),
            (Some("echo 2.40.3; exit 1"), "does not say which version"),
            (Some("exit 0"), "does not say which version"),
        ] {
            let check = found(script).await;
            assert_eq!(check["status"], "mend", "{check}");
            assert!(check["text"].as_str().unwrap().contains(said), "{check}");
            let mend = check["mend"].as_str().unwrap();
            assert!(mend.contains("install Docker Compose 2 or newer"), "{mend}");
            assert!(mend.contains("toolset `compose` off"), "{mend}");
        }
    }
}
