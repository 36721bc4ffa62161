//! Starts, stops and restarts the containers of a project, a level of dependencies at a time.

use std::time::Duration;

use bollard::query_parameters::{RestartContainerOptions, StopContainerOptions};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::inspected::inspected;
use super::labels::{Condition, Container};
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Request, record};
use crate::ordered;

/// How many containers change at once.
const AT_ONCE: usize = 8;

/// How often it is looked whether what another depends on is as it is to be.
const PAUSE: Duration = Duration::from_millis(300);

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Start,
    Stop,
    Restart,
}

/// How a container is afterwards.
#[derive(Debug, Serialize)]
pub(crate) struct Changed {
    service: String,
    container: String,
    state: String,
}

/// Changes the containers, level by level; gives how each is.
pub(super) async fn change(
    change: Change,
    levels: Vec<Vec<Container>>,
    timeout: u64,
    call: &Call<'_>,
) -> Result<Vec<Changed>, CallError> {
    let mut done: Vec<Changed> = Vec::new();
    let until = Instant::now() + Duration::from_secs(timeout);
    let total = levels.iter().map(Vec::len).sum::<usize>();
    for (at, level) in levels.iter().enumerate() {
        if change == Change::Start {
            for container in levels.iter().take(at).flatten() {
                let wanted = level.iter().flat_map(Container::dependencies);
                let mut wanted = wanted.filter(|it| it.service == container.service());
                if let Some(needed) = wanted.next() {
                    let met = met(container, needed.condition, until, call).await;
                    met.map_err(|error| told(error, &done))?;
                }
            }
        }
        let one = |container| one(change, container, timeout, call);
        let all: Vec<_> = level.iter().map(one).collect();
        let all: Result<Vec<Option<Changed>>, _> =
            stream::iter(all).buffered(AT_ONCE).try_collect().await;
        done.extend(
            all.map_err(|error| told(error, &done))?
                .into_iter()
                .flatten(),
        );
        let so_far = u32::try_from(done.len()).map_or(0.0, f64::from);
        let total = u32::try_from(total).map(f64::from).ok();
        call.progress
            .report(so_far, total, "going through the services");
    }
    ordered::sort_by(&mut done, |one, other| {
        (&one.service, &one.container).cmp(&(&other.service, &other.container))
    });
    Ok(done)
}

/// Changes one; none where it is gone by now.
async fn one(
    change: Change,
    container: &Container,
    timeout: u64,
    call: &Call<'_>,
) -> Result<Option<Changed>, CallError> {
    let id = container.id.text();
    let sent = call
        .engine
        .json(request(change, id, timeout)?.about("container", id))
        .await;
    let now = match sent {
        Err(EngineError::NotFound { .. }) => return Ok(None),
        sent => {
            sent?;
            inspected(id, call).await?
        }
    };
    Ok(now.map(|now| Changed {
        service: container.service().to_owned(),
        container: container.name(),
        state: now.state.status.text().to_owned(),
    }))
}

fn request(change: Change, id: &str, timeout: u64) -> Result<Request, EngineError> {
    let t = i32::try_from(timeout).ok();
    match change {
        Change::Start => record(|docker| async move { docker.start_container(id, None).await }),
        Change::Stop => {
            let options = StopContainerOptions { signal: None, t };
            record(|docker| async move { docker.stop_container(id, Some(options)).await })
        }
        Change::Restart => {
            let options = RestartContainerOptions { signal: None, t };
            record(|docker| async move { docker.restart_container(id, Some(options)).await })
        }
    }
}

/// Waits until a container is as another that depends on it wants it.
async fn met(
    container: &Container,
    condition: Condition,
    until: Instant,
    call: &Call<'_>,
) -> Result<(), CallError> {
    let name = container.name();
    let failed =
        |why: &str| CallError::Operation(format!("`{name}`, on which others depend, {why}"));
    loop {
        let Some(now) = inspected(container.id.text(), call).await? else {
            return Err(failed("is gone"));
        };
        let (state, is_over) = (&now.state, now.state.is_over());
        match (condition, state.health.status.text()) {
            (Condition::Started, _) | (Condition::Healthy, "healthy") => return Ok(()),
            (Condition::Healthy, "unhealthy") => return Err(failed("is unhealthy")),
            (Condition::Healthy, _) if is_over => return Err(failed("has exited")),
            (Condition::Done, _) if is_over && *state.exit_code == Some(0) => return Ok(()),
            (Condition::Done, _) if is_over => return Err(failed("ended with an error")),
            _ => {}
        }
        if Instant::now() >= until {
            return Err(failed("is not ready in time; `timeout` gives it longer"));
        }
        sleep(PAUSE).await;
    }
}

/// The error, and what was done before it.
fn told(error: CallError, done: &[Changed]) -> CallError {
    let names: Vec<&str> = done.iter().map(|it| it.container.as_str()).collect();
    match error {
        CallError::Operation(text) if !names.is_empty() => {
            CallError::Operation(format!("{text}; done before: `{}`", names.join("`, `")))
        }
        error => error,
    }
}
