//! Waits until the containers of services are as they are to be, by the Engine's state of each.
//!
//! Compose's own `--wait` fails on a job that has done its work.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep};

use super::inspected::{Inspected, inspected};
use super::labels::Container;
use crate::call::{Call, CallError};

/// How many containers are asked about at once.
const AT_ONCE: usize = 8;

/// How often.
const PAUSE: Duration = Duration::from_millis(300);

/// How long one that was started is given to end at once.
const MOMENT: Duration = Duration::from_secs(1);

/// How often one may be restarted while it is waited for.
const RESTARTS: i64 = 3;

/// How a container stands.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// As it is to be.
    Ready,
    /// It may still become so, and why it is not.
    Pending(String),
    /// It will not.
    Failed(String),
}

impl Standing {
    fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// A container that is not as it is to be.
#[derive(Debug)]
pub(super) struct Unready {
    pub(super) id: String,
    pub(super) service: String,
    pub(super) container: String,
    pub(super) why: String,
}

/// Waits for the containers until then; gives those that are not ready.
pub(super) async fn wait(
    containers: &[Container],
    until: Instant,
    call: &Call<'_>,
) -> Result<Vec<Unready>, CallError> {
    let settled = Instant::now() + MOMENT;
    loop {
        let standings = standings(containers, call).await?;
        let is_settled = Instant::now() >= settled;
        let failed = standings.iter().any(Standing::is_failed);
        let is_pending = |it: &Standing| matches!(it, Standing::Pending(_));
        let pending = standings
            .iter()
            .zip(containers)
            .find(|(it, _)| is_pending(it));
        match pending {
            _ if Instant::now() >= until => return Ok(unready(standings, containers)),
            _ if is_settled && failed => return Ok(unready(standings, containers)),
            Some((Standing::Pending(why), container)) => {
                let message = format!("waiting for {}, which {why}", container.name());
                call.progress.report(0.0, None, message);
            }
            _ if is_settled => return Ok(Vec::new()),
            _ => {}
        }
        sleep(PAUSE).await;
    }
}

/// Those that are not ready now.
pub(super) async fn now(
    containers: &[Container],
    call: &Call<'_>,
) -> Result<Vec<Unready>, CallError> {
    Ok(unready(standings(containers, call).await?, containers))
}

async fn standings(containers: &[Container], call: &Call<'_>) -> Result<Vec<Standing>, CallError> {
    let looks: Vec<_> = containers
        .iter()
        .map(|it| inspected(it.id.text(), call))
        .collect();
    let looks: Vec<Option<Inspected>> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    Ok(looks.iter().map(|it| standing(it.as_ref())).collect())
}

/// Those that failed; where none has, those that are not ready yet.
fn unready(standings: Vec<Standing>, containers: &[Container]) -> Vec<Unready> {
    let failed = standings.iter().any(Standing::is_failed);
    let both = standings.into_iter().zip(containers);
    both.filter_map(|(standing, container)| match standing {
        Standing::Ready => None,
        Standing::Pending(_) if failed => None,
        Standing::Pending(why) | Standing::Failed(why) => Some(Unready {
            id: container.id.text().to_owned(),
            service: container.service().to_owned(),
            container: container.name(),
            why,
        }),
    })
    .collect()
}

fn standing(container: Option<&Inspected>) -> Standing {
    let Some(container) = container else {
        return Standing::Failed("was removed".to_owned());
    };
    let state = &container.state;
    let restarts = container.restart_count.unwrap_or(0);
    let code = state.exit_code.unwrap_or(-1);
    match (state.status.text(), state.health.status.text()) {
        ("running", "starting") => Standing::Pending("is not healthy yet".to_owned()),
        ("running", "unhealthy") => Standing::Failed("is unhealthy".to_owned()),
        ("running" | "paused", _) => Standing::Ready,
        ("restarting", _) if restarts >= RESTARTS => {
            Standing::Failed(format!("ends again and again, last with {code}"))
        }
        ("exited" | "dead" | "stopped", _) => match (code, container.is_restarted()) {
            (0, _) if !container.is_always_restarted() => Standing::Ready,
            (_, false) => Standing::Failed(format!("ended with {code}")),
            _ => Standing::Pending(format!("ended with {code}")),
        },
        ("restarting", _) => Standing::Pending(format!("ended with {code}, and is restarted")),
        (status, _) => Standing::Pending(format!("is {status}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_is_ready_where_it_runs_is_healthy_or_did_its_work() {
        let ready = |state: serde_json::Value, policy: &str, restarts: i64| {
            let document = json!({
                "State": state, "RestartCount": restarts,
                "HostConfig": { "RestartPolicy": { "Name": policy } },
            });
            let inspected: Inspected = serde_json::from_value(document).unwrap();
            match standing(Some(&inspected)) {
                Standing::Ready => "ready",
                Standing::Pending(_) => "pending",
                Standing::Failed(_) => "failed",
            }
        };
        let ended = |code: i64| json!({ "Status": "exited", "ExitCode": code });
        let healthy = |health: &str| json!({ "Status": "running", "Health": { "Status": health } });
        for (state, policy, restarts, expected) in [
            (json!({ "Status": "running" }), "no", 0, "ready"),
            (healthy("none"), "no", 0, "ready"),
            (healthy("healthy"), "always", 0, "ready"),
            (healthy("starting"), "no", 0, "pending"),
            (healthy("unhealthy"), "no", 0, "failed"),
            (ended(0), "no", 0, "ready"),
            (ended(0), "", 0, "ready"),
            (ended(0), "on-failure", 0, "ready"),
            (ended(0), "always", 0, "pending"),
            (ended(3), "no", 0, "failed"),
            (ended(3), "on-failure", 1, "pending"),
            (
                json!({ "Status": "restarting", "ExitCode": 1 }),
                "always",
                1,
                "pending",
            ),
            (
                json!({ "Status": "restarting", "ExitCode": 1 }),
                "always",
                3,
                "failed",
            ),
            (json!({ "Status": "created" }), "no", 0, "pending"),
        ] {
            assert_eq!(
                ready(state.clone(), policy, restarts),
                expected,
                "{state} {policy}"
            );
        }
        assert!(matches!(standing(None), Standing::Failed(_)));
    }
}
