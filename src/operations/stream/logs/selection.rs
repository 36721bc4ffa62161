//! Keeps of a log the newest lines that were asked for and fit, redacted.

use crate::generated::params::container_logs::Params;
use crate::generated::reply::container_logs::Reply;
use crate::operations::stream::frames::Channel;
use crate::operations::stream::newest::Newest;
use crate::operations::stream::records::{LogLine, Waiting};
use crate::operations::stream::stretch::Stretch;
use crate::operations::units::count;
use crate::output::text;
use crate::redaction::RedactedLines;

/// The newest lines that were asked for, as far as they fit.
pub(super) struct Selection<'a> {
    params: &'a Params,
    stretch: Stretch,
    redacted: RedactedLines,
    /// The line before, where the next one tells what it is.
    waiting: Option<Waiting>,
    newest: Newest<Text>,
    budget: usize,
}

/// A line as it is shown.
struct Text {
    text: String,
    clipped: bool,
    records: usize,
    doubtful: bool,
}

impl<'a> Selection<'a> {
    /// No line yet, and room for so many.
    pub(super) fn new(
        params: &'a Params,
        stretch: Stretch,
        redacted: RedactedLines,
        limit: usize,
        budget: usize,
    ) -> Self {
        Self {
            params,
            stretch,
            redacted,
            waiting: None,
            newest: Newest::new(limit, budget),
            budget,
        }
    }
}

impl Selection<'_> {
    /// Whether these are the last lines although older records were left out: as many as asked for,
    /// or as fit, and each of them whole.
    pub(super) fn suffices(&self) -> bool {
        let enough = self.newest.is_beyond_limit() || self.newest.is_cut_by_budget();
        enough && !self.newest.items().any(|line| line.doubtful)
    }

    /// The Engine was asked for these channels only; not every Engine listens.
    pub(super) fn wants(&self, channel: Channel) -> bool {
        match channel {
            Channel::Stdout => self.params.stream != "stderr",
            Channel::Stderr => self.params.stream != "stdout",
            Channel::Engine => true,
        }
    }

    pub(super) fn offer(&mut self, line: &LogLine<'_>) {
        self.no_longer_waits(line.bytes);
        if self.redacted.waits(line.bytes) {
            self.waiting = Some(Waiting::from(line));
        } else {
            self.keep(line, &[]);
        }
    }

    /// Offers the line that waits for this one.
    pub(super) fn no_longer_waits(&mut self, next: &[u8]) {
        if let Some(line) = self.waiting.take() {
            self.keep(&line.line(), next);
        }
    }

    fn keep(&mut self, line: &LogLine<'_>, next: &[u8]) {
        // Before anything is left out: a search must not tell what is hidden, and a private key is
        // known by the lines around.
        let message = self.redacted.line_before(line.bytes, next);
        if !self.stretch.holds(line.stamp.map(|(_, time)| time)) || !self.matches(&message) {
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

    fn matches(&self, message: &str) -> bool {
        self.params
            .grep
            .as_ref()
            .is_none_or(|pattern| pattern.0.is_match(message))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.newest.items().next().is_none()
    }

    /// Whether older lines had no room, by their number.
    pub(super) fn is_beyond_limit(&self) -> bool {
        self.newest.is_beyond_limit()
    }

    /// How many records of the Engine the lines were.
    pub(super) fn records(&self) -> usize {
        self.newest.items().map(|line| line.records).sum()
    }

    pub(super) fn into_reply(self, container_id: String, more_before: bool) -> Reply {
        let cut = self.newest.is_cut_by_budget();
        let lines: Vec<Text> = self.newest.into_items().collect();
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

/// What a line takes inside a JSON string, with its newline.
fn cost(text: &str) -> usize {
    text::cost(text) + r"\n".len()
}
