//! Finds the address of the Engine in the configuration, the Docker context and the known sockets.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::EngineError;
use crate::config::DockerConfig;

#[cfg(unix)]
const PLATFORM_SOCKET: &str = "unix:///var/run/docker.sock";
#[cfg(windows)]
const PLATFORM_SOCKET: &str = "npipe:////./pipe/docker_engine";

/// Where an Engine is, and what said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address itself, such as `unix:///var/run/docker.sock`.
    pub url: String,
    /// What said so.
    pub origin: Origin,
    /// The folder of the Docker context's certificates, where it has one.
    pub(super) certificates: Option<PathBuf>,
}

/// The part of the configuration that an address came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `DOCKER_BASE_URL`.
    BaseUrl,
    /// `DOCKER_HOST`.
    Host,
    /// The Docker context of that name.
    Context(String),
    /// The platform's own socket.
    Platform,
    /// The socket of a product that was found in its usual place.
    Known(&'static str),
}

/// The folders that the search depends on.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// `$DOCKER_CONFIG`, or `.docker` in the home folder.
    pub(super) docker_config: Option<PathBuf>,
    home: Option<PathBuf>,
    runtime: Option<PathBuf>,
    system: PathBuf,
}

impl Places {
    pub(super) fn of_this_process() -> Self {
        let folder = |name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        Self {
            docker_config: folder("DOCKER_CONFIG").or_else(|| Some(home.as_ref()?.join(".docker"))),
            home,
            runtime: folder("XDG_RUNTIME_DIR"),
            system: PathBuf::from("/run"),
        }
    }

    /// The sockets of rootless Docker, of the desktop products and of Podman.
    fn known_sockets(&self) -> Vec<(&'static str, PathBuf)> {
        let within = |folder: &Option<PathBuf>, socket| folder.as_ref().map(|at| at.join(socket));
        [
            ("rootless Docker", within(&self.runtime, "docker.sock")),
            (
                "Docker Desktop",
                within(&self.home, ".docker/run/docker.sock"),
            ),
            (
                "Docker Desktop",
                within(&self.home, ".docker/desktop/docker.sock"),
            ),
            ("Colima", within(&self.home, ".colima/default/docker.sock")),
            ("OrbStack", within(&self.home, ".orbstack/run/docker.sock")),
            (
                "rootless Podman",
                within(&self.runtime, "podman/podman.sock"),
            ),
            ("Podman", Some(self.system.join("podman/podman.sock"))),
        ]
        .into_iter()
        .filter_map(|(product, socket)| Some((product, socket?)))
        .collect()
    }
}

impl Address {
    pub(super) fn resolve(config: &DockerConfig) -> Result<Self, EngineError> {
        Self::resolve_in(config, &Places::of_this_process(), PLATFORM_SOCKET)
    }

    fn resolve_in(
        config: &DockerConfig,
        places: &Places,
        platform: &str,
    ) -> Result<Self, EngineError> {
        if let Some(url) = &config.base_url {
            return Ok(Self::new(url, Origin::BaseUrl));
        }
        if let Some(url) = &config.host {
            return Ok(Self::new(url, Origin::Host));
        }
        let folder = places.docker_config.as_deref();
        let chosen = match &config.context {
            Some(name) => Some(name.clone()),
            None => folder.map(current_context).transpose()?.flatten(),
        };
        match chosen.filter(|name| name != "default" && !name.is_empty()) {
            Some(name) => context(&name, folder.unwrap_or(Path::new(".docker"))),
            None => Ok(Self::local(places, platform)),
        }
    }

    fn new(url: &str, origin: Origin) -> Self {
        Self {
            url: url.to_owned(),
            origin,
            certificates: None,
        }
    }

    /// The platform's socket, or where that is absent the first known one that is there.
    fn local(places: &Places, platform: &str) -> Self {
        let absent = platform
            .strip_prefix("unix://")
            .is_some_and(|socket| !Path::new(socket).exists());
        let known = places
            .known_sockets()
            .into_iter()
            .find(|(_, socket)| absent && socket.exists());
        match known {
            Some((product, socket)) => Self::new(
                &format!("unix://{}", socket.display()),
                Origin::Known(product),
            ),
            None => Self::new(platform, Origin::Platform),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (from {})", self.url, self.origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl => f.write_str("`DOCKER_BASE_URL`"),
            Self::Host => f.write_str("`DOCKER_HOST`"),
            Self::Context(name) => write!(f, "the Docker context `{name}`"),
            Self::Platform => f.write_str("the platform's default"),
            Self::Known(product) => write!(f, "the usual place of {product}"),
        }
    }
}

impl Origin {
    /// How to choose another address.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::BaseUrl => "change `DOCKER_BASE_URL`",
            Self::Host => "change `DOCKER_HOST`",
            Self::Context(_) => {
                "choose another context with `docker context use` or `DOCKER_CONTEXT`"
            }
            Self::Platform | Self::Known(_) => "set `DOCKER_HOST` to the Engine's address",
        }
    }
}

/// The context that `docker context use` chose.
///
/// A file that is there but cannot be read is an error: it may choose another Engine than the
/// default one, and a call must never reach an Engine that was not meant.
fn current_context(folder: &Path) -> Result<Option<String>, EngineError> {
    let file = folder.join("config.json");
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&file, &error)),
    };
    let config: Value = serde_json::from_slice(&text).map_err(|error| unreadable(&file, &error))?;
    Ok(config
        .get("currentContext")
        .and_then(Value::as_str)
        .map(str::to_owned))
}

fn unreadable(file: &Path, error: &dyn fmt::Display) -> EngineError {
    EngineError::Misconfigured(format!(
        "the current Docker context is unknown, because `{}` cannot be read ({error}); mend the file, or set `DOCKER_HOST`",
        file.display()
    ))
}

/// The address that a Docker context holds, found by its name rather than by the hash of it.
fn context(name: &str, folder: &Path) -> Result<Address, EngineError> {
    let wrong = |what: &str| {
        EngineError::Misconfigured(format!(
            "the Docker context `{name}` {what}; choose another with `docker context use` or `DOCKER_CONTEXT`, or set `DOCKER_HOST`"
        ))
    };
    let (id, meta) = std::fs::read_dir(folder.join("contexts/meta"))
        .into_iter()
        .flatten()
        .flatten()
        .find_map(|entry| {
            let text = std::fs::read(entry.path().join("meta.json")).ok()?;
            let meta: Value = serde_json::from_slice(&text).ok()?;
            let found = meta.get("Name").and_then(Value::as_str) == Some(name);
            found.then(|| (entry.file_name(), meta))
        })
        .ok_or_else(|| wrong("does not exist"))?;
    let endpoint = meta.pointer("/Endpoints/docker");
    let url = endpoint
        .and_then(|endpoint| endpoint.get("Host")?.as_str())
        .filter(|url| !url.is_empty())
        .ok_or_else(|| wrong("has no Docker endpoint"))?;
    if endpoint.and_then(|endpoint| endpoint.get("SkipTLSVerify")?.as_bool()) == Some(true) {
        return Err(wrong(
            "skips the verification of TLS, which is not supported",
        ));
    }
    let certificates = folder.join("contexts/tls").join(id).join("docker");
    Ok(Address {
        certificates: certificates.is_dir().then_some(certificates),
        ..Address::new(url, Origin::Context(name.to_owned()))
    })
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::fs;
    use std::time::Duration;

    const ABSENT: &str = "unix:///nonexistent/docker.sock";

    fn nothing_set() -> DockerConfig {
        DockerConfig {
            base_url: None,
            host: None,
            context: None,
            cert_path: None,
            tls_verify: false,
            tls_ca_cert: None,
            tls_client_cert: None,
            tls_client_key: None,
            timeout: Duration::from_secs(60),
        }
    }

    fn places(home: &Path) -> Places {
        Places {
            docker_config: Some(home.join(".docker")),
            home: Some(home.to_owned()),
            runtime: Some(home.join("run")),
            system: home.join("system"),
        }
    }

    fn write(file: &Path, text: &str) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// A home with a context `far`, whose folder is not the hash of its name, and one for TLS.
    fn home_with_contexts() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let contexts = home.path().join(".docker/contexts");
        write(
            &contexts.join("meta/1111/meta.json"),
            r#"{"Name":"near","Endpoints":{"docker":{"Host":"unix:///near.sock","SkipTLSVerify":false}}}"#,
        );
        write(
            &contexts.join("meta/2222/meta.json"),
            r#"{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:2376"}}}"#,
        );
        write(
            &contexts.join("meta/3333/meta.json"),
            r#"{"Name":"lax","Endpoints":{"docker":{"Host":"tcp://far:2376","SkipTLSVerify":true}}}"#,
        );
        write(&contexts.join("tls/2222/docker/ca.pem"), "");
        home
    }

    #[test]
    fn the_base_url_wins_over_the_host_and_the_host_over_the_context() {
        let home = home_with_contexts();
        let mut config = nothing_set();
        config.context = Some("near".to_owned());
        let resolve = |config: &DockerConfig| {
            Address::resolve_in(config, &places(home.path()), ABSENT).unwrap()
        };
        assert_eq!(
            resolve(&config).to_string(),
            "`unix:///near.sock` (from the Docker context `near`)"
        );
        config.host = Some("tcp://host:1".to_owned());
        assert_eq!(
            resolve(&config).to_string(),
            "`tcp://host:1` (from `DOCKER_HOST`)"
        );
        config.base_url = Some("tcp://base:1".to_owned());
        assert_eq!(
            resolve(&config).to_string(),
            "`tcp://base:1` (from `DOCKER_BASE_URL`)"
        );
    }

    #[test]
    fn the_context_of_the_configuration_file_brings_its_certificates() {
        let home = home_with_contexts();
        write(
            &home.path().join(".docker/config.json"),
            r#"{"currentContext":"far"}"#,
        );
        let address = Address::resolve_in(&nothing_set(), &places(home.path()), ABSENT).unwrap();
        assert_eq!(address.url, "tcp://far:2376");
        let certificates = home.path().join(".docker/contexts/tls/2222/docker");
        assert_eq!(address.certificates, Some(certificates));
    }

    #[test]
    fn the_context_named_default_is_no_context() {
        let home = home_with_contexts();
        write(
            &home.path().join(".docker/config.json"),
            r#"{"currentContext":"far"}"#,
        );
        let mut config = nothing_set();
        config.context = Some("default".to_owned());
        let address = Address::resolve_in(&config, &places(home.path()), ABSENT).unwrap();
        assert_eq!(address.url, ABSENT);
    }

    #[test]
    fn a_context_that_cannot_be_used_is_an_error_and_never_the_default_socket() {
        let home = home_with_contexts();
        let refusal = |config: &DockerConfig| {
            Address::resolve_in(config, &places(home.path()), ABSENT)
                .unwrap_err()
                .to_string()
        };
        for (context, reason) in [
            ("gone", "does not exist"),
            ("lax", "skips the verification"),
        ] {
            let mut config = nothing_set();
            config.context = Some(context.to_owned());
            let text = refusal(&config);
            assert!(text.contains(reason) && text.contains(context), "{text}");
        }
        write(&home.path().join(".docker/config.json"), "{");
        let text = refusal(&nothing_set());
        assert!(
            text.contains("config.json") && text.contains("`DOCKER_HOST`"),
            "{text}"
        );
    }

    #[test]
    fn the_first_known_socket_that_exists_stands_in_for_the_platforms() {
        let home = tempfile::tempdir().unwrap();
        let found = |platform: &str| {
            Address::resolve_in(&nothing_set(), &places(home.path()), platform).unwrap()
        };
        assert_eq!(found(ABSENT).origin, Origin::Platform);
        write(&home.path().join("run/podman/podman.sock"), "");
        assert_eq!(found(ABSENT).origin, Origin::Known("rootless Podman"));
        write(&home.path().join(".colima/default/docker.sock"), "");
        let colima = found(ABSENT);
        assert_eq!(colima.origin, Origin::Known("Colima"));
        assert!(colima.url.ends_with("/.colima/default/docker.sock"));
        let platform = home.path().join("docker.sock");
        write(&platform, "");
        assert_eq!(
            found(&format!("unix://{}", platform.display())).origin,
            Origin::Platform
        );
    }
}
