//! Asks the Engine for a log, for no more of it than has to be read, and reads what comes.

use bollard::query_parameters::LogsOptions;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};

use super::selection::Selection;
use crate::call::{Call, CallError};
use crate::computing::compute;
use crate::engine::{Engine, EngineError, Request, record};
use crate::generated::params::container_logs::Params;
use crate::generated::reply::container_logs::Reply;
use crate::operations::stream::frames::Frames;
use crate::operations::stream::records::Records;
use crate::operations::stream::stretch::Stretch;
use crate::operations::units;
use crate::params::Tail;
use crate::redaction::Redactor;

/// How many records are asked for beyond those that `tail` needs: the older records of a line come
/// right before its last one, though some of the other stream's may come between.
const MARGIN: usize = 16;

/// By how much more is asked for where that was not enough.
const FURTHER: usize = 8;

/// What a log is read with.
pub(super) struct Reader<'a> {
    pub(super) params: &'a Params,
    pub(super) engine: &'a Engine,
    pub(super) redactor: &'a Redactor,
    pub(super) budget: usize,
    pub(super) stretch: Stretch,
    pub(super) tty: bool,
    /// The driver is `local`.
    pub(super) local: bool,
}

impl<'a> Reader<'a> {
    /// All of it that was written so far.
    pub(super) async fn whole(&self) -> Result<Log<'a>, CallError> {
        let mut log = self.log(self.limit(), 0);
        log.read(self.engine.bytes(self.request("all", false)?))
            .await?;
        log.finish();
        Ok(log)
    }

    /// So many of its last lines. The Engine counts records, so more are asked for, and still more
    /// where these begin within a line.
    pub(super) async fn end(&self, lines: u64) -> Result<Log<'a>, CallError> {
        let limit = usize::try_from(lines).unwrap_or(usize::MAX);
        let mut asked = limit.saturating_add(1).saturating_add(MARGIN);
        loop {
            let mut log = self.log(limit, MARGIN);
            let request = self.request(&asked.to_string(), false)?;
            log.read(self.engine.bytes(request)).await?;
            log.finish();
            if log.records.count() < asked || log.selection.suffices() {
                return Ok(log);
            }
            asked = asked.saturating_mul(FURTHER);
        }
    }

    /// So many of its last records, and what is written while the call follows it.
    pub(super) async fn follow(&self, tail: &str, call: &Call<'_>) -> Result<Log<'a>, CallError> {
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
    pub(super) fn limit(&self) -> usize {
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

    pub(super) fn options(&self, tail: &str, follow: bool) -> LogsOptions {
        let (since, until) = self.stretch.seconds();
        LogsOptions {
            follow,
            stdout: self.params.stream != "stderr",
            stderr: self.params.stream != "stdout",
            timestamps: self.stamped(),
            tail: tail.to_owned(),
            since,
            until,
        }
    }

    /// The Engine takes fractions of a second, but bollard's options hold whole ones: they ask for a
    /// little more, and the times of the lines tell what is too much. In the output of a terminal
    /// nothing else tells the records apart.
    fn stamped(&self) -> bool {
        self.params.timestamps
            || self.stretch.has_fraction()
            || self.tty && (self.local || Counting::of(self.params) == Counting::Engine)
    }

    pub(super) fn log(&self, limit: usize, margin: usize) -> Log<'a> {
        Log {
            frames: Frames::new(self.tty),
            records: Records::new(self.budget, self.stamped(), self.tty)
                .ending_short(self.local)
                .of_an_end(margin),
            selection: Selection::new(
                self.params,
                self.stretch,
                self.redactor.log_lines(),
                limit,
                self.budget,
            ),
            more_before: false,
        }
    }
}

/// Who counts `tail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// The Engine, before anything is sent. It counts the records of both streams, and before it
    /// applies `until`.
    Engine,
    /// We do, what is left by then.
    Ours,
}

impl Counting {
    pub(super) fn of(params: &Params) -> Self {
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

/// What was read of a log and is still wanted.
pub(super) struct Log<'a> {
    frames: Frames,
    records: Records,
    selection: Selection<'a>,
    /// `tail` left lines out before these were read.
    pub(super) more_before: bool,
}

impl Log<'_> {
    pub(super) async fn read(
        &mut self,
        mut stream: impl Stream<Item = Result<Bytes, EngineError>> + Unpin,
    ) -> Result<(), EngineError> {
        while let Some(chunk) = stream.try_next().await? {
            let keep = |channel, begins, piece: &[u8]| {
                if self.selection.wants(channel) {
                    self.records
                        .feed(channel, begins, piece, |line| self.selection.offer(&line));
                }
            };
            compute(chunk.len(), || self.frames.feed_records(&chunk, keep));
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) {
        self.records.finish(|line| self.selection.offer(&line));
        self.selection.no_longer_waits(&[]);
    }

    pub(super) fn more_before(&self) -> bool {
        self.more_before || self.selection.is_beyond_limit()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.selection.is_empty()
    }

    /// The `tail` that leads the Engine to the same lines; an empty log may get some meanwhile.
    pub(super) fn records_kept(&self, lines: u64) -> String {
        match self.selection.records() {
            0 => lines.to_string(),
            records => records.to_string(),
        }
    }

    pub(super) fn into_reply(self, container_id: String) -> Reply {
        let more_before = self.more_before();
        self.selection.into_reply(container_id, more_before)
    }
}
