//! Has several Engines at once: which one a call goes to, and what is said of it.

mod destructive;
mod everywhere;
mod kept;
mod objects;
mod requests;
mod routing;

use std::sync::Arc;

use mcp_docker::config::{Config, Host};
use mcp_docker::fleet::Fleet;
use mcp_docker::generated::table;
use mcp_docker::server::Server;
use rmcp::model::{CallToolRequestParams, CallToolResult, Tool};
use rmcp::service::RunningService;
use rmcp::{RoleClient, ServiceExt as _};
use serde_json::{Value, json};

use crate::support::fake_engine::FakeEngine;

/// Engines by their names.
struct Hosts(Vec<(String, FakeEngine)>);

impl Hosts {
    /// Two that have a container, an image, a network and a volume of the same names, each with ids of its own.
    fn two() -> Self {
        Self::named(["nas", "office"])
    }

    fn named<const N: usize>(names: [&str; N]) -> Self {
        Self(names.map(|name| (name.to_owned(), engine(name))).into())
    }

    fn of(&self, name: &str) -> &FakeEngine {
        let mut hosts = self.0.iter();
        &hosts.find(|(known, _)| known == name).unwrap().1
    }

    /// A configuration of these hosts, of which one may be the default.
    fn config(&self, default: Option<&str>) -> Config {
        let mut config = Config::default();
        config.hosts = self
            .0
            .iter()
            .map(|(name, engine)| Host {
                name: name.clone(),
                docker: engine.config(),
                safety: config.safety.clone(),
                is_default: default == Some(name),
            })
            .collect();
        config
    }

    /// What each was asked to change.
    fn changes(&self, name: &str) -> Vec<String> {
        let requests = self.of(name).requests().into_iter();
        requests.filter(|it| !it.starts_with("GET ")).collect()
    }
}

/// The id of what that host calls so.
fn id(host: &str, name: &str) -> String {
    let word: String = format!("{host}{name}")
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{word:0<64}").chars().take(64).collect()
}

fn engine(host: &str) -> FakeEngine {
    let (container, network) = (id(host, "web"), id(host, "net"));
    let inspect = json!({
        "Id": container, "Name": "/web", "Image": "sha256:0", "Mounts": [], "Created": "2026-01-01T10:00:00Z",
        "Config": { "Image": "shop:1", "Labels": {} }, "State": { "Status": "exited", "Running": false },
        "HostConfig": {},
    });
    let listed = json!([{
        "Id": container, "Names": ["/web"], "Image": "shop:1", "State": "exited", "Status": "Exited",
        "Created": 1_767_261_600, "Ports": [], "Labels": {},
    }]);
    FakeEngine::start()
        .on(
            "GET /info",
            json!({ "Name": host, "ID": host, "DockerRootDir": "/var/lib/docker" }),
        )
        .on("GET /containers/json", listed)
        .on("GET /volumes", json!({ "Volumes": [] }))
        .on(
            "GET /images/*/json",
            json!({ "Id": "sha256:0", "RepoTags": ["shop:1"], "Config": {} }),
        )
        .on("GET /containers/*/json", inspect)
        .on(
            "GET /networks/*",
            json!({ "Id": network, "Name": "net", "Driver": "bridge", "Containers": {} }),
        )
        .on(
            "GET /volumes/*",
            json!({ "Name": "data", "Driver": "local", "Mountpoint": "/m" }),
        )
        .on(
            "POST /containers/*/stop",
            crate::support::fake_engine::Reply::empty(204),
        )
        .on("DELETE /*", crate::support::fake_engine::Reply::empty(204))
}

type Client = RunningService<RoleClient, ()>;

/// A client of a server with that configuration.
async fn open(config: Config) -> Client {
    let server = Server::new(Arc::new(Fleet::new(config, table::parse)));
    let (near, far) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move { server.serve(far).await.unwrap().waiting().await });
    ().serve(near).await.unwrap()
}

async fn call(client: &Client, tool: &str, arguments: Value) -> CallToolResult {
    let mut params = CallToolRequestParams::new(tool.to_owned());
    params.arguments = arguments.as_object().cloned();
    client.call_tool(params).await.unwrap()
}

/// The text of a result that has to be a failure.
fn failure(result: &CallToolResult) -> String {
    assert_eq!(result.is_error, Some(true), "{result:?}");
    text(result)
}

/// What a call gave that has to be a success.
fn done(result: CallToolResult) -> Value {
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

fn text(result: &CallToolResult) -> String {
    let texts = result.content.iter().filter_map(|it| it.as_text());
    texts.map(|text| text.text.clone()).collect()
}

fn tool<'a>(tools: &'a [Tool], name: &str) -> &'a Tool {
    tools.iter().find(|tool| tool.name == name).unwrap()
}
