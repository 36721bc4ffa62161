//! Looks through the logs of many containers at once: `docker_search_logs`.
//!
//! The logs may be far larger than the result, and any of them faster than the others, so each is read
//! as it comes and only the newest lines of all are held.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::lane::{Lane, Wanted};
pub(crate) use super::merged::Line;
use super::merged::{Cut, Merged, Writer};
use super::selection::{Chosen, Selection};
use super::services::{Service, ServiceLane};
use crate::call::{Call, CallError};
use crate::computing::compute;
use crate::engine::{EngineError, record};
use crate::generated::params::search_logs::Params;
use crate::generated::reply::search_logs::Reply;
use crate::operations::budget;
use crate::operations::objects::missing;
use crate::operations::stream::source::Shaped;
use crate::operations::stream::stretch::Stretch;
use crate::ordered;
use crate::output::{Hinted, beyond_limit, text};
use crate::params::Pattern;

/// How many logs are read at once.
const AT_ONCE: usize = 8;

/// How to get what was left out.
const NARROWER: &str = "choose with `grep`, `since`, `until` or fewer containers";

/// Gives the newest lines that match, of all logs in the order of their times.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Line>>, CallError> {
    let selection = Selection {
        project: params.project.as_deref(),
        containers: params.containers.as_deref(),
        filters: params.filters.as_ref(),
    };
    let (chosen, services) = selection.list_with_services(call).await?;
    search(params, chosen, &services, call).await
}

/// Gives the same of one service of a swarm.
pub(crate) async fn of_service(
    params: &Params,
    service: Service,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Line>>, CallError> {
    search(params, Vec::new(), &[service], call).await
}

/// Gives the same of some services of a project alone.
pub(crate) async fn of_services(
    params: &Params,
    services: &[String],
    call: &Call<'_>,
) -> Result<Hinted<Reply<Line>>, CallError> {
    let selection = Selection {
        project: params.project.as_deref(),
        ..Selection::ALL
    };
    let mut chosen = selection.list(call).await?;
    let known: Vec<&str> = chosen.iter().filter_map(Chosen::service).collect();
    if let Some(unknown) = services.iter().find(|it| !known.contains(&it.as_str())) {
        let missing = missing("service", unknown, known.into_iter());
        return Err(CallError::Missing(missing));
    }
    chosen.retain(|it| {
        let mut services = services.iter();
        services.any(|service| it.service() == Some(service))
    });
    search(params, chosen, &[], call).await
}

async fn search(
    params: &Params,
    mut chosen: Vec<Chosen>,
    services: &[Service],
    call: &Call<'_>,
) -> Result<Hinted<Reply<Line>>, CallError> {
    // What never ran wrote nothing.
    chosen.retain(|it| it.state.text() != "created");
    let wanted = Wanted {
        grep: params.grep.as_ref(),
        stream: &params.stream,
        stretch: Stretch::of(Some(params.since), params.until, call).await?,
        tail: params
            .tail
            .map(|tail| usize::try_from(tail).unwrap_or(usize::MAX)),
        context: usize::try_from(params.context).unwrap_or_default(),
        longest: budget::budget(call),
        follow: false,
    };
    let mut writers: Vec<Writer> = chosen.iter().map(|it| it.name().into()).collect();
    let mut logs: Vec<(usize, Log<'_>)> = chosen.iter().map(Log::Container).enumerate().collect();
    for service in services {
        let first = writers.len();
        let (of_service, tasks) = service.writers(call, first).await?;
        writers.extend(of_service);
        logs.push((first, Log::Service(service, tasks)));
    }
    let names = logs.iter().filter_map(|(at, _)| writers.get(*at));
    let searched: usize = names.map(|it| text::cost(&it.name) + 3).sum();
    let room = budget::budget(call).saturating_sub(searched);
    let limit = usize::try_from(params.limit).unwrap_or(usize::MAX);
    let merged = Mutex::new(Merged::new(&writers, limit, room, params.fold));
    let search = Search {
        call,
        wanted: &wanted,
        merged: &merged,
    };
    let read = search.all(logs).await?;
    let merged = merged.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(reply(params, call, &wanted, &writers, read, merged))
}

struct Search<'a, 'n> {
    call: &'a Call<'a>,
    wanted: &'a Wanted<'a>,
    merged: &'a Mutex<Merged<'n>>,
}

/// One log that is read; of a service's tasks by whose number.
enum Log<'a> {
    Container(&'a Chosen),
    Service(&'a Service, HashMap<String, usize>),
}

/// What became of the logs: which were read, and why others were not.
#[derive(Default)]
struct Read {
    searched: Vec<usize>,
    failed: Vec<(usize, EngineError)>,
    beyond_tail: bool,
}

impl Search<'_, '_> {
    /// Reads all logs, some at once. One that cannot be read is no reason to show none.
    async fn all(&self, logs: Vec<(usize, Log<'_>)>) -> Result<Read, CallError> {
        let total = u32::try_from(logs.len()).map(f64::from).ok();
        let logs: Vec<_> = logs
            .into_iter()
            .map(|(at, log)| async move { (at, self.log(at, log).await) })
            .collect();
        let mut logs = stream::iter(logs).buffer_unordered(AT_ONCE);
        let mut read = Read::default();
        let mut done: u32 = 0;
        while let Some((at, log)) = logs.next().await {
            match log {
                Ok(beyond) => {
                    read.searched.push(at);
                    read.beyond_tail |= beyond;
                }
                // It was removed meanwhile, as those of `--rm` are.
                Err(EngineError::NotFound { .. }) => {}
                Err(error) => read.failed.push((at, error)),
            }
            done += 1;
            self.call
                .progress
                .report(f64::from(done), total, "reading logs");
        }
        ordered::sort(&mut read.searched);
        ordered::sort_by_key(&mut read.failed, |(at, _)| *at);
        if read.searched.is_empty() && !read.failed.is_empty() {
            let (_, error) = read.failed.swap_remove(0);
            return Err(error.into());
        }
        Ok(read)
    }

    /// Reads one log; whether its tail has left lines out.
    async fn log(&self, at: usize, log: Log<'_>) -> Result<bool, EngineError> {
        match log {
            Log::Container(container) => self.of_container(at, container).await,
            Log::Service(service, tasks) => self.of_service(at, service, tasks).await,
        }
    }

    async fn of_service(
        &self,
        at: usize,
        service: &Service,
        tasks: HashMap<String, usize>,
    ) -> Result<bool, EngineError> {
        let mut lane = ServiceLane::new(self.wanted, service, at, tasks, &self.call.redactor);
        let request = self.wanted.request_of_service(&service.id)?;
        let mut chunks = self.call.engine.bytes(request);
        while let Some(chunk) = chunks.try_next().await? {
            compute(chunk.len(), || {
                let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
                lane.feed(&chunk, |line| merged.push(line));
            });
        }
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(lane.finish(|line| merged.push(line)))
    }

    async fn of_container(&self, at: usize, chosen: &Chosen) -> Result<bool, EngineError> {
        let id = chosen.id.text();
        let request = record(|docker| async move { docker.inspect_container(id, None).await })?;
        let shaped: Shaped = self
            .call
            .engine
            .told(request.about("container", id))
            .await?;
        let mut lane = Lane::new(self.wanted, at, shaped.source(), &self.call.redactor);
        let mut chunks = self.call.engine.bytes(self.wanted.request(id)?);
        while let Some(chunk) = chunks.try_next().await? {
            compute(chunk.len(), || {
                let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
                lane.feed(&chunk, |line| merged.push(line));
            });
        }
        let mut merged = self.merged.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(lane.finish(|line| merged.push(line)))
    }
}

fn reply(
    params: &Params,
    call: &Call<'_>,
    wanted: &Wanted<'_>,
    writers: &[Writer],
    read: Read,
    merged: Merged<'_>,
) -> Hinted<Reply<Line>> {
    let matched = merged.matched();
    let (lines, cut) = merged.into_lines();
    let name = |at: &usize| {
        writers
            .get(*at)
            .map_or_else(String::new, |it| it.name.clone())
    };
    let reply = Reply {
        lines,
        searched: read.searched.iter().map(name).collect(),
        matched,
        truncated: cut != Cut::default(),
    };
    let left_out = match cut {
        Cut {
            by_budget: true, ..
        } => {
            let advice = format!("the newest lines are kept; {NARROWER}");
            Some(budget::advice(call, &advice))
        }
        Cut { by_limit: true, .. } => {
            let limit = params.limit.unsigned_abs();
            Some(beyond_limit(limit, Some(NARROWER)))
        }
        Cut { .. } => None,
    };
    let unread = read.failed.iter().take(3);
    let unread: Vec<String> = unread
        .map(|(at, error)| format!("`{}` ({error})", name(at)))
        .collect();
    let unread = (!unread.is_empty()).then(|| format!("not read: {}", unread.join(", ")));
    let pattern = wanted.grep.filter(|_| matched == 0);
    let older = read
        .beyond_tail
        .then(|| "`tail` left out older lines".to_owned());
    Hinted::from(reply)
        .hinted(left_out)
        .noted(unread)
        .noted(older)
        .noted(pattern.and_then(Pattern::hint))
        .noted(wanted.stretch.note())
}
