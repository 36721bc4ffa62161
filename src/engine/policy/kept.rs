//! Keeps what this server is made of and trusts from containers: its program, its settings, its
//! certificates, its logs. Whoever can change one of them can change what it allows.
//!
//! The working directory and a `.env` found in it are not among them: they can only make settings
//! stricter, and the project has to be for containers.

use std::env;
use std::path::PathBuf;

use serde_json::Value;

use super::inspected::mounts;
use super::judge::Judge;
use super::paths::{normalise, within};
use super::remedy::{Remedy, shown, text};
use crate::config::{Config, DockerConfig, SafetyConfig, Scope};
use crate::engine::address::Address;
use crate::engine::error::EngineError;
use crate::engine::scope::own;

/// The files and folders to keep, as this process sees them.
pub(super) fn paths(config: &Config) -> Vec<String> {
    let Config {
        server,
        network,
        sign_in,
        ..
    } = config;
    let set = [
        &config.env_file,
        &config.config_file,
        &config.secrets.dir,
        &server.audit_log,
        &server.log_path,
        &server.prompts_dir,
        &network.tls_cert,
        &network.tls_key,
        &sign_in.client_secret_file,
        &sign_in.ca,
    ];
    let of_docker = env::var_os("DOCKER_CONFIG").filter(|path| !path.is_empty());
    let hosts = config.hosts.iter().map(|host| &host.docker);
    let scopes = config.hosts.iter().map(|host| &host.safety);
    let all = set
        .into_iter()
        .flatten()
        .cloned()
        .chain(hosts.clone().filter_map(socket))
        .chain(hosts.chain([&config.docker]).flat_map(certificates))
        .chain(of_docker.map(PathBuf::from))
        .chain(env::current_exe().ok())
        .chain(called())
        .chain(scopes.chain([&config.safety]).find_map(server_id));
    all.filter_map(|path| std::path::absolute(path).ok())
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}

/// The files by which an Engine is trusted, and this server by it.
fn certificates(docker: &DockerConfig) -> Vec<PathBuf> {
    let set = [
        &docker.cert_path,
        &docker.tls_ca_cert,
        &docker.tls_client_cert,
        &docker.tls_client_key,
    ];
    set.into_iter().flatten().cloned().collect()
}

/// The socket of another host: a container would control that Engine by it.
fn socket(docker: &DockerConfig) -> Option<PathBuf> {
    let address = Address::resolve(docker).ok()?;
    address.url.strip_prefix("unix://").map(PathBuf::from)
}

/// The program by the path that it was started with: whoever replaces a link there starts another.
fn called() -> Option<PathBuf> {
    let program = PathBuf::from(env::args_os().next()?);
    program.components().nth(1).is_some().then_some(program)
}

/// The id by which what this user's servers made is known: whoever changes it changes whose that is.
fn server_id(safety: &SafetyConfig) -> Option<PathBuf> {
    (safety.scope == Scope::Mine).then(own::file).flatten()
}

/// What of the server's own container leads to what is kept.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Names of volumes.
    pub(super) volumes: Vec<String>,
    /// Paths of the Engine's host.
    pub(super) paths: Vec<String>,
}

impl Held {
    /// By the inspect of the container.
    fn of(container: &Value, kept: &[String]) -> Self {
        let mut held = Self::default();
        let mounted = mounts(container).iter().filter_map(Value::as_object);
        for mount in mounted {
            let Some(at) = normalise(text(mount, "Destination")) else {
                continue;
            };
            for file in kept.iter().filter_map(|file| normalise(file)) {
                let below = file.strip_prefix(at.as_str());
                let below = below.filter(|_| within(&file, &at));
                if below.is_none() && !within(&at, &file) {
                    continue;
                }
                match text(mount, "Type") {
                    "volume" => held.volumes.push(text(mount, "Name").to_owned()),
                    "bind" => {
                        let source = text(mount, "Source");
                        held.paths
                            .push(format!("{source}{}", below.unwrap_or_default()));
                    }
                    _ => {}
                }
            }
        }
        held
    }
}

impl Judge<'_> {
    /// What is kept and lies outside of the container that the server runs in, where it does.
    pub(super) async fn held_for_this_server(&self) -> Result<&Held, EngineError> {
        let ask = async {
            let surroundings = self.policy.surroundings();
            let Some(reference) = surroundings.reference().filter(|_| !self.sees_files) else {
                return Ok(Held::default());
            };
            let container = self.engine.own_container(reference).await?;
            let own = container.filter(|container| surroundings.is(container));
            Ok(own.map_or_else(Held::default, |own| Held::of(own, &self.policy.kept)))
        };
        self.held.get_or_try_init(|| ask).await
    }

    /// What a volume of this name gives away of what is kept.
    pub(super) async fn kept_in_volume(
        &self,
        name: &str,
    ) -> Result<Option<(String, Remedy)>, EngineError> {
        let held = self.held_for_this_server().await?;
        Ok(held.volumes.iter().any(|volume| volume == name).then(|| {
            let what = format!("volume {} holds files of this server's own", shown(name));
            (what, Remedy::Privileged)
        }))
    }
}
