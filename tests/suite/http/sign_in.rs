//! Sign-in: where a client is sent, which access tokens are good, what each opens, and whose a session is.

mod fetching;
mod introspection;
mod refusals;
mod rights;

use serde_json::{Value, json};

use super::*;
use crate::support::issuer::{Issuer, Key, RESOURCE, header};

/// What is said of it at the address of the server, and a client looks for there.
const METADATA: &str = "/.well-known/oauth-protected-resource";

/// An issuer with one key, and what signs by it.
struct Scene {
    issuer: Issuer,
    key: Key,
}

impl Scene {
    async fn new() -> Self {
        let key = Key::curve();
        let issuer = Issuer::start(&[("a", &key)]).await;
        Self { issuer, key }
    }

    /// A good token with that scope.
    fn token(&self, scope: &str) -> String {
        self.token_with(scope, json!({}))
    }

    /// The same with other claims.
    fn token_with(&self, scope: &str, more: Value) -> String {
        let mut claims = self.issuer.claims(scope);
        let members = claims.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        self.key.sign(&header("ES256", "a"), &claims)
    }

    /// A server that trusts the issuer, with more settings.
    async fn server(
        &self,
        engine: &FakeEngine,
        transport: &'static str,
        more: &[(&str, &str)],
    ) -> Server {
        let own = self.issuer.settings();
        let own: Vec<(&str, &str)> = own
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        server(engine, transport, &[&own, more].concat()).await
    }
}

#[tokio::test]
async fn a_client_learns_where_to_sign_in_before_it_has_a_token() {
    let scene = Scene::new().await;
    for (transport, path) in [("sse", "/sse"), ("http", "/mcp"), ("websocket", "/ws")] {
        let server = scene.server(&engine(), transport, &[]).await;
        for suffix in ["", "/mcp", path] {
            let got = server.request("GET", &format!("{METADATA}{suffix}"));
            // Whatever the server is called.
            let got = got.header("host", "localhost").send().await;
            assert_eq!(got.status, 200, "{transport}: {suffix}");
            let document: Value = serde_json::from_str(&got.text().await).unwrap();
            assert_eq!(
                document,
                json!({
                    "resource": RESOURCE,
                    "authorization_servers": [scene.issuer.url()],
                    "scopes_supported": ["docker:read", "docker:write", "docker:admin"],
                    "bearer_methods_supported": ["header"],
                    "resource_name": "mcp-docker",
                })
            );
        }
        for other in [
            "/.well-known/oauth-protected-resource/other",
            "/.well-known/oauth-protected-resourcemcp",
            "/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration",
        ] {
            let got = server.request("GET", other).send().await;
            assert_eq!(got.status, 404, "{transport}: {other}");
        }
        let post = server.request("POST", METADATA).send().await;
        assert_eq!(post.status, 405);

        let challenge = "scope=\"docker:read\", \
            resource_metadata=\"https://docker.example.com/.well-known/oauth-protected-resource/mcp\"";
        let got = server.knock().send().await;
        assert_eq!(got.status, 401, "{transport}");
        let first = format!("Bearer realm=\"mcp-docker\", {challenge}");
        assert_eq!(got.header("www-authenticate"), first);
        let got = server.knock().bearer(Some("nonsense")).send().await;
        assert_eq!(got.status, 401, "{transport}");
        let again = format!("Bearer realm=\"mcp-docker\", error=\"invalid_token\", {challenge}");
        assert_eq!(got.header("www-authenticate"), again);
    }
    assert_eq!(
        scene.issuer.asked("/jwks"),
        0,
        "nothing is asked for nothing"
    );
}

/// Any message may be the first: newer clients open with another.
#[tokio::test]
async fn the_challenge_is_on_every_message() {
    let scene = Scene::new().await;
    let server = scene.server(&engine(), "http", &[]).await;
    for message in [
        json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover"}),
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
        json!("none"),
    ] {
        let got = server.request("POST", "/mcp").json(&message).send().await;
        assert_eq!(got.status, 401, "{message}");
        assert!(got.header("www-authenticate").contains("resource_metadata"));
    }
}

#[tokio::test]
async fn the_name_that_clients_are_given_is_one_of_the_server() {
    let scene = Scene::new().await;
    let public = [(
        "MCP_DOCKER_PUBLIC_URL",
        "https://other.example.com/docker/mcp",
    )];
    let server = scene.server(&engine(), "http", &public).await;
    let token = scene.token("docker:read");
    for (host, status) in [("other.example.com", 200), ("docker.example.com", 403)] {
        let call = server.knock().bearer(Some(&token)).header("host", host);
        assert_eq!(call.send().await.status, status, "{host}");
    }
    let got = server.request("GET", &format!("{METADATA}/docker/mcp"));
    let document = got.send().await.text().await;
    assert!(
        document.contains("https://other.example.com/docker/mcp"),
        "{document}"
    );
}

#[tokio::test]
async fn the_tokens_that_the_operator_gives_out_are_good_beside() {
    let scene = Scene::new().await;
    for transport in TRANSPORTS {
        let server = scene.server(&engine(), transport, &TOKENS).await;
        for token in [TOKEN, READ_ONLY, &scene.token("docker:read")] {
            let got = server.knock().bearer(Some(token)).send().await;
            assert_eq!(got.outcome(), 200, "{transport}");
        }
        let got = server.knock().bearer(Some("wrong")).send().await;
        assert_eq!(got.status, 401);
    }
}

/// Nothing of it is there where nobody can sign in.
#[tokio::test]
async fn without_an_issuer_nothing_is_said_of_one() {
    let server = Server::start("http", &TOKENS).await;
    let got = server.request("GET", METADATA).send().await;
    assert_eq!(got.status, 401);
    assert_eq!(
        got.header("www-authenticate"),
        "Bearer realm=\"mcp-docker\""
    );
    let open = Server::start("http", &[]).await;
    assert_eq!(open.request("GET", METADATA).send().await.status, 404);
}

#[tokio::test]
async fn an_issuer_lets_the_server_listen_where_others_reach_it() {
    let scene = Scene::new().await;
    let own = scene.issuer.settings();
    let env: Vec<(&str, &str)> = own
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let server = Server::start_with("http", &["--host", "0.0.0.0"], &env).await;
    assert!(!server.log().contains("every user"), "{}", server.log());
    assert_eq!(server.knock().send().await.status, 401);
}
