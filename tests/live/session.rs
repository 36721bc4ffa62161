//! Holds an MCP session with the built binary over stdio and checks every answer it gets.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use jsonschema::Validator;
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResponse, CallToolResult, ClientRequest,
    ContentBlock, PingRequest,
};
use rmcp::service::{Peer, PeerRequestOptions, RequestHandle, RoleClient, RunningService};
use rmcp::transport::TokioChildProcess;
use rmcp::{ServiceExt, object};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::docker;
use crate::relay::Relay;

/// What a test that hangs is cut off at; far beyond what any call here needs.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server process and a client that has initialized it.
pub(crate) struct Session {
    pub(crate) client: RunningService<RoleClient, ()>,
    schemas: HashMap<String, Validator>,
    /// The process id of the server.
    pub(crate) pid: u32,
    /// An empty working directory, so that no `.env` is read.
    _directory: TempDir,
}

impl Session {
    /// A session with the default configuration, or nothing where live tests are not to run.
    pub(crate) async fn start() -> Option<Self> {
        Self::with(&[]).await
    }

    /// A session whose server has these settings beside `DOCKER_HOST`.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Option<Self> {
        if !docker::wanted() {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let command = command(settings, directory.path());
        Some(Self::over(command, directory).await)
    }

    /// A session with the server that this command starts.
    pub(crate) async fn over(command: Command, directory: TempDir) -> Self {
        let process = TokioChildProcess::new(command).unwrap();
        let pid = process.id().expect("the server runs");
        let client = within(().serve(process)).await.expect("the server starts");
        let tools = within(client.list_all_tools()).await.expect("tools/list");
        let schemas = tools
            .into_iter()
            .map(|tool| {
                let schema = tool
                    .output_schema
                    .unwrap_or_else(|| panic!("{} has no output schema", tool.name));
                let schema = Value::Object((*schema).clone());
                let validator = jsonschema::validator_for(&schema)
                    .unwrap_or_else(|error| panic!("output schema of {}: {error}", tool.name));
                (tool.name.into_owned(), validator)
            })
            .collect();
        Self {
            client,
            schemas,
            pid,
            _directory: directory,
        }
    }

    /// A session whose way to the Engine can be counted and cut.
    pub(crate) async fn relayed() -> Option<(Self, Relay)> {
        if !docker::wanted() {
            return None;
        }
        let relay = Relay::open();
        let session = Self::with(&[("DOCKER_HOST", &relay.address())]).await?;
        Some((session, relay))
    }

    /// Settings that let a destructive tool act at once.
    pub(crate) const DESTRUCTIVE: [(&str, &str); 2] = [
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ];

    /// Calls a tool and gives its result: a success that fits the tool's own output schema.
    ///
    /// # Panics
    /// Where the call fails or the result does not fit.
    pub(crate) async fn ok(&self, tool: &'static str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        self.checked(tool, result)
    }

    /// Calls a tool and gives the text of its failure.
    ///
    /// # Panics
    /// Where the call succeeds.
    pub(crate) async fn fails(&self, tool: &'static str, arguments: Value) -> String {
        failure(tool, self.call(tool, arguments).await)
    }

    /// Calls a tool, and looks whether the text of its failure has these words.
    pub(crate) async fn refuses(&self, tool: &'static str, arguments: Value, words: &[&str]) {
        says(&self.fails(tool, arguments).await, words);
    }

    /// Calls a tool about what is not there, and looks whether the failure says so and of what.
    pub(crate) async fn knows_none(&self, tool: &'static str, parameter: &str, says: &str) {
        let absent = docker::unique("absent");
        self.refuses(tool, json!({ parameter: absent }), &[says, &absent])
            .await;
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> CallToolResult {
        call(self.client.peer().clone(), tool, arguments).await
    }

    /// Starts a call and lets it run beside the test.
    pub(crate) fn spawn(
        &self,
        tool: &'static str,
        arguments: Value,
    ) -> tokio::task::JoinHandle<CallToolResult> {
        tokio::spawn(call(self.client.peer().clone(), tool, arguments))
    }

    /// Starts a call that can be cancelled.
    pub(crate) async fn cancellable(
        &self,
        tool: &'static str,
        arguments: Value,
    ) -> RequestHandle<RoleClient> {
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params(tool, arguments)));
        let options = PeerRequestOptions::no_options();
        within(
            self.client
                .peer()
                .send_cancellable_request(request, options),
        )
        .await
        .expect("the request is sent")
    }

    /// Pings the server.
    pub(crate) async fn ping(&self) {
        let ping = ClientRequest::PingRequest(PingRequest::default());
        within(self.client.peer().send_request(ping))
            .await
            .expect("ping is answered");
    }

    /// The names of the tools that the server lists.
    pub(crate) async fn tools(&self) -> Vec<String> {
        let tools = within(self.client.list_all_tools())
            .await
            .expect("tools/list is answered");
        tools
            .into_iter()
            .map(|tool| tool.name.into_owned())
            .collect()
    }

    /// Hangs up and waits for the server to end.
    pub(crate) async fn close(self) {
        within(self.client.cancel()).await.expect("the client ends");
    }

    /// The structured result of a success, checked against the schema and the text beside it.
    pub(crate) fn checked(&self, tool: &str, result: CallToolResult) -> Value {
        assert_ne!(
            result.is_error,
            Some(true),
            "{tool} failed: {}",
            text(&result)
        );
        let written = text(&result);
        let structured = result
            .structured_content
            .unwrap_or_else(|| panic!("{tool} gave no structured result"));
        let errors: Vec<_> = self.schemas[tool]
            .iter_errors(&structured)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "the result of {tool} does not fit its output schema: {errors:?}\n{structured:#}"
        );
        let written: Value = serde_json::from_str(&written).expect("the text block holds JSON");
        assert_eq!(written, structured, "{tool}: the text block differs");
        structured
    }
}

/// The text of a failed call.
///
/// # Panics
/// Where the call succeeded.
pub(crate) fn failure(tool: &str, result: CallToolResult) -> String {
    let text = text(&result);
    assert_eq!(
        result.is_error,
        Some(true),
        "{tool} succeeded where it should not: {text}"
    );
    assert!(!text.is_empty(), "{tool} failed without a word");
    text
}

/// Fails unless a text holds every one of these words, in any case.
#[track_caller]
pub(crate) fn says(text: &str, words: &[&str]) {
    let lower = text.to_lowercase();
    for word in words {
        assert!(
            lower.contains(&word.to_lowercase()),
            "`{word}` is missing from: {text}"
        );
    }
}

fn command(settings: &[(&str, &str)], directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-docker"));
    // Nothing of the developer's own settings may reach the server under test.
    command.current_dir(directory).env_clear();
    for name in ["PATH", "DOCKER_HOST"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("DOCKER_CONFIG", directory);
    command.envs(settings.iter().copied());
    command
}

async fn call(peer: Peer<RoleClient>, tool: &'static str, arguments: Value) -> CallToolResult {
    let response = within(peer.call_tool_once(params(tool, arguments)))
        .await
        .unwrap_or_else(|error| panic!("{tool}: {error}"));
    match response {
        CallToolResponse::Complete(result) => result,
        other => panic!("{tool} asked for something: {other:?}"),
    }
}

fn params(tool: &'static str, arguments: Value) -> CallToolRequestParams {
    let arguments: Map<String, Value> = match arguments {
        Value::Object(arguments) => arguments,
        Value::Null => object!({}),
        other => panic!("arguments are an object, not {other}"),
    };
    CallToolRequestParams::new(tool).with_arguments(arguments)
}

fn text(result: &CallToolResult) -> String {
    result
        .content
        .iter()
        .filter_map(|block| match block {
            ContentBlock::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect()
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("the server answers in time")
}
