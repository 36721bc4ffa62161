//! The toolset `swarm`, and what others know of it, on the three nodes of `tests/swarm.sh`.
//!
//! Tests that only make services of their own share the swarm; those that change its nodes have it alone.

mod changes;
mod nodes;
mod resource;
mod services;
mod stacks;
mod states;
mod troubles;

use std::env;
use std::fs::File;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{FlockOperation, flock};
use serde_json::{Value, json};

use crate::docker::{image, not_run, unique, wanted};
use crate::session::Session;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/swarm.sh");

/// Addresses that no other network of the tests has. The swarm would give those of the network that went last,
/// which a node may still hold: it rejects the next one's tasks until it notices.
fn subnet() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let [.., high, low] = std::process::id().to_be_bytes();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    assert!(count < 16, "there are sixteen of a process");
    format!("10.{}.{low}.{}/28", 128 + high % 128, 16 * count)
}

/// The swarm, for as long as one test needs it.
pub(crate) struct Swarm {
    home: String,
    /// None where it is the test's own, and ends with it.
    lock: Option<File>,
}

impl Swarm {
    /// Beside other tests that leave its nodes alone.
    pub(crate) fn shared() -> Option<Self> {
        Self::locked(FlockOperation::LockShared)
    }

    /// For a test that does something to its nodes.
    pub(crate) fn alone() -> Option<Self> {
        Self::locked(FlockOperation::LockExclusive)
    }

    /// One of the test's own, where it is to break.
    pub(crate) fn own() -> Option<Self> {
        // Where no other test has one, this is not wanted either.
        drop(Self::shared()?);
        let started = Command::new(SCRIPT)
            .arg("start")
            .env_remove("MCP_DOCKER_TEST_SWARM")
            .output()
            .unwrap();
        let exports = String::from_utf8_lossy(&started.stdout).into_owned();
        let mut lines = exports.lines();
        let home = lines.find_map(|line| line.strip_prefix("export MCP_DOCKER_TEST_SWARM="));
        let home = home.unwrap_or_else(|| panic!("{started:?}")).to_owned();
        Some(Self { home, lock: None })
    }

    fn locked(how: FlockOperation) -> Option<Self> {
        if !wanted() {
            return None;
        }
        let home = match env::var("MCP_DOCKER_TEST_SWARM") {
            Ok(home) if home == "none" => return None,
            Ok(home) if !home.is_empty() => home,
            _ => {
                not_run(
                    "the tests of Swarm need `eval \"$(tests/swarm.sh start)\"`; run tests/run.sh",
                );
                return None;
            }
        };
        let lock = File::create(format!("{home}/lock")).expect("the swarm's directory is there");
        flock(&lock, how).unwrap();
        Some(Self {
            home,
            lock: Some(lock),
        })
    }

    fn host(&self, node: u8) -> String {
        format!("unix://{}/{node}/docker.sock", self.home)
    }

    /// Runs the Docker CLI on the manager.
    pub(crate) fn run(&self, args: &[&str]) -> Result<String, String> {
        let output = Command::new("docker")
            .args(["--host", &self.host(1)])
            .args(args)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stderr)),
        }
    }

    /// The same of what does not fail.
    #[track_caller]
    pub(crate) fn docker(&self, args: &[&str]) -> String {
        self.run(args)
            .unwrap_or_else(|error| panic!("docker {args:?}: {error}"))
    }

    fn node(&self, word: &str, node: u8) {
        let script = Command::new(SCRIPT)
            .args([word, &node.to_string()])
            .env("MCP_DOCKER_TEST_SWARM", &self.home)
            .status();
        assert!(script.unwrap().success(), "{word} {node}");
    }

    pub(crate) fn kill(&self, node: u8) {
        self.node("kill", node);
    }

    pub(crate) fn revive(&self, node: u8) {
        self.node("revive", node);
    }

    /// A server for a node, on which everything is on and nobody is asked.
    pub(crate) async fn session(&self, node: u8) -> Session {
        self.session_with(node, &[]).await
    }

    /// The same with more settings.
    pub(crate) async fn session_with(&self, node: u8, more: &[(&str, &str)]) -> Session {
        let host = self.host(node);
        let mut settings = vec![
            ("DOCKER_BASE_URL", host.as_str()),
            ("MCP_DOCKER_TOOLSETS", "all"),
        ];
        settings.extend(Session::DESTRUCTIVE);
        settings.extend(more);
        Session::with(&settings)
            .await
            .expect("live tests are wanted")
    }

    /// A service of a shell program, with these flags; what it is called.
    pub(crate) fn service(&self, what: &str, flags: &[&str], program: &str) -> Service<'_> {
        self.service_of(what, &image(), flags, program)
    }

    /// The same of another image.
    pub(crate) fn service_of(
        &self,
        what: &str,
        image: &str,
        flags: &[&str],
        program: &str,
    ) -> Service<'_> {
        let name = unique(what);
        let mut args = vec![
            "service",
            "create",
            "--detach",
            "--no-resolve-image",
            "--quiet",
            "--name",
            &name,
        ];
        args.extend(flags);
        args.extend([image, "sh", "-c", program]);
        self.docker(&args);
        Service { swarm: self, name }
    }
}

impl Drop for Swarm {
    fn drop(&mut self) {
        if self.lock.is_none() {
            let _ = Command::new(SCRIPT)
                .arg("stop")
                .env("MCP_DOCKER_TEST_SWARM", &self.home)
                .status();
        }
    }
}

/// A service that is gone when the test ends.
pub(crate) struct Service<'a> {
    swarm: &'a Swarm,
    pub(crate) name: String,
}

impl<'a> Service<'a> {
    /// A claim on a name, for a service that the server under test will create.
    pub(crate) fn claim(swarm: &'a Swarm, name: &str) -> Self {
        Self {
            swarm,
            name: name.to_owned(),
        }
    }
}

impl Drop for Service<'_> {
    fn drop(&mut self) {
        let _ = self.swarm.run(&["service", "rm", &self.name]);
    }
}

/// Calls a tool until its result is as it should be in the end, and gives that.
pub(crate) async fn until(
    session: &Session,
    tool: &'static str,
    arguments: Value,
    is_so: impl Fn(&Value) -> bool,
) -> Value {
    let start = std::time::Instant::now();
    loop {
        let result = session.call(tool, arguments.clone()).await;
        let given = result.structured_content.clone().unwrap_or_default();
        if result.is_error != Some(true) && is_so(&given) {
            return given;
        }
        let waited = start.elapsed().as_secs();
        assert!(
            waited < 60,
            "{tool} {arguments} never came to it: {result:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// The item of a list with that name.
pub(crate) fn named<'v>(list: &'v Value, key: &str, name: &str) -> &'v Value {
    let items = list[key].as_array().into_iter().flatten();
    items
        .into_iter()
        .find(|it| it["name"] == name)
        .unwrap_or(&Value::Null)
}

/// What lists only services with that name.
pub(crate) fn only(name: &str) -> Value {
    json!({ "filters": { "name": name } })
}
