//! Waits for a line of a log.

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::timeout_at;

use super::super::lane::{Lane, Wanted};
use super::super::merged::{self, Found};
use super::super::selection::{Chosen, Selection};
use super::{Event, Wait, named, some};
use crate::call::progress::Sentence;
use crate::call::{Call, CallError};
use crate::computing::compute;
use crate::engine::{EngineError, Part, Told, record};
use crate::operations::budget;
use crate::operations::stream::source::{Shaped, Source};
use crate::operations::stream::stretch::Stretch;
use crate::output::text;
use crate::params::{Now, Pattern, Time};

/// How many logs are followed at once.
const MOST_LOGS: usize = 20;

/// How many containers are asked about at once.
const AT_ONCE: usize = 8;

/// By how much a line may be older than the start that it came after: the Engine notes that a moment late.
const LATE: SignedDuration = SignedDuration::from_secs(1);

/// What the keys of a line take, about.
const KEYS: usize = 90;

/// The line that was waited for.
#[derive(Debug, Serialize)]
pub(crate) struct Written {
    time: String,
    container: String,
    stream: &'static str,
    text: String,
}

/// Of a container's document when it ran.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Ran {
    state: Part<State>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct State {
    started_at: Told<String>,
    finished_at: Told<String>,
}

impl State {
    /// Since when the lines of its present or last run were written; all are where it ran but once.
    fn begins(&self) -> Option<Timestamp> {
        let time = |text: &str| text.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let started: Timestamp = time(self.started_at.text());
        let finished: Timestamp = time(self.finished_at.text());
        let begins = if finished < started {
            finished
        } else {
            started.saturating_sub(LATE).unwrap_or_default()
        };
        (begins > Timestamp::UNIX_EPOCH).then_some(begins)
    }
}

/// A piece of a log, or its end.
type Piece = (usize, Option<Result<bytes::Bytes, EngineError>>);

/// Waits for the first line that matches. Says why where none came.
pub(super) async fn wait(
    grep: &Pattern,
    selection: &Selection<'_>,
    wait: &mut Wait<'_>,
) -> Result<Option<String>, CallError> {
    let call = wait.call;
    let chosen = some(selection.list(call).await?)?;
    if chosen.len() > MOST_LOGS {
        return Err(CallError::Operation(format!(
            "{} containers are chosen, and the logs of {MOST_LOGS} at most are followed: choose fewer with `containers`, \
             `project` or `filters`",
            chosen.len()
        )));
    }
    let asked: Vec<_> = chosen.iter().map(|it| run_of(it, call)).collect();
    let runs = stream::iter(asked).buffered(AT_ONCE);
    let runs: Vec<(Source, Option<Timestamp>)> = runs.try_collect().await?;
    let wanted = runs.iter().map(|(_, since)| wanted(grep, *since, call));
    let wanted: Vec<Wanted<'_>> = wanted.collect::<Result<_, _>>()?;
    let mut logs = Vec::new();
    let engine = call.engine.with_more_time(wait.time);
    for (at, (chosen, wanted)) in chosen.iter().zip(&wanted).enumerate() {
        let mut request = wanted.request(chosen.id.text())?;
        // The call waits once, for all of them.
        if at == 0 {
            request = call.waiting(request).await?;
        }
        let pieces = engine.bytes(request).map(move |piece| (at, Some(piece)));
        logs.push(
            pieces
                .chain(stream::once(async move { (at, None) }))
                .boxed(),
        );
    }
    let lanes = wanted.iter().zip(&runs).enumerate();
    let mut following = Following {
        lanes: lanes
            .map(|(at, (wanted, (source, _)))| Some(Lane::new(wanted, at, *source, &call.redactor)))
            .collect(),
        found: None,
    };
    let ends = wait.ends();
    let ended = match timeout_at(ends, following.until_found(logs)).await {
        Ok(read) => read.map(|()| true)?,
        Err(_) => false,
    };
    let Some(found) = following.finish() else {
        return Ok(Some(unmet(grep, ended, &chosen, wait)));
    };
    let name = chosen
        .get(found.container)
        .map(Chosen::name)
        .unwrap_or_default();
    let message = Sentence::of([&*name, ": ", &*found.text]);
    let cost = KEYS + name.len() + text::cost(&found.text);
    let written = Written {
        time: merged::written(found.time),
        container: name,
        stream: merged::stream(found.channel),
        text: found.text,
    };
    wait.tell(Event::Written(written), cost, message);
    Ok(None)
}

/// What shapes the log of a container, and since when its present run wrote it.
async fn run_of(
    chosen: &Chosen,
    call: &Call<'_>,
) -> Result<(Source, Option<Timestamp>), EngineError> {
    let id = chosen.id.text();
    let request = record(|docker| async move { docker.inspect_container(id, None).await })?;
    let inspected: Value = call.engine.json(request.about("container", id)).await?;
    let shaped = Shaped::deserialize(&inspected).unwrap_or_default();
    let ran = Ran::deserialize(&inspected).unwrap_or_default();
    Ok((shaped.source(), ran.state.begins()))
}

fn wanted<'a>(
    grep: &'a Pattern,
    since: Option<Timestamp>,
    call: &Call<'_>,
) -> Result<Wanted<'a>, CallError> {
    let now = Now::at(since.unwrap_or_default());
    Ok(Wanted {
        grep: Some(grep),
        stream: "all",
        stretch: Stretch::new(since.map(Time::from), None, now)?,
        tail: None,
        context: 0,
        longest: budget::budget(call),
        follow: true,
    })
}

/// Logs that are followed side by side.
struct Following<'a> {
    lanes: Vec<Option<Lane<'a>>>,
    found: Option<Found>,
}

impl Following<'_> {
    /// Reads until a line matches, or all logs have ended.
    async fn until_found(&mut self, logs: Vec<BoxStream<'_, Piece>>) -> Result<(), EngineError> {
        let mut pieces = stream::select_all(logs);
        while let Some((at, piece)) = pieces.next().await {
            let Some(lane) = self.lanes.get_mut(at) else {
                continue;
            };
            let found = &mut self.found;
            let mut first = |line| {
                let _ = found.get_or_insert(line);
            };
            match piece {
                Some(Ok(chunk)) => {
                    if let Some(lane) = lane {
                        compute(chunk.len(), || lane.feed(&chunk, &mut first));
                    }
                }
                // It was removed meanwhile.
                None | Some(Err(EngineError::NotFound { .. })) => {
                    if let Some(lane) = lane.take() {
                        let _ = lane.finish(&mut first);
                    }
                }
                Some(Err(error)) => return Err(error),
            }
            if self.found.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// What was found, be it a line without an end.
    fn finish(self) -> Option<Found> {
        let mut found = self.found;
        for lane in self.lanes.into_iter().flatten() {
            let _ = lane.finish(|line| {
                let _ = found.get_or_insert(line);
            });
        }
        found
    }
}

fn unmet(grep: &Pattern, ended: bool, chosen: &[Chosen], wait: &Wait<'_>) -> String {
    let names: Vec<String> = chosen.iter().map(|it| format!("`{}`", it.name())).collect();
    let names = named(&names);
    let why = if ended {
        format!("no line matched, and no more can come: what wrote the log of {names} does not run")
    } else {
        let seconds = wait.time.as_secs();
        format!("no line matched in the log of {names} within {seconds} s")
    };
    match grep.hint() {
        Some(hint) => format!("{why}; {hint}"),
        None => why,
    }
}
