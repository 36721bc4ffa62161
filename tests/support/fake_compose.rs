//! Stands in for Compose where no test is about Compose itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

/// What the files of a project come to, wherever it is: one service whose image has a name, and one that is built.
pub(crate) const MODEL: &str = r#"{"name":"NAME","services":{
    "web":{"image":"web:1","environment":{"A":"1"}},
    "api":{"build":{"context":"DIRECTORY","dockerfile":"Dockerfile"}}}}"#;

/// What the files of a stack come to.
pub(crate) const STACK: &str =
    "services: {web: {image: \"web:1\", deploy: {replicas: 2}}, api: {image: \"api:1\"}}";

/// The settings of a Docker CLI that has a plugin: a script in place of Compose, which has nothing but what is
/// built into the shell.
pub(crate) struct FakeCompose(TempDir);

impl FakeCompose {
    /// One that makes the usual model of any files, and does nothing.
    pub(crate) fn new() -> Self {
        Self::with(MODEL, "")
    }

    /// One that makes this model of any files, `NAME` being the project and `DIRECTORY` where it is, and that runs
    /// this script on it.
    pub(crate) fn with(model: &str, script: &str) -> Self {
        let resolved = format!("printf '%s' '{}'", model.replace('\'', "'\\''"));
        let resolved = resolved.replace("NAME", "'\"$name\"'");
        let resolved = resolved.replace("DIRECTORY", "'\"$directory\"'");
        Self::of(&resolved, script)
    }

    /// One that runs the first of these scripts to resolve files, and the second on a model.
    pub(crate) fn of(resolve: &str, run: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let plugins = folder.path().join("cli-plugins");
        fs::create_dir(&plugins).unwrap();
        let script = format!(
            r#"#!/bin/sh
if [ "$1" = version ]; then echo 2.99.0; exit; fi
does=run
for word in "$@"; do
    case "$word" in
        --project-name=*) name=${{word#*=}} ;;
        --project-directory=*) directory=${{word#*=}} ;;
        config) does=resolve ;;
        --hash) does=hash ;;
    esac
done
case $does in
    resolve) {resolve}
        ;;
    hash) echo "web 0"; echo "api 0" ;;
    run) {run}
        ;;
esac
"#
        );
        let plugin = plugins.join("docker-compose");
        fs::write(&plugin, script).unwrap();
        fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder).with_docker(STACK, run)
    }

    /// The same with this C program in place of Compose.
    pub(crate) fn compiled(self, source: &str) -> Self {
        let plugin = self.0.path().join("cli-plugins/docker-compose");
        fs::remove_file(&plugin).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/support")
            .join(source);
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let mut compiler = std::process::Command::new(compiler);
        let compiler = compiler.arg("-o").arg(&plugin).arg(source);
        assert!(compiler.status().unwrap().success());
        self
    }

    /// The same with a Docker CLI that makes this of the files of any stack, and runs this script to deploy one.
    pub(crate) fn with_docker(self, stack: &str, run: &str) -> Self {
        let folder = self.0.path().join("bin");
        let _ = fs::create_dir(&folder);
        let stack = stack.replace('\'', "'\\''");
        let script = format!(
            r#"#!/bin/sh
case "$1 $2" in
    "--version ") echo "Docker version 99.0.0, build 0" ;;
    "stack config") printf '%s' '{stack}' ;;
    "stack deploy") {run}
        ;;
esac
"#
        );
        let program = folder.join("docker");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// What `PATH` is to be.
    pub(crate) fn programs(&self) -> String {
        format!("{}:/usr/bin:/bin", self.0.path().join("bin").display())
    }

    /// What `DOCKER_CONFIG` is to be.
    pub(crate) fn settings(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}
