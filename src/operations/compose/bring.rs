//! Brings a project up to its model: what `docker_compose_up` and `docker_compose_scale` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde::Serialize;
use tokio::time::Instant;

use super::compose_ps::{self, Service};
use super::failure::{self, Failure};
use super::going::{self, Going};
use super::labels::Container;
use super::model::Model;
use super::program::{self, Ran};
use super::provision;
use super::ready;
use super::said::why_it_ended;
use super::selection::there;
use super::tally::Tally;
use crate::call::{Call, CallError};
use crate::catalog::Command;
use crate::engine::ObjectKind;
use crate::engine::relay::{Account, Done};
use crate::operations::files::content::hexadecimal;
use crate::ordered;
use crate::program::ProgramError;

/// A model that was judged, and what would go without something in its place.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) project: String,
    /// What tells this model from another: where the files change, whoever has to agree is asked again.
    pub(crate) model: String,
    pub(crate) containers: Vec<Going>,
    /// What would go where nothing is to be done, so that nobody is asked.
    #[serde(skip)]
    pub(super) foretold: Vec<Going>,
    #[serde(skip)]
    pub(super) judged: Arc<Model>,
    /// The services that are meant, and what they depend on.
    #[serde(skip)]
    pub(super) chosen: BTreeSet<String>,
}

impl Plan {
    /// The plan for some services of a model, or all whose profiles are on.
    pub(super) async fn make(
        judged: Arc<Model>,
        chosen: BTreeSet<String>,
        orphans: bool,
        call: &Call<'_>,
    ) -> Result<Self, CallError> {
        let there = there(judged.name(), call).await?;
        // Compose would come upon it only after it has made something.
        for container in there
            .iter()
            .filter(|it| orphans || chosen.contains(it.service()))
        {
            call.engine
                .judge_planned(ObjectKind::Container, &container.name(), |key| {
                    container.label_of(key)
                })?;
        }
        let names = chosen.iter().map(String::as_str).collect();
        let containers = going::going(&judged, &names, orphans, &there);
        Ok(Self {
            project: judged.name().to_owned(),
            model: hexadecimal(digest(&SHA256, &judged.document.bytes()).as_ref()),
            containers,
            foretold: Vec::new(),
            judged,
            chosen,
        })
    }

    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.chosen.iter().map(String::as_str).collect()
    }

    pub(super) fn has(&self, container: &Container) -> bool {
        !container.is_one_off() && self.chosen.contains(container.service())
    }
}

/// How a project is brought up.
#[derive(Debug)]
pub(super) struct Way<'a> {
    pub(super) command: &'static Command,
    pub(super) words: Vec<String>,
    pub(super) build: bool,
    pub(super) pull: Option<&'a str>,
    pub(super) wait: bool,
    pub(super) limit: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) created: Vec<String>,
    pub(super) recreated: Vec<String>,
    pub(super) started: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) services: Vec<Service>,
    pub(super) failed: Vec<Failure>,
}

/// Brings it up: sees to the images, removes what a person agreed to, runs Compose on the judged model, and waits
/// by the Engine's state.
///
/// # Errors
/// Compose failed, or was refused something; what it left is named.
pub(super) async fn up(plan: &Plan, way: Way<'_>, call: &Call<'_>) -> Result<Outcome, CallError> {
    let model = &plan.judged;
    let services = provision::services(model, &plan.names());
    provision::provide(&services, way.build, way.pull, call).await?;
    let before = there(model.name(), call).await?;
    let mut tally = Tally::new(&call.progress);
    let gone = going::remove(&plan.containers, &mut tally, call).await?;
    let until = Instant::now() + way.limit;
    let told = |done: Done| tally.tell(in_words(&done));
    let ran = program::carry_out(way.command, way.words, model, way.limit, call, told).await;
    let after = there(model.name(), call).await?;
    let meant: Vec<Container> = after.iter().filter(|it| plan.has(it)).cloned().collect();
    let ran = match ran {
        Ok(ran) if ran.code == Some(0) && ran.account.refusals.is_empty() => ran,
        ran => {
            let unready = ready::now(&meant, call).await?;
            let failed = failure::failures(unready, call).await;
            return Err(told_failure(plan, ran, &failed, &before, &after));
        }
    };
    let failed = match way.wait {
        true => failure::failures(ready::wait(&meant, until, call).await?, call).await,
        false => Vec::new(),
    };
    let mut outcome = differences(&before, &after, &ran.account);
    outcome.removed.extend(gone);
    outcome.removed.sort();
    outcome.removed.dedup();
    outcome.services = compose_ps::services(&meant, call).await?;
    outcome.failed = failed;
    Ok(outcome)
}

/// Where a container stands: which of a service's it is.
type Place = (String, u64);

fn places(containers: &[Container]) -> BTreeMap<Place, &Container> {
    let own = containers.iter().filter(|it| !it.is_one_off());
    ordered::map(own.map(|it| ((it.service().to_owned(), it.number()), it)))
}

fn differences(before: &[Container], after: &[Container], account: &Account) -> Outcome {
    let id = |it: &Container| it.id.text().to_owned();
    let known: BTreeSet<String> = before.iter().map(id).collect();
    let left: BTreeSet<String> = after.iter().map(id).collect();
    let (old, new) = (places(before), places(after));
    let started: BTreeSet<&str> = account
        .done
        .iter()
        .filter(|it| it.verb == "started")
        .filter_map(|it| it.id.as_deref())
        .collect();
    let made = account.done.iter().filter(|it| it.verb == "created");
    let made = made.filter(|it| it.kind != ObjectKind::Container);
    let mut outcome = Outcome {
        created: made.map(named).collect(),
        ..Outcome::default()
    };
    for (place, container) in &new {
        let name = container.name();
        if known.contains(container.id.text()) {
            if started.contains(container.id.text()) {
                outcome.started.push(name);
            }
        } else if old
            .get(place)
            .is_some_and(|old| !left.contains(old.id.text()))
        {
            outcome.recreated.push(name);
        } else {
            outcome.created.push(name);
        }
    }
    let is_lost = |(place, it): &(&Place, &&Container)| {
        !left.contains(it.id.text()) && !new.contains_key(*place)
    };
    let lost = old.iter().filter(is_lost).map(|(_, it)| it.name());
    outcome.removed.extend(lost);
    outcome
}

/// A network as `network shop_default`, a container by its name alone.
fn named(done: &Done) -> String {
    let kind = match done.kind {
        ObjectKind::Container => return done.name.clone(),
        ObjectKind::Image => "image",
        ObjectKind::Network => "network",
        ObjectKind::Volume => "volume",
        ObjectKind::Service => "service",
        ObjectKind::Node => "node",
        ObjectKind::Secret => "secret",
        ObjectKind::Config => "config",
    };
    format!("{kind} {}", done.name)
}

pub(crate) fn in_words(done: &Done) -> String {
    format!("{} {}", done.verb, named(done))
}

/// Why it failed: what was refused first, then what Compose says and which services are not as they are to
/// be, and what is left.
fn told_failure(
    plan: &Plan,
    ran: Result<Ran, ProgramError>,
    failed: &[Failure],
    before: &[Container],
    after: &[Container],
) -> CallError {
    let (account, said) = why_it_ended(ran);
    let project = &plan.project;
    let mut parts = vec![format!("the project `{project}` is not up")];
    for refusal in &account.refusals {
        parts.push(format!("refused: {refusal}"));
    }
    parts.push(format!("Compose: {said}"));
    parts.extend(failed.iter().map(ToString::to_string));
    let known: BTreeSet<&str> = before.iter().map(|it| it.id.text()).collect();
    let new = after.iter().filter(|it| !known.contains(it.id.text()));
    let mut left: Vec<String> = new.map(Container::name).collect();
    let made = account.done.iter().filter(|it| it.verb == "created");
    left.extend(
        made.filter(|it| it.kind != ObjectKind::Container)
            .map(named),
    );
    if left.is_empty() {
        parts.push("nothing was made".to_owned());
    } else {
        parts.push(format!(
            "made and left: {}; docker_compose_down with `project_name` {project:?} removes what the project has",
            left.join(", ")
        ));
    }
    CallError::Operation(parts.join("\n"))
}
