//! A relay leads to an Engine behind TLS as it leads to one on a socket.

use std::sync::Arc;

use mcp_docker::config::DockerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::support::authority::{Authority, Folder, For};

/// What speaks TLS before an Engine; its address.
async fn before(docker: &FakeEngine, server: &Folder) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let certificates = CertificateDer::pem_file_iter(server.file("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(server.file("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates.map(Result::unwrap).collect(), key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let socket = docker.socket();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, socket) = (acceptor.clone(), socket.clone());
            tokio::spawn(async move {
                let mut near = acceptor.accept(stream).await.unwrap();
                let mut far = UnixStream::connect(socket).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    format!("tcp://{address}")
}

#[tokio::test]
async fn an_engine_behind_tls_is_asked_and_its_connections_are_carried() {
    let docker = engine("shop").on("POST /containers/*/attach", Reply::echo());
    let server = Authority::new("right").folder(For::Loopback);
    let address = before(&docker, &server).await;
    let config = DockerConfig {
        base_url: Some(address),
        tls_ca_cert: Some(server.file("ca.pem")),
        timeout: Duration::from_secs(20),
        ..DockerConfig::default()
    };
    let rights = Rights::of("docker_compose_test", Tier::Moderate);
    let engine = Engine::new(&config).serving(rights);
    let place = Place::before(docker, &engine, EVERYTHING);
    assert_eq!(
        place.ask("GET /v1.41/containers/json", "").await,
        (200, json!([]))
    );
    let attach = upgrades::asking(&upgrades::attach(), "");
    let said = upgrades::talk(&place, &attach, b"hello\n").await;
    let said = String::from_utf8_lossy(&said);
    assert!(said.ends_with("\r\n\r\nready\nhello\nend\n"), "{said}");
}
