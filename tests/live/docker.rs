//! Asks the Engine directly, through the Docker CLI: the witness that is not the server under test.

use std::env;
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A program for a container that waits and leaves at once when it is asked to stop.
pub(crate) const WAIT: &str = "trap 'exit 0' TERM; sleep 2147483647 & wait";

/// Whether live tests are to run; says once that they are not.
///
/// # Panics
/// Where they are and no Engine answers, or it has no image to test with.
pub(crate) fn wanted() -> bool {
    static WANTED: OnceLock<bool> = OnceLock::new();
    *WANTED.get_or_init(|| {
        if env::var("MCP_DOCKER_LIVE").as_deref() != Ok("1") {
            not_run("live tests need MCP_DOCKER_LIVE=1 and a Docker Engine; run tests/run.sh");
            return false;
        }
        run(&["image", "inspect", &image()]).unwrap_or_else(|error| {
            panic!(
                "no Docker Engine with the image `{}` at DOCKER_HOST={:?}; \
                 run tests/run.sh or `eval \"$(tests/engine.sh start)\"`: {error}",
                image(),
                env::var("DOCKER_HOST").unwrap_or_default(),
            )
        });
        true
    })
}

/// Says that a test was not run, past the test harness's capture and to `tests/run.sh`.
pub(crate) fn not_run(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "NOT RUN: {why}");
    if let Ok(path) = env::var("MCP_DOCKER_NOT_RUN") {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .expect("the file named by MCP_DOCKER_NOT_RUN opens");
        writeln!(file, "{why}").expect("the file named by MCP_DOCKER_NOT_RUN is written");
    }
}

/// The image that every container of these tests is made from.
pub(crate) fn image() -> String {
    env::var("MCP_DOCKER_TEST_IMAGE").unwrap_or_else(|_| "mcp-docker-test:1".to_owned())
}

/// Runs the Docker CLI and gives what it wrote, or its complaint.
pub(crate) fn run(args: &[&str]) -> Result<Vec<u8>, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new("docker")
        .args(args)
        .output()
        .map_err(|error| format!("the docker command does not run: {error}"))?;
    if status.success() {
        Ok(stdout)
    } else {
        Err(String::from_utf8_lossy(&stderr).trim().to_owned())
    }
}

/// Runs the Docker CLI and gives the text it wrote, without the white space around it.
///
/// # Panics
/// Where it fails.
pub(crate) fn docker(args: &[&str]) -> String {
    let stdout = run(args).unwrap_or_else(|error| panic!("docker {args:?}: {error}"));
    String::from_utf8(stdout)
        .expect("the docker command writes UTF-8")
        .trim()
        .to_owned()
}

/// Runs the Docker CLI and gives what it wrote to either stream.
fn written(args: &[&str]) -> String {
    let Output { stdout, stderr, .. } = Command::new("docker").args(args).output().unwrap();
    String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned()
}

/// The Engine's own document of a container.
pub(crate) fn inspect(container: &str) -> Value {
    let documents = docker(&["container", "inspect", container]);
    serde_json::from_str::<Value>(&documents).expect("inspect writes JSON")[0].take()
}

/// A name that no other test, process or run uses.
pub(crate) fn unique(what: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("mcp-docker-test-{what}-{}-{count}", std::process::id())
}

/// A container that is gone when the test ends.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) name: String,
}

impl Container {
    /// A claim on a name, for a container that the server under test will create.
    pub(crate) fn named(what: &str) -> Self {
        Self { name: unique(what) }
    }

    /// A container that runs a shell program.
    pub(crate) fn running(what: &str, program: &str) -> Self {
        Self::with(what, &["run", "-d"], program)
    }

    /// A container that was never started.
    pub(crate) fn created(what: &str) -> Self {
        Self::with(what, &["create"], WAIT)
    }

    /// A container that ran a shell program to its end.
    pub(crate) fn finished(what: &str, program: &str) -> Self {
        let container = Self::running(what, program);
        docker(&["wait", &container.name]);
        container
    }

    /// A container made by this CLI command and its flags, from a shell program.
    pub(crate) fn with(what: &str, command: &[&str], program: &str) -> Self {
        let container = Self::named(what);
        let image = image();
        let mut args = command.to_vec();
        args.extend(["--name", &container.name, &image, "sh", "-c", program]);
        docker(&args);
        container
    }

    /// A container, run with these flags, whose log ends with this line, and which goes on running: an Engine
    /// waits two seconds for the output of one that ended, and under load loses what comes later.
    pub(crate) fn logged(what: &str, flags: &[&str], program: &str, last: &str) -> Self {
        let command = [&["run", "-d"], flags].concat();
        let container = Self::with(what, &command, &format!("{program}; {WAIT}"));
        eventually(
            &format!("`{last}` as the last line of {}", container.name),
            || written(&["logs", "--tail", "1", &container.name]).contains(last),
        );
        container
    }

    /// The full id.
    pub(crate) fn id(&self) -> String {
        inspect(&self.name)["Id"].as_str().unwrap().to_owned()
    }

    /// The Engine's word for its state.
    pub(crate) fn state(&self) -> String {
        inspect(&self.name)["State"]["Status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Whether the Engine still knows it.
    pub(crate) fn exists(&self) -> bool {
        run(&["container", "inspect", &self.name]).is_ok()
    }

    /// Waits until its log holds this text.
    pub(crate) fn has_logged(&self, text: &str) {
        eventually(&format!("`{text}` in the log of {}", self.name), || {
            written(&["logs", &self.name]).contains(text)
        });
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = run(&["rm", "-f", "-v", &self.name]);
    }
}

/// A volume or network that is gone when the test ends.
#[derive(Debug)]
pub(crate) struct Object {
    kind: &'static str,
    pub(crate) name: String,
}

impl Object {
    /// Makes a `volume` or a `network`.
    pub(crate) fn new(kind: &'static str) -> Self {
        let object = Self::claim(kind);
        docker(&[kind, "create", &object.name]);
        object
    }

    /// A claim on a name, for a `volume` or a `network` that the test will make.
    pub(crate) fn claim(kind: &'static str) -> Self {
        let name = unique(kind);
        Self { kind, name }
    }

    /// Whether the Engine knows it.
    pub(crate) fn exists(&self) -> bool {
        run(&[self.kind, "inspect", &self.name]).is_ok()
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        let _ = run(&[self.kind, "rm", &self.name]);
    }
}

/// Waits for something that is bound to happen soon.
///
/// # Panics
/// Where it does not within half a minute.
pub(crate) fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
