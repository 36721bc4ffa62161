//! An issuer of access tokens on this machine: its metadata, its keys, and what it says of a token.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::authority::Folder;

/// What its tokens are for.
pub const RESOURCE: &str = "https://docker.example.com/mcp";

/// A key that it may sign with.
pub enum Key {
    /// On the curve P-256.
    Curve(EcdsaKeyPair),
    /// On the curve Ed25519.
    Edwards(Ed25519KeyPair),
    /// Of RSA, always the same.
    Rsa(RsaKeyPair),
}

impl Key {
    /// A new one on P-256.
    pub fn curve() -> Self {
        let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self::Curve(EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).unwrap())
    }

    /// A new one on Ed25519.
    pub fn edwards() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Edwards(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap())
    }

    /// The one of RSA, which is in a file because ring makes none.
    pub fn rsa() -> Self {
        let text = include_bytes!("../fixtures/issuer/rsa.pem");
        let document = PrivatePkcs8KeyDer::from_pem_slice(text).unwrap();
        Self::Rsa(RsaKeyPair::from_pkcs8(document.secret_pkcs8_der()).unwrap())
    }

    /// What the key set has of it.
    pub fn public(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| BASE64.encode(bytes);
        match self {
            Self::Curve(pair) => {
                let point = pair.public_key().as_ref();
                json!({
                    "kty": "EC", "crv": "P-256", "kid": kid,
                    "x": text(&point[1..33]), "y": text(&point[33..]),
                })
            }
            Self::Edwards(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": text(pair.public_key().as_ref()) })
            }
            Self::Rsa(pair) => {
                let parts: ring::rsa::PublicKeyComponents<Vec<u8>> = pair.public().into();
                json!({ "kty": "RSA", "kid": kid, "n": text(&parts.n), "e": text(&parts.e) })
            }
        }
    }

    /// A token of these parts.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let (bytes, random) = (message.as_bytes(), SystemRandom::new());
        let signature = match self {
            Self::Curve(pair) => pair.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Self::Edwards(pair) => pair.sign(bytes).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let kind: &dyn ring::signature::RsaEncoding = match header["alg"].as_str() {
                    Some("PS256") => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(kind, &random, bytes, &mut signature).unwrap();
                signature
            }
        };
        format!("{message}.{}", BASE64.encode(signature))
    }
}

/// What is signed of a token.
pub fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// Seconds since 1970.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs()
}

/// The issuer, until it is dropped.
pub struct Issuer {
    /// Where it is.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
    scheme: &'static str,
}

#[derive(Default)]
struct State {
    metadata: Value,
    keys: Vec<Value>,
    opaque: HashMap<String, Value>,
    seen: Vec<String>,
    is_down: bool,
    leads: Option<(&'static str, String)>,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Issuer {
    /// One that has these keys.
    pub async fn start(keys: &[(&str, &Key)]) -> Self {
        Self::open(keys, None).await
    }

    /// The same over TLS, by the certificate of that folder.
    pub async fn start_with_tls(keys: &[(&str, &Key)], folder: &Folder) -> Self {
        let chain = CertificateDer::pem_file_iter(folder.file("cert.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(folder.file("key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap();
        Self::open(keys, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn open(keys: &[(&str, &Key)], tls: Option<TlsAcceptor>) -> Self {
        let scheme = tls.as_ref().map_or("http", |_| "https");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let serving = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(tcp, state).await,
                        // A client that does not trust it leaves.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(tcp).await {
                                serve(stream, state).await;
                            }
                        }
                    }
                });
            }
        });
        let issuer = Self {
            address,
            state,
            serving,
            scheme,
        };
        let at = |path: &str| format!("{}{path}", issuer.url());
        issuer.says(json!({
            "issuer": issuer.url(),
            "jwks_uri": at("/jwks"),
            "introspection_endpoint": at("/introspect"),
            "registration_endpoint": at("/register"),
            "code_challenge_methods_supported": ["S256"],
        }));
        issuer.has(keys);
        issuer
    }

    /// What it is called.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The settings of a server that trusts it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let scopes = "docker:read=safe,docker:write=moderate,docker:admin=destructive";
        vec![
            ("MCP_DOCKER_OAUTH_ISSUER", self.url()),
            ("MCP_DOCKER_OAUTH_AUDIENCE", RESOURCE.to_owned()),
            ("MCP_DOCKER_OAUTH_SCOPES", scopes.to_owned()),
        ]
    }

    /// Says this of itself from now on.
    pub fn says(&self, metadata: Value) {
        self.state.lock().unwrap().metadata = metadata;
    }

    /// Says also, or instead, this of itself.
    pub fn also_says(&self, name: &str, value: Value) {
        self.state.lock().unwrap().metadata[name] = value;
    }

    /// Has these keys from now on.
    pub fn has(&self, keys: &[(&str, &Key)]) {
        let keys = keys.iter().map(|(kid, key)| key.public(kid));
        self.has_documents(keys.collect());
    }

    /// The same, of what stands in a key set.
    pub fn has_documents(&self, keys: Vec<Value>) {
        self.state.lock().unwrap().keys = keys;
    }

    /// Says this of a token that says nothing by itself.
    pub fn knows(&self, token: &str, what: Value) {
        let opaque = &mut self.state.lock().unwrap().opaque;
        opaque.insert(token.to_owned(), what);
    }

    /// Answers nothing but 500, or is well again.
    pub fn is_down(&self, is: bool) {
        self.state.lock().unwrap().is_down = is;
    }

    /// Answers there that it is to be asked at another address.
    pub fn leads(&self, path: &'static str, to: String) {
        self.state.lock().unwrap().leads = Some((path, to));
    }

    /// How often it was asked for that path.
    pub fn asked(&self, path: &str) -> usize {
        let seen = &self.state.lock().unwrap().seen;
        seen.iter().filter(|it| it.as_str() == path).count()
    }

    /// The claims of a good token with that scope.
    pub fn claims(&self, scope: &str) -> Value {
        json!({
            "iss": self.url(), "aud": RESOURCE, "sub": "alice", "client_id": "app", "scope": scope,
            "iat": now(), "exp": now() + 600, "jti": "1",
        })
    }
}

/// The head of a good token.
pub fn header(alg: &str, kid: &str) -> Value {
    json!({ "alg": alg, "kid": kid, "typ": "at+jwt" })
}

async fn serve<S>(stream: S, state: Arc<Mutex<State>>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(Arc::clone(&state), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // Whoever asks may leave at any time.
    let _ = connection.await;
}

async fn answer(
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let authorization = request.headers().get("authorization").cloned();
    let body = request.into_body().collect().await;
    let body = body
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let mut state = state.lock().unwrap();
    state.seen.push(path.clone());
    let leads = state.leads.clone().filter(|(from, _)| *from == path);
    let (status, document) = match path.as_str() {
        _ if leads.is_some() => (302, json!({})),
        _ if state.is_down => (500, json!({})),
        "/.well-known/openid-configuration" => (200, state.metadata.clone()),
        "/jwks" => (200, json!({ "keys": state.keys })),
        // `mcp:s3cret:` with its colon written out.
        "/introspect" if authorization.is_some_and(|it| it == "Basic bWNwOnMzY3JldCUzQQ==") => {
            let form: HashMap<String, String> =
                form_urlencoded::parse(&body).into_owned().collect();
            let known = state.opaque.get(&form["token"]).cloned();
            (200, known.unwrap_or(json!({ "active": false })))
        }
        "/introspect" => (401, json!({ "error": "invalid_client" })),
        _ => (404, json!({})),
    };
    let mut response = Response::new(Full::new(Bytes::from(document.to_string())));
    *response.status_mut() = status.try_into().unwrap();
    if let Some((_, to)) = leads {
        let headers = response.headers_mut();
        headers.insert("location", to.parse().unwrap());
    }
    Ok(response)
}
