//! Creates a service and waits for its tasks: `docker_create_service`.

use bollard::models::ServiceSpec;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::change::settle;
use super::patch::{Removed, Used, patched};
use super::used;
use super::wanted::{Wanted, wanted};
use crate::call::{Call, CallError};
use crate::engine::{Items, Told, record};
use crate::generated::params::create_service::Params;
use crate::generated::reply::create_service::Reply;
use crate::operations::environment;
use crate::operations::images::registry::Registry;
use crate::params::{Command, InvalidArgument};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Created {
    #[serde(rename = "ID")]
    id: Told<String>,
    /// One, as older Engines have it.
    warning: Told<String>,
    warnings: Items<String>,
}

/// Gives the id of the new service, and how its tasks are.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    environment::check_environment(params.environment.as_ref())?;
    if params.global && params.replicas.is_some() {
        return Err(InvalidArgument(
            "`global` and `replicas` exclude each other: a global service has one task on each node"
                .to_owned(),
        )
        .into());
    }
    let wanted = wanted!(params, Some(&params.image));
    let used = Used {
        secrets: used::secrets(wanted.secrets, call).await?,
        configs: used::configs(wanted.configs, call).await?,
    };
    let mut spec = Map::new();
    if let Some(name) = &params.name {
        spec.insert("Name".to_owned(), json!(name.to_string()));
    }
    let mode = if params.global {
        "Global"
    } else {
        "Replicated"
    };
    spec.insert("Mode".to_owned(), json!({ mode: {} }));
    if !params.global && params.replicas.is_none() {
        spec.insert("Mode".to_owned(), json!({ mode: { "Replicas": 1 } }));
    }
    let spec = patched(&spec, &wanted, used, &Removed::default())?;
    let created = create(params, &spec, call).await?;
    let id = created.id.0.unwrap_or_default();
    let settled = settle(&id, params.timeout, call).await?;
    let mut warnings = created.warnings.0;
    warnings.extend(created.warning.0);
    warnings.extend(params.command.as_ref().and_then(Command::hint));
    Ok(Reply {
        service_id: id,
        reason: settled.reason(),
        name: settled.name,
        running: settled.running,
        desired: settled.desired,
        failed: settled.failed,
        warnings,
    })
}

async fn create(
    params: &Params,
    spec: &Map<String, Value>,
    call: &Call<'_>,
) -> Result<Created, CallError> {
    let registry = Registry::of(params.image.name(), call).await;
    let credentials = registry.credentials();
    let request = record(|docker| async move {
        let spec = ServiceSpec::default();
        docker.create_service(spec, credentials).await
    })?;
    Ok(call.engine.told(request.with_body(spec)).await?)
}
