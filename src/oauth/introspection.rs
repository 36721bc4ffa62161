//! Asks the issuer about a token that says nothing by itself (RFC 7662).

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::{Serializer, byte_serialize};
use http::StatusCode;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::answers::Answers;
use super::fetch::FetchError;
use super::{Audience, Denied, Grant, Issuer, claims};
use crate::files;

/// How many tokens are asked about at once: anyone can bring one.
const MOST_AT_ONCE: usize = 8;

/// How long a token waits for the others to be asked about.
const PATIENCE: Duration = Duration::from_secs(5);

/// How this server shows who asks.
pub(super) struct Introspection {
    authorization: String,
    room: Semaphore,
    answers: Answers,
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
            answers: Answers::default(),
        })
    }

    /// What the issuer says of a token, or said a moment ago.
    ///
    /// # Errors
    /// It is not good, or the issuer does not answer.
    pub(super) async fn ask(
        &self,
        issuer: &Arc<Issuer>,
        token: &str,
        meant: &Audience,
        now: u64,
    ) -> Result<Grant, Denied> {
        let away = |why: String| Denied::Unavailable(format!("introspection: {why}"));
        if let Some(grant) = self.answers.of(token, now) {
            return Ok(grant);
        }
        let metadata = issuer.metadata().await.map_err(Denied::Unavailable)?;
        let Some(endpoint) = &metadata.introspection_endpoint else {
            return Err(away(
                "the issuer has no `introspection_endpoint`".to_owned(),
            ));
        };
        let place = timeout(PATIENCE, self.room.acquire()).await;
        let _place = place.map_err(|_| away("the issuer is too slow for so many".to_owned()))?;
        // Another message of the same client may have asked meanwhile.
        if let Some(grant) = self.answers.of(token, now) {
            return Ok(grant);
        }
        let form = Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let answer = issuer.http.post(endpoint, &self.authorization, form).await;
        let answer = answer.map_err(|error| {
            // It may be asked somewhere else by now, unless it is there and does not want to say.
            if !matches!(error, FetchError::Status { status, .. } if status != StatusCode::NOT_FOUND) {
                issuer.forget();
            }
            away(error.to_string())
        })?;
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
        let grant = claims::grant(&answer, meant, now)?;
        self.answers.keep(token, &grant);
        Ok(grant)
    }
}
