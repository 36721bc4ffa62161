//! An identity token of the Docker configuration, down to the registry that asked for it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

use crate::registry::docker_config;
use crate::session::{Session, says};

const TOKEN: &str = "identity>>>token???";

/// A registry without images, whose door is opened by a token that another address gives.
struct Registry {
    host: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let (realm, log) = (format!("http://{host}/token"), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (realm, log) = (realm.clone(), Arc::clone(&log));
                let service =
                    service_fn(move |request| answer(request, realm.clone(), Arc::clone(&log)));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { host, seen }
    }
}

async fn answer(
    request: Request<Incoming>,
    realm: String,
    log: Arc<Mutex<Vec<String>>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    let bearer = parts.headers.get("authorization").cloned();
    let path = parts.uri.path();
    log.lock()
        .unwrap()
        .push(format!("{} {path} {body}", parts.method));
    let (status, text) = match (path, bearer) {
        ("/token", _) => (200, json!({ "access_token": "opened", "token": "opened" })),
        (_, Some(bearer)) if bearer == "Bearer opened" => {
            let error = json!({ "code": "MANIFEST_UNKNOWN", "message": "manifest unknown" });
            (404, json!({ "errors": [error] }))
        }
        _ => (401, json!({ "errors": [{ "code": "UNAUTHORIZED" }] })),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header(
            "www-authenticate",
            format!("Bearer realm=\"{realm}\",service=\"test\""),
        )
        .body(Full::from(text.to_string()));
    Ok(response.unwrap())
}

#[tokio::test]
async fn an_identity_token_is_what_the_registry_is_shown() {
    if Session::start().await.is_none() {
        return;
    }
    let registry = Registry::start().await;
    // base64 of `me:`; the token stands in for the password.
    let auth = json!({ "auth": "bWU6", "identitytoken": TOKEN });
    let folder = docker_config(&json!({ "auths": { registry.host.as_str(): auth } }));
    let settings = [("DOCKER_CONFIG", folder.path().to_str().unwrap())];
    let session = Session::with(&settings).await.unwrap();

    let image = format!("{}/nothing:1", registry.host);
    let text = session
        .fails("docker_pull_image", json!({ "image": image }))
        .await;
    says(&text, &["nothing:1"]);
    assert!(!text.contains(TOKEN), "{text}");

    let seen = registry.seen.lock().unwrap().clone();
    let asked = seen.iter().find(|line| line.starts_with("POST /token "));
    let asked = asked.unwrap_or_else(|| panic!("no token was asked for: {seen:?}"));
    for part in [
        "grant_type=refresh_token",
        "refresh_token=identity%3E%3E%3Etoken%3F%3F%3F",
    ] {
        assert!(asked.contains(part), "no `{part}`: {asked}");
    }
    assert!(
        seen.iter()
            .any(|line| line.contains("/v2/nothing/manifests/1")),
        "{seen:?}"
    );
}
