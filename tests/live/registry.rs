//! Runs a registry on loopback, and keeps Docker configurations that know its password.

use std::fs;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
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
    _directory: TempDir,
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
        let process = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registry.sh"))
            .arg(port.to_string())
            .arg(directory.path())
            .args(user)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut registry = Self {
            host: format!("127.0.0.1:{port}"),
            repository: unique("repository"),
            process,
            _directory: directory,
        };
        registry.wait();
        registry
    }

    /// Waits until it listens; a first run has packages to install.
    fn wait(&mut self) {
        let start = Instant::now();
        while std::net::TcpStream::connect(&self.host).is_err() {
            let ended = self.process.try_wait().unwrap();
            let log = || fs::read_to_string(self._directory.path().join("log")).unwrap();
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
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder with this `config.json`, for `DOCKER_CONFIG`.
pub(crate) fn docker_config(json: &serde_json::Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.json"), json.to_string()).unwrap();
    folder
}
