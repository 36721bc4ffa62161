//! Says what is wrong with a certificate and how to mend it: with the client's before it is shown,
//! with either end's after the other refused it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, CertificateError, Error, RootCertStore};

use super::address::{Address, Origin};

/// What is wrong with a file of authorities, if anything is.
pub(super) fn check_authorities(file: &Path) -> Result<(), String> {
    certificates(file).map(drop)
}

/// What is wrong with a client certificate or its key, if anything is. bollard would show none at
/// all, and an Engine does not say what it dislikes about one.
pub(super) fn check_client(certificate: &Path, key: &Path) -> Result<(), String> {
    let chain = certificates(certificate)?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|_| {
        format!(
            "the TLS file `{}` holds no private key that can be used (one with a passphrase cannot)",
            key.display()
        )
    })?;
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain.clone(), secret, &provider).map_err(|error| match error {
        Error::InconsistentKeys(_) => format!(
            "the key `{}` does not belong to the client certificate `{}`",
            key.display(),
            certificate.display()
        ),
        error => format!("the key `{}` cannot be used ({error})", key.display()),
    })?;
    match chain.first().and_then(out_of_date) {
        Some(wrong) => Err(format!(
            "the client certificate `{}` {wrong}",
            certificate.display()
        )),
        None => Ok(()),
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .ok()
        .filter(|certificates| !certificates.is_empty())
        .ok_or_else(|| format!("the TLS file `{}` holds no certificate", file.display()))
}

/// Whether a certificate is one of another time. Its period is judged before its issuer, so that
/// the certificate itself will do as the authority that a verifier needs.
fn out_of_date(certificate: &CertificateDer<'static>) -> Option<String> {
    let mut itself = RootCertStore::empty();
    itself.add(certificate.clone()).ok()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(itself), provider);
    let verdict = verifier
        .build()
        .ok()?
        .verify_client_cert(certificate, &[], UnixTime::now());
    match verdict {
        Err(Error::InvalidCertificate(error)) => period(&error),
        _ => None,
    }
}

/// What an error says of the time that a certificate is valid in.
fn period(error: &CertificateError) -> Option<String> {
    match error {
        CertificateError::Expired => Some("has expired".to_owned()),
        CertificateError::ExpiredContext { not_after, .. } => {
            Some(format!("has expired ({})", Date(*not_after)))
        }
        CertificateError::NotValidYet => Some("is not valid yet".to_owned()),
        CertificateError::NotValidYetContext { not_before, .. } => {
            Some(format!("is not valid before {}", Date(*not_before)))
        }
        _ => None,
    }
}

struct Date(UnixTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX);
        match Timestamp::from_second(seconds) {
            Ok(time) => time.fmt(f),
            Err(_) => f.write_str("a time far off"),
        }
    }
}

/// Why the two ends did not come to trust each other, and what helps.
pub(super) fn explain(error: &Error, address: &Address) -> String {
    match error {
        Error::InvalidCertificate(error) => {
            let engines = |what: &str| format!("the Engine's certificate {what}");
            match error {
                CertificateError::UnknownIssuer => format!(
                    "{}; name the file of the authority that did in {}",
                    engines("was not signed by an authority known here"),
                    setting(address, "DOCKER_TLS_CA_CERT", "ca.pem", "ca")
                ),
                CertificateError::NotValidForNameContext { presented, .. } => format!(
                    "{}; use a name that it is for, or make a new one with this name",
                    engines(&format!(
                        "is not for this host, only for {}",
                        names(presented)
                    ))
                ),
                error => match period(error) {
                    Some(wrong) => format!(
                        "{}; renew it there, or set the clock that is wrong",
                        engines(&wrong)
                    ),
                    None => format!("{}; make a new one", engines(&format!("is bad ({error})"))),
                },
            }
        }
        Error::AlertReceived(
            alert @ (AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::AccessDenied),
        ) => {
            let place = setting(address, "DOCKER_TLS_CLIENT_CERT", "cert.pem", "cert");
            match &address.shown {
                Some(file) => format!(
                    "the Engine does not accept the client certificate `{}` ({alert:?}); name one in {place} that is for clients and signed by the authority of the Engine's `--tlscacert`",
                    file.display()
                ),
                None => format!(
                    "the Engine wants a client certificate and got none; name it in {place}, and its key in {}",
                    setting(address, "DOCKER_TLS_CLIENT_KEY", "key.pem", "key")
                ),
            }
        }
        Error::InvalidMessage(_) => {
            "what answers there does not speak TLS; check the port".to_owned()
        }
        error => in_general(&error.to_string()),
    }
}

/// Where nothing more is known than the words of the transport.
pub(super) fn in_general(detail: &str) -> String {
    format!(
        "{detail}; check the certificates (`DOCKER_CERT_PATH`, or `DOCKER_TLS_CA_CERT` and its siblings) and that the Engine speaks TLS there"
    )
}

/// Where a file for this address is named.
fn setting(address: &Address, variable: &str, file: &str, key: &str) -> String {
    match &address.origin {
        Origin::Context(name) if address.certificates.is_some() => {
            format!(
                "`docker context update {name} --docker host={},{key}=FILE`",
                address.url
            )
        }
        _ => format!("`{variable}` (or as `{file}` in `DOCKER_CERT_PATH`)"),
    }
}

fn names(presented: &[String]) -> String {
    match presented {
        [] => "no name at all".to_owned(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_wrong_with_the_engines_certificate_is_said_with_what_helps() {
        let context = Origin::Context("far".to_owned());
        let mut address = Address::new("tcp://far:2376", context);
        address.certificates = Some("tls".into());
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        for (error, said) in [
            (
                CertificateError::ExpiredContext {
                    time: at(2),
                    not_after: at(1),
                },
                "has expired (1970-01-01T00:00:01Z); renew it there",
            ),
            (
                CertificateError::NotValidYetContext {
                    time: at(1),
                    not_before: at(2),
                },
                "is not valid before 1970-01-01T00:00:02Z; renew it there, or set the clock",
            ),
            (
                CertificateError::UnknownIssuer,
                "`docker context update far --docker host=tcp://far:2376,ca=FILE`",
            ),
            (CertificateError::BadSignature, "is bad ("),
        ] {
            let text = explain(&Error::InvalidCertificate(error), &address);
            assert!(text.contains(said), "{text}");
        }
    }
}
