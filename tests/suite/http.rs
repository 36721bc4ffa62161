//! Protects the transports over the network: who is let in and how much they reach, what one client can
//! take from the others, and how calls, sessions and the server end.

mod connections;
mod ending;
mod guard;
mod limits;
mod malformed;
mod questions;
mod sessions;
mod shutdown;
mod sign_in;
mod tls;
mod websocket;

use serde_json::{Value, json};

use crate::support::client;
use crate::support::exchange::{assert_done, failure};
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::http::{PATIENCE, Server, Session};

/// All of them.
const TRANSPORTS: [&str; 3] = ["sse", "http", "websocket"];

/// Those in which each message is a request of its own.
const POSTING: [&str; 2] = ["sse", "http"];

const TOKEN: &str = "correct-horse";
const READ_ONLY: &str = "battery-staple";
const TOKENS: [(&str, &str); 2] = [
    ("MCP_DOCKER_AUTH_TOKEN", TOKEN),
    ("MCP_DOCKER_READONLY_TOKEN", READ_ONLY),
];

/// An Engine with containers of any name, whose logs never end.
fn engine() -> FakeEngine {
    FakeEngine::start()
        .answer("GET /containers/*/json", |seen| {
            let name = seen.target.split('/').nth(2).unwrap_or_default();
            Reply::json(
                200,
                &json!({
                    "Id": format!("{name}{:0>60}", 1), "Name": format!("/{name}"), "Image": "sha256:0",
                    "Config": { "Image": "shop:1", "Tty": false }, "Mounts": [], "HostConfig": {},
                    "State": { "Status": "exited", "Running": true },
                }),
            )
        })
        .on("GET /containers/json", json!([]))
        .on(
            "GET /containers/*/logs",
            Reply::chunks(["\x01\0\0\0\0\0\0\x03ok\n"]).then_hang(),
        )
        .on("POST /containers/*/stop", Reply::empty(204))
        .on("DELETE /*", Reply::empty(204))
}

/// A server for that Engine with these settings, that may destroy.
async fn server(engine: &FakeEngine, transport: &'static str, env: &[(&str, &str)]) -> Server {
    let address = engine.address();
    let own = [
        ("DOCKER_BASE_URL", address.as_str()),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ];
    Server::start(transport, &[&own, env].concat()).await
}

/// Calls a tool whose answer does not come while the client waits.
async fn follow_logs(session: &mut Session, id: i64) {
    session.call(id, "docker_container_logs", follow()).await;
}

fn follow() -> Value {
    json!({ "container_id": "web", "follow": true, "follow_seconds": 60 })
}

/// Starts a server that has to end by itself, and gives its exit code and what it said.
async fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let home = tempfile::tempdir().unwrap();
    let mut command = client::command(home.path());
    let output = tokio::time::timeout(PATIENCE, command.args(arguments).output()).await;
    let output = output.expect("it does not start").unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}
