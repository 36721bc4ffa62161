//! Tokens that say nothing by themselves, which the issuer is asked about.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mcp_docker::config::{Config, SignInConfig};
use mcp_docker::fleet::Fleet;
use mcp_docker::generated::table;
use mcp_docker::transport::network::{Listener, Protocol};
use tempfile::TempDir;
use tokio::time::timeout;

use super::*;
use crate::support::issuer::now;

#[tokio::test]
async fn the_issuer_says_what_an_opaque_token_is_good_for() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret:\n").unwrap();
    let own = [
        ("MCP_DOCKER_OAUTH_CLIENT_ID", "mcp"),
        (
            "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
            file.to_str().unwrap(),
        ),
    ];
    let server = scene.server(&engine(), "http", &own).await;
    let mut good = scene.issuer.claims("docker:read");
    good["active"] = json!(true);
    let with = |name: &str, value: Value| {
        let mut said = good.clone();
        said[name] = value;
        said.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        said
    };
    for (token, said, status, reason) in [
        ("good", good.clone(), 200, ""),
        ("unsaid", with("iss", Value::Null), 200, ""),
        ("scp", with("scope", Value::Null), 403, "no scope"),
        ("inactive", with("active", json!(false)), 401, "not active"),
        ("text", with("active", json!("true")), 401, "not active"),
        ("other", with("aud", json!("other")), 401, "`aud` is"),
        ("nobody", with("aud", Value::Null), 401, "no `aud`"),
        ("old", with("exp", json!(now() - 60)), 401, "expired"),
        ("for ever", with("exp", Value::Null), 401, "no `exp`"),
        ("early", with("nbf", json!(now() + 60)), 401, "`nbf`"),
        ("without", with("sub", Value::Null), 401, "no `sub`"),
        ("foreign", with("iss", json!("https://x")), 401, "`iss` is"),
    ] {
        let token = token.replace(' ', "-");
        scene.issuer.knows(&token, said);
        let before = server.log().len();
        let got = server.knock().bearer(Some(&token)).send().await;
        let log = server.log()[before..].to_owned();
        assert_eq!(got.status, status, "{token}: {log}");
        assert!(log.contains(reason), "{token}: {log}");
        assert!(!log.contains("s3cret"), "{log}");
    }
    let unknown = server.knock().bearer(Some("made-up")).send().await;
    assert_eq!(unknown.status, 401);

    // What says that it is something else is asked about, what is an access token is not.
    let asked = scene.issuer.asked("/introspect");
    let got = server.knock().bearer(Some(&scene.token("docker:read")));
    assert_eq!(got.send().await.status, 200);
    assert_eq!(scene.issuer.asked("/introspect"), asked);
    let claims = scene.issuer.claims("docker:read");
    let other = scene.key.sign(
        &json!({ "alg": "ES256", "kid": "a", "typ": "JWT" }),
        &claims,
    );
    let got = server.knock().bearer(Some(&other)).send().await;
    assert_eq!(got.status, 401, "{}", server.log());
    scene.issuer.knows(&other, good.clone());
    let got = server.knock().bearer(Some(&other)).send().await;
    assert_eq!(got.status, 200, "{}", server.log());

    scene.issuer.is_down(true);
    let got = server.knock().bearer(Some("never-seen")).send().await;
    assert_eq!(got.status, 503, "{}", server.log());
}

/// What a server needs to ask, in a folder that holds its secret.
fn asking(folder: &TempDir) -> SignInConfig {
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret:\n").unwrap();
    SignInConfig {
        audience: Some(RESOURCE.to_owned()),
        client_id: Some("mcp".to_owned()),
        client_secret_file: Some(file),
        ..SignInConfig::default()
    }
}

/// Within a moment; a token that is taken back is good no longer than that.
#[tokio::test]
async fn the_issuer_is_asked_once_for_the_messages_of_a_moment() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config {
        sign_in: asking(&folder),
        ..Config::default()
    };
    config.sign_in.issuer = Some(scene.issuer.url());
    let listener = Listener::open(Protocol::Http, "127.0.0.1", 0, &config);
    let listener = listener.await.unwrap();
    let server = Server::here(&listener.url());
    let fleet = Arc::new(Fleet::new(config, table::parse));
    tokio::spawn(listener.serve(fleet));
    let knock = async |token: &str| {
        let got = server.knock().bearer(Some(token)).send().await;
        got.status.as_u16()
    };
    let mut said = scene.issuer.claims("docker:read");
    said["active"] = json!(true);
    scene.issuer.knows("good", said);
    for _ in 0..5 {
        assert_eq!(knock("good").await, 200);
    }
    assert_eq!(scene.issuer.asked("/introspect"), 1);
    // Nothing of it is another token's, and a refusal is no answer to go by.
    for asked in [2, 3] {
        assert_eq!(knock("goo").await, 401);
        assert_eq!(scene.issuer.asked("/introspect"), asked);
    }
    scene.issuer.knows("good", json!({ "active": false }));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(15)).await;
    tokio::time::resume();
    assert_eq!(knock("good").await, 401);
    assert_eq!(scene.issuer.asked("/introspect"), 4);
}

/// Anyone can bring a token, and many at once; the issuer is not to feel it.
#[tokio::test]
async fn an_issuer_that_does_not_answer_is_not_asked_for_every_token() {
    let scene = Scene::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = asking(&folder).client_secret_file.unwrap();
    let own = [
        ("MCP_DOCKER_OAUTH_CLIENT_ID", "mcp"),
        (
            "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
            file.to_str().unwrap(),
        ),
    ];
    let server = scene.server(&engine(), "http", &own).await;
    scene.issuer.is_down(true);
    let since = Instant::now();
    let server = &server;
    let knocks = (0..30).map(|at| async move {
        let token = format!("made-up-{at}");
        let got = server.knock().bearer(Some(&token)).send().await;
        assert_eq!(got.status, 503, "{}", server.log());
    });
    timeout(PATIENCE, join_all(knocks)).await.unwrap();
    // Once in two seconds.
    let most = 2 + usize::try_from(since.elapsed().as_secs()).unwrap() / 2;
    let asked = scene
        .issuer
        .asked("/.well-known/oauth-authorization-server");
    assert!((1..=most).contains(&asked), "{asked} times");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_stops_the_start() {
    let flags = [
        "--oauth-issuer=https://id.example.com",
        "--oauth-audience=https://docker.example.com/mcp",
        "--oauth-client-id=mcp",
    ];
    for (flag, named) in [
        (
            "--oauth-client-secret-file=/nope",
            "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE",
        ),
        ("--oauth-ca=/nope", "MCP_DOCKER_OAUTH_CA"),
    ] {
        let count = if flag.contains("secret") { 3 } else { 2 };
        let words = [
            &["--transport", "http", "--port", "0"],
            &flags[..count],
            &[flag],
        ]
        .concat();
        let (code, said) = refused(&words).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(named) && said.contains("/nope"), "{said}");
    }
}
