//! Deploys Compose files as a stack: `docker_stack_deploy`.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::time::Instant;

use super::going::{self, Going};
use super::members::{members, of, stack_of};
use super::model::Stack;
use crate::call::{Call, CallError};
use crate::catalog::generated::stack_deploy::COMMAND;
use crate::engine::relay::{Account, Done};
use crate::engine::{Items, ObjectKind};
use crate::generated::params::stack_deploy::Params;
use crate::generated::reply::stack_deploy::Reply;
use crate::operations::compose::{Tally, in_words, why_it_ended};
use crate::operations::swarm::objects::{Service, services};
use crate::operations::swarm::service::{Settled, settle};
use crate::ordered;
use crate::output::Hinted;
use crate::program::{ProgramError, Ran};

/// How many services are waited for at once.
const AT_ONCE: usize = 8;

/// A model that was judged, and what would go without something in its place.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) name: String,
    /// What tells this model from another: where the files change, whoever has to agree is asked again.
    pub(crate) model: String,
    pub(crate) services: Vec<Going>,
    #[serde(skip)]
    judged: Arc<Stack>,
}

/// How a service stands.
#[derive(Debug, Serialize)]
pub(crate) struct Standing {
    service: String,
    state: String,
    running: i64,
    desired: i64,
}

/// A service that is not as it is to be.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    service: String,
    problem: String,
    evidence: Vec<String>,
    next: String,
}

/// Gives the judged model, and what would go without something in its place.
pub(crate) async fn plan(params: &Params, call: &Call<'_>) -> Result<Plan, CallError> {
    let name = params.name.to_string();
    call.engine.judge_project(&name)?;
    // Where there is no swarm, nothing else has to be looked at.
    let there = there(&name, call).await?;
    if call.engine.is_scoped() {
        members(Some(&name), call).await?.judge(&call.engine)?;
    }
    let stack = Stack::judged(params, call).await?;
    Ok(Plan {
        model: stack.fingerprint(),
        services: going::going(&name, &stack, params.prune, &there),
        judged: Arc::new(stack),
        name,
    })
}

/// Gives what was made and changed, how the services are, and which are not as they are to be.
pub(crate) async fn run(
    params: &Params,
    plan: &Plan,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Standing, Failure>>, CallError> {
    let limit = Duration::from_secs(params.timeout.unsigned_abs());
    let until = Instant::now() + limit;
    let mut tally = Tally::new(&call.progress);
    let removed = going::remove(&plan.services, &mut tally, call).await?;
    let told = |done: Done| tally.tell(in_words(&done));
    let stack = &plan.judged;
    let ran = stack
        .deploy(&COMMAND, params.args(), limit, call, told)
        .await;
    let account = match ran {
        Ok(ran) if ran.code == Some(0) && ran.account.refusals.is_empty() => ran.account,
        ran => return Err(told_failure(&plan.name, ran, &removed)),
    };
    let settled = settled(plan, until, call).await?;
    let services = settled.iter().map(Standing::from).collect();
    let failed: Vec<Failure> = settled.into_iter().filter_map(failure).collect();
    let hint = (!failed.is_empty()).then(|| {
        format!(
            "{} of the services are not as they are to be: see `failed`",
            failed.len()
        )
    });
    let reply = Reply {
        name: plan.name.clone(),
        created: names(&account, "created"),
        updated: names(&account, "updated"),
        removed,
        services,
        failed,
        warnings: stack.warnings.clone(),
    };
    Ok(Hinted::from(reply).hinted(hint))
}

/// The services of a stack.
async fn there(name: &str, call: &Call<'_>) -> Result<Vec<Service>, CallError> {
    let all: Items<Service> = call.engine.told(services(of(Some(name)))?).await?;
    let own = all.0.into_iter().filter(|it| stack_of(it) == name);
    Ok(own.collect())
}

/// Waits until the services of the model are as they are to be.
async fn settled(plan: &Plan, until: Instant, call: &Call<'_>) -> Result<Vec<Settled>, CallError> {
    let wanted = plan.judged.services();
    let there = there(&plan.name, call).await?;
    let is_of_model = |service: &&Service| {
        let name = service.spec.name.text().strip_prefix(plan.name.as_str());
        name.and_then(|it| it.strip_prefix('_'))
            .is_some_and(|key| wanted.contains_key(key))
    };
    let waits: Vec<_> = there
        .iter()
        .filter(is_of_model)
        .map(|service| async move {
            let limit = until.saturating_duration_since(Instant::now());
            settle(service.id.text(), limit, call).await
        })
        .collect();
    let mut settled: Vec<Settled> = stream::iter(waits).buffered(AT_ONCE).try_collect().await?;
    ordered::sort_by(&mut settled, |one, other| one.name.cmp(&other.name));
    Ok(settled)
}

impl From<&Settled> for Standing {
    fn from(settled: &Settled) -> Self {
        Self {
            service: settled.name.clone(),
            state: settled.state.clone(),
            running: settled.running,
            desired: settled.desired,
        }
    }
}

/// What is wrong with a service that did not settle well.
fn failure(settled: Settled) -> Option<Failure> {
    if settled.state == "completed" {
        return None;
    }
    let count = format!("{} of {} tasks run", settled.running, settled.desired);
    let problem = match settled.message {
        Some(message) => format!("{}: {message}; {count}", settled.state),
        None => format!("{}: {count}", settled.state),
    };
    Some(Failure {
        problem,
        evidence: settled.failed,
        next: format!(
            "docker_service_logs and docker_list_tasks of `{}` show more",
            settled.name
        ),
        service: settled.name,
    })
}

/// What a program did so, by its kind and name. That secrets and configs are sent again changes nothing in them.
fn names(account: &Account, verb: &str) -> Vec<String> {
    let is_kept =
        |done: &&Done| done.verb == verb && (verb == "created" || done.kind == ObjectKind::Service);
    let named = |done: &Done| {
        let said = in_words(done);
        let named = said.strip_prefix(verb).unwrap_or(&said).trim();
        // `secret shop_key` alone looks like a setting and what nobody is to see.
        named.replacen(' ', "/", 1)
    };
    account.done.iter().filter(is_kept).map(named).collect()
}

/// Why it failed: what was refused first, then what the program says, and what is left.
fn told_failure(name: &str, ran: Result<Ran, ProgramError>, removed: &[String]) -> CallError {
    let (account, said) = why_it_ended(ran);
    let mut parts = vec![format!("the stack `{name}` is not deployed")];
    let refusals = account.refusals.iter();
    parts.extend(refusals.map(|refusal| format!("refused: {refusal}")));
    if said.contains("only updates to Labels are allowed") {
        parts.push(format!(
            "docker stack: {said}\na secret or a config never changes: give it another name (`name:`) when what it holds changes"
        ));
    } else {
        parts.push(format!("docker stack: {said}"));
    }
    for (verb, of) in [
        ("made and left", names(&account, "created")),
        ("updated", names(&account, "updated")),
        ("removed", removed.to_vec()),
    ] {
        if !of.is_empty() {
            parts.push(format!("{verb}: {}", of.join(", ")));
        }
    }
    CallError::Operation(parts.join("\n"))
}
