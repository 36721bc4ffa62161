//! Reads what an issuer says of itself: where its keys are, and what clients find there.

use serde::Deserialize;
use url::Url;

use super::fetch::{FetchError, Http};

/// What an issuer says of itself, as far as this server or its clients need it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Metadata {
    /// What it calls itself.
    pub issuer: String,
    /// Where its keys are.
    #[serde(default)]
    pub jwks_uri: Option<String>,
    /// Where it says what a token is good for.
    #[serde(default)]
    pub introspection_endpoint: Option<String>,
    /// Where clients register by themselves.
    #[serde(default)]
    pub registration_endpoint: Option<String>,
    /// Whether clients may be known by the address of a document instead.
    #[serde(default)]
    pub client_id_metadata_document_supported: bool,
    /// How a client proves that a code is its own.
    #[serde(default)]
    pub code_challenge_methods_supported: Vec<String>,
    /// How clients prove who they are.
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// What tokens can be asked to open, where it says so.
    #[serde(default)]
    pub scopes_supported: Option<Vec<String>>,
}

impl Metadata {
    /// Asks the issuer, in the places and the order in which clients do.
    ///
    /// # Errors
    /// It does not answer, or in none of the places with what is wanted.
    pub async fn fetch(http: &Http, issuer: &str) -> Result<Self, String> {
        let mut last = String::new();
        for place in places(issuer) {
            match http.get(&place).await {
                Ok(body) => match serde_json::from_slice(&body) {
                    Ok(metadata) => return Ok(metadata),
                    Err(error) => last = format!("{place} is no metadata of an issuer: {error}"),
                },
                Err(error @ FetchError::Status { .. }) => last = error.to_string(),
                // Who does not answer here answers nowhere else.
                Err(error) => return Err(error.to_string()),
            }
        }
        Err(last)
    }
}

/// Where the metadata of an issuer may be.
fn places(issuer: &str) -> Vec<String> {
    const OAUTH: &str = "/.well-known/oauth-authorization-server";
    const OPENID: &str = "/.well-known/openid-configuration";
    let Ok(url) = Url::parse(issuer) else {
        return Vec::new();
    };
    let origin = &url[..url::Position::BeforePath];
    match url.path().trim_end_matches('/') {
        "" => vec![format!("{origin}{OAUTH}"), format!("{origin}{OPENID}")],
        path => vec![
            format!("{origin}{OAUTH}{path}"),
            format!("{origin}{OPENID}{path}"),
            format!("{origin}{path}{OPENID}"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places and the order of the specification; a provider has one of them.
    #[test]
    fn metadata_is_looked_for_where_clients_look() {
        assert_eq!(
            places("https://id.example.com/"),
            [
                "https://id.example.com/.well-known/oauth-authorization-server",
                "https://id.example.com/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            places("https://id.example.com:8443/realms/x"),
            [
                "https://id.example.com:8443/.well-known/oauth-authorization-server/realms/x",
                "https://id.example.com:8443/.well-known/openid-configuration/realms/x",
                "https://id.example.com:8443/realms/x/.well-known/openid-configuration",
            ]
        );
    }
}
