//! Reads a container's log: `docker_container_logs`.
//!
//! The log may be far larger than the result, so it is read in a stream and only the newest lines
//! that fit are held.

use bollard::query_parameters::LogsOptions;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::frames::{Channel, Frames};
use super::lines::{Line, Lines};
use super::newest::Newest;
use super::text;
use crate::call::{Call, CallError};
use crate::catalog::generated::container_logs::Params;
use crate::computing::compute;
use crate::engine::{EngineError, record};
use crate::params::{Tail, Time};
use crate::safety::RedactedLines;

/// How to get what the budget cut.
const ADVICE: &str = "the newest lines are kept, and a very long one is cut short; choose lines \
    with `grep`, `since`, `until` or a smaller `tail`";

/// Gives the newest lines that match; with `follow`, also those of the next seconds.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let container = call.look.get("container");
    let options = options(params);
    let request = record(|docker| async move {
        docker
            .logs(&params.container_id, Some(options))
            .boxed()
            .try_next()
            .await
    })?;
    let mut request = request.about("container", &params.container_id);
    if params.follow {
        request = call.waiting(request).await?;
    }
    let stream = call.engine.bytes(request);

    let tty = container.pointer("/Config/Tty") == Some(&Value::Bool(true));
    let mut log = Log::new(params, tty, super::budget(call), call.redactor.log_lines());
    let reading = log.read(stream);
    if params.follow {
        // The time that runs out is the one asked for: what came until then is the answer.
        if let Ok(ended) =
            tokio::time::timeout(super::seconds(params.follow_seconds), reading).await
        {
            ended?;
        }
    } else {
        reading.await?;
    }
    let result = log.into_result(&container["Id"]);
    Ok(super::advised(result, call, ADVICE))
}

fn options(params: &Params) -> LogsOptions {
    let mut options = LogsOptions {
        follow: params.follow,
        stdout: params.stream != "stderr",
        stderr: params.stream != "stdout",
        timestamps: params.timestamps || needs_timestamps(params),
        ..LogsOptions::default()
    };
    if let Some(since) = params.since {
        options.since = clamp(since.unix_seconds());
    }
    if let Some(until) = params.until {
        let begun = i64::from(has_fraction(until));
        // Zero would mean no end.
        options.until = clamp(until.unix_seconds() + begun).max(1);
    }
    if let (Counting::Engine, Tail::Lines(lines)) = (Counting::of(params), &params.tail) {
        options.tail = lines.to_string();
    }
    options
}

/// Who counts `tail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// The Engine, before anything is sent. It counts the lines of both streams, and before it
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

/// The Engine takes fractions of a second, but bollard's options hold whole ones: they ask for a
/// little more, and the timestamps tell what is too much.
fn needs_timestamps(params: &Params) -> bool {
    params.since.is_some_and(has_fraction) || params.until.is_some_and(has_fraction)
}

fn has_fraction(time: Time) -> bool {
    time.0.subsec_nanosecond() != 0
}

fn clamp(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// What was read of a log and is still wanted.
struct Log<'a> {
    frames: Frames,
    lines: Lines,
    kept: Kept<'a>,
}

struct Kept<'a> {
    params: &'a Params,
    stamped: bool,
    redacted: RedactedLines,
    newest: Newest<Text>,
    budget: usize,
}

struct Text {
    text: String,
    clipped: bool,
}

impl<'a> Log<'a> {
    fn new(params: &'a Params, tty: bool, budget: usize, redacted: RedactedLines) -> Self {
        let limit = match (Counting::of(params), &params.tail) {
            (Counting::Ours, Tail::Lines(lines)) => usize::try_from(*lines).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        Self {
            frames: Frames::new(tty),
            lines: Lines::new(budget),
            kept: Kept {
                params,
                stamped: params.timestamps || needs_timestamps(params),
                redacted,
                newest: Newest::new(limit, budget),
                budget,
            },
        }
    }

    async fn read(
        &mut self,
        mut stream: impl Stream<Item = Result<Bytes, EngineError>> + Unpin,
    ) -> Result<(), EngineError> {
        while let Some(chunk) = stream.try_next().await? {
            let keep = |channel, piece: &[u8]| {
                if self.kept.wants(channel) {
                    self.lines
                        .feed(channel, piece, |line| self.kept.offer(line));
                }
            };
            compute(chunk.len(), || self.frames.feed(&chunk, keep));
        }
        Ok(())
    }

    fn into_result(mut self, id: &Value) -> Value {
        self.lines.finish(|line| self.kept.offer(line));
        let cut = self.kept.newest.is_cut_by_budget();
        let lines: Vec<Text> = self.kept.newest.into_items().collect();
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        json!({
            "container_id": id,
            "logs": texts.join("\n"),
            "lines": lines.len(),
            "truncated": cut || lines.iter().any(|line| line.clipped),
        })
    }
}

impl Kept<'_> {
    /// The Engine was asked for these channels only; not every Engine listens.
    fn wants(&self, channel: Channel) -> bool {
        match channel {
            Channel::Stdout => self.params.stream != "stderr",
            Channel::Stderr => self.params.stream != "stdout",
            Channel::Engine => true,
        }
    }

    fn offer(&mut self, line: Line<'_>) {
        let (stamp, message) = self.split_time(line.bytes);
        // Before anything is left out: a search must not tell what is hidden, and a private key is
        // known by the lines around.
        let message = self.redacted.line(message);
        if !self.is_in_time(stamp.map(|(_, time)| time)) || !self.matches(&message) {
            return;
        }
        let mut text = match stamp {
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
        self.newest.push(Text { text, clipped }, cost);
    }

    /// The time that the Engine put before a line, as it is written and as it is meant, and the
    /// line; what the Engine itself says has no time.
    fn split_time<'t>(&self, line: &'t [u8]) -> (Option<(&'t str, Timestamp)>, &'t [u8]) {
        let space = line.iter().position(|byte| *byte == b' ');
        if self.stamped
            && let Some((stamp, rest)) = space.and_then(|space| line.split_at_checked(space))
            && let Ok(stamp) = str::from_utf8(stamp)
            && let Ok(time) = stamp.parse()
        {
            return (Some((stamp, time)), rest.strip_prefix(b" ").unwrap_or(rest));
        }
        (None, line)
    }

    fn is_in_time(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return true };
        let too_early = self
            .params
            .since
            .as_ref()
            .is_some_and(|since| time < since.0);
        let too_late = self
            .params
            .until
            .as_ref()
            .is_some_and(|until| time > until.0);
        !too_early && !too_late
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
    text::json_len(text) + r"\n".len()
}

#[cfg(test)]
#[path = "logs_tests.rs"]
mod tests;
