//! Measures a running container: `docker_container_stats`.

pub(crate) mod sample;

use bollard::query_parameters::StatsOptions;
use futures_util::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::engine::record;
use crate::generated::params::container_stats::Params;
use crate::generated::reply::container_stats::Reply;
use crate::operations::objects::InspectedContainer;
use sample::{Measured, Sample};

/// What a call gives: the figures, or the Engine's own document.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Stats {
    Sample(Sample),
    Raw(Value),
}

/// Gives one sample, over about a second: the figures that people ask for, or the Engine's own
/// document.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Stats>, CallError> {
    let container: InspectedContainer = call.look.told("container");
    if *container.state.running != Some(true) {
        let status = container.state.status.as_deref().unwrap_or("not running");
        return Err(not_running(&params.container_id, status));
    }
    // `one_shot` would leave out the earlier of the two readings that the CPU figure needs.
    let options = StatsOptions {
        stream: false,
        one_shot: false,
    };
    let request = record(|docker| async move {
        docker
            .stats(&params.container_id, Some(options))
            .boxed()
            .try_next()
            .await
    })?;
    let reply = call
        .engine
        .json(request.about("container", &params.container_id))
        .await?;
    let measured = Measured::deserialize(&reply).unwrap_or_default();
    // What the Engine sends of a container that stopped meanwhile: nothing, read at no time.
    if measured.is_of_no_time() {
        return Err(not_running(&params.container_id, "stopped"));
    }
    Ok(Reply {
        container_id: container.id.0.unwrap_or_default(),
        stats: match params.raw {
            true => Stats::Raw(reply),
            false => Stats::Sample(measured.sample()),
        },
    })
}

fn not_running(container: &str, status: &str) -> CallError {
    CallError::Operation(format!(
        "container `{container}` is not running (its state is `{status}`), so there is nothing to \
         measure; start it with docker_start_container and ask again",
    ))
}
