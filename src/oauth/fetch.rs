//! Asks an issuer over HTTP, within a size and a time, and follows it nowhere else.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{self, AsyncReadExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::config::is_safe_url;
use crate::erased::{self, Duplex};
use crate::files;

/// The most bytes of an answer.
const MOST: usize = 256 * 1024;

/// The most bytes that are read for one: the answer with its head, and what may come before it (100 Continue).
const MOST_READ: u64 = 2 * 256 * 1024;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What it takes to ask: whom to trust.
#[derive(Clone)]
pub struct Http {
    tls: TlsConnector,
    /// The issuer is at `https://`, and nothing that it names may be elsewhere: without TLS there are services of
    /// this machine, such as an Engine, that do what anyone on it asks.
    by_tls: bool,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http(..)")
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The answer says no more than this.
    #[error("{url} answers {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The answer.
        status: StatusCode,
    },
    /// There is none.
    #[error("{url}: {reason}")]
    Failed {
        /// What was asked for.
        url: String,
        /// Why not.
        reason: String,
    },
}

impl Http {
    /// Asks that issuer, trusting the authorities of the system and those of a file.
    ///
    /// # Errors
    /// The file cannot be used; the text names the variable.
    pub fn new(issuer: &str, ca: Option<&Path>) -> Result<Self, String> {
        let mut authorities = RootCertStore::empty();
        authorities.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = ca {
            let wrong = |error: &dyn fmt::Display| {
                format!(
                    "MCP_DOCKER_OAUTH_CA: cannot use `{}`: {error}",
                    path.display()
                )
            };
            let text = files::read(path, files::SMALL).map_err(|error| wrong(&error))?;
            let certificates = CertificateDer::pem_slice_iter(&text)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| wrong(&error))?;
            if certificates.is_empty() {
                return Err(wrong(&"it holds no certificate"));
            }
            authorities.add_parsable_certificates(certificates);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(authorities)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            by_tls: Url::parse(issuer).is_ok_and(|url| url.scheme() == "https"),
        })
    }

    /// What is at an address.
    ///
    /// # Errors
    /// Nothing comes of it, or something else than a document.
    pub async fn get(&self, url: &str) -> Result<Bytes, FetchError> {
        self.send(url, Method::GET, None, String::new()).await
    }

    /// What comes of a form.
    ///
    /// # Errors
    /// As with [`get`](Self::get).
    pub(super) async fn post(
        &self,
        url: &str,
        authorization: &str,
        form: String,
    ) -> Result<Bytes, FetchError> {
        self.send(url, Method::POST, Some(authorization), form)
            .await
    }

    async fn send(
        &self,
        url: &str,
        method: Method,
        authorization: Option<&str>,
        form: String,
    ) -> Result<Bytes, FetchError> {
        let failed = |reason: String| FetchError::Failed {
            url: url.to_owned(),
            reason,
        };
        let target = Url::parse(url).map_err(|error| failed(error.to_string()))?;
        // What the issuer names may lead anywhere.
        if !is_safe_url(url) {
            let why = "it is neither `https://` nor `http://` of this machine";
            return Err(failed(why.to_owned()));
        }
        if self.by_tls && target.scheme() != "https" {
            let why = "the issuer is at `https://`, and may name no other address";
            return Err(failed(why.to_owned()));
        }
        let mut request = Request::builder()
            .method(method)
            .uri(&target[url::Position::BeforePath..url::Position::AfterQuery])
            .header(
                HOST,
                &target[url::Position::BeforeHost..url::Position::AfterPort],
            )
            .header(ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            request = request
                .header(AUTHORIZATION, authorization)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request
            .body(Full::new(Bytes::from(form)))
            .map_err(|error| failed(error.to_string()))?;
        let answer = timeout(PATIENCE, self.exchange(&target, request)).await;
        let answer = answer
            .map_err(|_| failed(format!("no answer within {} s", PATIENCE.as_secs())))?
            .map_err(failed)?;
        match answer {
            (StatusCode::OK, body) => Ok(body),
            (status, _) => Err(FetchError::Status {
                url: url.to_owned(),
                status,
            }),
        }
    }

    async fn exchange(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, Bytes), String> {
        let port = url.port_or_known_default().ok_or("it has no port")?;
        let (name, tcp) = match url.host().ok_or("it has no host")? {
            Host::Domain(name) => (
                ServerName::try_from(name.to_owned()).map_err(|error| error.to_string())?,
                TcpStream::connect((name, port)).await,
            ),
            Host::Ipv4(address) => (
                ServerName::from(std::net::IpAddr::from(address)),
                TcpStream::connect((address, port)).await,
            ),
            Host::Ipv6(address) => (
                ServerName::from(std::net::IpAddr::from(address)),
                TcpStream::connect((address, port)).await,
            ),
        };
        let tcp = tcp.map_err(|error| error.to_string())?;
        if url.scheme() == "https" {
            let stream = self.tls.connect(name, tcp).await;
            return speak(stream.map_err(|error| error.to_string())?, request).await;
        }
        speak(tcp, request).await
    }
}

async fn speak(
    stream: impl Duplex + 'static,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, Bytes), String> {
    // A head has no end as long as the issuer says that it goes on, and nothing else stops reading it.
    let (read, write) = io::split(stream);
    let stream = io::join(read.take(MOST_READ), write);
    let opened = http1::handshake(erased::connection(stream)).await;
    let (mut sender, connection) = opened.map_err(|error| error.to_string())?;
    // It ends with the sender and the answer.
    erased::spawn(async move { drop(connection.await) });
    let answer = sender.send_request(request).await;
    let answer = answer.map_err(|error| error.to_string())?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), MOST).collect().await;
    let body = body.map_err(|error| error.to_string())?;
    Ok((status, body.to_bytes()))
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_issuer_that_never_comes_to_its_answer_is_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Until nobody reads on.
            while stream
                .write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                .await
                .is_ok()
            {}
        });
        let failed = Http::new(&url, None).unwrap().get(&url).await.unwrap_err();
        assert!(!failed.to_string().contains("no answer within"), "{failed}");
    }
}
