//! Starts a Docker daemon of a test's own, beside the Engine that the tests use.

use std::process::Command;

const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine.sh");

/// A Docker daemon of this test's own.
pub(crate) struct Daemon {
    /// Its socket, for `DOCKER_HOST`.
    pub(crate) host: String,
    home: String,
}

impl Daemon {
    /// Starts one with these flags, or says why this machine does not let us.
    pub(crate) fn start(flags: &[&str]) -> Result<Self, String> {
        let output = Command::new(ENGINE)
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
            line.expect("engine.sh exports it").to_owned()
        };
        Ok(Self {
            host: value("DOCKER_HOST"),
            home: value("MCP_DOCKER_TEST_ENGINE"),
        })
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
