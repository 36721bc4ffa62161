//! Waits until the tasks of a service are as they are to be, by what the swarm says of all of them at once.
//!
//! A task on a node that cannot be heard of does not count as running, whatever the swarm goes on to call it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::current::inspect;
use crate::call::{Call, CallError};
use crate::engine::{Items, Part, Told};
use crate::operations::swarm::objects::{self, Heard, Node};
use crate::ordered;

/// How often.
const PAUSE: Duration = Duration::from_millis(500);

/// How long all have to run before it is believed: what cannot work ends at once.
const MOMENT: Duration = Duration::from_secs(2);

/// How long a task may wait for a node that suits it.
const PLACELESS: Duration = Duration::from_secs(5);

/// So many failures tell that it will not work.
const HOPELESS: usize = 3;

/// How many failures are told.
const TOLD: usize = 5;

/// How a service stands.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) name: String,
    /// How far its update is: the Engine's word, or whether its tasks run.
    pub(crate) state: String,
    pub(crate) running: i64,
    pub(crate) desired: i64,
    /// What the Engine says of the update.
    pub(crate) message: Option<String>,
    /// Tasks that failed, each with why.
    pub(crate) failed: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Service {
    spec: Told<serde_json::Map<String, Value>>,
    updated_at: Told<String>,
    update_status: Part<Update>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Update {
    state: Told<String>,
    message: Told<String>,
    started_at: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Task {
    created_at: Told<String>,
    slot: Told<i64>,
    #[serde(rename = "NodeID")]
    node: Told<String>,
    desired_state: Told<String>,
    status: Part<Status>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Status {
    state: Told<String>,
    err: Told<String>,
}

impl Task {
    fn is_to_run(&self) -> bool {
        self.desired_state.text() == "running"
    }

    fn has_failed(&self) -> bool {
        matches!(self.status.state.text(), "failed" | "rejected" | "orphaned")
    }

    /// It waits for a node that suits it.
    fn is_placeless(&self) -> bool {
        let waits = self.status.state.text() == "pending";
        waits && self.is_to_run() && !self.status.err.text().is_empty()
    }

    /// How it stands and why, by which task it is of its service.
    fn told(&self, service: &str, nodes: &[Node]) -> String {
        let node = self.node.text();
        let host = nodes.iter().find(|host| host.id.text() == node);
        let host = host.map(Node::name);
        let of = match (*self.slot, host) {
            (Some(slot), Some(host)) if slot > 0 => format!("{service}.{slot} on {host}"),
            (Some(slot), None) if slot > 0 => format!("{service}.{slot}"),
            (_, Some(host)) => format!("{service} on {host}"),
            (_, None) => service.to_owned(),
        };
        let (state, why) = (self.status.state.text(), self.status.err.text());
        match why {
            "" => format!("{of}: {state}"),
            why => format!("{of}: {state}: {why}"),
        }
    }
}

/// What is seen at one look.
struct Look {
    settled: Settled,
    failures: usize,
    is_placeless: bool,
    /// Something may still come to run.
    is_open: bool,
}

/// Waits so long for the service to settle.
///
/// # Errors
/// The Engine does not say how it stands.
pub(crate) async fn settle(
    id: &str,
    limit: Duration,
    call: &Call<'_>,
) -> Result<Settled, CallError> {
    let until = Instant::now() + limit;
    let (mut since, mut runs, mut placeless) = (None, None, None);
    loop {
        let look = look(id, &mut since, call).await?;
        let now = Instant::now();
        let settled = &look.settled;
        let all_run = settled.running == settled.desired;
        let stays = held(&mut runs, all_run, now) >= MOMENT;
        let has_no_place = held(&mut placeless, look.is_placeless, now) >= PLACELESS;
        let is_over = match settled.state.as_str() {
            "paused" | "rollback_paused" | "rollback_completed" => true,
            "completed" if all_run => true,
            "updating" | "rollback_started" => false,
            _ => stays || look.failures >= HOPELESS || has_no_place || !look.is_open,
        };
        if is_over || now >= until {
            return Ok(ended(look, is_over));
        }
        call.progress.report(
            settled.running.max(0) as f64,
            Some(settled.desired.max(0) as f64),
            format!("{} of {} tasks run", settled.running, settled.desired),
        );
        sleep(PAUSE.min(until - now)).await;
    }
}

/// How long something has held.
fn held(since: &mut Option<Instant>, holds: bool, now: Instant) -> Duration {
    if !holds {
        *since = None;
        return Duration::ZERO;
    }
    now - *since.get_or_insert(now)
}

/// How a service stands in the end; where the Engine has no word for it, by its tasks.
fn ended(look: Look, is_over: bool) -> Settled {
    let mut settled = look.settled;
    if settled.state.is_empty() {
        settled.state = match (settled.running >= settled.desired, is_over) {
            (true, true) => "completed",
            (_, false) => "updating",
            (false, true) if look.is_placeless => "waiting",
            (false, true) => "failing",
        }
        .to_owned();
    }
    settled
}

async fn look(id: &str, since: &mut Option<String>, call: &Call<'_>) -> Result<Look, CallError> {
    let service: Service = call.engine.told(inspect(id)?).await?;
    let nodes: Items<Node> = call.engine.told(objects::nodes()?).await?;
    let of_service = ("service".to_owned(), vec![id.to_owned()]);
    let tasks = objects::tasks(Some([of_service].into()))?;
    let tasks: Items<Task> = call.engine.told(tasks).await?;
    let heard = Heard::of(&nodes);

    let update = &*service.update_status;
    let since = since.get_or_insert_with(|| match update.started_at.text() {
        "" => service.updated_at.text().to_owned(),
        started => started.to_owned(),
    });
    let spec = service.spec.0.unwrap_or_default();
    let name = spec.get("Name").and_then(Value::as_str).unwrap_or_default();
    let to_run = tasks.iter().filter(|task| task.is_to_run());
    let runs = |task: &&Task| task.status.state.text() == "running" && heard.has(task.node.text());
    let wanted = to_run.clone().count();
    let desired = super::current::replicas(&spec);
    let desired = desired.unwrap_or(u64::try_from(wanted).unwrap_or_default());
    let is_new = |task: &&Task| is_after(task.created_at.text(), since);
    let mut failed: Vec<&Task> = tasks
        .iter()
        .filter(|task| task.has_failed())
        .filter(is_new)
        .collect();
    ordered::sort_by(&mut failed, |one, other| {
        other.created_at.text().cmp(one.created_at.text())
    });
    let failures = failed.len();
    let placeless: Vec<&Task> = tasks.iter().filter(|task| task.is_placeless()).collect();
    let mut told: Vec<String> = Vec::new();
    for task in failed.iter().chain(&placeless) {
        let text = task.told(name, &nodes);
        if !told.contains(&text) && told.len() < TOLD {
            told.push(text);
        }
    }
    let running = i64::try_from(to_run.clone().filter(runs).count()).unwrap_or(i64::MAX);
    Ok(Look {
        failures,
        is_placeless: !placeless.is_empty(),
        is_open: wanted > 0 || failures == 0,
        settled: Settled {
            name: name.to_owned(),
            state: update.state.text().to_owned(),
            running,
            desired: i64::try_from(desired).unwrap_or(i64::MAX),
            message: Some(update.message.text().to_owned()).filter(|text| !text.is_empty()),
            failed: told,
        },
    })
}

/// Whether a time of the swarm is not before another; both are of its own clock. What cannot be read is.
fn is_after(time: &str, since: &str) -> bool {
    let read = |text: &str| text.parse::<jiff::Timestamp>().ok();
    match (read(time), read(since)) {
        (Some(time), Some(since)) => time >= since,
        _ => true,
    }
}
