//! Finds the address of the Engine in the configuration, the Docker context and the known sockets.

#[cfg(target_os = "linux")]
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::context;
use super::error::EngineError;
use crate::config::{DockerConfig, Entry};

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
    /// The client certificate that is shown there, once that is known.
    pub(super) shown: Option<PathBuf>,
}

/// The part of the configuration that an address came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `DOCKER_BASE_URL`.
    BaseUrl,
    /// `DOCKER_HOST`.
    Host,
    /// An entry of the configuration file.
    Entry(Entry),
    /// The Docker context of that name.
    Context(String),
    /// The platform's own socket.
    Platform,
    /// The socket of a product that was found in its usual place.
    Known(&'static str),
}

/// The folders that the search depends on.
#[derive(Debug, Default)]
pub(super) struct SearchFolders {
    /// `$DOCKER_CONFIG`, or `.docker` in the home folder.
    pub(super) docker_config: Option<PathBuf>,
    home: Option<PathBuf>,
    runtime: Option<PathBuf>,
    system: PathBuf,
}

impl SearchFolders {
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
    pub(crate) fn resolve(config: &DockerConfig) -> Result<Self, EngineError> {
        Self::resolve_in(config, &SearchFolders::of_this_process(), PLATFORM_SOCKET)
    }

    fn resolve_in(
        config: &DockerConfig,
        places: &SearchFolders,
        platform: &str,
    ) -> Result<Self, EngineError> {
        if let Some(url) = &config.base_url {
            let origin = match &config.entry {
                Some(entry) => Origin::Entry(entry.clone()),
                None => Origin::BaseUrl,
            };
            return Ok(Self::new(url, origin));
        }
        if let Some(url) = &config.host {
            return Ok(Self::new(url, Origin::Host));
        }
        let folder = places.docker_config.as_deref();
        let chosen = match &config.context {
            Some(name) => Some(name.clone()),
            None => folder.map(context::current).transpose()?.flatten(),
        };
        match chosen.filter(|name| name != "default" && !name.is_empty()) {
            Some(name) => {
                let folder = folder.unwrap_or(Path::new(".docker"));
                context::find(&name, folder, config.entry.as_ref())
            }
            None => Ok(Self::local(places, platform)),
        }
    }

    pub(super) fn new(url: &str, origin: Origin) -> Self {
        Self {
            url: url.to_owned(),
            origin,
            certificates: None,
            shown: None,
        }
    }

    /// The platform's socket, or where that is absent the first known one that is there.
    fn local(places: &SearchFolders, platform: &str) -> Self {
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

impl Address {
    /// The sockets of this machine by which this Engine is reached, or one that may be there.
    #[cfg(target_os = "linux")]
    pub(crate) fn sockets(configured: Option<&Self>) -> BTreeSet<PathBuf> {
        use std::os::unix::fs::FileTypeExt as _;
        let folders = SearchFolders::of_this_process();
        let configured = configured.map(|address| address.url.as_str());
        let urls = configured.into_iter().chain([PLATFORM_SOCKET]);
        let urls = urls.filter_map(|url| Some(PathBuf::from(url.strip_prefix("unix://")?)));
        let known = folders.known_sockets().into_iter().map(|(_, path)| path);
        // Where a link leads, so that it is hidden by every name.
        let all = urls
            .chain(known)
            .filter_map(|path| path.canonicalize().ok());
        crate::ordered::set(all.filter(|path| {
            path.metadata()
                .is_ok_and(|found| found.file_type().is_socket())
        }))
    }

    /// The address without what may be a password: what stands before an `@`, or for ssh behind the user.
    pub fn shown(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else {
            return self.url.clone();
        };
        match rest.rsplit_once('@') {
            Some((user, _)) if scheme == "ssh" && !user.contains(':') => self.url.clone(),
            Some((user, place)) if scheme == "ssh" => {
                let user = user.split(':').next().unwrap_or_default();
                format!("{scheme}://{user}:…@{place}")
            }
            Some((_, place)) => format!("{scheme}://…@{place}"),
            None => self.url.clone(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (from {})", self.shown(), self.origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BaseUrl => f.write_str("`DOCKER_BASE_URL`"),
            Self::Host => f.write_str("`DOCKER_HOST`"),
            Self::Entry(Entry { name, place }) => write!(f, "`[hosts.{name}]`, {place}"),
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
            Self::Entry(_) => "change its `address` in the configuration file",
            Self::Context(_) => {
                "choose another context with `docker context use` or `DOCKER_CONTEXT`"
            }
            Self::Platform | Self::Known(_) => "set `DOCKER_HOST` to the Engine's address",
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    const ABSENT: &str = "unix:///nonexistent/docker.sock";

    fn places(home: &Path) -> SearchFolders {
        SearchFolders {
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

    #[test]
    fn the_base_url_wins_over_the_host_and_the_host_over_the_context() {
        let home = tempfile::tempdir().unwrap();
        write(
            &home.path().join(".docker/contexts/meta/1/meta.json"),
            r#"{"Name":"near","Endpoints":{"docker":{"Host":"unix:///near.sock"}}}"#,
        );
        write(
            &home.path().join(".docker/config.json"),
            r#"{"currentContext":"near"}"#,
        );
        let mut config = DockerConfig::default();
        let mut expect = |change: fn(&mut DockerConfig), expected: &str| {
            change(&mut config);
            let address = Address::resolve_in(&config, &places(home.path()), ABSENT).unwrap();
            assert_eq!(address.to_string(), expected);
        };
        expect(
            |_| (),
            "`unix:///near.sock` (from the Docker context `near`)",
        );
        expect(
            |config| config.context = Some("default".to_owned()),
            "`unix:///nonexistent/docker.sock` (from the platform's default)",
        );
        expect(
            |config| config.host = Some("tcp://host:1".to_owned()),
            "`tcp://host:1` (from `DOCKER_HOST`)",
        );
        expect(
            |config| config.base_url = Some("tcp://base:1".to_owned()),
            "`tcp://base:1` (from `DOCKER_BASE_URL`)",
        );
    }

    #[test]
    fn the_first_known_socket_that_exists_stands_in_for_the_platforms() {
        let home = tempfile::tempdir().unwrap();
        let found = |platform: &str| {
            Address::resolve_in(&DockerConfig::default(), &places(home.path()), platform).unwrap()
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

    #[test]
    fn the_pipe_of_windows_is_taken_as_it_is() {
        const PIPE: &str = "npipe:////./pipe/docker_engine";
        let home = tempfile::tempdir().unwrap();
        write(&home.path().join(".docker/run/docker.sock"), "");
        let found = |config: &DockerConfig| {
            Address::resolve_in(config, &places(home.path()), PIPE).unwrap()
        };
        let default = found(&DockerConfig::default());
        assert_eq!(
            (default.url.as_str(), default.origin),
            (PIPE, Origin::Platform)
        );
        write(
            &home.path().join(".docker/contexts/meta/1/meta.json"),
            r#"{"Name":"desktop-linux","Endpoints":{"docker":{"Host":"npipe:////./pipe/dockerDesktopLinuxEngine"}}}"#,
        );
        let config = DockerConfig {
            context: Some("desktop-linux".to_owned()),
            ..DockerConfig::default()
        };
        assert_eq!(
            found(&config).url,
            "npipe:////./pipe/dockerDesktopLinuxEngine"
        );
    }
}
