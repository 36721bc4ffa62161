//! Shows the services of a Compose project: `docker_compose_ps`.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::inspected::inspected;
use super::labels::Container;
use super::selection::of_project;
use crate::call::{Call, CallError};
use crate::generated::params::compose_ps::Params;
use crate::generated::reply::compose_ps::Reply;
use crate::output::ports;

/// How many containers are asked about at once.
const AT_ONCE: usize = 8;

/// A container of a service.
#[derive(Debug, Serialize)]
pub(crate) struct Service {
    service: String,
    container: String,
    state: String,
    health: Option<String>,
    exit_code: Option<i64>,
    restarts: Option<i64>,
    ports: String,
    image: String,
}

/// Gives the containers by service and number.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Service>, CallError> {
    let mut chosen = of_project(&params.project_name, params.services.as_deref(), call).await?;
    chosen.retain(|it| params.all || it.runs());
    let services = services(&chosen, call).await?;
    Ok(Reply { services })
}

/// How each of the containers stands.
pub(super) async fn services(
    containers: &[Container],
    call: &Call<'_>,
) -> Result<Vec<Service>, CallError> {
    let looks: Vec<_> = containers.iter().map(|it| service(it, call)).collect();
    let services: Vec<Option<Service>> =
        stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    Ok(services.into_iter().flatten().collect())
}

/// One container; none where it is gone by now.
async fn service(listed: &Container, call: &Call<'_>) -> Result<Option<Service>, CallError> {
    let Some(inspected) = inspected(listed.id.text(), call).await? else {
        return Ok(None);
    };
    let state = &inspected.state;
    let one_off = if listed.is_one_off() { " (run)" } else { "" };
    Ok(Some(Service {
        service: format!("{}{one_off}", listed.service()),
        container: listed.name(),
        state: state.status.text().to_owned(),
        health: Some(state.health.status.text())
            .filter(|health| !matches!(*health, "" | "none"))
            .map(str::to_owned),
        exit_code: state.exit_code.filter(|_| state.is_over()),
        restarts: *inspected.restart_count,
        ports: ports(&listed.ports).join(", "),
        image: listed.image.text().to_owned(),
    }))
}
