//! Looks for what is wrong with containers: `docker_diagnose`.
//!
//! Everything is asked for first, some of it at once; what it means is told by [`crate::facts`].

use std::collections::{BTreeMap, BTreeSet};

use bollard::query_parameters::StatsOptions;
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::lane::last_lines;
use super::late::events;
use super::machine::{Machine, Process, host_ports};
use super::selection::{Chosen, Selection};
use super::services::Service;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Items, Part, Told, record};
use crate::facts::diagnosis::{self, Around, Finding, Neighbour, Subject, Usage};
use crate::generated::params::diagnose::Params;
use crate::generated::reply::diagnose::Reply;
use crate::operations::containers::stats::sample::Measured;
use crate::operations::stream::source::{Shaped, Source};
use crate::operations::units::count;
use crate::ordered;
use crate::output::{Hinted, beyond_limit};

/// How many containers are looked at at once.
const AT_ONCE: usize = 16;
/// How many are measured at once: some Engines tell what a container takes once a second, and of all at
/// the same time.
const MEASURED: usize = 100;

/// How many containers beside the chosen ones are asked for their names.
const NEIGHBOURS: usize = 50;

/// How many lines of a log are read.
const LINES: usize = 50;

/// How long before the time of its start a container may have begun to write.
const STARTING: SignedDuration = SignedDuration::from_secs(2);

const ELSEWHERE: &str = "what listens in containers, mounts whose source is gone, the disk: the Engine's host cannot be \
    looked at from here";

/// Of a container what decides on what else is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Looked {
    state: Part<State>,
    restart_count: Told<i64>,
    host_config: Part<HostConfig>,
    mounts: Items<Mounted>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct State {
    status: Told<String>,
    pid: Told<i32>,
    exit_code: Told<i64>,
    started_at: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    memory: Told<i64>,
    pids_limit: Told<i64>,
    network_mode: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Mounted {
    #[serde(rename = "Type")]
    kind: Told<String>,
    source: Told<String>,
    destination: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Info {
    docker_root_dir: Told<String>,
    kernel_version: Told<String>,
    name: Told<String>,
}

/// Gives what is wrong, worst first, and who is well.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Finding>>, CallError> {
    let selection = Selection {
        project: params.project.as_deref(),
        containers: params.containers.as_deref(),
        filters: params.filters.as_ref(),
    };
    let (chosen, services) = selection.list_with_services(call).await?;
    let mut found = Found::default();
    found.look_at_services(&services, call).await?;
    if services.is_empty() || !chosen.is_empty() {
        let all = match selection.is_narrow() {
            true => Selection::ALL.list(call).await?,
            false => chosen.clone(),
        };
        found.look_at_containers(&chosen, &all, call).await?;
    }
    Ok(found.reply(params))
}

/// What was found.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    checked: usize,
    healthy: Vec<String>,
    unknown: Vec<String>,
}

impl Found {
    async fn look_at_services(
        &mut self,
        services: &[Service],
        call: &Call<'_>,
    ) -> Result<(), CallError> {
        for service in services {
            let now = call.engine.now().await?.latest;
            let found = service.findings(call, now).await?;
            self.add(&service.name, found);
        }
        Ok(())
    }

    async fn look_at_containers(
        &mut self,
        chosen: &[Chosen],
        all: &[Chosen],
        call: &Call<'_>,
    ) -> Result<(), CallError> {
        let (info, events) = tokio::join!(info(call), events(call));
        let (info, events) = (info?, events?);
        let now = call.engine.now().await?.latest;
        let machine = Machine::of(&call.engine, info.kernel_version.text(), info.name.text());
        let looker = Looker { call, machine };
        let mut subjects = looker.all(chosen).await?;
        looker.measure(&mut subjects).await;
        let mut around = Around {
            now: Some(now),
            neighbours: all.iter().map(neighbour).collect(),
            holders: all.iter().flat_map(holders).collect(),
            host_ports: host_ports(&call.engine)
                .map(|ports| ports.into_iter().map(|(_, port)| port).collect()),
            events,
        };
        looker.learn_names(&subjects, all, &mut around).await;
        self.findings
            .extend(looker.disk(info.docker_root_dir.text()));
        let elsewhere = looker.machine.is_none();
        self.unknown.extend(elsewhere.then(|| ELSEWHERE.to_owned()));
        for subject in &subjects {
            let (found, unseen) = diagnosis::findings(subject, &around);
            self.add(&subject.name, found);
            self.unknown.extend(unseen);
        }
        Ok(())
    }

    /// Adds what is wrong with one of them.
    fn add(&mut self, name: &str, found: Vec<Finding>) {
        self.checked += 1;
        if found.is_empty() {
            self.healthy.push(name.to_owned());
        }
        self.findings.extend(found);
    }

    fn reply(self, params: &Params) -> Hinted<Reply<Finding>> {
        let mut findings = self.findings;
        ordered::sort_by(&mut findings, |one, other| {
            (one.severity, &one.container).cmp(&(other.severity, &other.container))
        });
        let limit = usize::try_from(params.limit).unwrap_or(usize::MAX);
        let truncated = findings.len() > limit;
        findings.truncate(limit);
        let reply = Reply {
            findings,
            checked: count(self.checked),
            healthy: self.healthy,
            unknown: self.unknown,
            truncated,
        };
        let limit = params.limit.unsigned_abs();
        let hint = truncated.then(|| beyond_limit(limit, Some("choose fewer containers")));
        Hinted::from(reply).hinted(hint)
    }
}

async fn info(call: &Call<'_>) -> Result<Info, EngineError> {
    let request = record(|docker| async move { docker.info().await })?;
    call.engine.told(request).await
}

fn neighbour(listed: &Chosen) -> Neighbour {
    let mut neighbour = Neighbour {
        name: listed.name(),
        state: listed.state.text().to_owned(),
        names: BTreeSet::new(),
        is_known: false,
    };
    let own = [Some(neighbour.name.as_str()), listed.service()];
    let own: Vec<String> = own.into_iter().flatten().map(str::to_lowercase).collect();
    for network in listed.networks() {
        let names = own.iter().map(|name| (network.to_owned(), name.clone()));
        neighbour.names.extend(names);
    }
    neighbour
}

fn holders(listed: &Chosen) -> Vec<(u16, String)> {
    let ports = listed.host_ports();
    ports.map(|port| (port, listed.name())).collect()
}

struct Looker<'a> {
    call: &'a Call<'a>,
    machine: Option<Machine>,
}

impl Looker<'_> {
    /// Looks at each of them; one that went meanwhile has nothing wrong with it.
    async fn all(&self, chosen: &[Chosen]) -> Result<Vec<Subject>, CallError> {
        let looks: Vec<_> = chosen.iter().map(|chosen| self.one(chosen)).collect();
        let mut looks = stream::iter(looks).buffered(AT_ONCE);
        let mut subjects = Vec::new();
        while let Some(look) = looks.next().await {
            match look {
                Ok(subject) => subjects.push(subject),
                Err(EngineError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(subjects)
    }

    async fn one(&self, chosen: &Chosen) -> Result<Subject, EngineError> {
        let id = chosen.id.text();
        let Subject { mut document, .. } = self.inspected(id).await?;
        diagnosis::hide(&mut document, |document| self.call.redactor.value(document));
        let looked = Looked::deserialize(&document).unwrap_or_default();
        let source = Shaped::deserialize(&document).unwrap_or_default().source();
        let log = self.log(id, source, &looked).await;
        let pid = looked.state.pid.filter(|pid| *pid > 0);
        let machine = self.machine.as_ref();
        let process = machine.zip(pid).and_then(|(it, pid)| it.process(pid, id));
        let on_host = looked.host_config.network_mode.text() == "host";
        let listens = process.as_ref().filter(|_| !on_host);
        let gone = match (&process, machine) {
            (Some(process), _) => process.gone(),
            (None, Some(machine)) if pid.is_none() => gone(*machine, &looked.mounts),
            _ => Vec::new(),
        };
        Ok(Subject {
            name: chosen.name(),
            listens: listens.and_then(Process::listens),
            gone,
            log,
            document,
            ..Subject::default()
        })
    }

    /// One of which nothing but its document is known yet.
    async fn inspected(&self, id: &str) -> Result<Subject, EngineError> {
        let request = record(|docker| async move { docker.inspect_container(id, None).await })?;
        let request = request.about("container", id);
        Ok(Subject {
            document: self.call.engine.json(request).await?,
            ..Subject::default()
        })
    }

    /// The last lines, of its last run where that was not one of many.
    async fn log(&self, id: &str, source: Source, looked: &Looked) -> String {
        let state = (looked.state.status.text(), *looked.state.exit_code);
        if matches!(state, ("created" | "paused" | "", _) | ("exited", Some(0))) {
            return String::new();
        }
        let since = looked.state.started_at.text().parse().ok();
        // The Engine notes the start a little later than it happens.
        let since = since.and_then(|since: Timestamp| since.checked_sub(STARTING).ok());
        let since = since.filter(|_| looked.restart_count.unwrap_or(0) == 0);
        // One that cannot be read is as good as none: its driver keeps nothing.
        let last = last_lines(self.call, id, source, since, LINES).await;
        last.unwrap_or_default()
    }

    /// Learns what those take that have a limit.
    async fn measure(&self, subjects: &mut [Subject]) {
        let address = self.call.engine.address();
        // There each is a process and a session of its own.
        let at_once = match address.is_ok_and(|it| it.url.starts_with("ssh://")) {
            true => AT_ONCE,
            false => MEASURED,
        };
        let usages: Vec<_> = subjects.iter().map(|it| self.usage(&it.document)).collect();
        let usages: Vec<Usage> = stream::iter(usages).buffered(at_once).collect().await;
        for (subject, usage) in subjects.iter_mut().zip(usages) {
            subject.usage = usage;
        }
    }

    /// What it takes, where it has a limit.
    async fn usage(&self, document: &Value) -> Usage {
        let id = document.get("Id").and_then(Value::as_str);
        let id = id.unwrap_or_default();
        let looked = Looked::deserialize(document).unwrap_or_default();
        let limits = [*looked.host_config.memory, *looked.host_config.pids_limit];
        let is_limited = limits.into_iter().flatten().any(|limit| limit > 0);
        if !is_limited || looked.state.status.text() != "running" {
            return Usage::default();
        }
        let options = StatsOptions {
            stream: false,
            one_shot: true,
        };
        let request =
            record(
                |docker| async move { docker.stats(id, Some(options)).boxed().try_next().await },
            );
        let Ok(request) = request else {
            return Usage::default();
        };
        let measured = self.call.engine.told(request.about("container", id)).await;
        let measured: Measured = measured.unwrap_or_default();
        Usage {
            memory: measured.memory_usage(),
            pids: measured.processes(),
        }
    }

    /// What those are called whose names somebody may ask for.
    async fn learn_names(&self, subjects: &[Subject], all: &[Chosen], around: &mut Around) {
        let documents = subjects.iter().map(|it| (it.name.as_str(), &it.document));
        let documents: BTreeMap<&str, &Value> = ordered::map(documents);
        let mut others = Vec::new();
        let asking = subjects.iter().map(|it| &it.document);
        let asking = asking.filter(|document| diagnosis::asks_for_names(document));
        let networks: BTreeSet<&str> = asking.flat_map(diagnosis::networks).collect();
        for (at, neighbour) in around.neighbours.iter_mut().enumerate() {
            let listed = all.get(at);
            match documents.get(neighbour.name.as_str()) {
                Some(document) => neighbour.learn(document),
                None => others.extend(listed.map(|listed| (at, listed))),
            }
        }
        let near = |listed: &Chosen| listed.networks().any(|it| networks.contains(it));
        let (near, far): (Vec<_>, Vec<_>) = others.into_iter().partition(|(_, it)| near(it));
        self.learn(near, around).await;
        // Who has a name may be on another network.
        if subjects
            .iter()
            .any(|it| diagnosis::misses_names(it, around))
        {
            self.learn(far, around).await;
        }
    }

    async fn learn(&self, others: Vec<(usize, &Chosen)>, around: &mut Around) {
        let others: Vec<_> = others
            .into_iter()
            .take(NEIGHBOURS)
            .map(|(at, listed)| async move { (at, self.inspected(listed.id.text()).await) })
            .collect();
        let mut others = stream::iter(others).buffer_unordered(AT_ONCE);
        while let Some((at, other)) = others.next().await {
            if let (Some(neighbour), Ok(other)) = (around.neighbours.get_mut(at), other) {
                neighbour.learn(&other.document);
            }
        }
    }

    /// That the Engine's disk is nearly full.
    fn disk(&self, path: &str) -> Option<Finding> {
        let (free, total) = self.machine.as_ref()?.disk(path)?;
        diagnosis::disk(path, free, total)
    }
}

/// The mounts of one that does not run whose source is not there.
fn gone(machine: Machine, mounts: &[Mounted]) -> Vec<String> {
    let binds = mounts.iter().filter(|mount| mount.kind.text() == "bind");
    binds
        .filter(|mount| machine.lacks(mount.source.text()))
        .map(|mount| format!("{} at {}", mount.source.text(), mount.destination.text()))
        .collect()
}
