//! Asks the issuer about a token that says nothing by itself (RFC 7662).

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::fetch::Http;
use super::{Audience, Denied, Grant, claims};
use crate::files;

/// How many tokens are asked about at once: anyone can bring one.
const MOST_AT_ONCE: usize = 8;

/// How this server shows who asks.
pub(super) struct Introspection {
    authorization: String,
    room: Semaphore,
}

impl Introspection {
    /// # Errors
    /// The secret cannot be read; the text names the variable.
    pub(super) fn new(client: &str, secret: &Path) -> Result<Self, String> {
        let read = files::read_text(secret, files::SMALL);
        let text = read.map_err(|error| {
            format!(
                "MCP_DOCKER_OAUTH_CLIENT_SECRET_FILE: cannot use `{}`: {error}",
                secret.display()
            )
        })?;
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encoded(client), encoded(text.trim_end()));
        Ok(Self {
            authorization: format!("Basic {}", STANDARD.encode(pair)),
            room: Semaphore::new(MOST_AT_ONCE),
        })
    }

    /// What the issuer says of a token.
    ///
    /// # Errors
    /// It is not good, or the issuer does not answer.
    pub(super) async fn ask(
        &self,
        http: &Http,
        endpoint: &str,
        token: &str,
        meant: &Audience,
        now: u64,
    ) -> Result<Grant, Denied> {
        let away = |why: String| Denied::Unavailable(format!("introspection: {why}"));
        let _place = self.room.acquire().await;
        let form = Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let answer = http.post(endpoint, &self.authorization, form).await;
        let answer = answer.map_err(|error| away(error.to_string()))?;
        let mut answer: Value =
            serde_json::from_slice(&answer).map_err(|error| away(error.to_string()))?;
        if answer.get("active") != Some(&Value::Bool(true)) {
            let why = "the issuer says that it is not active";
            return Err(Denied::Refused(why.to_owned()));
        }
        // Who answers is the issuer, whether it says so or not.
        if let Some(members) = answer.as_object_mut() {
            let issuer = || Value::from(meant.issuer.as_str());
            members.entry("iss").or_insert_with(issuer);
        }
        claims::grant(&answer, meant, now)
    }
}
