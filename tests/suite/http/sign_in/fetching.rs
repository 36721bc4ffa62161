//! How the issuer is asked: over TLS that holds, and for no more than a server has room for.

use super::*;
use crate::support::authority::{Authority, For};

#[tokio::test]
async fn an_issuer_is_asked_over_tls_that_an_authority_of_the_operators_vouches_for() {
    let (own, strange) = (Authority::new("own"), Authority::new("strange"));
    let folder = own.folder(For::Loopback);
    let key = Key::curve();
    let issuer = Issuer::start_with_tls(&[("a", &key)], &folder).await;
    let scene = Scene { issuer, key };
    let strange = strange.folder(For::Loopback);
    let token = scene.token("docker:read");
    for (ca, status) in [
        (Some(folder.file("ca.pem")), 200),
        (Some(strange.file("ca.pem")), 503),
        (None, 503),
    ] {
        let ca = ca.map(|path| path.display().to_string());
        let settings = ca.as_deref().map(|path| ("MCP_DOCKER_OAUTH_CA", path));
        let settings: Vec<(&str, &str)> = settings.into_iter().collect();
        let server = scene.server(&engine(), "http", &settings).await;
        let got = server.knock().bearer(Some(&token)).send().await;
        assert_eq!(got.status, status, "{ca:?}: {}", server.log());
        let refused = server.log().contains("invalid peer certificate");
        assert_eq!(refused, status == 503, "{}", server.log());
    }
}

#[tokio::test]
async fn an_issuer_that_says_too_much_is_not_heard() {
    let scene = Scene::new().await;
    let server = scene.server(&engine(), "http", &[]).await;
    let token = scene.token("docker:read");
    for (bytes, status) in [(300 * 1024, 503), (200 * 1024, 200)] {
        scene.issuer.also_says("padding", json!("x".repeat(bytes)));
        let since = std::time::Instant::now();
        loop {
            let got = server.knock().bearer(Some(&token)).send().await;
            if got.status == status {
                break;
            }
            assert!(since.elapsed() < PATIENCE, "{bytes}: {}", server.log());
        }
    }
    assert!(server.log().contains("length limit"), "{}", server.log());
}

/// Nor where it sends whoever asks: what is there was never trusted.
#[tokio::test]
async fn an_issuer_is_followed_nowhere() {
    let (scene, other) = (Scene::new().await, Scene::new().await);
    for path in ["/jwks", "/.well-known/openid-configuration"] {
        let server = scene.server(&engine(), "http", &[]).await;
        scene
            .issuer
            .leads(path, format!("{}{path}", other.issuer.url()));
        let token = scene.token("docker:read");
        let got = server.knock().bearer(Some(&token)).send().await;
        assert_eq!(got.status, 503, "{path}: {}", server.log());
        let log = server.log();
        assert!(log.contains("answers 302"), "{path}: {log}");
        assert_eq!(other.issuer.asked(path), 0, "{path}");
    }
}

/// There are services on this machine that do what anyone on it asks, such as an Engine that listens there.
#[tokio::test]
async fn an_issuer_with_tls_names_no_address_without() {
    let authority = Authority::new("own");
    let folder = authority.folder(For::Loopback);
    let (ca, secret) = (folder.file("ca.pem"), folder.file("secret"));
    std::fs::write(&secret, "s3cret:").unwrap();
    let key = Key::curve();
    let issuer = Issuer::start_with_tls(&[("a", &key)], &folder).await;
    let (scene, other) = (Scene { issuer, key }, Scene::new().await);
    let own = [
        ("MCP_DOCKER_OAUTH_CA", ca.to_str().unwrap()),
        ("MCP_DOCKER_OAUTH_CLIENT_ID", "mcp"),
        (
            "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
            secret.to_str().unwrap(),
        ),
    ];
    for (name, path) in [
        ("jwks_uri", "/jwks"),
        ("introspection_endpoint", "/introspect"),
    ] {
        let there = format!("{}{path}", other.issuer.url());
        scene.issuer.also_says(name, json!(there));
    }
    let server = scene.server(&engine(), "http", &own).await;
    for token in [scene.token("docker:read"), "opaque".to_owned()] {
        let got = server.knock().bearer(Some(&token)).send().await;
        assert_eq!(got.status, 503, "{}", server.log());
    }
    let said = server.log().matches("may name no other address").count();
    assert!(said >= 2, "{}", server.log());
    for path in ["/jwks", "/introspect"] {
        assert_eq!(other.issuer.asked(path), 0, "{path}");
    }
}
