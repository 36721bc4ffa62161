//! Has a collector that others wrote take the spans and hand them on, as it would to whatever keeps them.

use std::io::{Seek as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::{Collector, PARENT, TRACE, call, engine, hex, text};
use crate::support::client::RawClient;

/// How long it may take to begin, and to hand on what it was given.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was sent, which that collector packs whatever it is told.
pub(super) fn plain(body: &[u8]) -> Vec<u8> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return body.to_vec();
    }
    let mut packed = tempfile::tempfile().unwrap();
    packed.write_all(body).unwrap();
    packed.rewind().unwrap();
    let unpacked = std::process::Command::new("gzip")
        .arg("-dc")
        .stdin(packed)
        .output();
    unpacked.unwrap().stdout
}

async fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_collector_that_others_wrote_takes_the_spans_and_hands_them_on() {
    let program = std::env::var_os("MCP_DOCKER_TEST_COLLECTOR");
    let program = program.expect("no MCP_DOCKER_TEST_COLLECTOR: tests/collector.sh brings one");
    let (behind, http, grpc) = (
        Collector::start().await,
        free_address().await,
        free_address().await,
    );
    let folder = tempfile::tempdir().unwrap();
    let _between = Command::new(program)
        .args([
            "start",
            "--otlp-http-endpoint",
            &http,
            "--otlp-grpc-endpoint",
            &grpc,
        ])
        .args(["--exporter", "otlp", "--otlp-exporter-protocol", "http"])
        .args(["--otlp-exporter-endpoint", &behind.endpoint()])
        .args(["--batch-timeout", "200ms"])
        .env_clear()
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let begun = async {
        while TcpStream::connect(&http).await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, begun)
        .await
        .expect("the collector listens");

    let engine = engine();
    let address = engine.address();
    let endpoint = format!("http://{http}");
    let env = [
        ("DOCKER_BASE_URL", address.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
    ];
    let mut client = RawClient::session("2025-11-25", &env).await;
    call(&mut client, "docker_list_containers", json!({})).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);

    let came = async {
        loop {
            let spans = behind.spans();
            let of = |name: &str| spans.iter().find(|(_, span)| span.name == name).cloned();
            if let (Some(call), Some(request)) = (
                of("tools/call docker_list_containers"),
                of("GET /containers/json"),
            ) {
                return (call, request);
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let came = timeout(PATIENCE, came).await;
    let ((service, call), (_, request)) = came.expect("the spans come through");
    assert_eq!(service, "mcp-docker");
    assert_eq!(hex(&call.trace_id), TRACE);
    assert_eq!(hex(&call.parent_span_id), PARENT);
    assert_eq!(call.trace_state, "rojo=1");
    let told = |key| text(&call.attributes, key);
    assert_eq!(
        told("gen_ai.tool.name").as_deref(),
        Some("docker_list_containers")
    );
    assert_eq!(request.parent_span_id, call.span_id);
}
