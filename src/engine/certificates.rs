//! Finds the PEM files of a TLS connection, and says which setting is wrong where one is missing.
//!
//! They are read and judged here although bollard reads them again: it takes a client certificate
//! that it cannot use for none at all.

use std::path::{Path, PathBuf};

use super::address::{Address, SearchFolders};
use super::error::EngineError;
use super::tls;
use crate::config::DockerConfig;
use crate::files;

/// The file of authorities in a folder of certificates.
const CA: &str = "ca.pem";

/// The PEM files of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// What the Engine's certificate is checked against, besides the system's authorities.
    pub ca: Option<PathBuf>,
    /// What the client shows, where it shows anything.
    pub client: Option<Client>,
}

/// A certificate for clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The certificate.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Certificates {
    /// The files of the TLS that this address and the settings ask for, if they do.
    ///
    /// They are those of the Docker context, else those set one by one, else those in
    /// `DOCKER_CERT_PATH`, else those beside the Docker configuration. What was named has to be
    /// there, and `ca.pem` in `DOCKER_CERT_PATH`; the Docker CLI wants no more either.
    pub(super) fn wanted(
        address: &Address,
        config: &DockerConfig,
    ) -> Result<Option<Self>, EngineError> {
        if !speaks_tls(address, config) {
            return Ok(None);
        }
        let beside = SearchFolders::of_this_process().docker_config;
        let found = Self::find_in(address, config, beside.as_deref())?;
        found.check().map_err(|wrong| {
            EngineError::Misconfigured(format!(
                "TLS to {address} cannot be set up: {wrong}; replace it, or name another with {}, or {} and its siblings",
                config.called("DOCKER_CERT_PATH"),
                config.called("DOCKER_TLS_CA_CERT"),
            ))
        })?;
        Ok(Some(found))
    }

    fn check(&self) -> Result<(), String> {
        if let Some(ca) = &self.ca {
            tls::check_authorities(ca)?;
        }
        match &self.client {
            Some(Client { cert, key }) => tls::check_client(cert, key),
            None => Ok(()),
        }
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
            let must_be_there = setting.is_some_and(|setting| setting == variable || file == CA);
            if !must_be_there && !path.exists() {
                return Ok(None);
            }
            check_pem(&path, setting.map(|it| config.called(it))).map(|()| Some(path))
        };
        let ca = find("DOCKER_TLS_CA_CERT", &config.tls_ca_cert, CA)?;
        let cert = find(
            "DOCKER_TLS_CLIENT_CERT",
            &config.tls_client_cert,
            "cert.pem",
        )?;
        let key = find("DOCKER_TLS_CLIENT_KEY", &config.tls_client_key, "key.pem")?;
        let incomplete = |there: &str, missing: &str| {
            EngineError::Misconfigured(format!(
                "TLS to {address} has {there} but not {missing}; name that too, or remove the other"
            ))
        };
        let client = match (cert, key) {
            (Some(cert), Some(key)) => Some(Client { cert, key }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(incomplete(
                    "a client certificate",
                    &format!(
                        "its key ({} or `key.pem`)",
                        config.called("DOCKER_TLS_CLIENT_KEY")
                    ),
                ));
            }
            (None, Some(_)) => {
                return Err(incomplete(
                    "a client key",
                    &format!(
                        "its certificate ({} or `cert.pem`)",
                        config.called("DOCKER_TLS_CLIENT_CERT")
                    ),
                ));
            }
        };
        Ok(Self { ca, client })
    }
}

/// A certificate that was named for the connection asks for TLS as much as the switch does; so does the folder of
/// a host's own, where that of the environment may be for another Engine.
fn speaks_tls(address: &Address, config: &DockerConfig) -> bool {
    match address.url.split_once("://") {
        Some(("https", _)) => true,
        Some(("tcp" | "http", _)) => {
            config.tls_verify
                || config.tls_ca_cert.is_some()
                || config.tls_client_cert.is_some()
                || config.tls_client_key.is_some()
                || (config.entry.is_some() && config.cert_path.is_some())
                || address.certificates.is_some()
        }
        _ => false,
    }
}

fn check_pem(path: &Path, setting: Option<String>) -> Result<(), EngineError> {
    let wrong = match files::read(path, files::SMALL) {
        Ok(text) if String::from_utf8_lossy(&text).contains("-----BEGIN") => return Ok(()),
        Ok(_) => "is not a PEM file".to_owned(),
        Err(error) => format!("cannot be read ({error})"),
    };
    let advice = match setting {
        Some(setting) => format!("correct {setting}"),
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

    fn find(
        folder: &Path,
        set: impl FnOnce(&mut DockerConfig),
    ) -> Result<Certificates, EngineError> {
        let mut config = DockerConfig {
            tls_verify: true,
            ..DockerConfig::default()
        };
        set(&mut config);
        let address = Address {
            url: "tcp://far:2376".to_owned(),
            origin: Origin::Host,
            certificates: None,
            shown: None,
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
    fn a_folder_of_authorities_alone_serves_an_engine_that_asks_for_no_certificate() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(CA), "-----BEGIN CERTIFICATE-----").unwrap();
        let named = || {
            find(Path::new("/nowhere"), |config| {
                config.cert_path = Some(folder.path().to_owned());
            })
        };
        let found = named().unwrap();
        assert_eq!(
            (found.ca, found.client),
            (Some(folder.path().join(CA)), None)
        );
        fs::write(folder.path().join("key.pem"), "-----BEGIN PRIVATE KEY-----").unwrap();
        let text = named().unwrap_err().to_string();
        assert!(
            text.contains("a client key but not its certificate"),
            "{text}"
        );
        let absent = find(folder.path(), |config| {
            config.tls_client_cert = Some(folder.path().join("cert.pem"));
        });
        let text = absent.unwrap_err().to_string();
        assert!(text.contains("correct `DOCKER_TLS_CLIENT_CERT`"), "{text}");
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
        let none = find(folder.path(), |_| ()).unwrap();
        assert_eq!((none.ca, none.client), (None, None));
        for file in ["ca.pem", "cert.pem"] {
            fs::write(folder.path().join(file), "-----BEGIN CERTIFICATE-----").unwrap();
        }
        let text = find(folder.path(), |_| ()).unwrap_err().to_string();
        assert!(text.contains("`DOCKER_TLS_CLIENT_KEY`"), "{text}");
        fs::write(folder.path().join("key.pem"), "-----BEGIN PRIVATE KEY-----").unwrap();
        let found = find(folder.path(), |_| ()).unwrap();
        assert_eq!(
            found.client.map(|client| client.key),
            Some(folder.path().join("key.pem"))
        );
    }
}
