//! Reads the certificate that the server shows, and its key.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::files;

/// What makes a TLS connection of a TCP connection.
///
/// # Errors
/// A file cannot be read, or the two do not belong together; the text names the variable.
pub(super) fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, String> {
    let wrong = |variable: &str, path: &Path, error: &dyn Display| {
        format!("{variable}: cannot use `{}`: {error}", path.display())
    };
    let read = |variable: &str, path: &Path| {
        files::read(path, files::SMALL).map_err(|error| wrong(variable, path, &error))
    };
    let chain = CertificateDer::pem_slice_iter(&read("MCP_DOCKER_TLS_CERT", cert)?)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|chain| match chain.is_empty() {
            true => Err(pem::Error::NoItemsFound),
            false => Ok(chain),
        })
        .map_err(|error| wrong("MCP_DOCKER_TLS_CERT", cert, &error))?;
    let key = PrivateKeyDer::from_pem_slice(&read("MCP_DOCKER_TLS_KEY", key)?)
        .map_err(|error| wrong("MCP_DOCKER_TLS_KEY", key, &error))?;
    let unusable = |error| format!("MCP_DOCKER_TLS_CERT and MCP_DOCKER_TLS_KEY: {error}");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
