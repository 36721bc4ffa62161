//! Keeps what a container can change apart from what Docker mounts again when it restarts one.
//!
//! Docker follows links each time it mounts, and restarts a container by its policy without a
//! request that could be judged. Whoever can write to a directory can put a link in place of what
//! lies in it, so nothing that lies in it is for a container with such a policy.

use serde_json::{Map, Value};

use super::judge::Judge;
use super::mounts::{is_path, source};
use super::paths::within;
use super::remedy::{Remedy, refused, shown, text};
use super::volume::{Mounted, mounted};
use crate::engine::error::EngineError;

/// The label by which a container is known to be of a service.
const SERVICE: &str = "com.docker.swarm.service.id";

/// A path of the host that a container mounts.
struct MountedPath {
    /// As it is written, and where it leads.
    spellings: Vec<String>,
    writable: bool,
}

impl MountedPath {
    /// Whether whoever can write to another place can replace this one.
    fn lies_in(&self, other: &Self) -> bool {
        other.writable
            && self.spellings.iter().any(|path| {
                let mut others = other.spellings.iter();
                others.any(|other| path != other && within(path, other))
            })
    }

    fn shown(&self) -> String {
        shown(self.spellings.last().map_or("", String::as_str))
    }
}

impl Judge<'_> {
    /// Judges the mounts of a container that is to be created beside those that there are.
    pub(super) async fn restarts(&self, host: &Map<String, Value>) -> Result<(), EngineError> {
        let own = self.own_places(host).await?;
        let restarts = restarts(host);
        if own.is_empty() || !(restarts || own.iter().any(|place| place.writable)) {
            return Ok(());
        }
        let volumes = self.engine.volumes().await?;
        let mut others = Vec::new();
        for container in self.engine.containers().await? {
            let places = self.places(&container, &volumes).await;
            others.push((container, places));
        }
        if restarts {
            let all = || {
                own.iter()
                    .chain(others.iter().flat_map(|(_, places)| places))
            };
            let pair = own.iter().find_map(|place| {
                let above = all().find(|other| place.lies_in(other))?;
                Some((place, above))
            });
            if let Some((place, above)) = pair {
                return Err(refused(
                    format!(
                        "`restart_policy`: whenever Docker restarts it by itself, it mounts {} again, which a container \
                         that may write to {} can replace by a link; leave the policy out, or mount the latter with mode `ro`",
                        place.shown(),
                        above.shown()
                    ),
                    Remedy::Privileged,
                ));
            }
        }
        for (container, places) in &others {
            let pair = places.iter().find_map(|place| {
                let above = own.iter().find(|own| place.lies_in(own))?;
                Some((place, above))
            });
            let Some((place, above)) = pair else { continue };
            // A swarm makes the containers of its services anew.
            let of_service = container
                .get("Labels")
                .and_then(|labels| labels.get(SERVICE));
            let id = container.get("Id").and_then(Value::as_str);
            let inspect = match self.engine.container(id.unwrap_or_default()).await {
                Err(EngineError::NotFound { .. }) => continue,
                inspect => inspect?,
            };
            let host = inspect.get("HostConfig").and_then(Value::as_object);
            if of_service.is_some() || host.is_none_or(self::restarts) {
                return Err(refused(
                    format!(
                        "`volumes`: {} holds {}, which another container mounts again whenever Docker restarts it by \
                         itself; mount it with mode `ro`",
                        above.shown(),
                        place.shown()
                    ),
                    Remedy::Privileged,
                ));
            }
        }
        Ok(())
    }

    /// Judges a container that is to get another policy: what it mounts was judged under the old one.
    pub(super) async fn update(
        &self,
        reference: &str,
        body: &Map<String, Value>,
    ) -> Result<(), EngineError> {
        self.host_config(body).await?;
        if !restarts(body) {
            return Ok(());
        }
        let container = self.engine.container(reference).await?;
        let host = container.get("HostConfig").and_then(Value::as_object);
        let mut host = host.cloned().unwrap_or_default();
        host.extend(body.clone());
        self.restarts(&host).await
    }

    /// The paths that the body of a create mounts.
    async fn own_places(&self, host: &Map<String, Value>) -> Result<Vec<MountedPath>, EngineError> {
        let entries = |key: &str| {
            host.get(key)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        };
        let mut places = Vec::new();
        for bind in entries("Binds").filter_map(Value::as_str) {
            let modes = bind.rsplit(':').next().unwrap_or_default();
            let writable = !modes.split(',').any(|mode| mode == "ro");
            places.extend(
                self.place(source(bind).unwrap_or_default(), writable)
                    .await?,
            );
        }
        for mount in entries("Mounts").filter_map(Value::as_object) {
            let writable = mount.get("ReadOnly") != Some(&Value::Bool(true));
            places.extend(self.place(text(mount, "Source"), writable).await?);
        }
        Ok(places)
    }

    /// A path, or that which a volume of this name mounts.
    async fn place(
        &self,
        source: &str,
        writable: bool,
    ) -> Result<Option<MountedPath>, EngineError> {
        if is_path(source) {
            return Ok(Some(self.place_at(source, writable).await));
        }
        let options = self.local_options(source).await?.unwrap_or_default();
        Ok(match mounted(&options) {
            Mounted::Path(device) => Some(self.place_at(device, writable).await),
            Mounted::Nothing | Mounted::Other(_) => None,
        })
    }

    /// The paths that a container of a list mounts.
    async fn places(&self, container: &Value, volumes: &[Value]) -> Vec<MountedPath> {
        let mounts = container.get("Mounts").and_then(Value::as_array);
        let mut places = Vec::new();
        for mount in mounts.into_iter().flatten().filter_map(Value::as_object) {
            let writable = mount.get("RW") != Some(&Value::Bool(false));
            let source = match text(mount, "Type") {
                "bind" => text(mount, "Source"),
                "volume" => {
                    let name = mount.get("Name");
                    let volume = volumes.iter().find(|volume| volume.get("Name") == name);
                    let options = volume.and_then(|volume| volume.get("Options")?.as_object());
                    match options.map(mounted) {
                        Some(Mounted::Path(device)) => device,
                        _ => continue,
                    }
                }
                _ => continue,
            };
            places.push(self.place_at(source, writable).await);
        }
        places
    }

    async fn place_at(&self, path: &str, writable: bool) -> MountedPath {
        MountedPath {
            spellings: self.spellings([path]).await,
            writable,
        }
    }
}

/// Whether Docker restarts the container by itself.
fn restarts(host: &Map<String, Value>) -> bool {
    let policy = host.get("RestartPolicy").and_then(Value::as_object);
    policy.is_some_and(|policy| !matches!(text(policy, "Name"), "" | "no"))
}
