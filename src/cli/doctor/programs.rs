//! Whether the programs are here that the toolsets need which are on.

use std::path::PathBuf;

use mcp_docker::catalog::{TOOLS, Tool};
use mcp_docker::config::Config;
use mcp_docker::engine::Engine;
use mcp_docker::program::{self, Program, ProgramError};
use serde_json::json;

use super::report::Check;

const CONFINEMENT: &str = "confinement";

const UNCONFINED: &str = "there is no Landlock here: nothing but the judgement of its files keeps a program from \
    other files";

/// A check for each program that is needed.
pub(super) async fn checks(config: &Config, engine: &Engine) -> Vec<Check> {
    let mut checks = Vec::new();
    for toolset in config.safety.toolsets.iter() {
        match toolset.needs {
            [] => {}
            [needs] => {
                checks.push(check(toolset.name, *needs, &program::folders(*needs)).await);
            }
            one_of => checks.push(choice(toolset.name, one_of, program::folders).await),
        }
    }
    if !checks.is_empty() {
        checks.push(confinement(engine).await);
    }
    checks
}

/// What keeps a program from what it is not given, besides the judgement of what it is told.
#[cfg(target_os = "linux")]
async fn confinement(engine: &Engine) -> Check {
    use mcp_docker::program::confinement;

    let report = match confinement::report(engine).await {
        Ok(report) => report,
        Err(error) => {
            return Check::unknown(
                CONFINEMENT,
                format!("what programs are kept from could not be seen: {error}"),
            );
        }
    };
    let check = match (report.landlock, &report.hidden) {
        (None, _) => Check::note(
            CONFINEMENT,
            UNCONFINED,
            "use a kernel with Landlock, of Linux 5.13 or newer",
        ),
        (Some(version), Err(error)) => Check::note(
            CONFINEMENT,
            format!(
                "Landlock {version} keeps programs to their files, but the Engine's own socket is not hidden from \
                 them: {error}"
            ),
            "let this user make mount namespaces",
        ),
        (Some(version), Ok(())) => Check::ok(
            CONFINEMENT,
            format!(
                "Landlock {version} keeps programs to their files, and the Engine's own socket is hidden from them"
            ),
        ),
    };
    check
        .with("landlock", report.landlock)
        .with("hidden", report.hidden.is_ok())
}

#[cfg(not(target_os = "linux"))]
async fn confinement(_: &Engine) -> Check {
    Check::note(CONFINEMENT, UNCONFINED, "run the server on Linux")
}

async fn check(toolset: &str, needs: Program, folders: &[PathBuf]) -> Check {
    let (title, (major, minor)) = (needs.title(), needs.oldest());
    match program::find_in(needs, folders).await {
        Ok(found) => {
            let text = format!("{title} {}, `{}`", found.version, found.path.display());
            Check::ok(needs.file(), text)
                .with("version", found.version)
                .with("path", json!(found.path))
        }
        Err(error) => {
            let mend = format!(
                "install {title} {major}.{minor} or newer, or switch the toolset `{toolset}` off"
            );
            Check::mend(needs.file(), error.to_string(), mend)
        }
    }
    .with("toolset", toolset)
}

/// Which of several programs are here, of which each tool of a toolset needs one.
async fn choice(
    toolset: &str,
    one_of: &[Program],
    folders: impl Fn(Program) -> Vec<PathBuf>,
) -> Check {
    let (mut here, mut unfit) = (Vec::new(), Vec::new());
    for &program in one_of {
        match program::find_in(program, &folders(program)).await {
            Ok(found) => here.push((program, found)),
            Err(ProgramError::Missing(_)) => {}
            Err(error) => unfit.push(error.to_string()),
        }
    }
    let is_here = |program: &Program| here.iter().any(|(found, _)| found == program);
    let serves = |tool: &&Tool| {
        let mut programs = tool.command.iter().flat_map(|it| {
            let first = [it.program];
            first.into_iter().chain(it.others.iter().copied())
        });
        tool.command.is_none() || programs.any(|program| is_here(&program))
    };
    let tools = TOOLS.iter().filter(|tool| tool.toolset == toolset);
    let without: Vec<&Tool> = tools.copied().filter(|tool| !serves(tool)).collect();
    let said = here.iter().map(|(program, found)| {
        let (title, path) = (program.title(), found.path.display());
        format!("{title} {}, `{path}`", found.version)
    });
    let mut said: Vec<String> = said.chain(unfit).collect();
    let check = if without.is_empty() {
        Check::ok(toolset, said.join("; "))
    } else {
        let names: Vec<&str> = without.iter().map(|tool| tool.name).collect();
        said.push(format!("no program for `{}`", names.join("` and `")));
        let commands = without.iter().filter_map(|tool| tool.command);
        let mut ways: Vec<String> = Vec::new();
        for program in
            commands.flat_map(|it| [it.program].into_iter().chain(it.others.iter().copied()))
        {
            let way = format!("{} ({})", program.title(), program.site());
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        let mend = format!(
            "install {}, or switch the toolset `{toolset}` off",
            ways.join(" or ")
        );
        match here.is_empty() {
            true => Check::mend(toolset, said.join("; "), mend),
            false => Check::note(toolset, said.join("; "), mend),
        }
    };
    let found = here.iter().map(|(program, found)| {
        json!({ "program": program.name(), "version": found.version, "path": found.path })
    });
    check
        .with("found", found.collect::<Vec<_>>())
        .with("toolset", toolset)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::Value;

    use super::super::report;
    use super::*;

    async fn found(script: Option<&str>) -> Value {
        found_of("compose", Program::Compose, script).await
    }

    /// What is found where this is in the last of two folders.
    async fn found_of(toolset: &str, program: Program, script: Option<&str>) -> Value {
        let home = tempfile::tempdir().unwrap();
        if let Some(script) = script {
            let file = home.path().join(program.file());
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let folders = [home.path().join("none"), home.path().to_owned()];
        let check = check(toolset, program, &folders).await;
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
    async fn the_docker_cli_is_told_from_what_else_has_its_name() {
        for (script, status, said) in [
            (
                Some(r#"[ "$*" = --version ] && echo 'Docker version 28.2.2, build e6534b4'"#),
                "ok",
                "Docker CLI 28.2.2, `/",
            ),
            (
                Some("echo 'Docker version 20.10.24+dfsg1, build 297e128'"),
                "mend",
                "Docker CLI 20.10.24+dfsg1, which is too old",
            ),
            (
                Some("echo 'podman version 4.9.3'"),
                "mend",
                "does not say which version of Docker CLI",
            ),
            (
                None,
                "mend",
                "no `docker` where this server runs: install it there, on the `PATH`",
            ),
        ] {
            let check = found_of("swarm", Program::Docker, script).await;
            assert_eq!(check["status"], status, "{check}");
            assert!(check["text"].as_str().unwrap().contains(said), "{check}");
        }
    }

    #[tokio::test]
    async fn one_that_is_missing_old_or_broken_is_to_be_mended() {
        for (script, said) in [
            (None, "there is no `docker-compose`"),
            (
                Some("echo 2.25.0"),
                "Docker Compose 2.25.0, which is too old",
            ),
            (Some("echo 2.40.3; exit 1"), "does not say which version"),
            (Some("exit 0"), "does not say which version"),
        ] {
            let check = found(script).await;
            assert_eq!(check["status"], "mend", "{check}");
            assert!(check["text"].as_str().unwrap().contains(said), "{check}");
            let mend = check["mend"].as_str().unwrap();
            assert!(
                mend.contains("install Docker Compose 2.26 or newer"),
                "{mend}"
            );
            assert!(mend.contains("toolset `compose` off"), "{mend}");
        }
    }
}
