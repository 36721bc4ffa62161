//! Holds what a program built with the feature `opentelemetry` exports: the spans of calls and of their requests,
//! below the client's, and of what a call says nothing.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on is to fail, and says so best by panicking"
)]

#[path = "../support/mod.rs"]
#[allow(unused_imports, reason = "each test crate uses its own part")]
mod support;

mod real;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use support::authority::{Authority, Folder, For};
use support::client::RawClient;
use support::fake_engine::{FakeEngine, Reply};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
const SECRET: &str = "hunter2-hunter2";

/// Takes spans as a collector does.
struct Collector {
    address: SocketAddr,
    taken: Taken,
    scheme: &'static str,
}

/// The line of each request, and its body.
type Taken = Arc<Mutex<Vec<(String, Bytes)>>>;

async fn take<S>(stream: S, into: Taken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let take = service_fn(move |request: Request<Incoming>| {
        let into = Arc::clone(&into);
        async move {
            let headers = request.headers();
            let kind = headers["content-type"].to_str().unwrap();
            assert_eq!(kind, "application/x-protobuf");
            let key = headers.get("api-key");
            let key = key.map_or("", |it| it.to_str().unwrap());
            let line = format!("{} {} {key}", request.method(), request.uri());
            let body = request.into_body().collect().await?.to_bytes();
            into.lock().unwrap().push((line, body));
            Ok::<_, hyper::Error>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), take);
    // Whoever exports may leave at any time.
    let _ = connection.await;
}

impl Collector {
    async fn start() -> Self {
        Self::open(None).await
    }

    /// The same over TLS, by the certificate of that folder.
    async fn start_with_tls(folder: &Folder) -> Self {
        let chain = CertificateDer::pem_file_iter(folder.file("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.file("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap();
        Self::open(Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn open(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let scheme = tls.as_ref().map_or("http", |_| "https");
        let into = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (into, tls) = (Arc::clone(&into), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => take(tcp, into).await,
                        // A client that does not trust it leaves.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(tcp).await {
                                take(stream, into).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            taken,
            scheme,
        }
    }

    fn endpoint(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Each span with the name of the service it is of.
    fn spans(&self) -> Vec<(String, Span)> {
        let taken = self.taken.lock().unwrap();
        let requests = taken.iter();
        let requests = requests
            .map(|(_, body)| ExportTraceServiceRequest::decode(&real::plain(body)[..]).unwrap());
        let mut spans = Vec::new();
        for resource in requests.flat_map(|it| it.resource_spans) {
            let own = resource.resource.unwrap().attributes;
            let service = text(&own, "service.name").unwrap();
            let scopes = resource.scope_spans.into_iter();
            spans.extend(
                scopes
                    .flat_map(|it| it.spans)
                    .map(|span| (service.clone(), span)),
            );
        }
        spans
    }
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|it| it.key == key)?;
    Some(match found.value.as_ref()?.value.as_ref()? {
        Any::StringValue(text) => text.clone(),
        Any::IntValue(number) => number.to_string(),
        other => panic!("{key}: {other:?}"),
    })
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn engine() -> FakeEngine {
    FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on(
            "GET /containers/*/json",
            Reply::error(404, "No such container: private-name"),
        )
        .on("POST /containers/*/exec", Reply::error(500, "no"))
}

async fn call(client: &mut RawClient, tool: &str, arguments: Value) {
    let params = json!({
        "name": tool, "arguments": arguments,
        "_meta": { "traceparent": format!("00-{TRACE}-{PARENT}-01"), "tracestate": "rojo=1" },
    });
    client.request(1, "tools/call", params).await;
}

#[tokio::test]
async fn a_call_is_a_span_below_the_clients_and_its_requests_are_below_it() {
    let (engine, collector) = (engine(), Collector::start().await);
    let (address, endpoint) = (engine.address(), collector.endpoint());
    let env = [
        ("DOCKER_BASE_URL", address.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=open"),
        ("MCP_LOG_LEVEL", "ERROR"),
    ];
    let mut client = RawClient::session("2025-11-25", &env).await;
    call(&mut client, "docker_list_containers", json!({})).await;
    let named = json!({ "container_id": "private-name" });
    call(&mut client, "docker_inspect_container", named).await;
    let run = json!({
        "container_id": "private-name", "command": ["echo", SECRET], "environment": { "DB_PASSWORD": SECRET },
    });
    call(&mut client, "docker_exec_command", run).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);

    let spans = collector.spans();
    let of = |name: &str| {
        let found = spans.iter().find(|(_, span)| span.name == name);
        let names: Vec<&str> = spans.iter().map(|(_, span)| span.name.as_str()).collect();
        found.unwrap_or_else(|| panic!("no {name}: {names:?}"))
    };
    let (service, list) = of("tools/call docker_list_containers");
    assert_eq!(service, "mcp-docker");
    assert_eq!(hex(&list.trace_id), TRACE);
    assert_eq!(hex(&list.parent_span_id), PARENT);
    assert_eq!(list.trace_state, "rojo=1");
    let told = |key| text(&list.attributes, key);
    assert_eq!(told("mcp.method.name").as_deref(), Some("tools/call"));
    assert_eq!(
        told("gen_ai.tool.name").as_deref(),
        Some("docker_list_containers")
    );
    assert_eq!(told("mcp_docker.tier").as_deref(), Some("safe"));
    assert_eq!(told("mcp_docker.outcome").as_deref(), Some("ok"));
    assert_eq!(told("error.type"), None);

    let (_, asked) = of("GET /containers/json");
    assert_eq!(hex(&asked.trace_id), TRACE);
    assert_eq!(asked.parent_span_id, list.span_id);
    let told = |key| text(&asked.attributes, key);
    assert_eq!(told("http.request.method").as_deref(), Some("GET"));
    assert_eq!(told("url.template").as_deref(), Some("/containers/json"));
    assert_eq!(told("http.response.status_code").as_deref(), Some("200"));

    let (_, inspect) = of("tools/call docker_inspect_container");
    let told = |key| text(&inspect.attributes, key);
    assert_eq!(told("mcp_docker.outcome").as_deref(), Some("failed"));
    assert_eq!(told("error.type").as_deref(), Some("not_found"));
    let (_, asked) = of("GET /containers/*/json");
    let told = |key| text(&asked.attributes, key);
    assert_eq!(told("http.response.status_code").as_deref(), Some("404"));

    // Nothing of what a call is about, nor of what it hides.
    for (line, body) in collector.taken.lock().unwrap().iter() {
        assert_eq!(line, "POST /v1/traces open");
        let said = String::from_utf8_lossy(body);
        for private in [SECRET, "private-name", "DB_PASSWORD", "echo"] {
            assert!(!said.contains(private), "{private}: {said}");
        }
    }
}

#[tokio::test]
async fn a_call_that_is_cancelled_says_so() {
    let collector = Collector::start().await;
    let engine = FakeEngine::start().on("GET /containers/json", Reply::hang());
    let (address, endpoint) = (engine.address(), collector.endpoint());
    let env = [
        ("DOCKER_BASE_URL", address.as_str()),
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            &format!("{endpoint}/here"),
        ),
        ("OTEL_SERVICE_NAME", "another"),
    ];
    let mut client = RawClient::session("2025-11-25", &env).await;
    let params = json!({ "name": "docker_list_containers", "arguments": {} });
    client
        .send(json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}))
        .await;
    engine.asked("GET /containers/json").await;
    let params = json!({ "requestId": 7 });
    client
        .send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }))
        .await;
    engine.all_closed().await;
    client.close_stdin();
    client.ended().await;
    let spans = collector.spans();
    let (service, span) = spans
        .iter()
        .find(|(_, span)| span.name.starts_with("tools/call"))
        .unwrap();
    assert_eq!(service, "another");
    assert_eq!(
        text(&span.attributes, "mcp_docker.outcome").as_deref(),
        Some("cancelled")
    );
    assert!(span.parent_span_id.is_empty(), "{span:?}");
    assert_eq!(collector.taken.lock().unwrap()[0].0, "POST /here ");
}

/// One call of a program with these variables; what it has logged at its end.
async fn run(engine: &FakeEngine, env: &[(&str, &str)]) -> String {
    let address = engine.address();
    let own = [("DOCKER_BASE_URL", address.as_str())];
    let mut client = RawClient::session("2025-11-25", &[&own, env].concat()).await;
    call(&mut client, "docker_list_containers", json!({})).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.code, Some(0), "{env:?}: {}", ended.log);
    ended.log
}

/// No variable names a collector, or one is named that cannot be used or is not there.
#[tokio::test]
async fn what_is_not_asked_for_is_not_exported_and_a_collector_that_is_gone_holds_up_nobody() {
    let (engine, collector) = (engine(), Collector::start().await);
    let endpoint = collector.endpoint();
    let here = ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint);
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nowhere = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    for (env, said) in [
        (vec![], ""),
        (vec![here, ("OTEL_SDK_DISABLED", "true")], ""),
        (vec![here, ("OTEL_TRACES_EXPORTER", "none")], ""),
        (
            vec![here, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")],
            "`grpc`",
        ),
        (
            vec![here, ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")],
            "gzip",
        ),
        (
            vec![here, ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nope")],
            "/nope",
        ),
        (vec![("OTEL_EXPORTER_OTLP_ENDPOINT", &*nowhere)], ""),
    ] {
        let log = run(&engine, &env).await;
        assert!(log.contains(said), "{env:?}: {log}");
        let is_said = log.contains("spans are not exported");
        assert_eq!(is_said, !said.is_empty(), "{env:?}: {log}");
    }
    assert_eq!(collector.taken.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_collector_with_tls_is_one_that_somebody_vouches_for() {
    let (own, strange) = (Authority::new("own"), Authority::new("strange"));
    let (folder, strange) = (own.folder(For::Loopback), strange.folder(For::Loopback));
    let (engine, collector) = (engine(), Collector::start_with_tls(&folder).await);
    let endpoint = collector.endpoint();
    for (ca, taken) in [(None, 0), (Some(&strange), 0), (Some(&folder), 1)] {
        let ca = ca.map(|folder| folder.file("ca.pem").display().to_string());
        let ca = ca.as_deref();
        let env = ca.map(|ca| ("OTEL_EXPORTER_OTLP_CERTIFICATE", ca));
        let here = ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint);
        let env: Vec<(&str, &str)> = env.into_iter().chain([here]).collect();
        run(&engine, &env).await;
        assert_eq!(collector.taken.lock().unwrap().len(), taken, "{ca:?}");
    }
}
