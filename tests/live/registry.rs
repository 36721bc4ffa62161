//! Runs a registry on loopback, and keeps Docker configurations that know its password.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::docker::{docker, image, run, unique};

/// The user of a registry that asks for one.
pub(crate) const USER: &str = "me";
/// A password whose base64 is another in each alphabet.
pub(crate) const PASSWORD: &str = "abc>>>def???~~~";

/// A registry that is gone when the test ends, with the images that were made for it.
pub(crate) struct Registry {
    /// `127.0.0.1` and its port.
    pub(crate) host: String,
    repository: String,
    process: Child,
    directory: TempDir,
}

impl Registry {
    /// A registry that asks for no password.
    pub(crate) fn open() -> Self {
        Self::start(&[])
    }

    /// A registry for [`USER`] with [`PASSWORD`].
    pub(crate) fn with_password() -> Self {
        Self::start(&[USER, PASSWORD])
    }

    fn start(user: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let directory = tempfile::tempdir().unwrap();
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let asked = fs::File::create(directory.path().join("asked")).unwrap();
        let process = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registry.sh"))
            .arg(port.to_string())
            .arg(directory.path())
            .args(user)
            .stdout(asked)
            .stderr(log)
            .spawn()
            .unwrap();
        let mut registry = Self {
            host: format!("127.0.0.1:{port}"),
            repository: unique("repository"),
            process,
            directory,
        };
        registry.wait();
        registry
    }

    /// Waits until it listens; a first run has packages to install.
    fn wait(&mut self) {
        let start = Instant::now();
        while std::net::TcpStream::connect(&self.host).is_err() {
            let ended = self.process.try_wait().unwrap();
            let log = || fs::read_to_string(self.directory.path().join("log")).unwrap();
            assert!(ended.is_none(), "the registry does not start: {}", log());
            assert!(start.elapsed() < Duration::from_secs(180), "{}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The name of an image in the registry, without a tag.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.host, self.repository)
    }

    /// Gives the test image this tag of the repository, on the Engine only.
    pub(crate) fn tagged(&self, tag: &str) -> String {
        let name = format!("{}:{tag}", self.repository());
        docker(&["tag", &image(), &name]);
        name
    }

    /// Ends it, so that nobody listens there any more.
    pub(crate) fn close(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Has the registry lose a tag of the repository.
    pub(crate) fn lose(&self, tag: &str) {
        let repositories = "data/docker/registry/v2/repositories";
        let tags = format!("{repositories}/{}/_manifests/tags", self.repository);
        fs::remove_dir_all(self.directory.path().join(tags).join(tag)).unwrap();
    }

    /// The requests so far, each by its method and path.
    pub(crate) fn asked(&self) -> Vec<String> {
        let log = fs::read_to_string(self.directory.path().join("asked")).unwrap();
        let lines = log.lines().filter_map(|line| line.split('"').nth(1));
        let request = |line: &str| line.rsplit_once(' ').map(|(request, _)| request.to_owned());
        lines.filter_map(request).collect()
    }

    /// Takes the repository's images off the Engine.
    pub(crate) fn forget_local(&self) {
        let format = "{{.Repository}}:{{.Tag}}@{{.Digest}}";
        let listed = docker(&[
            "images",
            "--digests",
            "--format",
            format,
            &self.repository(),
        ]);
        for line in listed.lines() {
            let (tagged, digest) = line.split_once('@').unwrap();
            let _ = run(&["rmi", tagged]);
            let _ = run(&["rmi", &format!("{}@{digest}", self.repository())]);
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.forget_local();
        self.close();
    }
}

/// A folder with this `config.json`, for `DOCKER_CONFIG`.
pub(crate) fn docker_config(json: &serde_json::Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.json"), json.to_string()).unwrap();
    folder
}
