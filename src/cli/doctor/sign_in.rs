//! Whether clients can sign in with the issuer that the operator trusts, by what it says of itself.

use mcp_docker::config::SignInConfig;
use mcp_docker::oauth::{Http, Metadata};
use serde_json::json;

use super::report::Check;

const NAME: &str = "sign-in";

/// What the issuer says of itself, and what a client will miss; nothing where nobody signs in.
pub(super) async fn checks(config: &SignInConfig) -> Vec<Check> {
    let Some(issuer) = &config.issuer else {
        return Vec::new();
    };
    let http = match Http::new(issuer, config.ca.as_deref()) {
        Ok(http) => http,
        Err(error) => return vec![Check::error(NAME, &error)],
    };
    match Metadata::fetch(&http, issuer).await {
        Ok(metadata) => judged(config, issuer, &metadata, &http).await,
        Err(error) => vec![Check::mend(
            NAME,
            format!("the issuer does not say what it is: {error}"),
            "correct `MCP_DOCKER_OAUTH_ISSUER`, or have the issuer answer; `MCP_DOCKER_OAUTH_CA` names an authority of your own",
        )],
    }
}

async fn judged(
    config: &SignInConfig,
    issuer: &str,
    metadata: &Metadata,
    http: &Http,
) -> Vec<Check> {
    let mend = |text: String, mend: &str| Some(Check::mend(NAME, text, mend));
    let note = |text: &str, mend: &str| Some(Check::note(NAME, text, mend));
    let is_itself = metadata.issuer == *issuer;
    let name = match is_itself {
        true => None,
        false => mend(
            format!(
                "the issuer calls itself `{}`, and tokens say so",
                metadata.issuer
            ),
            "write `MCP_DOCKER_OAUTH_ISSUER` as it does, to the last `/`: clients and this server compare it as it is",
        ),
    };
    let keys = match &metadata.jwks_uri {
        None => mend(
            "the issuer says nowhere where its keys are (`jwks_uri`)".to_owned(),
            "have it sign access tokens with keys that it publishes: no JWT can be judged without",
        ),
        Some(place) => match http.get(place).await {
            Ok(_) => None,
            Err(error) => mend(
                format!("the issuer's keys are not there: {error}"),
                "have this machine reach them: no JWT can be judged without",
            ),
        },
    };
    let has = |list: &[String], what: &str| list.iter().any(|it| it == what);
    let proof = match has(&metadata.code_challenge_methods_supported, "S256") {
        true => None,
        false => mend(
            "the issuer does not say that it takes S256 (`code_challenge_methods_supported`)"
                .to_owned(),
            "have it take PKCE with S256: clients of MCP sign in with no other",
        ),
    };
    let documents = metadata.client_id_metadata_document_supported;
    let register = match (documents, &metadata.registration_endpoint) {
        (false, None) => note(
            "the issuer takes neither registrations nor metadata documents of clients",
            "give each client an id by hand, or switch one of the two on",
        ),
        (true, None) if !has(&metadata.token_endpoint_auth_methods_supported, "none") => note(
            "the issuer takes metadata documents of clients, but does not say that they need no secret",
            "have it name `none` in `token_endpoint_auth_methods_supported`: Claude asks for it",
        ),
        _ => None,
    };
    let ask = match (&config.client_id, &metadata.introspection_endpoint) {
        (Some(_), None) => mend(
            "the issuer says nowhere where to ask about tokens (`introspection_endpoint`)"
                .to_owned(),
            "leave `MCP_DOCKER_OAUTH_CLIENT_ID` out, or have the issuer answer",
        ),
        _ => None,
    };
    let missing = metadata.scopes_supported.as_ref().and_then(|known| {
        let missing = config.scopes.names().filter(|name| !has(known, name));
        let missing: Vec<String> = missing.map(|name| format!("`{name}`")).collect();
        (!missing.is_empty()).then(|| {
            Check::note(
                NAME,
                format!("the issuer does not list {}", missing.join(", ")),
                "make the scopes of `MCP_DOCKER_OAUTH_SCOPES` there: some issuers refuse a client that asks for others",
            )
        })
    });
    let unset = match config.scopes.is_empty() {
        true => note(
            "`MCP_DOCKER_OAUTH_SCOPES` is not set, so that whoever signs in reaches the safe tools and no other",
            "name the scopes that open more",
        ),
        false => None,
    };
    let found = [name, keys, proof, register, ask, missing, unset];
    let found: Vec<Check> = found.into_iter().flatten().collect();
    if !found.is_empty() {
        return found;
    }
    let resource = config.resource().unwrap_or_default();
    vec![
        Check::ok(NAME, format!("clients sign in with {issuer}"))
            .line(format!("they are given the address {resource}"))
            .with("issuer", issuer)
            .with("resource", json!(resource)),
    ]
}
