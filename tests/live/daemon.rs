//! Starts a Docker daemon of a test's own, beside the Engine that the tests use.

use std::env;
use std::process::Command;

use crate::docker::docker;

const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine.sh");

/// The release of Debian whose Engine stands in for another version, and what that begins with.
const OTHER: (&str, &str) = ("trixie", "26.1");

/// What chooses a release, as the scripts have it.
const RELEASE: &str = "MCP_DOCKER_TEST_RELEASE";

/// A Docker daemon of this test's own.
pub(crate) struct Daemon {
    /// Its socket, for `DOCKER_HOST`.
    pub(crate) host: String,
    home: String,
    release: String,
    /// Where the commands of that release are.
    path: String,
}

impl Daemon {
    /// Starts one with these flags, or says why this machine does not let us.
    pub(crate) fn start(flags: &[&str]) -> Result<Self, String> {
        let of_the_tests = |name| env::var(name).unwrap_or_default();
        Self::of(of_the_tests(RELEASE), of_the_tests("PATH"), flags)
    }

    /// The same of another version than the Engine of the tests.
    pub(crate) fn of_another_version(flags: &[&str]) -> Result<Self, String> {
        let (release, version) = OTHER;
        let of_the_tests = docker(&["version", "--format", "{{.Server.Version}}"]);
        let path = env::var("PATH").unwrap();
        if !of_the_tests.starts_with(version) {
            return Self::of(release.to_owned(), path, flags);
        }
        // The machine's own, behind the commands of a release.
        let own = path.split(':').filter(|it| !it.contains("/engines/"));
        let own: Vec<&str> = own.collect();
        Self::of(String::new(), own.join(":"), flags)
    }

    fn of(release: String, path: String, flags: &[&str]) -> Result<Self, String> {
        let output = Command::new(ENGINE)
            .env(RELEASE, &release)
            .env("PATH", &path)
            .args(["start", "--private"])
            .args(flags)
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(complaint.trim().to_owned());
        }
        let exports = String::from_utf8(output.stdout).unwrap();
        let value = |name: &str| {
            let start = format!("export {name}=");
            let line = exports.lines().find_map(|line| line.strip_prefix(&start));
            line.map(str::to_owned)
        };
        Ok(Self {
            host: value("DOCKER_HOST").expect("engine.sh exports it"),
            home: value("MCP_DOCKER_TEST_ENGINE").expect("engine.sh exports it"),
            release,
            path: value("PATH").unwrap_or(path),
        })
    }

    /// Runs its own Docker CLI on it and gives the text that it wrote.
    pub(crate) fn docker(&self, args: &[&str]) -> String {
        let said = self.run(args);
        said.unwrap_or_else(|complaint| panic!("docker {args:?}: {complaint}"))
    }

    /// The same, or what it complains of.
    pub(crate) fn run(&self, args: &[&str]) -> Result<String, String> {
        let output = Command::new("docker")
            .env("PATH", &self.path)
            .env("DOCKER_HOST", &self.host)
            .args(args)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim().to_owned();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    }

    /// Ends it and starts it again.
    pub(crate) fn restart(&self) {
        assert!(self.command("restart"), "the daemon came back");
    }

    /// Ends it at once, whatever it is about; [`restart`](Self::restart) starts it again.
    pub(crate) fn kill(&self) {
        let pid = std::fs::read_to_string(format!("{}/docker.pid", self.home)).unwrap();
        let killed = Command::new("kill").args(["-KILL", pid.trim()]).status();
        assert!(killed.unwrap().success(), "the daemon ran");
    }

    fn command(&self, word: &str) -> bool {
        Command::new(ENGINE)
            .arg(word)
            .env(RELEASE, &self.release)
            .env("PATH", &self.path)
            .env("MCP_DOCKER_TEST_ENGINE", &self.home)
            .status()
            .is_ok_and(|status| status.success())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.command("stop");
    }
}
