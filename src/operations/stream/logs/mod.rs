//! Reads a container's log: `docker_container_logs`.
//!
//! The log may be far larger than the result, so it is read in a stream and only the newest lines
//! that fit are held.

use bollard::query_parameters::LogsOptions;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::Deserialize;

use super::frames::{Channel, Frames};
use super::newest::Newest;
use super::records::{LogLine, Records, Waiting};
use super::stretch::Stretch;
use crate::call::{Call, CallError};
use crate::computing::compute;
use crate::engine::{Engine, EngineError, Part, Request, Told, record};
use crate::generated::params::container_logs::Params;
use crate::generated::reply::container_logs::Reply;
use crate::operations::budget;
use crate::operations::units;
use crate::operations::units::count;
use crate::output::{Hinted, text};
use crate::params::{Pattern, Tail};
use crate::redaction::{RedactedLines, Redactor};

/// How to get what the budget cut.
const ADVICE: &str = "the newest lines are kept, and a very long one is cut short; choose lines \
    with `grep`, `since`, `until` or a smaller `tail`";

/// How many records are asked for beyond those that `tail` needs: the older records of a line come
/// right before its last one, though some of the other stream's may come between.
const MARGIN: usize = 16;

/// By how much more is asked for where that was not enough.
const FURTHER: usize = 8;

/// Of a container what shapes its log.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    id: Told<String>,
    config: Part<Config>,
    host_config: Part<HostConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Config {
    tty: Told<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct HostConfig {
    log_config: Part<LogConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogConfig {
    #[serde(rename = "Type")]
    driver: Told<String>,
}

/// Gives the newest lines that match; with `follow`, also those of the next seconds.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    let container: Container = call.look.told("container");
    let reader = Reader {
        params,
        engine: &call.engine,
        redactor: &call.redactor,
        budget: budget::budget(call),
        stretch: Stretch::of(params.since, params.until, call).await?,
        tty: *container.config.tty == Some(true),
        local: container.host_config.log_config.driver.text() == "local",
    };
    let log = match (&params.tail, Counting::of(params)) {
        (Tail::Lines(lines), Counting::Engine) if params.follow => {
            let past = reader.end(*lines).await?;
            let mut log = reader.follow(&past.records_kept(*lines), call).await?;
            log.more_before = past.more_before();
            log
        }
        (Tail::Lines(lines), Counting::Engine) => reader.end(*lines).await?,
        _ if params.follow => reader.follow("all", call).await?,
        _ => reader.whole().await?,
    };
    let matched = log.kept.newest.items().next().is_some();
    let hint = params.grep.as_ref().filter(|_| !matched);
    let reply = log.into_reply(container.id.0.unwrap_or_default());
    let cut = reply.truncated;
    Ok(Hinted::from(reply)
        .hinted(cut.then(|| budget::advice(call, ADVICE)))
        .noted(hint.and_then(Pattern::hint))
        .noted(reader.stretch.note()))
}

/// What a log is read with.
struct Reader<'a> {
    params: &'a Params,
    engine: &'a Engine,
    redactor: &'a Redactor,
    budget: usize,
    stretch: Stretch,
    tty: bool,
    /// The driver is `local`.
    local: bool,
}

impl<'a> Reader<'a> {
    /// All of it that was written so far.
    async fn whole(&self) -> Result<Log<'a>, CallError> {
        let mut log = self.log(self.limit(), 0);
        log.read(self.engine.bytes(self.request("all", false)?))
            .await?;
        log.finish();
        Ok(log)
    }

    /// So many of its last lines. The Engine counts records, so more are asked for, and still more
    /// where these begin within a line.
    async fn end(&self, lines: u64) -> Result<Log<'a>, CallError> {
        let limit = usize::try_from(lines).unwrap_or(usize::MAX);
        let mut asked = limit.saturating_add(1).saturating_add(MARGIN);
        loop {
            let mut log = self.log(limit, MARGIN);
            let request = self.request(&asked.to_string(), false)?;
            log.read(self.engine.bytes(request)).await?;
            log.finish();
            if log.records.count() < asked || log.kept.suffices() {
                return Ok(log);
            }
            asked = asked.saturating_mul(FURTHER);
        }
    }

    /// So many of its last records, and what is written while the call follows it.
    async fn follow(&self, tail: &str, call: &Call<'_>) -> Result<Log<'a>, CallError> {
        let request = call.waiting(self.request(tail, true)?).await?;
        let mut log = self.log(self.limit(), 0);
        let seconds = units::seconds(self.params.follow_seconds);
        let reading = log.read(self.engine.bytes(request));
        // The time that runs out is the one asked for: what came until then is the answer.
        if let Ok(ended) = tokio::time::timeout(seconds, reading).await {
            ended?;
        }
        log.finish();
        Ok(log)
    }

    /// How many lines are kept where we count them.
    fn limit(&self) -> usize {
        match (Counting::of(self.params), &self.params.tail) {
            (Counting::Ours, Tail::Lines(lines)) => usize::try_from(*lines).unwrap_or(usize::MAX),
            _ => usize::MAX,
        }
    }

    fn request(&self, tail: &str, follow: bool) -> Result<Request, EngineError> {
        let params = self.params;
        let options = self.options(tail, follow);
        let request = record(|docker| async move {
            docker
                .logs(&params.container_id, Some(options))
                .boxed()
                .try_next()
                .await
        })?;
        Ok(request.about("container", &params.container_id))
    }

    fn options(&self, tail: &str, follow: bool) -> LogsOptions {
        let Stretch { since, until, .. } = self.stretch;
        LogsOptions {
            follow,
            stdout: self.params.stream != "stderr",
            stderr: self.params.stream != "stdout",
            timestamps: self.stamped(),
            tail: tail.to_owned(),
            since: since.map_or(0, |since| clamp(since.as_second())),
            // Zero would mean no end.
            until: until.map_or(0, |until| {
                clamp(until.as_second() + i64::from(has_fraction(until))).max(1)
            }),
        }
    }

    /// The Engine takes fractions of a second, but bollard's options hold whole ones: they ask for a
    /// little more, and the times of the lines tell what is too much. In the output of a terminal
    /// nothing else tells the records apart.
    fn stamped(&self) -> bool {
        let ends = [self.stretch.since, self.stretch.until];
        self.params.timestamps
            || ends.into_iter().flatten().any(has_fraction)
            || self.tty && (self.local || Counting::of(self.params) == Counting::Engine)
    }

    fn log(&self, limit: usize, margin: usize) -> Log<'a> {
        let budget = self.budget;
        Log {
            frames: Frames::new(self.tty),
            records: Records::new(budget, self.stamped(), self.tty)
                .ending_short(self.local)
                .of_an_end(margin),
            kept: Kept {
                params: self.params,
                stretch: self.stretch,
                redacted: self.redactor.log_lines(),
                waiting: None,
                newest: Newest::new(limit, budget),
                budget,
            },
            more_before: false,
        }
    }
}

/// Who counts `tail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// The Engine, before anything is sent. It counts the records of both streams, and before it
    /// applies `until`.
    Engine,
    /// We do, what is left by then.
    Ours,
}

impl Counting {
    fn of(params: &Params) -> Self {
        let nothing_is_left_out =
            params.grep.is_none() && params.stream == "all" && params.until.is_none();
        // Of an empty tail nothing is left out either.
        if nothing_is_left_out || matches!(params.tail, Tail::Lines(0)) {
            Self::Engine
        } else {
            Self::Ours
        }
    }
}

fn has_fraction(time: Timestamp) -> bool {
    time.subsec_nanosecond() != 0
}

fn clamp(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// What was read of a log and is still wanted.
struct Log<'a> {
    frames: Frames,
    records: Records,
    kept: Kept<'a>,
    /// `tail` left lines out before these were read.
    more_before: bool,
}

struct Kept<'a> {
    params: &'a Params,
    stretch: Stretch,
    redacted: RedactedLines,
    /// The line before, where the next one tells what it is.
    waiting: Option<Waiting>,
    newest: Newest<Text>,
    budget: usize,
}

struct Text {
    text: String,
    clipped: bool,
    records: usize,
    doubtful: bool,
}

impl Log<'_> {
    async fn read(
        &mut self,
        mut stream: impl Stream<Item = Result<Bytes, EngineError>> + Unpin,
    ) -> Result<(), EngineError> {
        while let Some(chunk) = stream.try_next().await? {
            let keep = |channel, begins, piece: &[u8]| {
                if self.kept.wants(channel) {
                    self.records
                        .feed(channel, begins, piece, |line| self.kept.offer(&line));
                }
            };
            compute(chunk.len(), || self.frames.feed_records(&chunk, keep));
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.records.finish(|line| self.kept.offer(&line));
        self.kept.no_longer_waits(&[]);
    }

    fn more_before(&self) -> bool {
        self.more_before || self.kept.newest.is_beyond_limit()
    }

    /// The `tail` that leads the Engine to the same lines; an empty log may get some meanwhile.
    fn records_kept(&self, lines: u64) -> String {
        let records: usize = self.kept.newest.items().map(|line| line.records).sum();
        if records == 0 {
            return lines.to_string();
        }
        records.to_string()
    }

    fn into_reply(self, container_id: String) -> Reply {
        let more_before = self.more_before();
        let cut = self.kept.newest.is_cut_by_budget();
        let lines: Vec<Text> = self.kept.newest.into_items().collect();
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        Reply {
            container_id,
            logs: texts.join("\n"),
            lines: count(lines.len()),
            truncated: cut || lines.iter().any(|line| line.clipped),
            more_before,
        }
    }
}

impl Kept<'_> {
    /// Whether these are the last lines although older records were left out: as many as asked for,
    /// or as fit, and each of them whole.
    fn suffices(&self) -> bool {
        let enough = self.newest.is_beyond_limit() || self.newest.is_cut_by_budget();
        enough && !self.newest.items().any(|line| line.doubtful)
    }

    /// The Engine was asked for these channels only; not every Engine listens.
    fn wants(&self, channel: Channel) -> bool {
        match channel {
            Channel::Stdout => self.params.stream != "stderr",
            Channel::Stderr => self.params.stream != "stdout",
            Channel::Engine => true,
        }
    }

    fn offer(&mut self, line: &LogLine<'_>) {
        self.no_longer_waits(line.bytes);
        if self.redacted.waits(line.bytes) {
            self.waiting = Some(Waiting::from(line));
        } else {
            self.keep(line, &[]);
        }
    }

    /// Offers the line that waits for this one.
    fn no_longer_waits(&mut self, next: &[u8]) {
        if let Some(line) = self.waiting.take() {
            self.keep(&line.line(), next);
        }
    }

    fn keep(&mut self, line: &LogLine<'_>, next: &[u8]) {
        // Before anything is left out: a search must not tell what is hidden, and a private key is
        // known by the lines around.
        let message = self.redacted.line_before(line.bytes, next);
        if !self.is_in_time(line.stamp.map(|(_, time)| time)) || !self.matches(&message) {
            return;
        }
        let mut text = match line.stamp {
            Some((stamp, _)) if self.params.timestamps => format!("{stamp} {message}"),
            _ => message.into_owned(),
        };
        let mut cost = self::cost(&text);
        let clipped = line.beyond > 0 || cost > self.budget;
        if clipped {
            // Half of the budget, so that the lines around it are seen too.
            let head = text::head(&text, self.budget / 2);
            text = format!(
                "{head} [... {} bytes cut]",
                text.len() - head.len() + line.beyond
            );
            cost = self::cost(&text);
        }
        let text = Text {
            text,
            clipped,
            records: line.records,
            doubtful: line.doubtful,
        };
        self.newest.push(text, cost);
    }

    fn is_in_time(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return true };
        let Stretch { since, until, .. } = self.stretch;
        since.is_none_or(|since| time >= since) && until.is_none_or(|until| time <= until)
    }

    fn matches(&self, message: &str) -> bool {
        self.params
            .grep
            .as_ref()
            .is_none_or(|pattern| pattern.0.is_match(message))
    }
}

/// What a line takes inside a JSON string, with its newline.
fn cost(text: &str) -> usize {
    text::cost(text) + r"\n".len()
}

#[cfg(test)]
#[path = "logs_tests.rs"]
mod tests;
