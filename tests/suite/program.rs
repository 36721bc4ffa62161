//! A program of the user's runs with what it is given and nothing else, and ends with its call.

#[cfg(target_os = "linux")]
mod confined;
#[cfg(target_os = "linux")]
mod ending;
mod environment;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mcp_docker::config::DockerConfig;
use mcp_docker::engine::Engine;
use mcp_docker::program::{self, Found, Program, ProgramError, Ran, Run};
use serde_json::Value;
use tempfile::TempDir;

/// A program that a test wrote in place of Compose, and a directory to run it in.
struct Place {
    folder: TempDir,
    found: Found,
}

impl Place {
    /// A shell script; confined, it has nothing but what is built into the shell.
    async fn of(script: &str) -> Self {
        #[cfg(target_os = "linux")]
        program::confinement::confine_by(env!("CARGO_BIN_EXE_mcp-docker").into());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker-compose");
        let version = r#"if [ "$1" = version ]; then echo 2.99.0; exit; fi"#;
        fs::write(&path, format!("#!/bin/sh\n{version}\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let folders = [folder.path().to_owned()];
        let found = program::find_in(Program::Compose, &folders).await.unwrap();
        Self { folder, found }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn run(&self, run: Run<'_>) -> Result<Ran, ProgramError> {
        let engine = Engine::new(&DockerConfig::default());
        program::run_found(&engine, &self.found, run, |_| {}).await
    }

    /// A run without input, variables or an Engine.
    fn plain(&self) -> Run<'_> {
        static NOTHING: BTreeSet<PathBuf> = BTreeSet::new();
        Run {
            program: Program::Compose,
            args: Vec::new(),
            stdin: None,
            directory: self.path(),
            reads: &NOTHING,
            variables: BTreeMap::new(),
            relay: None,
            online: false,
            limit: Duration::from_secs(60),
        }
    }
}

#[tokio::test]
async fn a_program_gets_its_arguments_and_its_input_and_is_read_to_the_end() {
    let place = Place::of("echo \"$PWD|$*\"; cat=$(while read -r line; do echo \"<$line>\"; done); echo \"$cat\"; echo why >&2; exit 7").await;
    let run = Run {
        args: vec!["config".to_owned(), "two words".to_owned()],
        stdin: Some(b"one\ntwo\n".to_vec()),
        ..place.plain()
    };
    let ran = place.run(run).await.unwrap();
    let directory = place.path().canonicalize().unwrap();
    let told = format!("{}|config two words\n<one>\n<two>\n", directory.display());
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), told);
    assert_eq!((ran.code, &*ran.stderr), (Some(7), "why\n"));
}

#[tokio::test]
async fn what_a_program_prints_has_a_limit() {
    let place = Place::of(
        "x=0123456789abcdef; x=$x$x$x$x; x=$x$x$x$x; x=$x$x$x$x; while :; do echo \"$x\"; done",
    )
    .await;
    let error = place.run(place.plain()).await.unwrap_err();
    assert!(
        error.to_string().contains("printed more than 16 MiB"),
        "{error}"
    );
    let place = Place::of(
        "i=0; while [ $i -lt 9999 ]; do echo \"complaint $i\" >&2; i=$((i+1)); done; echo last >&2",
    )
    .await;
    let ran = place.run(place.plain()).await.unwrap();
    assert!(ran.stderr.ends_with("\nlast\n"), "{}", ran.stderr.len());
    assert!(ran.stderr.len() <= 64 << 10, "{}", ran.stderr.len());
}

#[tokio::test]
async fn a_program_that_is_missing_old_or_broken_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker-compose");
    for (script, said) in [
        (None, "Docker Compose 2.26 or newer is needed"),
        (
            Some("echo v2.25.9"),
            "2.25.9, which is too old: install 2.26 or newer",
        ),
        (Some("echo 2.99.0; exit 1"), "does not say which version"),
        (Some("exit 0"), "does not say which version"),
    ] {
        if let Some(script) = script {
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let folders = [folder.path().to_owned()];
        let error = program::find_in(Program::Compose, &folders)
            .await
            .unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

/// What lies there came with a project.
#[tokio::test]
async fn another_program_of_the_name_of_the_docker_cli_is_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker");
    let folders = [folder.path().to_owned()];
    for (script, said) in [
        (
            "[ \"$*\" = --version ] && echo 'Docker version 28.2.2, build e6534b4'",
            Ok("28.2.2"),
        ),
        (
            "echo 'podman version 99.9.3'",
            Err("does not say which version of Docker CLI"),
        ),
        (
            "echo 'Docker version 20.10.24+dfsg1, build 297e128'",
            Err("is Docker CLI 20.10.24+dfsg1, which is too old: install 26.1 or newer"),
        ),
    ] {
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let found = program::find_in(Program::Docker, &folders).await;
        match (found, said) {
            (Ok(found), Ok(version)) => assert_eq!(found.version, version),
            (Err(error), Err(said)) => assert!(error.to_string().contains(said), "{error}"),
            (found, _) => panic!("{script}: {found:?}"),
        }
    }
}

#[tokio::test]
async fn nothing_is_found_from_the_working_directory() {
    let place = Place::of("").await;
    let plugins = place.path().join("cli-plugins");
    fs::create_dir(&plugins).unwrap();
    let file = Program::Compose.file();
    fs::copy(place.path().join(file), plugins.join(file)).unwrap();
    let checks = doctor(place.path(), &[("PATH", "."), ("DOCKER_CONFIG", ".")]).await;
    let found = checks["docker-compose"]["details"]["path"].as_str();
    let found = found
        .is_some_and(|path| path.starts_with('.') || Path::new(path).starts_with(place.path()));
    assert!(!found, "{checks:?}");
    let path = place.path().to_str().unwrap();
    let checks = doctor(place.path(), &[("PATH", path), ("DOCKER_CONFIG", ".")]).await;
    assert_eq!(checks["docker-compose"]["status"], "ok", "{checks:?}");
}

/// The checks of the doctor, in that directory, by their names.
async fn doctor(home: &Path, environment: &[(&str, &str)]) -> BTreeMap<String, Value> {
    let mut command = crate::support::client::command(home);
    command
        .args(["doctor", "--json"])
        .env("MCP_DOCKER_TOOLSETS", "compose");
    command
        .env("DOCKER_HOST", "unix:///nowhere.sock")
        .envs(environment.iter().copied());
    let told = command.output().await.unwrap().stdout;
    let report: Value = serde_json::from_slice(&told).unwrap();
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .map(|check| (check["check"].as_str().unwrap().to_owned(), check.clone()))
        .collect()
}

/// One that does not serve hides none that does.
#[tokio::test]
async fn the_first_that_serves_is_taken() {
    let old = tempfile::tempdir().unwrap();
    let path = old.path().join("docker-compose");
    fs::write(&path, "#!/bin/sh\necho 1.29.2\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let place = Place::of("").await;
    let folders = [old.path().to_owned(), place.path().to_owned()];
    let found = program::find_in(Program::Compose, &folders).await.unwrap();
    assert_eq!(found, place.found);
    assert_eq!(found.version, "2.99.0");
}
