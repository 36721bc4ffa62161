//! Clients of the built server: one that speaks MCP as real ones do, one that sends any bytes.
//!
//! Each starts a server of its own, in an empty home and working directory and without the
//! variables the server reads, so that a developer's settings do not leak into a test. What the
//! server logs is shown when a test fails over it.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResult, Tool};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, Peer, RunningService};
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Every toolset is on.
pub const EVERYTHING: (&str, &str) = ("MCP_DOCKER_TOOLSETS", "all");

/// How long anything may take that should be quick, on a machine with other work to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a tool call may take; the Engine may have to pull or build.
const CALL_PATIENCE: Duration = Duration::from_secs(180);

/// The built program, at home in `home` and with no settings.
pub fn command(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-docker"));
    for (key, _) in std::env::vars_os() {
        if ["DOCKER_", "SAFETY_", "MCP_"]
            .iter()
            .any(|ours| starts_with(&key, ours))
        {
            command.env_remove(key);
        }
    }
    command
        .env("HOME", home)
        .env("USERPROFILE", home)
        .env_remove("XDG_CACHE_HOME")
        .env_remove("XDG_CONFIG_HOME")
        .current_dir(home)
        .kill_on_drop(true);
    command
}

fn starts_with(key: &OsStr, prefix: &str) -> bool {
    key.as_encoded_bytes().starts_with(prefix.as_bytes())
}

fn log_file(home: &Path) -> File {
    File::create(home.join("stderr.log")).unwrap()
}

fn log(home: &Path) -> String {
    std::fs::read_to_string(home.join("stderr.log")).unwrap_or_default()
}

/// A client that sends what it is told, byte for byte, and reads lines of JSON.
pub struct RawClient {
    server: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<Lines<BufReader<ChildStdout>>>,
    home: TempDir,
}

/// How a server ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none where a signal killed it.
    pub code: Option<i32>,
    /// What it sent after what was received.
    pub rest: Vec<Value>,
    /// What it logged.
    pub log: String,
}

impl RawClient {
    /// Starts a server with these variables.
    pub fn start(env: &[(&str, &str)]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), env)
    }

    /// The same in a folder with something in it.
    pub fn start_in(home: TempDir, env: &[(&str, &str)]) -> Self {
        let mut server = command(home.path())
            .envs(env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log_file(home.path()))
            .spawn()
            .unwrap();
        let stdin = server.stdin.take();
        let stdout = server
            .stdout
            .take()
            .map(|stdout| BufReader::new(stdout).lines());
        Self {
            server,
            stdin,
            stdout,
            home,
        }
    }

    /// Starts a server and opens a session in one of the versions that have `initialize`.
    pub async fn session(version: &str, env: &[(&str, &str)]) -> Self {
        let mut client = Self::start(env);
        let answer = client.initialize(version).await;
        assert!(answer["result"].is_object(), "initialize failed: {answer}");
        client
    }

    /// Sends these bytes and nothing else.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        let sent = timeout(PATIENCE, async {
            stdin.write_all(bytes).await?;
            stdin.flush().await
        });
        sent.await
            .expect("the server reads its input")
            .expect("the server is there");
    }

    /// Sends a message on a line of its own.
    pub async fn send(&mut self, message: Value) {
        self.send_bytes(format!("{message}\n").as_bytes()).await;
    }

    /// The next message from the server.
    pub async fn receive(&mut self) -> Value {
        match self.next().await {
            Some(message) => message,
            None => panic!(
                "the server closed its output; it logged:\n{}",
                log(self.home.path())
            ),
        }
    }

    /// The next line from the server, as it is.
    pub async fn receive_line(&mut self) -> String {
        let stdout = self.stdout.as_mut().expect("stdout is open");
        let line = timeout(PATIENCE, stdout.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("silent:\n{}", log(self.home.path())));
        line.unwrap().expect("the server is there")
    }

    /// Sends a request and gives the answer to it; notifications in between are passed over.
    pub async fn request(&mut self, id: i64, method: &str, params: Value) -> Value {
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        loop {
            let message = self.receive().await;
            if message.get("method").is_none() {
                assert_eq!(message["id"], id, "not the answer to `{method}`: {message}");
                return message;
            }
        }
    }

    /// Opens a session and gives the answer to `initialize`.
    pub async fn initialize(&mut self, version: &str) -> Value {
        self.initialize_with(version, json!({})).await
    }

    /// Opens a session with these capabilities of the client.
    pub async fn initialize_with(&mut self, version: &str, capabilities: Value) -> Value {
        let params = json!({
            "protocolVersion": version,
            "capabilities": capabilities,
            "clientInfo": {"name": "test", "version": "1"},
        });
        let answer = self.request(0, "initialize", params).await;
        self.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        answer
    }

    /// The process id of the server.
    pub fn pid(&self) -> u32 {
        self.server.id().expect("the server runs")
    }

    /// The server's input, for someone else to write to.
    pub fn take_stdin(&mut self) -> ChildStdin {
        self.stdin.take().expect("stdin is open")
    }

    /// Closes the server's input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Stops reading the server's output, for good.
    pub fn close_stdout(&mut self) {
        self.stdout = None;
    }

    /// Waits for the server to end; whether its input is closed is the test's business.
    pub async fn ended(mut self) -> Ended {
        let mut rest = Vec::new();
        while let Some(message) = self.next().await {
            rest.push(message);
        }
        let status = timeout(PATIENCE, self.server.wait()).await;
        let log = log(self.home.path());
        let status =
            status.unwrap_or_else(|_| panic!("the server does not end; it logged:\n{log}"));
        Ended {
            code: status.unwrap().code(),
            rest,
            log,
        }
    }

    async fn next(&mut self) -> Option<Value> {
        let line = timeout(PATIENCE, self.stdout.as_mut()?.next_line()).await;
        let log = || log(self.home.path());
        let line = line.unwrap_or_else(|_| panic!("the server is silent; it logged:\n{}", log()));
        let line = line.unwrap()?;
        match serde_json::from_str(&line) {
            Ok(message) => Some(message),
            Err(error) => panic!("stdout holds what is no JSON ({error}): {line}"),
        }
    }
}

/// A client that speaks MCP, as rmcp does.
pub struct Client {
    service: RunningService<RoleClient, ()>,
    _home: TempDir,
}

impl Client {
    /// Starts a server with these variables and opens a session by `initialize`.
    pub async fn start(env: &[(&str, &str)]) -> Self {
        Self::start_as(ClientLifecycleMode::Initialize, env).await
    }

    /// Starts a server with these variables and opens a session in the given way.
    pub async fn start_as(lifecycle: ClientLifecycleMode, env: &[(&str, &str)]) -> Self {
        let with_env = |command: &mut Command| {
            command.envs(env.iter().copied());
        };
        Self::open(lifecycle, with_env).await
    }

    /// Starts a server by a command that is changed first, and opens a session by `initialize`.
    pub async fn start_by(change: impl FnOnce(&mut Command)) -> Self {
        Self::open(ClientLifecycleMode::Initialize, change).await
    }

    async fn open(lifecycle: ClientLifecycleMode, change: impl FnOnce(&mut Command)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = command(home.path());
        change(&mut command);
        let (server, _) = TokioChildProcess::builder(command)
            .stderr(log_file(home.path()))
            .spawn()
            .unwrap();
        let service = timeout(PATIENCE, ().serve_with_lifecycle(server, lifecycle))
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or_else(|| panic!("no session; the server logged:\n{}", log(home.path())));
        Self {
            service,
            _home: home,
        }
    }

    /// Every tool the server lists.
    pub async fn list_tools(&self) -> Vec<Tool> {
        timeout(PATIENCE, self.service.list_all_tools())
            .await
            .unwrap()
            .unwrap()
    }

    /// Calls a tool with a JSON object of arguments; a protocol error fails the test.
    pub async fn call(&self, tool: &str, arguments: Value) -> CallToolResult {
        let Value::Object(arguments) = arguments else {
            panic!("the arguments of `{tool}` are no object: {arguments}");
        };
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        timeout(CALL_PATIENCE, self.service.call_tool(request))
            .await
            .unwrap()
            .unwrap()
    }

    /// The server, for requests that have no method here.
    pub fn peer(&self) -> &Peer<RoleClient> {
        self.service.peer()
    }

    /// Ends the session and waits for the server to leave.
    pub async fn stop(self) {
        timeout(PATIENCE, self.service.cancel())
            .await
            .unwrap()
            .unwrap();
    }
}
