//! Reads one log as it comes, into lines with their times and without secrets.

use std::collections::VecDeque;

use bollard::query_parameters::LogsOptions;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;

use super::merged::Found;
use crate::call::{Call, CallError};
use crate::computing::compute;
use crate::engine::{EngineError, Request, record};
use crate::operations::stream::frames::{Channel, Frames};
use crate::operations::stream::newest::Newest;
use crate::operations::stream::records::{LogLine, Records, Waiting};
use crate::operations::stream::source::Source;
use crate::operations::stream::stretch::Stretch;
use crate::output::text;
use crate::params::{Now, Pattern, Time};
use crate::redaction::{RedactedLines, Redactor};

/// The most of a line that is shown, in bytes.
const LONGEST: usize = 2000;

/// The most bytes of the lines that wait for the end of a log.
const WAITING: usize = 1 << 20;

/// How many records are asked for beyond the lines of a tail: the first of them may be within a line.
const MARGIN: usize = 16;

/// What is looked for in every log.
pub(super) struct Wanted<'a> {
    pub(super) grep: Option<&'a Pattern>,
    pub(super) stream: &'a str,
    pub(super) stretch: Stretch,
    /// How many lines of each.
    pub(super) tail: Option<usize>,
    /// How many lines around each.
    pub(super) context: usize,
    /// The longest line that is read.
    pub(super) longest: usize,
    /// Whether to read on what is written.
    pub(super) follow: bool,
}

impl Wanted<'_> {
    fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Stdout => self.stream != "stderr",
            Channel::Stderr => self.stream != "stdout",
            Channel::Engine => true,
        }
    }

    /// Whether nothing is left out, so that the Engine can count the last lines.
    fn is_everything(&self) -> bool {
        self.grep.is_none() && self.stream == "all" && self.stretch.until.is_none()
    }

    /// The request for the log of the container with that id.
    ///
    /// # Errors
    /// Those of making it.
    pub(super) fn request(&self, id: &str) -> Result<Request, EngineError> {
        let options = self.options();
        let request =
            record(
                |docker| async move { docker.logs(id, Some(options)).boxed().try_next().await },
            )?;
        Ok(request.about("container", id))
    }

    /// The request for the log of the service with that id.
    ///
    /// # Errors
    /// Those of making it.
    pub(super) fn request_of_service(&self, id: &str) -> Result<Request, EngineError> {
        let options = self.options();
        let request = record(|docker| async move {
            let mut log = docker.service_logs(id, Some(options)).boxed();
            log.try_next().await
        })?;
        // Whose record is which; bollard does not know of it.
        Ok(request.also("details", "true").about("service", id))
    }

    fn options(&self) -> LogsOptions {
        let (since, until) = self.stretch.seconds();
        let tail = self.tail.filter(|_| self.is_everything());
        LogsOptions {
            follow: self.follow,
            stdout: self.stream != "stderr",
            stderr: self.stream != "stdout",
            // Nothing else orders the lines of several logs.
            timestamps: true,
            tail: tail.map_or("all".to_owned(), |tail| (tail + MARGIN).to_string()),
            since,
            until,
        }
    }
}

/// One log, as far as it was read.
pub(super) struct Lane<'a> {
    frames: Frames,
    outputs: [Output; 3],
    chooser: Chooser<'a>,
}

/// One of the streams of a log.
struct Output {
    channel: Channel,
    records: Records,
    redacted: RedactedLines,
    /// The line before, where the next one tells what it is.
    waiting: Option<Waiting>,
}

/// What of the lines is kept.
struct Chooser<'a> {
    wanted: &'a Wanted<'a>,
    container: usize,
    last: Timestamp,
    /// The lines before the one that is looked at.
    before: VecDeque<Found>,
    /// How many lines behind the last are still to come.
    behind: usize,
    tail: Option<Newest<Found>>,
}

impl<'a> Lane<'a> {
    /// The log of the container with that number.
    pub(super) fn new(
        wanted: &'a Wanted<'a>,
        container: usize,
        source: Source,
        redactor: &Redactor,
    ) -> Self {
        let output = |channel| Output {
            channel,
            records: Records::new(wanted.longest, true, source.tty).ending_short(source.local),
            redacted: redactor.log_lines(),
            waiting: None,
        };
        Self {
            frames: Frames::new(source.tty),
            outputs: [Channel::Stdout, Channel::Stderr, Channel::Engine].map(output),
            chooser: Chooser {
                wanted,
                container,
                last: Timestamp::UNIX_EPOCH,
                before: VecDeque::new(),
                behind: 0,
                tail: wanted.tail.map(|tail| Newest::new(tail, WAITING)),
            },
        }
    }

    /// Takes what came, and hands on the lines that are wanted of it.
    pub(super) fn feed(&mut self, chunk: &[u8], mut found: impl FnMut(Found)) {
        let (outputs, chooser) = (&mut self.outputs, &mut self.chooser);
        self.frames.feed_records(chunk, |channel, begins, piece| {
            take(outputs, chooser, channel, (begins, piece), &mut found);
        });
    }

    /// Takes a piece of a record, with which it begins or does not.
    pub(super) fn take(
        &mut self,
        channel: Channel,
        begins: bool,
        piece: &[u8],
        found: &mut impl FnMut(Found),
    ) {
        let (outputs, chooser) = (&mut self.outputs, &mut self.chooser);
        take(outputs, chooser, channel, (begins, piece), found);
    }

    /// Hands on what is left. Whether the tail has left lines out.
    pub(super) fn finish(mut self, mut found: impl FnMut(Found)) -> bool {
        for output in &mut self.outputs {
            let channel = output.channel;
            let chooser = &mut self.chooser;
            output.finish(|time, text| chooser.take(channel, time, text, &mut found));
        }
        let Some(tail) = self.chooser.tail else {
            return false;
        };
        let cut = tail.is_cut();
        tail.into_items().for_each(found);
        cut
    }
}

fn take(
    outputs: &mut [Output],
    chooser: &mut Chooser<'_>,
    channel: Channel,
    (begins, piece): (bool, &[u8]),
    found: &mut impl FnMut(Found),
) {
    if !chooser.wanted.has(channel) {
        return;
    }
    let output = outputs.iter_mut().find(|it| it.channel == channel);
    if let Some(output) = output {
        output.feed(begins, piece, |time, text| {
            chooser.take(channel, time, text, found)
        });
    }
}

impl Output {
    fn feed(
        &mut self,
        begins: bool,
        piece: &[u8],
        mut line: impl FnMut(Option<Timestamp>, String),
    ) {
        let (redacted, waiting) = (&mut self.redacted, &mut self.waiting);
        self.records.feed(self.channel, begins, piece, |next| {
            offer(&next, redacted, waiting, &mut line);
        });
    }

    fn finish(&mut self, mut line: impl FnMut(Option<Timestamp>, String)) {
        let (redacted, waiting) = (&mut self.redacted, &mut self.waiting);
        self.records
            .finish(|next| offer(&next, redacted, waiting, &mut line));
        if let Some(last) = waiting.take() {
            hand_on(&last.line(), &[], redacted, &mut line);
        }
    }
}

/// Takes secrets out before anything is left out: a search must not tell what is hidden, and a private
/// key is known by the lines around.
fn offer(
    next: &LogLine<'_>,
    redacted: &mut RedactedLines,
    waiting: &mut Option<Waiting>,
    line: &mut impl FnMut(Option<Timestamp>, String),
) {
    if let Some(before) = waiting.take() {
        hand_on(&before.line(), next.bytes, redacted, line);
    }
    if redacted.waits(next.bytes) {
        *waiting = Some(Waiting::from(next));
    } else {
        hand_on(next, &[], redacted, line);
    }
}

fn hand_on(
    it: &LogLine<'_>,
    next: &[u8],
    redacted: &mut RedactedLines,
    line: &mut impl FnMut(Option<Timestamp>, String),
) {
    let text = redacted.line_before(it.bytes, next);
    let text = match it.beyond {
        0 => text.into_owned(),
        beyond => format!("{text} [... {beyond} bytes cut]"),
    };
    line(it.stamp.map(|(_, time)| time), text);
}

impl Chooser<'_> {
    fn take(
        &mut self,
        channel: Channel,
        time: Option<Timestamp>,
        text: String,
        found: &mut impl FnMut(Found),
    ) {
        if !self.wanted.stretch.holds(time) {
            return;
        }
        self.last = time.unwrap_or(self.last);
        let matched = self.wanted.grep.is_none_or(|it| it.0.is_match(&text));
        let line = Found {
            time: self.last,
            container: self.container,
            channel,
            text: short(text),
            matched,
        };
        if matched {
            for before in std::mem::take(&mut self.before) {
                self.give(before, found);
            }
            self.give(line, found);
            self.behind = self.wanted.context;
        } else if self.behind > 0 {
            self.behind -= 1;
            self.give(line, found);
        } else if self.wanted.context > 0 {
            self.before.push_back(line);
            if self.before.len() > self.wanted.context {
                self.before.pop_front();
            }
        }
    }

    fn give(&mut self, line: Found, found: &mut impl FnMut(Found)) {
        match &mut self.tail {
            Some(tail) => {
                let cost = line.text.len();
                tail.push(line, cost);
            }
            None => found(line),
        }
    }
}

/// The beginning of a line that is too long to be shown.
fn short(text: String) -> String {
    let head = text::head(&text, LONGEST);
    if head.len() == text.len() {
        return text;
    }
    format!("{head} [... {} bytes cut]", text.len() - head.len())
}

/// The last lines of a log, as one text; those of a time on, where one is given.
///
/// # Errors
/// Those of the Engine.
pub(super) async fn last_lines(
    call: &Call<'_>,
    id: &str,
    source: Source,
    since: Option<Timestamp>,
    lines: usize,
) -> Result<String, CallError> {
    let now = Now::at(since.unwrap_or(Timestamp::UNIX_EPOCH));
    let wanted = Wanted {
        grep: None,
        stream: "all",
        stretch: Stretch::new(since.map(Time::from), None, now)?,
        tail: Some(lines),
        context: 0,
        longest: LONGEST,
        follow: false,
    };
    let mut lane = Lane::new(&wanted, 0, source, &call.redactor);
    let mut found = Vec::new();
    let mut chunks = call.engine.bytes(wanted.request(id)?);
    while let Some(chunk) = chunks.try_next().await? {
        compute(chunk.len(), || {
            lane.feed(&chunk, |line| found.push(line.text))
        });
    }
    lane.finish(|line| found.push(line.text));
    Ok(found.join("\n"))
}
