//! Answers what the create policy asks of the Engine before it lets a request pass.

use bollard::query_parameters::{InspectServiceOptions, ListContainersOptions, ListVolumesOptions};
use bytes::BytesMut;
use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::connect::{Connection, Host};
use super::error::EngineError;
use super::objects::ObjectKind;
use super::policy::rules::Policy;
use super::record::{Request, record};

/// The reads that the policy makes before a verdict, on the connection that the request in question is
/// to take.
pub(crate) struct PolicyProbe<'a>(&'a Connection, &'a Policy);

impl<'a> PolicyProbe<'a> {
    pub(super) fn new(connection: &'a Connection, policy: &'a Policy) -> Self {
        Self(connection, policy)
    }

    /// The socket of this machine that leads to the Engine, where one does.
    pub(crate) fn socket(&self) -> Option<&str> {
        self.0.address.url.strip_prefix("unix://")
    }

    /// Whether the Engine is at a pipe of this machine, which is Windows.
    pub(crate) fn is_local_pipe(&self) -> bool {
        cfg!(windows) && self.0.address.url.starts_with("npipe://")
    }

    /// The inspect of a container.
    ///
    /// # Errors
    /// There is none of that name, or those of any request.
    pub(crate) async fn container(&self, reference: &str) -> Result<Value, EngineError> {
        let name = reference.strip_prefix('/').unwrap_or(reference);
        let request = record(|docker| async move { docker.inspect_container(name, None).await })?;
        self.ask(request.about("container", name)).await
    }

    /// The inspect of the container that this server runs in, where there is one of that name; asked for
    /// once on each connection, because its mounts do not change.
    pub(crate) async fn own_container(&self, name: &str) -> Result<Option<&Value>, EngineError> {
        let ask = async { known(self.container(name).await) };
        Ok(self.0.own.get_or_try_init(|| ask).await?.as_ref())
    }

    /// The inspect of a volume, where there is one of that name.
    pub(crate) async fn volume(&self, name: &str) -> Result<Option<Value>, EngineError> {
        let request = record(|docker| async move { docker.inspect_volume(name).await })?;
        known(self.ask(request.about("volume", name)).await)
    }

    /// All containers there are, as a list shows them.
    pub(crate) async fn containers(&self) -> Result<Vec<Value>, EngineError> {
        let options = ListContainersOptions {
            all: true,
            ..ListContainersOptions::default()
        };
        let request = record(|docker| async move { docker.list_containers(Some(options)).await })?;
        Ok(items(self.ask(request).await?))
    }

    /// All volumes there are.
    pub(crate) async fn volumes(&self) -> Result<Vec<Value>, EngineError> {
        let request =
            record(|docker| async move { docker.list_volumes(None::<ListVolumesOptions>).await })?;
        let mut reply = self.ask(request).await?;
        Ok(items(
            reply
                .get_mut("Volumes")
                .map(Value::take)
                .unwrap_or_default(),
        ))
    }

    /// The inspect of a network, where there is one of that name or id.
    pub(crate) async fn network(&self, reference: &str) -> Result<Option<Value>, EngineError> {
        let request =
            record(|docker| async move { docker.inspect_network(reference, None).await })?;
        known(self.ask(request.about("network", reference)).await)
    }

    /// The inspect of a service.
    ///
    /// # Errors
    /// There is none of that name, or those of any request.
    pub(crate) async fn service(&self, reference: &str) -> Result<Value, EngineError> {
        let options = None::<InspectServiceOptions>;
        let request =
            record(|docker| async move { docker.inspect_service(reference, options).await })?;
        self.ask(request.about("service", reference)).await
    }

    /// The inspect of an object of that kind.
    ///
    /// # Errors
    /// There is none of that name, or those of any request.
    pub(crate) async fn object(&self, kind: ObjectKind, of: &str) -> Result<Value, EngineError> {
        let request = match kind {
            ObjectKind::Container => return self.container(of).await,
            ObjectKind::Service => return self.service(of).await,
            ObjectKind::Image => record(|docker| async move { docker.inspect_image(of).await }),
            ObjectKind::Network => {
                record(|docker| async move { docker.inspect_network(of, None).await })
            }
            ObjectKind::Volume => record(|docker| async move { docker.inspect_volume(of).await }),
            ObjectKind::Node => record(|docker| async move { docker.inspect_node(of).await }),
            ObjectKind::Secret => record(|docker| async move { docker.inspect_secret(of).await }),
            ObjectKind::Config => record(|docker| async move { docker.inspect_config(of).await }),
        };
        self.ask(request?.about(kind.name(), of)).await
    }

    /// The inspect of a task.
    ///
    /// # Errors
    /// There is none of that id, or those of any request.
    pub(crate) async fn task(&self, id: &str) -> Result<Value, EngineError> {
        let request = record(|docker| async move { docker.inspect_task(id).await })?;
        self.ask(request.about("task", id)).await
    }

    /// What is known of the Engine's host; asked for once on each connection.
    pub(crate) async fn host(&self) -> Result<&Host, EngineError> {
        let ask = async {
            let request = record(|docker| async move { docker.info().await })?;
            let info = known(self.ask(request).await)?.unwrap_or_default();
            let text = |key| info.get(key).and_then(Value::as_str).unwrap_or_default();
            let root = text("DockerRootDir");
            // They take the paths of the Windows that they run on to their virtual machine.
            let system = text("OperatingSystem");
            let desktop = ["Docker Desktop", "Rancher Desktop"];
            Ok(Host {
                data_root: (!root.is_empty()).then(|| root.to_owned()),
                has_drives: cfg!(windows)
                    || text("OSType") == "windows"
                    || desktop.iter().any(|desktop| system.starts_with(desktop)),
            })
        };
        self.0.host.get_or_try_init(|| ask).await
    }

    /// On the heap, because a verdict asks in many places and would have room for each.
    fn ask(&self, request: Request) -> BoxFuture<'_, Result<Value, EngineError>> {
        let ask = async move {
            request.check()?;
            let line = request.line();
            let mut chunks = self.0.send(self.1.reading(request)?)?;
            let mut reply = BytesMut::new();
            let failed = |error| line.failure(error, &self.0.address, false);
            while let Some(chunk) = chunks.try_next().await.map_err(failed)? {
                line.take(&mut reply, &chunk)?;
            }
            line.document(&reply, |reply| serde_json::from_slice(reply))
        };
        Box::pin(ask)
    }
}

/// A list, which the Engine writes as `null` where it is empty.
fn items(list: Value) -> Vec<Value> {
    match list {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

fn known(reply: Result<Value, EngineError>) -> Result<Option<Value>, EngineError> {
    match reply {
        Err(EngineError::NotFound { .. }) => Ok(None),
        reply => reply.map(Some),
    }
}
