//! HTTPS, with a certificate of the operator's.

use std::path::Path;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::*;

/// A certificate for `localhost` that vouches for itself, and its key, as files.
fn certificate(folder: &Path) -> (String, String, RootCertStore) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cert = file("cert.pem", made.cert.pem());
    let key = file("key.pem", made.signing_key.serialize_pem());
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    (cert, key, roots)
}

#[tokio::test]
async fn the_server_speaks_https_with_its_certificate_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key, roots) = certificate(folder.path());
    for transport in TRANSPORTS {
        let arguments = ["--tls-cert", &cert, "--tls-key", &key];
        let server = Server::start_with(transport, &arguments, &TOKENS).await;
        assert!(
            server.log().contains(match transport {
                "websocket" => "Listening at wss://",
                _ => "Listening at https://",
            }),
            "{}",
            server.log()
        );

        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
        let tcp = tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(tls)).await.unwrap();
        tokio::spawn(connection);
        for (token, status) in [(TOKEN, 200), ("wrong", 401)] {
            let request = http::Request::get("/healthz/..").header("host", "localhost");
            let request = request.header("authorization", format!("Bearer {token}"));
            let path = match transport {
                "sse" => "/nowhere",
                "http" => "/mcp",
                _ => "/ws",
            };
            let request = request
                .uri(path)
                .body(Empty::<bytes::Bytes>::new())
                .unwrap();
            let answer = sender.send_request(request).await.unwrap();
            let refused = answer.status() == 401;
            answer.into_body().collect().await.unwrap();
            assert_eq!(refused, status == 401, "{transport}: {token}");
        }

        let plain = server.request("GET", "/healthz").try_send().await;
        assert!(
            plain.is_err(),
            "{transport}: without TLS there is no answer"
        );
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (cert, key, _) = certificate(folder.path());
    let (_, other_key, _) = {
        let other = tempfile::tempdir().unwrap().keep();
        certificate(&other)
    };
    for (cert, key, named) in [
        (cert.as_str(), "/nonexistent.pem", "MCP_DOCKER_TLS_KEY"),
        ("/nonexistent.pem", key.as_str(), "MCP_DOCKER_TLS_CERT"),
        (key.as_str(), key.as_str(), "MCP_DOCKER_TLS_CERT"),
        (
            cert.as_str(),
            other_key.as_str(),
            "MCP_DOCKER_TLS_CERT and MCP_DOCKER_TLS_KEY",
        ),
    ] {
        let files = ["--tls-cert", cert, "--tls-key", key];
        let arguments = [&["--transport", "http", "--port", "0"][..], &files].concat();
        let (code, said) = refused(&arguments).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(named), "{said}");
    }
}
