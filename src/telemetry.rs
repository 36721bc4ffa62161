//! Exports the spans of calls by OTLP over HTTP, where the standard variables of OpenTelemetry name a collector.

use std::env;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use mcp_docker::spans::TARGET;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

/// How long what is not sent yet may take at the end.
const LAST: Duration = Duration::from_secs(2);

/// How long a collector may take, where no variable says it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most bytes of its answer.
const MOST: usize = 64 * 1024;

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// What exports spans, if they are to be exported.
///
/// # Errors
/// The variables do not say where to.
pub(crate) fn layer<S>() -> Result<Option<impl Layer<S> + Send + Sync>, String>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    if !is_wanted() {
        return Ok(None);
    }
    let failed = |why: &dyn fmt::Display| format!("spans are not exported: {why}");
    check_form().map_err(|why| failed(&why))?;
    let courier = Courier::new().map_err(|error| failed(&error))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_http_client(courier)
        .build()
        .map_err(|error| failed(&error))?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource())
        .build();
    let tracer = provider.tracer("mcp-docker");
    // A second one is that of a second start, which no program has.
    let _ = PROVIDER.set(provider);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    Ok(Some(layer.with_filter(
        Targets::new().with_target(TARGET, LevelFilter::INFO),
    )))
}

/// Sends what is not sent yet.
pub(crate) fn end() {
    if let Some(provider) = PROVIDER.get() {
        // A collector that is not there holds up nobody for longer.
        let _ = provider.shutdown_with_timeout(LAST);
    }
}

fn is_wanted() -> bool {
    let is = |word: &str, wanted: &str| word.trim().eq_ignore_ascii_case(wanted);
    let exporters = said("OTEL_TRACES_EXPORTER");
    let exports = exporters.is_none_or(|it| it.split(',').any(|word| is(word, "otlp")));
    let disabled = said("OTEL_SDK_DISABLED").is_some_and(|it| is(&it, "true"));
    said_of_traces("ENDPOINT").is_some() && exports && !disabled
}

/// A collector that is spoken to in another form would refuse every span, and nobody would know why.
fn check_form() -> Result<(), String> {
    for (what, only) in [("PROTOCOL", "http/protobuf"), ("COMPRESSION", "none")] {
        match said_of_traces(what) {
            Some(other) if other.trim() != only => {
                return Err(format!(
                    "OTEL_EXPORTER_OTLP_{what} is `{other}`, and `{only}` is all that there is here"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn said(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// What is said of the export of spans, or else of any.
fn said_of_traces(what: &str) -> Option<String> {
    said(&format!("OTEL_EXPORTER_OTLP_TRACES_{what}"))
        .or_else(|| said(&format!("OTEL_EXPORTER_OTLP_{what}")))
}

fn resource() -> Resource {
    let named = said("OTEL_SERVICE_NAME").is_some()
        || said("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|it| it.contains("service.name="));
    let resource = Resource::builder();
    match named {
        true => resource.build(),
        false => resource.with_service_name("mcp-docker").build(),
    }
}

/// Brings requests to the collector, from the thread that the spans wait in, which blocks meanwhile.
struct Courier {
    runtime: Runtime,
    tls: TlsConnector,
    patience: Duration,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Courier")
    }
}

impl Courier {
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = said_of_traces("CERTIFICATE") {
            let certificates = CertificateDer::pem_file_iter(path.trim())
                .and_then(|found| found.collect::<Result<Vec<_>, _>>())
                .map_err(|error| format!("OTEL_EXPORTER_OTLP_CERTIFICATE: `{path}`: {error}"))?;
            roots.add_parsable_certificates(certificates);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let milliseconds = said_of_traces("TIMEOUT").and_then(|text| text.trim().parse().ok());
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
            tls: TlsConnector::from(Arc::new(config)),
            patience: milliseconds.map_or(PATIENCE, Duration::from_millis),
        })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let uri = request.uri().clone();
        let host = uri.host().ok_or("the collector's address has no host")?;
        let bare = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let is_tls = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let tcp = TcpStream::connect((bare.as_str(), port)).await?;
        if is_tls {
            let name = ServerName::try_from(bare)?;
            exchange(self.tls.connect(name, tcp).await?, request, &uri).await
        } else {
            exchange(tcp, request, &uri).await
        }
    }
}

impl HttpClient for Courier {
    fn send_bytes<'courier, 'sent>(
        &'courier self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'courier: 'sent,
        Self: 'sent,
    {
        Box::pin(async move {
            self.runtime
                .block_on(async { tokio::time::timeout(self.patience, self.send(request)).await? })
        })
    }
}

async fn exchange<T>(
    io: T,
    request: Request<Bytes>,
    uri: &Uri,
) -> Result<Response<Bytes>, HttpError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(io)).await?;
    let connection = tokio::spawn(connection);
    let mut request = request.map(Full::new);
    let authority = uri
        .authority()
        .ok_or("the collector's address has no host")?;
    let host = HeaderValue::from_str(authority.as_str())?;
    request.headers_mut().insert(HOST, host);
    let path = uri.path_and_query().map_or("/", |it| it.as_str());
    *request.uri_mut() = path.parse()?;
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = Limited::new(body, MOST).collect().await?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(head, body))
}
