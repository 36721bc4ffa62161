//! Judges access tokens of an OAuth issuer that this server trusts: whose each is, and what it opens.
//!
//! A JWT is judged by the issuer's keys; what is none, or says that it is something else than an access token,
//! the issuer is asked about, where this server may. Nothing is asked before the first token comes.

mod answers;
mod claims;
mod fetch;
mod introspection;
mod issuer;
mod keys;
mod ring;
mod token;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use jsonwebtoken::decode_header;
use tokio::sync::Mutex as Gate;
use tokio::time::Instant;

pub use fetch::{FetchError, Http};
pub use issuer::Metadata;

use crate::config::SignInConfig;
use introspection::Introspection;
use keys::{KeySet, Keys};

/// By how much clocks may differ, in seconds.
const LEEWAY: u64 = 5;

/// What a good token opens, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who signed in.
    pub subject: String,
    /// By which client, where the token says so.
    pub client: Option<String>,
    /// What they allowed it.
    pub scopes: Vec<String>,
    /// Until when, in seconds since 1970.
    pub expires: u64,
}

/// Why a token opens nothing. No text holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// It is not good.
    Refused(String),
    /// Nobody can tell now.
    Unavailable(String),
}

/// Whose tokens are good, and for whom they must be.
struct Audience {
    issuer: String,
    audience: String,
}

/// Judges tokens.
pub struct TokenVerifier {
    meant: Audience,
    keys: Arc<Keys>,
    issuer: Arc<Issuer>,
    introspection: Option<Introspection>,
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenVerifier(..)")
    }
}

impl TokenVerifier {
    /// What judges tokens by that configuration; none where nobody signs in.
    ///
    /// # Errors
    /// A file that it names cannot be used; the text names the variable.
    pub fn new(config: &SignInConfig) -> Result<Option<Self>, String> {
        let (Some(name), Some(audience)) = (&config.issuer, &config.audience) else {
            return Ok(None);
        };
        ring::install();
        let introspection = match (&config.client_id, &config.client_secret_file) {
            (Some(client), Some(secret)) => Some(Introspection::new(client, secret)?),
            _ => None,
        };
        let issuer = Arc::new(Issuer {
            name: name.clone(),
            http: Http::new(name, config.ca.as_deref())?,
            known: Mutex::default(),
            gate: Arc::default(),
        });
        let source = Arc::clone(&issuer);
        let keys = Keys::new(Box::new(move || {
            let issuer = Arc::clone(&source);
            async move { issuer.keys().await }.boxed()
        }));
        Ok(Some(Self {
            meant: Audience {
                issuer: name.clone(),
                audience: audience.clone(),
            },
            keys: Arc::new(keys),
            issuer,
            introspection,
        }))
    }

    /// What a token opens.
    ///
    /// # Errors
    /// It is not good, or nobody can tell.
    pub async fn verify(&self, token: &str) -> Result<Grant, Denied> {
        let now = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
        let refused = |why: &str| Err(Denied::Refused(why.to_owned()));
        let header = match token.split('.').count() {
            3 => decode_header(token).ok(),
            _ => None,
        };
        match (header, &self.introspection) {
            (Some(header), _) if token::is_for_access(&header) => {
                token::judge(token, &header, &self.keys, &self.meant, now).await
            }
            (_, Some(introspection)) => {
                let asked = introspection.ask(&self.issuer, token, &self.meant, now);
                asked.await
            }
            (Some(_), None) => refused(
                "its `typ` is not `at+jwt`, so that it may be no access token; have the issuer make such ones, or \
                 let this server ask about it (MCP_DOCKER_OAUTH_CLIENT_ID)",
            ),
            (None, None) => refused(
                "it is no JWT that can be read, and this server may not ask the issuer about it \
                 (MCP_DOCKER_OAUTH_CLIENT_ID)",
            ),
        }
    }
}

/// The issuer, and what it said of itself.
struct Issuer {
    name: String,
    http: Http,
    known: Mutex<Option<Arc<Metadata>>>,
    /// Held by whoever asks; and when that was in vain, and why. Anyone can bring a token, and each would have it
    /// asked.
    gate: Arc<Gate<Option<(Instant, String)>>>,
}

impl Issuer {
    async fn metadata(self: &Arc<Self>) -> Result<Arc<Metadata>, String> {
        if let Some(metadata) = self.known().clone() {
            return Ok(metadata);
        }
        let mut in_vain = Arc::clone(&self.gate).lock_owned().await;
        // Somebody else may have learnt it meanwhile, or that it is not to be had.
        if let Some(metadata) = self.known().clone() {
            return Ok(metadata);
        }
        if let Some((at, why)) = &*in_vain
            && at.elapsed() < keys::PAUSE
        {
            return Err(why.clone());
        }
        // It is done even where whoever asked has left; else each who waits would begin anew.
        let issuer = Arc::clone(self);
        let asking = async move {
            let fetched = issuer.fetch().await.map(Arc::new);
            let failed = fetched.as_ref().err();
            *in_vain = failed.map(|why| (Instant::now(), why.clone()));
            if let Ok(metadata) = &fetched {
                *issuer.known() = Some(Arc::clone(metadata));
            }
            fetched
        };
        let asked = tokio::spawn(asking).await;
        asked.map_err(|error| error.to_string())?
    }

    async fn fetch(&self) -> Result<Metadata, String> {
        let metadata = Metadata::fetch(&self.http, &self.name).await?;
        // Else anyone whose metadata the address leads to would be the issuer.
        if metadata.issuer != self.name {
            return Err(format!(
                "the issuer calls itself `{}`, and MCP_DOCKER_OAUTH_ISSUER `{}`",
                metadata.issuer, self.name
            ));
        }
        Ok(metadata)
    }

    /// Has it say anew what it is, because something was not where it said.
    fn forget(&self) {
        *self.known() = None;
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Metadata>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keys(self: &Arc<Self>) -> Result<KeySet, String> {
        let metadata = self.metadata().await?;
        let Some(place) = &metadata.jwks_uri else {
            return Err("the issuer says nowhere where its keys are (`jwks_uri`)".to_owned());
        };
        let fetched = match self.http.get(place).await {
            Ok(document) => keys::read(&document),
            Err(error) => Err(error.to_string()),
        };
        if fetched.is_err() {
            self.forget();
        }
        fetched
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Else those who come and go keep everyone else waiting.
    #[tokio::test]
    async fn whoever_leaves_while_the_issuer_is_asked_has_asked_for_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let name = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Arc::new(Issuer {
            http: Http::new(&name, None).unwrap(),
            name: name.clone(),
            known: Mutex::default(),
            gate: Arc::default(),
        });
        let mut asked = tokio::select! {
            biased;
            told = issuer.metadata() => panic!("nobody answered: {told:?}"),
            asked = listener.accept() => asked.unwrap().0,
        };
        let next = tokio::spawn({
            let issuer = Arc::clone(&issuer);
            async move { issuer.metadata().await }
        });
        let mut head = vec![0; 4096];
        let length = asked.read(&mut head).await.unwrap();
        assert!(head[..length].starts_with(b"GET /.well-known/"));
        let document = serde_json::json!({ "issuer": name }).to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{document}",
            document.len()
        );
        asked.write_all(answer.as_bytes()).await.unwrap();
        assert_eq!(next.await.unwrap().unwrap().issuer, name);
    }
}
