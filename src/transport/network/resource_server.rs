//! Takes access tokens of the issuer that the operator trusts, and says where to get one.
//!
//! What it says of itself comes from the configuration, never from a request: a client gives a token to whatever
//! address that names.

use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderValue, WWW_AUTHENTICATE};
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::{Position, Url};

use super::answer::{self, Answer};
use super::bearer::Bearer;
use super::refusals::Refusals;
use crate::call::gate::{self, APPROVE_TOOL, Access, Owner, Subject};
use crate::catalog::{self, Tier};
use crate::config::{Config, SafetyConfig, Scopes};
use crate::oauth::{Denied, Grant, TokenVerifier};

/// Where clients look for what a server says of itself (RFC 9728); the path of what is protected stands behind it.
const METADATA: &str = "/.well-known/oauth-protected-resource";

/// Below it is nothing that needs a token.
const WELL_KNOWN: &str = "/.well-known/";

/// Longer than any token is good for, and short enough to be counted.
const DAY: u64 = 86_400;

/// What is protected, and by whom.
#[derive(Debug)]
pub(super) struct ResourceServer {
    verifier: TokenVerifier,
    issuer: String,
    scopes: Scopes,
    safety: SafetyConfig,
    metadata: Value,
    /// The address of that.
    metadata_url: String,
    /// The path of what is protected, as clients see it.
    path: String,
    refusals: Refusals,
}

impl ResourceServer {
    /// By that configuration; none where nobody signs in.
    ///
    /// # Errors
    /// A file that it names cannot be used; the text names the variable.
    pub(super) fn new(config: &Config) -> Result<Option<Arc<Self>>, String> {
        let sign_in = &config.sign_in;
        let (Some(issuer), Some(resource)) = (&sign_in.issuer, sign_in.resource()) else {
            return Ok(None);
        };
        let Some(verifier) = TokenVerifier::new(sign_in)? else {
            return Ok(None);
        };
        let url =
            Url::parse(resource).map_err(|error| format!("MCP_DOCKER_PUBLIC_URL: {error}"))?;
        let mut metadata = json!({
            "resource": resource,
            "authorization_servers": [issuer],
            "bearer_methods_supported": ["header"],
            "resource_name": config.server.name,
        });
        let names: Vec<&str> = sign_in.scopes.names().collect();
        if let (false, Some(members)) = (names.is_empty(), metadata.as_object_mut()) {
            members.insert("scopes_supported".to_owned(), json!(names));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Some(Arc::new(Self {
            verifier,
            issuer: issuer.clone(),
            scopes: sign_in.scopes.clone(),
            safety: config.safety.clone(),
            metadata,
            metadata_url: format!("{}{METADATA}{path}", &url[..Position::BeforePath]),
            path,
            refusals: Refusals::default(),
        })))
    }

    /// The answer to one who asks what this server is, before they have a token; `own` is where MCP is spoken.
    pub(super) fn well_known<B>(&self, request: &Request<B>, own: &str) -> Option<Answer> {
        let path = request.uri().path();
        if !path.starts_with(WELL_KNOWN) {
            return None;
        }
        let suffix = path.strip_prefix(METADATA);
        let is_here = suffix.is_some_and(|it| it.is_empty() || it == self.path || it == own);
        Some(match *request.method() {
            _ if !is_here => answer::text(StatusCode::NOT_FOUND, "there is nothing here"),
            Method::GET | Method::HEAD => answer::json(StatusCode::OK, &self.metadata),
            _ => answer::method_not_allowed("GET, HEAD"),
        })
    }

    /// Who has this token.
    ///
    /// # Errors
    /// It opens nothing; the answer says what would.
    pub(super) async fn admit(self: &Arc<Self>, token: &str) -> Result<Bearer, Box<Answer>> {
        match self.verifier.verify(token).await {
            Ok(grant) => self.granted(grant),
            Err(Denied::Refused(reason)) => {
                self.refusals
                    .say(|unsaid| tracing::warn!(%reason, unsaid, "an access token is refused"));
                let why = "the access token is not good here; the log of the server says why";
                Err(self.challenge(
                    StatusCode::UNAUTHORIZED,
                    Some("invalid_token"),
                    &self.first(),
                    why,
                ))
            }
            Err(Denied::Unavailable(reason)) => {
                self.refusals.say(
                    |unsaid| tracing::warn!(%reason, unsaid, "an access token cannot be judged"),
                );
                let why = "access tokens cannot be judged now; try again later";
                Err(Box::new(answer::text(StatusCode::SERVICE_UNAVAILABLE, why)))
            }
        }
    }

    fn granted(self: &Arc<Self>, grant: Grant) -> Result<Bearer, Box<Answer>> {
        let Some(open) = self.scopes.open(grant.scopes.iter().map(String::as_str)) else {
            self.refusals.say(|unsaid| {
                tracing::warn!(
                    subject = grant.subject,
                    unsaid,
                    "an access token has no scope that opens anything here"
                );
            });
            let why = "no scope of the access token opens anything here";
            let error = Some("insufficient_scope");
            return Err(self.challenge(StatusCode::FORBIDDEN, error, &self.first(), why));
        };
        let now = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
        let left = Duration::from_secs(grant.expires.saturating_sub(now).min(DAY));
        let known = self.scopes.names();
        let scopes = known.filter(|name| grant.scopes.iter().any(|it| it == name));
        Ok(Bearer {
            owner: Owner::SignedIn(Arc::new(Subject {
                issuer: self.issuer.clone(),
                subject: grant.subject,
                client: grant.client,
            })),
            access: Access::Scopes {
                open,
                most: self.scopes.highest(),
            },
            expires: Some(Instant::now() + left),
            scopes: Some((Arc::clone(self), scopes.map(str::to_owned).collect())),
        })
    }

    /// The answer to one who has no token, or none that can be one.
    pub(super) fn unauthorized(&self, error: Option<&str>, why: &str) -> Box<Answer> {
        self.challenge(StatusCode::UNAUTHORIZED, error, &self.first(), why)
    }

    /// The answer to a call that a token with more scopes could make: with all that it needs, and those that the
    /// token has, because some clients ask for just what is named. None where no token could.
    pub(super) fn insufficient(
        &self,
        tool: &str,
        access: Access,
        granted: &[String],
    ) -> Option<Answer> {
        let (tier, is_open) = match catalog::find(tool) {
            Some(tool) => (tool.tier, gate::permit(tool, &self.safety).is_ok()),
            // What a panel brings is the answer to a call that loses something.
            None if tool == APPROVE_TOOL => (Tier::Destructive, self.safety.allow_destructive),
            None => return None,
        };
        let needed = self.scopes.opening(tier)?;
        if tier <= access.reaches() || !is_open {
            return None;
        }
        let mut scopes: Vec<&str> = granted.iter().map(String::as_str).collect();
        scopes.push(needed);
        let why = format!(
            "`{tool}` is a {} tool, for which the access token has not the scope",
            tier.name()
        );
        tracing::warn!(tool, scope = needed, "a call needs another scope");
        let error = Some("insufficient_scope");
        Some(*self.challenge(StatusCode::FORBIDDEN, error, &scopes.join(" "), &why))
    }

    /// What a client is to ask for first: what opens least.
    fn first(&self) -> String {
        self.scopes
            .opening(Tier::Safe)
            .unwrap_or_default()
            .to_owned()
    }

    /// One header with one scheme and every value in quotes, because clients look for just that.
    fn challenge(
        &self,
        status: StatusCode,
        error: Option<&str>,
        scope: &str,
        why: &str,
    ) -> Box<Answer> {
        let mut challenge = "Bearer realm=\"mcp-docker\"".to_owned();
        let scope = Some(scope).filter(|it| !it.is_empty());
        for (name, value) in [
            ("error", error),
            ("scope", scope),
            ("resource_metadata", Some(&*self.metadata_url)),
        ] {
            if let Some(value) = value {
                challenge.push_str(&format!(", {name}=\"{value}\""));
            }
        }
        let mut answer = answer::text(status, why);
        // Of the configuration, which has nothing in it that a header may not.
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        Box::new(answer)
    }
}
