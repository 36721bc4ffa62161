//! What the doctor says of an issuer: all that a client would miss, in what it says of itself.

use serde_json::json;

use super::diagnose;
use crate::support::issuer::{Issuer, Key};

#[tokio::test]
async fn what_a_client_would_miss_of_the_issuer_is_named() {
    let key = Key::curve();
    let issuer = Issuer::start(&[("a", &key)]).await;
    let own = issuer.settings();
    let settings: Vec<(&str, &str)> = own
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let found = diagnose(&settings).await;
    found.is_well("sign-in", &issuer.url());
    for (name, value, said) in [
        (
            "issuer",
            json!(format!("{}/", issuer.url())),
            "calls itself",
        ),
        ("jwks_uri", json!(null), "`jwks_uri`"),
        (
            "jwks_uri",
            json!(format!("{}/none", issuer.url())),
            "answers 404",
        ),
        (
            "jwks_uri",
            json!("http://id.example.com/jwks"),
            "`https://`",
        ),
        ("code_challenge_methods_supported", json!(["plain"]), "S256"),
        ("code_challenge_methods_supported", json!([]), "S256"),
        (
            "registration_endpoint",
            json!(null),
            "neither registrations nor",
        ),
        (
            "scopes_supported",
            json!(["docker:read", "openid"]),
            "`docker:write`, `docker:admin`",
        ),
    ] {
        let issuer = Issuer::start(&[("a", &key)]).await;
        issuer.also_says(name, value.clone());
        let url = issuer.url();
        let mut settings = settings.clone();
        settings[0].1 = &url;
        let report = diagnose(&settings).await.report.to_string();
        assert!(report.contains(said), "{name}: {value}: {report}");
    }
    issuer.also_says("client_id_metadata_document_supported", json!(true));
    issuer.also_says("registration_endpoint", json!(null));
    let report = diagnose(&settings).await.report.to_string();
    assert!(report.contains("`none`"), "{report}");
    let methods = json!(["none", "client_secret_basic"]);
    issuer.also_says("token_endpoint_auth_methods_supported", methods);
    diagnose(&settings).await.is_well("sign-in", &issuer.url());
    issuer.is_down(true);
    let found = diagnose(&settings).await;
    found.mends("sign-in", "answers 500", "MCP_DOCKER_OAUTH_ISSUER");
    let none = diagnose(&[]).await.report.to_string();
    assert!(!none.contains("sign-in"), "{none}");
}
