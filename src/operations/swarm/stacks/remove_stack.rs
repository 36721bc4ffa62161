//! Removes a stack: `docker_remove_stack`.
//!
//! What is of it says its label, so that nothing is left of what its files no longer say. Each object goes by its
//! id. The tasks end after their services; a network goes when they have.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::members::{Kept, members, of};
use crate::call::{Call, CallError};
use crate::engine::{self, EngineError, Items, Request, Told, record};
use crate::generated::params::remove_stack::Params;
use crate::generated::reply::remove_stack::Reply;
use crate::operations::objects::missing;
use crate::operations::prune::removal::{Failure, Removal, sorted};
use crate::operations::swarm::objects::{Service, tasks};

/// How long tasks are given to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long an Engine may take to see that a network was left.
const LEAVING: Duration = Duration::from_secs(5);

/// How often it is looked whether they have.
const PAUSE: Duration = Duration::from_millis(300);

/// What goes of a stack.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) services: Vec<Planned>,
    pub(crate) networks: Vec<Planned>,
    pub(crate) secrets: Vec<Planned>,
    pub(crate) configs: Vec<Planned>,
}

/// What a plan says of something.
#[derive(Debug, Serialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    pub(crate) name: String,
    notes: Vec<String>,
}

/// A task that has not ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Task {
    status: engine::Part<Status>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Status {
    state: Told<String>,
}

impl Task {
    /// It runs, or may come to run.
    fn lives(&self) -> bool {
        !matches!(
            self.status.state.text(),
            "complete" | "failed" | "shutdown" | "rejected" | "orphaned" | "remove"
        )
    }
}

/// Gives all that has the label of the stack.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let name = &params.name;
    call.engine.judge_project(name)?;
    let own = members(Some(name), call).await?;
    if own.stacks().iter().all(Vec::is_empty) {
        let all = members(None, call).await?;
        let known: BTreeSet<&str> = all.stacks().into_iter().flatten().collect();
        let missing = missing("stack", name, known.into_iter());
        return Err(CallError::Missing(missing));
    }
    let networks = own.networks.iter().map(|it| Planned {
        id: it.id.text().to_owned(),
        name: it.name.text().to_owned(),
        notes: Vec::new(),
    });
    Ok(Plan {
        services: by_name(own.services.iter().map(service).collect()),
        networks: by_name(networks.collect()),
        secrets: by_name(own.secrets.iter().map(kept).collect()),
        configs: by_name(own.configs.iter().map(kept).collect()),
    })
}

fn by_name(planned: Vec<Planned>) -> Vec<Planned> {
    sorted(planned, |it| (&it.name, &it.id))
}

fn service(service: &Service) -> Planned {
    let spec = &*service.spec;
    let replicas = spec.mode.replicated.as_ref();
    let replicas = replicas.map(|it| it.replicas.unwrap_or(1));
    let tasks = match replicas {
        Some(1) => "1 replica".to_owned(),
        Some(replicas) => format!("{replicas} replicas"),
        None => spec.mode().to_owned(),
    };
    Planned {
        id: service.id.text().to_owned(),
        name: spec.name.text().to_owned(),
        notes: vec![tasks],
    }
}

fn kept(kept: &Kept) -> Planned {
    Planned {
        id: kept.id.text().to_owned(),
        name: kept.spec.name.text().to_owned(),
        notes: Vec::new(),
    }
}

/// Removes what was planned; gives the names of what went, and what is still there.
pub(crate) async fn run(
    params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Reply<Failure>, CallError> {
    let all = [&plan.services, &plan.networks, &plan.secrets, &plan.configs];
    let mut removal = Removal::of(all.into_iter().map(Vec::len).sum(), call);
    let removed_services = remove(Part::Services, &plan.services, &mut removal).await;
    let ends = !removal.has_failed();
    let removed_secrets = remove(Part::Secrets, &plan.secrets, &mut removal).await;
    let removed_configs = remove(Part::Configs, &plan.configs, &mut removal).await;
    // Where a service stays, so do its tasks, and what they are on.
    if ends && !removal.is_lost() && !plan.networks.is_empty() {
        ended(&params.name, call).await?;
    }
    let removed_networks = remove(Part::Networks, &plan.networks, &mut removal).await;
    let (_, failed) = removal.conclude()?;
    Ok(Reply {
        removed_services,
        removed_networks,
        removed_secrets,
        removed_configs,
        failed,
    })
}

/// What a stack consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Services,
    Networks,
    Secrets,
    Configs,
}

impl Part {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Services => ("services", "service"),
            Self::Networks => ("networks", "network"),
            Self::Secrets => ("secrets", "secret"),
            Self::Configs => ("configs", "config"),
        }
    }

    fn request(self, id: &str) -> Result<Request, EngineError> {
        let request = match self {
            Self::Services => record(|docker| async move { docker.delete_service(id).await }),
            Self::Networks => record(|docker| async move { docker.remove_network(id).await }),
            Self::Secrets => record(|docker| async move { docker.delete_secret(id).await }),
            Self::Configs => record(|docker| async move { docker.delete_config(id).await }),
        };
        Ok(request?.about(self.names().1, id))
    }
}

/// Removes planned objects and gives the names of those that went.
async fn remove(part: Part, planned: &[Planned], removal: &mut Removal<'_>) -> Vec<String> {
    let call = removal.call;
    let mut removed = Vec::new();
    for object in planned {
        match removal.attempt(remove_one(part, &object.id, call)).await {
            Ok(Some(())) => removed.push(object.name.clone()),
            Ok(None) => {}
            Err(error) => removal.failed(Failure {
                part: Some(part.names().0),
                id: Some(object.id.clone()),
                name: Some(object.name.clone()),
                ..Failure::of(&error)
            }),
        }
    }
    removed
}

/// Removes one; a network that tasks have only just left is tried again.
async fn remove_one(part: Part, id: &str, call: &Call<'_>) -> Result<(), CallError> {
    let until = Instant::now() + LEAVING;
    loop {
        match call.engine.json(part.request(id)?).await {
            Err(error) if part == Part::Networks && Instant::now() < until && is_left(&error) => {
                sleep(PAUSE).await;
            }
            removed => return Ok(removed.map(drop)?),
        }
    }
}

/// Whether an Engine does not know yet that nothing is on a network any more.
fn is_left(error: &EngineError) -> bool {
    let said = error.to_string();
    said.contains("in use by task") || said.contains("active endpoints")
}

/// Waits until the tasks of a stack have ended: what they are on does not go before.
async fn ended(stack: &str, call: &Call<'_>) -> Result<(), CallError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let left: Items<Task> = call.engine.told(tasks(of(Some(stack)))?).await?;
        let left = left.iter().filter(|task| task.lives()).count();
        if left == 0 || Instant::now() >= until {
            return Ok(());
        }
        call.progress
            .report(0.0, None, format!("waiting for {left} tasks to end"));
        sleep(PAUSE).await;
    }
}
