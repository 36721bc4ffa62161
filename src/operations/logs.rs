//! Reads a container's log: `docker_container_logs`.
//!
//! The log may be far larger than the result, so it is read in a stream and only the newest lines
//! that fit are held.

use bollard::query_parameters::LogsOptions;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::frames::{Channel, Frames};
use super::lines::{Line, Lines};
use super::newest::Newest;
use super::text;
use crate::call::{Call, CallError};
use crate::catalog::generated::container_logs::Params;
use crate::engine::{EngineError, record};
use crate::params::Tail;

/// Gives the newest lines that match; with `follow`, also those of the next seconds.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let container = call.look.get("container");
    let options = options(params);
    let request = record(|docker| async move {
        Box::pin(docker.logs(&params.container_id, Some(options)))
            .try_next()
            .await
    })?;
    let stream = call
        .engine
        .bytes(request.about("container", &params.container_id));

    let tty = container["Config"]["Tty"] == true;
    let mut log = Log::new(params, tty, super::budget(call));
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
    Ok(log.into_result(&container["Id"]))
}

fn options(params: &Params) -> LogsOptions {
    let mut options = LogsOptions {
        follow: params.follow,
        stdout: params.stream != "stderr",
        stderr: params.stream != "stdout",
        timestamps: params.timestamps || needs_timestamps(params),
        ..LogsOptions::default()
    };
    if let Some(since) = &params.since {
        options.since = whole_seconds(since.0, 0);
    }
    if let Some(until) = &params.until {
        options.until = whole_seconds(until.0, i64::from(until.0.subsec_nanosecond() > 0)).max(1);
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
    [&params.since, &params.until]
        .into_iter()
        .flatten()
        .any(|time| time.0.subsec_nanosecond() != 0)
}

fn whole_seconds(time: Timestamp, add: i64) -> i32 {
    i32::try_from(time.as_second().saturating_add(add).max(0)).unwrap_or(i32::MAX)
}

/// What was read of a log and is still wanted.
struct Log<'a> {
    params: &'a Params,
    frames: Frames,
    lines: Lines,
    kept: Kept<'a>,
}

struct Kept<'a> {
    params: &'a Params,
    stamped: bool,
    newest: Newest<Text>,
}

struct Text {
    text: String,
    clipped: bool,
}

impl<'a> Log<'a> {
    fn new(params: &'a Params, tty: bool, budget: usize) -> Self {
        let limit = match (Counting::of(params), &params.tail) {
            (Counting::Ours, Tail::Lines(lines)) => usize::try_from(*lines).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        Self {
            params,
            frames: Frames::new(tty),
            // A line of bytes that are not UTF-8 grows threefold and must still leave some room.
            lines: Lines::new(budget / 4),
            kept: Kept {
                params,
                stamped: params.timestamps || needs_timestamps(params),
                newest: Newest::new(limit, budget),
            },
        }
    }

    async fn read(
        &mut self,
        mut stream: impl Stream<Item = Result<Bytes, EngineError>> + Unpin,
    ) -> Result<(), EngineError> {
        while let Some(chunk) = stream.try_next().await? {
            self.frames.feed(&chunk, |channel, piece| {
                self.lines
                    .feed(channel, piece, |line| self.kept.offer(line));
            });
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
    fn offer(&mut self, line: Line<'_>) {
        let whole = text::clean_line(line.bytes);
        let (time, message) = self.split_time(&whole);
        if !self.is_in_time(time) || !self.matches(message) {
            return;
        }
        let mut text = if self.params.timestamps {
            whole
        } else {
            message.to_owned()
        };
        if line.beyond > 0 {
            text.push_str(&format!(" [... {} bytes cut]", line.beyond));
        }
        let newline = 2;
        let cost = text::json_len(&text) + newline;
        self.newest.push(
            Text {
                text,
                clipped: line.beyond > 0,
            },
            cost,
        );
    }

    /// The time that the Engine put before a line, and the line; what the Engine itself says has
    /// no time.
    fn split_time<'t>(&self, text: &'t str) -> (Option<Timestamp>, &'t str) {
        if self.stamped
            && let Some((stamp, message)) = text.split_once(' ')
            && let Ok(time) = stamp.parse()
        {
            return (Some(time), message);
        }
        (None, text)
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

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::super::frames::tests::frame;
    use super::*;
    use crate::params::{ContainerRef, Pattern, Time};

    fn params() -> Params {
        Params {
            container_id: ContainerRef("web".into()),
            tail: Tail::Lines(200),
            since: None,
            until: None,
            timestamps: false,
            follow: false,
            follow_seconds: 5,
            grep: None,
            stream: "all".into(),
        }
    }

    fn time(text: &str) -> Option<Time> {
        Some(Time(text.parse().unwrap()))
    }

    async fn read(params: &Params, tty: bool, budget: usize, chunks: Vec<Vec<u8>>) -> Value {
        let mut log = Log::new(params, tty, budget);
        log.read(stream::iter(
            chunks.into_iter().map(|chunk| Ok(chunk.into())),
        ))
        .await
        .unwrap();
        log.into_result(&json!("0123"))
    }

    #[test]
    fn the_engine_counts_the_tail_only_where_nothing_else_is_left_out() {
        assert_eq!(options(&params()).tail, "200");
        assert_eq!(
            options(&Params {
                tail: Tail::All,
                ..params()
            })
            .tail,
            "all"
        );
        let grep = Some(Pattern(regex::Regex::new("x").unwrap()));
        assert_eq!(
            options(&Params {
                grep: grep.clone(),
                ..params()
            })
            .tail,
            "all"
        );
        assert_eq!(
            options(&Params {
                grep,
                tail: Tail::Lines(0),
                ..params()
            })
            .tail,
            "0"
        );
        assert_eq!(
            options(&Params {
                until: time("2024-05-01T00:00:00Z"),
                ..params()
            })
            .tail,
            "all"
        );
        let stdout = options(&Params {
            stream: "stdout".into(),
            ..params()
        });
        assert_eq!(
            (stdout.tail.as_str(), stdout.stdout, stdout.stderr),
            ("all", true, false)
        );
    }

    #[test]
    fn fractions_of_a_second_ask_for_a_little_more_and_for_timestamps() {
        let whole = options(&Params {
            since: time("1970-01-01T00:00:10Z"),
            ..params()
        });
        assert_eq!((whole.since, whole.until, whole.timestamps), (10, 0, false));
        let (since, until) = (
            time("1970-01-01T00:00:10.5Z"),
            time("1970-01-01T00:00:20.5Z"),
        );
        let fraction = options(&Params {
            since,
            until,
            ..params()
        });
        assert_eq!(
            (fraction.since, fraction.until, fraction.timestamps),
            (10, 21, true)
        );
        let far = Params {
            since: time("1950-01-01T00:00:00Z"),
            until: time("2050-01-01T00:00:00Z"),
            ..params()
        };
        assert_eq!((options(&far).since, options(&far).until), (0, i32::MAX));
    }

    #[tokio::test]
    async fn lines_come_clean_and_in_order_with_the_last_one_unfinished() {
        let chunks = vec![
            [frame(1, b"\x1b[32mone\x1b[0m\n"), frame(2, b"oops\xff\n")].concat(),
            frame(1, b"three"),
        ];
        assert_eq!(
            read(&params(), false, 1000, chunks).await,
            json!({
                "container_id": "0123", "logs": "one\noops\u{fffd}\nthree", "lines": 3,
                "truncated": false,
            }),
        );
    }

    #[tokio::test]
    async fn a_terminal_has_no_frames() {
        let log = read(
            &params(),
            true,
            1000,
            vec![
                b"\x01\x00\x00\x00".to_vec(),
                b"\x00\x00\x00\x02hi\r\n".to_vec(),
            ],
        )
        .await;
        assert_eq!((&log["logs"], &log["lines"]), (&json!("hi"), &json!(1)));
    }

    #[tokio::test]
    async fn the_tail_counts_the_lines_that_match() {
        let grep = Some(Pattern(regex::Regex::new("^error").unwrap()));
        let params = Params {
            grep,
            tail: Tail::Lines(2),
            timestamps: true,
            ..params()
        };
        let stamp = "2024-05-01T10:00:00.000000001Z";
        let lines = ["error 1", "error 2", "no error", "error 3", "fine"];
        let chunks = lines
            .iter()
            .map(|line| frame(1, format!("{stamp} {line}\n").as_bytes()));
        let log = read(&params, false, 1000, chunks.collect()).await;
        assert_eq!(log["logs"], format!("{stamp} error 2\n{stamp} error 3"));
        assert_eq!(
            (&log["lines"], &log["truncated"]),
            (&json!(2), &json!(false))
        );
    }

    #[tokio::test]
    async fn lines_outside_the_fraction_of_a_second_are_left_out() {
        let params = Params {
            since: time("2024-05-01T10:00:00.5Z"),
            until: time("2024-05-01T10:00:01.5Z"),
            ..params()
        };
        let chunks = [
            "00.499999999Z early",
            "00.500000000Z first",
            "01.500000000Z last",
            "01.500000001Z late",
        ];
        let chunks = chunks.map(|line| frame(1, format!("2024-05-01T10:00:{line}\n").as_bytes()));
        let engine = frame(3, b"Error grabbing logs: unexpected EOF");
        let log = read(
            &params,
            false,
            1000,
            [chunks.to_vec(), vec![engine]].concat(),
        )
        .await;
        assert_eq!(
            log["logs"],
            "first\nlast\nError grabbing logs: unexpected EOF"
        );
    }

    #[tokio::test]
    async fn the_budget_keeps_the_newest_lines_and_says_so() {
        let line = |number: u32| frame(1, format!("line \"{number}\"\n").as_bytes());
        let log = read(&params(), false, 1000, (0..10_000).map(line).collect()).await;
        assert_eq!(log["truncated"], true);
        let text = log["logs"].as_str().unwrap();
        assert!(text.ends_with("line \"9999\"") && text::json_len(text) <= 1000);
        assert_eq!(log["lines"], text.lines().count());
        assert!(text.lines().count() > 50, "{text}");
    }

    #[tokio::test]
    async fn one_long_line_is_clipped_and_leaves_room_for_others() {
        let long = [b"short\n", vec![b'x'; 50_000].as_slice(), b"\nlast\n"].concat();
        let log = read(&params(), true, 1000, vec![long]).await;
        let expected = format!("short\n{} [... 49750 bytes cut]\nlast", "x".repeat(250));
        assert_eq!(log["logs"], expected);
        assert_eq!(
            (&log["lines"], &log["truncated"]),
            (&json!(3), &json!(true))
        );
    }
}
