//! Runs so many containers of services: `docker_compose_scale`.

use std::time::Duration;

use super::bring::{self, Way};
use super::compose_ps::Service;
use super::model::{judged, selection};
use crate::call::{Call, CallError};
use crate::catalog::generated::compose_scale::COMMAND;
use crate::compose::Document;
use crate::generated::params::compose_scale::Params;
use crate::generated::reply::compose_scale::Reply;
use crate::operations::objects::missing;
use crate::params::InvalidArgument;

pub(crate) use super::bring::Plan;

/// How long the new ones may take to be ready.
const LIMIT: Duration = Duration::from_secs(300);

/// As many of one service; a mistake is meant to be seen before it fills the machine.
const MOST: u64 = 1000;

/// Gives the model with the new numbers, and what would go.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let wanted = wanted(params)?;
    let selection = selection(&params.compose_validate());
    let model = judged(&selection, call, |document| scale(document, &wanted)).await?;
    let chosen = wanted.into_iter().map(|(service, _)| service).collect();
    Plan::make(model, chosen, false, call).await
}

/// Gives how the services are.
pub(crate) async fn run(
    params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Service>, CallError> {
    let mut words = params.args();
    words.extend(plan.chosen.iter().cloned());
    let way = Way {
        command: &COMMAND,
        words,
        build: false,
        pull: None,
        wait: true,
        limit: LIMIT,
    };
    let outcome = bring::up(plan, way, call).await?;
    if !outcome.failed.is_empty() {
        let failed: Vec<String> = outcome.failed.iter().map(ToString::to_string).collect();
        return Err(CallError::Operation(format!(
            "the services have as many containers as they are to have, and some are not ready:\n{}",
            failed.join("\n")
        )));
    }
    Ok(Reply {
        services: outcome.services,
    })
}

fn wanted(params: &Params) -> Result<Vec<(String, u64)>, InvalidArgument> {
    let wanted = params.replicas.iter().map(|(service, number)| {
        let number = Some(u64::from(number)).filter(|number| *number <= MOST);
        let number = number.ok_or_else(|| {
            InvalidArgument(format!(
                "`replicas` of `{service}` must be a number from 0 to {MOST}"
            ))
        });
        Ok((service.to_owned(), number?))
    });
    let wanted: Vec<(String, u64)> = wanted.collect::<Result<_, _>>()?;
    match wanted.is_empty() {
        true => Err(InvalidArgument("`replicas` names no service".to_owned())),
        false => Ok(wanted),
    }
}

/// Writes the numbers into the model.
fn scale(document: &mut Document, wanted: &[(String, u64)]) -> Result<(), CallError> {
    for (name, number) in wanted {
        if !document.scale(name, *number) {
            let known = document.services();
            let missing = missing("service", name, known.keys().copied());
            return Err(CallError::Operation(missing));
        }
    }
    Ok(())
}
