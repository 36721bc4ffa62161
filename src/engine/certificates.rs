//! Finds the PEM files of a TLS connection, and says which setting is wrong where one is missing.
//!
//! They are read here although bollard reads them again: it takes a client certificate that it
//! cannot read for none at all.

use std::path::{Path, PathBuf};

use super::address::{Address, Places};
use super::error::EngineError;
use crate::config::DockerConfig;

/// What bollard reads in place of a file that is not needed.
const NOTHING: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// The PEM files of a TLS connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Certificates {
    /// What the Engine's certificate is checked against, besides the system's authorities.
    pub(super) ca: PathBuf,
    /// What the client shows.
    pub(super) cert: PathBuf,
    /// The private key of that.
    pub(super) key: PathBuf,
}

impl Certificates {
    /// Those of the Docker context, else those set one by one, else those in `DOCKER_CERT_PATH`,
    /// else those beside the Docker configuration, as far as they are there.
    pub(super) fn find(address: &Address, config: &DockerConfig) -> Result<Self, EngineError> {
        let beside = Places::of_this_process().docker_config;
        Self::find_in(address, config, beside.as_deref())
    }

    fn find_in(
        address: &Address,
        config: &DockerConfig,
        beside: Option<&Path>,
    ) -> Result<Self, EngineError> {
        let find = |variable: &str, set: &Option<PathBuf>, file: &str| {
            let (path, setting) = match (&address.certificates, set, &config.cert_path) {
                (Some(folder), _, _) => (folder.join(file), None),
                (None, Some(path), _) => (path.clone(), Some(variable)),
                (None, None, Some(folder)) => (folder.join(file), Some("DOCKER_CERT_PATH")),
                (None, None, None) => match beside {
                    Some(folder) => (folder.join(file), None),
                    None => return Ok(None),
                },
            };
            match setting {
                None if !path.exists() => Ok(None),
                _ => check_pem(&path, setting).map(|()| Some(path)),
            }
        };
        let ca = find("DOCKER_TLS_CA_CERT", &config.tls_ca_cert, "ca.pem")?;
        let cert = find(
            "DOCKER_TLS_CLIENT_CERT",
            &config.tls_client_cert,
            "cert.pem",
        )?;
        let key = find("DOCKER_TLS_CLIENT_KEY", &config.tls_client_key, "key.pem")?;
        if cert.is_some() != key.is_some() {
            let (there, missing) = if cert.is_some() {
                (
                    "a client certificate",
                    "its key (`DOCKER_TLS_CLIENT_KEY` or `key.pem`)",
                )
            } else {
                (
                    "a client key",
                    "its certificate (`DOCKER_TLS_CLIENT_CERT` or `cert.pem`)",
                )
            };
            return Err(EngineError::Misconfigured(format!(
                "TLS to {address} has {there} but not {missing}"
            )));
        }
        let or_nothing = |path: Option<PathBuf>| path.unwrap_or_else(|| PathBuf::from(NOTHING));
        Ok(Self {
            ca: or_nothing(ca),
            cert: or_nothing(cert),
            key: or_nothing(key),
        })
    }
}

fn check_pem(path: &Path, setting: Option<&str>) -> Result<(), EngineError> {
    let wrong = match std::fs::read(path) {
        Ok(text) if String::from_utf8_lossy(&text).contains("-----BEGIN") => return Ok(()),
        Ok(_) => "is not a PEM file".to_owned(),
        Err(error) => format!("cannot be read ({error})"),
    };
    let advice = match setting {
        Some(setting) => format!("correct `{setting}`"),
        None => "replace or remove it".to_owned(),
    };
    Err(EngineError::Misconfigured(format!(
        "the TLS file `{}` {wrong}; {advice}",
        path.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Origin;
    use std::fs;
    use std::time::Duration;

    fn find(
        folder: &Path,
        set: impl FnOnce(&mut DockerConfig),
    ) -> Result<Certificates, EngineError> {
        let mut config = DockerConfig {
            base_url: None,
            host: None,
            context: None,
            cert_path: None,
            tls_verify: true,
            tls_ca_cert: None,
            tls_client_cert: None,
            tls_client_key: None,
            timeout: Duration::from_secs(60),
        };
        set(&mut config);
        let address = Address {
            url: "tcp://far:2376".to_owned(),
            origin: Origin::Host,
            certificates: None,
        };
        Certificates::find_in(&address, &config, Some(folder))
    }

    #[test]
    fn a_missing_file_names_the_variable_that_asked_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent");
        let by_path = find(folder.path(), |config| {
            config.cert_path = Some(absent.clone())
        });
        let one_by_one = find(folder.path(), |config| {
            config.tls_ca_cert = Some(absent.clone())
        });
        for (result, variable) in [
            (by_path, "`DOCKER_CERT_PATH`"),
            (one_by_one, "`DOCKER_TLS_CA_CERT`"),
        ] {
            let text = result.unwrap_err().to_string();
            assert!(text.contains(variable) && text.contains("absent"), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_not_pem_is_refused_rather_than_taken_for_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), "0\u{82}").unwrap();
        let text = find(folder.path(), |_| ()).unwrap_err().to_string();
        assert!(text.contains("ca.pem` is not a PEM file"), "{text}");
    }

    #[test]
    fn files_beside_the_docker_configuration_serve_where_nothing_is_set() {
        let folder = tempfile::tempdir().unwrap();
        let nothing = PathBuf::from(NOTHING);
        let none = find(folder.path(), |_| ()).unwrap();
        assert_eq!(
            (&none.ca, &none.cert, &none.key),
            (&nothing, &nothing, &nothing)
        );
        for file in ["ca.pem", "cert.pem"] {
            fs::write(folder.path().join(file), "-----BEGIN CERTIFICATE-----").unwrap();
        }
        let text = find(folder.path(), |_| ()).unwrap_err().to_string();
        assert!(text.contains("`DOCKER_TLS_CLIENT_KEY`"), "{text}");
        fs::write(folder.path().join("key.pem"), "-----BEGIN PRIVATE KEY-----").unwrap();
        let found = find(folder.path(), |_| ()).unwrap();
        assert_eq!(found.key, folder.path().join("key.pem"));
    }
}
