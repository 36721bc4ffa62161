//! What a Compose file would have Compose do by itself fails, whoever wrote it: nothing was judged before.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, id};

use mcp_docker::engine::Engine;
use mcp_docker::program::{self, Program, Ran, Run};
use tempfile::TempDir;

use super::landlock;
use super::stage::Stage;
use crate::support::compose;
use crate::support::fake_engine::{FakeEngine, Reply};

const SECRET: &str = "planted-3f9c";

/// A project, and files beside it that are none of its business.
struct Project {
    folder: TempDir,
}

impl Project {
    fn of(yaml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["shop", "outside"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let project = Self { folder };
        fs::write(project.file(), yaml).unwrap();
        let outside = project.folder.path().join("outside");
        fs::write(outside.join("a.env"), format!("KEY={SECRET}\n")).unwrap();
        let other = format!("services: {{ web: {{ image: {SECRET} }} }}\n");
        fs::write(outside.join("other.yaml"), other).unwrap();
        project
    }

    fn directory(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    fn file(&self) -> PathBuf {
        self.directory().join("compose.yaml")
    }

    fn outside(&self) -> [PathBuf; 2] {
        ["a.env", "other.yaml"].map(|name| self.folder.path().join("outside").join(name))
    }

    fn args(&self, verb: &[&str]) -> Vec<String> {
        let (file, directory) = (self.file(), self.directory());
        let options = [
            "-f",
            file.to_str().unwrap(),
            "--project-directory",
            directory.to_str().unwrap(),
        ];
        options
            .iter()
            .chain(verb)
            .map(ToString::to_string)
            .collect()
    }

    /// What Compose makes of it that may read so much of it.
    async fn config(&self, folder: &Path, reads: BTreeSet<PathBuf>) -> Ran {
        let found = program::find_in(Program::Compose, &[folder.to_owned()]).await;
        let run = Run {
            program: Program::Compose,
            args: self.args(&["config", "--format", "json"]),
            stdin: None,
            directory: &self.directory(),
            reads: &reads,
            variables: [].into(),
            relay: None,
            online: false,
            limit: std::time::Duration::from_secs(60),
        };
        let engine = Engine::new(&Default::default());
        program::run_found(&engine, &found.unwrap(), run, |_| {})
            .await
            .unwrap()
    }
}

/// Where the kernel has Landlock, and Compose is here.
async fn composes() -> Vec<PathBuf> {
    let both = compose::both().map(Vec::from).unwrap_or_default();
    if landlock().await.is_some() {
        both
    } else {
        Vec::new()
    }
}

#[tokio::test]
async fn a_file_outside_of_what_was_walked_is_not_read() {
    for yaml in [
        "services: { web: { image: x, env_file: ../outside/a.env } }",
        "services: { web: { image: x, env_file: [{ path: ../outside/a.env, required: false }] } }",
        "services: { web: { image: x, label_file: ../outside/a.env } }",
        "include: [../outside/other.yaml]",
        "services: { web: { extends: { file: ../outside/other.yaml, service: web } } }",
    ] {
        let project = Project::of(yaml);
        let own = BTreeSet::from([project.file()]);
        let all = own
            .iter()
            .cloned()
            .chain(project.outside())
            .collect::<BTreeSet<_>>();
        for folder in composes().await {
            let ran = project.config(&folder, own.clone()).await;
            let told = String::from_utf8_lossy(&ran.stdout);
            assert_ne!(ran.code, Some(0), "{yaml}: {told}");
            assert!(
                !told.contains(SECRET) && !ran.stderr.contains(SECRET),
                "{yaml}"
            );
            // 2.26 knows no `label_file`.
            if ran.stderr.contains("label_file is not allowed") {
                continue;
            }
            assert!(
                ran.stderr.contains("permission denied"),
                "{yaml}: {}",
                ran.stderr
            );
            // It would be, but for that.
            let ran = project.config(&folder, all.clone()).await;
            let told = String::from_utf8_lossy(&ran.stdout);
            assert_eq!(ran.code, Some(0), "{yaml}: {}", ran.stderr);
            assert!(told.contains(SECRET), "{yaml}: {told}");
        }
    }
}

/// Its path becomes a mount, which the policy judges.
#[tokio::test]
async fn the_file_of_a_secret_is_not_read() {
    let project = Project::of(
        "services: { web: { image: x, secrets: [a] } }\nsecrets: { a: { file: ../outside/a.env } }",
    );
    for folder in composes().await {
        let ran = project.config(&folder, [project.file()].into()).await;
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(!String::from_utf8_lossy(&ran.stdout).contains(SECRET));
    }
}

/// A program that leaves a mark where it was run.
fn marking(path: &Path, mark: &Path) {
    fs::write(path, format!("#!/bin/sh\n: >'{}'\n", mark.display())).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn unconfined(
    program: &Path,
    project: &Project,
    environment: &[(&str, &str)],
    args: &[String],
) -> Output {
    let mut command = Command::new(program);
    command.args(args).current_dir(project.directory());
    command.env_clear().envs(environment.iter().copied());
    command.env("HOME", project.folder.path());
    command.output().unwrap()
}

#[tokio::test]
async fn no_repository_and_no_registry_is_asked() {
    for folder in composes().await {
        let program = folder.join("docker-compose");
        let project = Project::of("include: ['https://127.0.0.1:1/x.git']");
        let mark = project.folder.path().join("mark");
        marking(&project.folder.path().join("git"), &mark);
        let environment = [
            ("COMPOSE_EXPERIMENTAL_GIT_REMOTE", "1"),
            ("COMPOSE_EXPERIMENTAL_OCI_REMOTE", "1"),
            ("PATH", project.folder.path().to_str().unwrap()),
        ];
        let args = project.args(&["config"]);
        let reads = [&*project.file()];
        let stage = Stage::new(&program, id(), &reads, 60);
        let ran = stage.run(&project.directory(), &environment, &args);
        assert!(!ran.status.success(), "{ran:?}");
        assert!(!mark.exists(), "{ran:?}");
        unconfined(&program, &project, &environment, &args);
        assert!(mark.exists());

        let registry = TcpListener::bind("127.0.0.1:0").unwrap();
        registry.set_nonblocking(true).unwrap();
        let port = registry.local_addr().unwrap().port();
        fs::write(
            project.file(),
            format!("include: ['oci://127.0.0.1:{port}/x:1']"),
        )
        .unwrap();
        let stage = Stage::new(&program, id(), &reads, 60);
        let ran = stage.run(&project.directory(), &environment, &args);
        assert!(!ran.status.success(), "{ran:?}");
        assert!(registry.accept().is_err(), "{ran:?}");
    }
}

/// 2.26 knows no providers.
#[tokio::test(flavor = "multi_thread")]
async fn no_provider_is_run() {
    let Some(newest) = composes().await.pop() else {
        return;
    };
    let program = newest.join("docker-compose");
    let docker = FakeEngine::start()
        .on("HEAD /_ping", Reply::empty(200))
        .on("GET /containers/json", serde_json::json!([]))
        .on("GET /networks", serde_json::json!([]))
        .on("GET /volumes", serde_json::json!({ "Volumes": [] }));
    let address = docker.address();
    let environment = [("DOCKER_HOST", &*address), ("PATH", "")];
    for (yaml, file) in [
        ("services: { db: { provider: { type: PROVIDER } } }", ""),
        ("services: { db: { provider: { type: ./provider } } }", ""),
        (
            "include: [more.yaml]",
            "services: { db: { provider: { type: PROVIDER } } }",
        ),
        (
            "services: { db: { extends: { file: more.yaml, service: db } } }",
            "services: { db: { provider: { type: PROVIDER } } }",
        ),
    ] {
        let project = Project::of("");
        let provider = project.directory().join("provider");
        let mark = project.folder.path().join("mark");
        marking(&provider, &mark);
        let more = project.directory().join("more.yaml");
        let filled = |yaml: &str| yaml.replace("PROVIDER", provider.to_str().unwrap());
        fs::write(project.file(), filled(yaml)).unwrap();
        fs::write(&more, filled(file)).unwrap();
        let args = project.args(&["up", "--detach"]);
        let stage = Stage::new(&program, id(), &[&project.file(), &more, &provider], 60);
        let ran = stage.run(&project.directory(), &environment, &args);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(!ran.status.success() && !mark.exists(), "{yaml}: {said}");
        assert!(said.contains("permission denied"), "{yaml}: {said}");
        let ran = unconfined(&program, &project, &environment, &args);
        assert!(
            mark.exists(),
            "{yaml}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// What is within works as ever.
#[tokio::test]
async fn a_project_within_its_bounds_is_resolved() {
    let project = Project::of("services: { web: { image: 'shop:${TAG}', env_file: a.env } }");
    let file = project.directory().join("a.env");
    fs::write(&file, "COLOUR=blue\n").unwrap();
    for folder in composes().await {
        let ran = project
            .config(&folder, [project.file(), file.clone()].into())
            .await;
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(String::from_utf8_lossy(&ran.stdout).contains("blue"));
    }
}
