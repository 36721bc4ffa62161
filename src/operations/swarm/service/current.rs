//! Holds a service as the Engine has it.

use bollard::auth::DockerCredentials;
use bollard::models::ServiceSpec;
use bollard::query_parameters::{InspectServiceOptions, UpdateServiceOptions};
use serde_json::{Map, Value};

use crate::call::{Call, CallError};
use crate::engine::{EngineError, Request, record};

/// A service as the Engine has it, all of it.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(super) id: String,
    /// What the next change has to name, so that none is lost.
    version: u64,
    pub(super) spec: Map<String, Value>,
    /// What it was before its last change.
    pub(super) previous: Option<Map<String, Value>>,
}

impl Current {
    /// Asks the Engine for it.
    pub(super) async fn of(reference: &str, call: &Call<'_>) -> Result<Self, CallError> {
        let request = inspect(reference)?;
        let mut service = call.engine.json(request).await?;
        let mut part = |key: &str| match service.get_mut(key).map(Value::take) {
            Some(Value::Object(part)) => Some(part),
            _ => None,
        };
        let (spec, previous) = (part("Spec").unwrap_or_default(), part("PreviousSpec"));
        let id = service.get("ID").and_then(Value::as_str);
        let version = service.pointer("/Version/Index").and_then(Value::as_u64);
        Ok(Self {
            id: id.unwrap_or_default().to_owned(),
            version: version.unwrap_or_default(),
            spec,
            previous,
        })
    }

    pub(super) fn name(&self) -> &str {
        let name = self.spec.get("Name").and_then(Value::as_str);
        name.unwrap_or_default()
    }

    /// How many tasks it is to have, where that is a number to choose.
    pub(super) fn replicas(&self) -> Option<u64> {
        replicas(&self.spec)
    }

    /// The request that makes it what the spec says, or what it was before.
    pub(super) fn update(
        &self,
        spec: &Map<String, Value>,
        goes_back: bool,
        credentials: Option<DockerCredentials>,
    ) -> Result<Request, CallError> {
        let version = i32::try_from(self.version).map_err(|_| {
            CallError::Operation(format!(
                "the version {} of the service is greater than this server can send",
                self.version
            ))
        })?;
        let options = UpdateServiceOptions {
            version,
            registry_auth_from: if goes_back { "previous-spec" } else { "spec" }.to_owned(),
            rollback: goes_back.then(|| "previous".to_owned()),
        };
        let id = self.id.as_str();
        let request = record(|docker| async move {
            let spec = ServiceSpec::default();
            docker.update_service(id, spec, options, credentials).await
        })?;
        Ok(request.about("service", id).with_body(spec))
    }
}

/// The request for a service.
pub(crate) fn inspect(reference: &str) -> Result<Request, EngineError> {
    let options = None::<InspectServiceOptions>;
    let request = record(|docker| async move { docker.inspect_service(reference, options).await })?;
    Ok(request.about("service", reference))
}

/// How many tasks a replicated service is to have; without a number it is one.
pub(super) fn replicas(spec: &Map<String, Value>) -> Option<u64> {
    let replicated = spec.get("Mode")?.get("Replicated")?.as_object()?;
    let replicas = replicated.get("Replicas").and_then(Value::as_u64);
    Some(replicas.unwrap_or(1))
}
