//! Brings a project up: `docker_compose_up`.

use std::time::Duration;

use super::bring::{self, Outcome, Way};
use super::compose_ps::Service;
use super::failure::Failure;
use super::model::{judged, selection};
use super::preview;
use crate::call::{Call, CallError};
use crate::catalog::generated::compose_up::COMMAND;
use crate::generated::params::compose_up::Params;
use crate::generated::reply::compose_up::Reply;
use crate::output::Hinted;

pub(crate) use super::bring::Plan;

/// Gives the judged model, and what would go without something in its place.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let model = judged(&selection(&params.compose_validate()), call, |_| Ok(())).await?;
    let chosen = model.chosen(params.services.as_deref())?;
    let chosen = chosen.into_iter().map(str::to_owned).collect();
    let mut plan = Plan::make(model, chosen, params.remove_orphans, call).await?;
    if params.dry_run {
        plan.foretold = std::mem::take(&mut plan.containers);
    }
    Ok(plan)
}

/// Gives what was made and changed, how the services are, and which are not as they are to be.
pub(crate) async fn run(
    params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Service, Failure>>, CallError> {
    let outcome = if params.dry_run {
        preview::preview(plan, params.force_recreate, call).await?
    } else {
        let way = Way {
            command: &COMMAND,
            words: params.args(),
            build: params.build,
            pull: params.pull.as_deref(),
            wait: params.wait,
            limit: Duration::from_secs(params.timeout.unsigned_abs()),
        };
        bring::up(plan, way, call).await?
    };
    let failed = outcome.failed.len();
    let hint = (failed > 0).then(|| {
        format!(
            "{failed} of the containers are not as they are to be: see `failed`; docker_compose_down removes the project"
        )
    });
    let Outcome {
        created,
        recreated,
        started,
        removed,
        services,
        failed,
    } = outcome;
    let reply = Reply {
        project_name: plan.project.clone(),
        created,
        recreated,
        started,
        removed,
        services,
        failed,
    };
    Ok(Hinted::from(reply).hinted(hint))
}
