//! Puts the lines of a log together from the records in which the Engine keeps them.
//!
//! A log driver cuts a line into records of 16 KiB, and each record of it is sent with a time of its
//! own before it. Without a terminal a record is a frame; with one nothing but the length of what
//! came before shows where the next begins.

use jiff::Timestamp;

use super::frames::Channel;

/// How long the records of a line are, but for its last.
pub(crate) const RECORD: usize = 16 << 10;

/// No stamp is as long.
const LONGEST_STAMP: usize = 40;

/// A time as it is written, and as it is meant.
type Stamp = (String, Timestamp);

/// One line without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LogLine<'a> {
    /// The time that the Engine put before it, as it is written and as it is meant.
    pub(crate) stamp: Option<(&'a str, Timestamp)>,
    /// The line, up to the limit.
    pub(crate) bytes: &'a [u8],
    /// How many bytes the limit cut off.
    pub(crate) beyond: usize,
    /// How many records it is made of.
    pub(crate) records: usize,
    /// Nothing shows that it is whole: it may go on from a record that was not sent.
    pub(crate) doubtful: bool,
}

/// A line that waits for what comes behind it.
pub(crate) struct Waiting {
    stamp: Option<Stamp>,
    bytes: Vec<u8>,
    beyond: usize,
    records: usize,
    doubtful: bool,
}

impl From<&LogLine<'_>> for Waiting {
    fn from(line: &LogLine<'_>) -> Self {
        Self {
            stamp: line.stamp.map(|(text, time)| (text.to_owned(), time)),
            bytes: line.bytes.to_vec(),
            beyond: line.beyond,
            records: line.records,
            doubtful: line.doubtful,
        }
    }
}

impl Waiting {
    /// The line itself.
    pub(crate) fn line(&self) -> LogLine<'_> {
        let stamp = self.stamp.as_ref();
        LogLine {
            stamp: stamp.map(|(text, time)| (text.as_str(), *time)),
            bytes: &self.bytes,
            beyond: self.beyond,
            records: self.records,
            doubtful: self.doubtful,
        }
    }
}

/// The unfinished lines of a log, one for each channel, because a record of one can come between two
/// of another.
#[derive(Debug)]
pub(crate) struct Records {
    limit: usize,
    stamped: bool,
    tty: bool,
    ends_short: bool,
    margin: usize,
    count: usize,
    stdout: Unfinished,
    stderr: Unfinished,
    engine: Unfinished,
}

#[derive(Debug, Default)]
struct Unfinished {
    /// A line was begun, be it an empty one.
    open: bool,
    stamp: Option<Stamp>,
    bytes: Vec<u8>,
    beyond: usize,
    /// What may turn out to be a stamp.
    head: Option<Vec<u8>>,
    /// It would be that of another line.
    head_of_next: bool,
    /// How much of the record came that the end of the line so far is of.
    record: usize,
    records: usize,
    /// A line of this channel ended before.
    known: bool,
    doubtful: bool,
}

impl Records {
    /// Lines of which no more than `limit` bytes are kept; `stamped` says that the Engine was asked
    /// for times, `tty` that the process has a terminal.
    pub(crate) fn new(limit: usize, stamped: bool, tty: bool) -> Self {
        Self {
            limit,
            stamped,
            tty,
            ends_short: false,
            margin: 0,
            count: 0,
            stdout: Unfinished::default(),
            stderr: Unfinished::default(),
            engine: Unfinished::default(),
        }
    }

    /// The same of a log whose older records may have been left out: the first line of a channel is
    /// doubtful where it begins within so many records.
    pub(crate) fn of_an_end(self, margin: usize) -> Self {
        Self { margin, ..self }
    }

    /// The same of a driver that leaves out the newline of a line in several records, as `local` does
    /// in older Engines: a record that is not full is the last of its line. Of a terminal's line the
    /// carriage return is left, and the stamp of the next line comes right behind it.
    pub(crate) fn ending_short(self, ends_short: bool) -> Self {
        Self { ends_short, ..self }
    }

    /// How many records came so far.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Takes a piece of output, with which a frame begins or does not, and hands on the lines that it
    /// completes.
    pub(crate) fn feed(
        &mut self,
        channel: Channel,
        begins: bool,
        mut piece: &[u8],
        mut line: impl FnMut(LogLine<'_>),
    ) {
        let (limit, stamped, tty) = (self.limit, self.stamped, self.tty);
        let line_of = match channel {
            Channel::Stdout => &mut self.stdout,
            Channel::Stderr => &mut self.stderr,
            Channel::Engine => &mut self.engine,
        };
        let mut count = self.count;
        let mut begin = |it: &mut Unfinished, record: bool| {
            it.begin(stamped, count < self.margin);
            count += usize::from(record);
        };
        if begins {
            if self.ends_short && line_of.open && line_of.record < RECORD {
                line_of.settle(limit);
                line_of.complete(&mut line);
            }
            begin(line_of, true);
        }
        while !piece.is_empty() {
            let at_the_joint = tty && stamped && line_of.record == RECORD && line_of.head.is_none();
            if !line_of.open || at_the_joint {
                begin(line_of, tty);
            }
            if line_of.head.is_some() {
                let (rest, stamp) = line_of.read_head(piece, limit);
                piece = rest;
                if line_of.head.is_some() {
                    continue;
                }
                let is_next = std::mem::take(&mut line_of.head_of_next);
                if let Some(stamp) = stamp {
                    if is_next {
                        line_of.complete(&mut line);
                        begin(line_of, tty);
                        line_of.head = None;
                    }
                    line_of.stamp.get_or_insert(stamp);
                }
                continue;
            }
            let room = if tty && stamped {
                RECORD.saturating_sub(line_of.record)
            } else {
                piece.len()
            };
            let near = piece.get(..=room).unwrap_or(piece);
            // Nothing else shows that the line ends where its newline is missing.
            let in_several = line_of.records > 1 || line_of.doubtful;
            if self.ends_short
                && tty
                && stamped
                && in_several
                && let Some(at) = memchr::memchr2(b'\r', b'\n', near)
                && near.get(at) == Some(&b'\r')
                && room >= at + 1 + LONGEST_STAMP
            {
                let (part, rest) = piece.split_at(at + 1);
                line_of.push(part, limit);
                line_of.head = Some(Vec::new());
                line_of.head_of_next = true;
                piece = rest;
                continue;
            }
            let end = memchr::memchr(b'\n', near);
            let (part, rest) = piece.split_at(end.unwrap_or(room.min(piece.len())));
            line_of.push(part, limit);
            piece = match end {
                Some(_) => {
                    line_of.complete(&mut line);
                    rest.split_first().map_or(&[], |(_, rest)| rest)
                }
                None => rest,
            };
        }
        self.count = count;
    }

    /// Hands on what the output ended with where that was no newline.
    pub(crate) fn finish(&mut self, mut line: impl FnMut(LogLine<'_>)) {
        for unfinished in [&mut self.stdout, &mut self.stderr, &mut self.engine] {
            unfinished.settle(self.limit);
            if !unfinished.bytes.is_empty() {
                unfinished.complete(&mut line);
            }
        }
    }
}

impl Unfinished {
    /// Begins a record: of the line that is open, or of a new one.
    fn begin(&mut self, stamped: bool, near: bool) {
        if !self.open {
            self.open = true;
            self.doubtful = near && !self.known;
        }
        self.record = 0;
        self.records += 1;
        self.head = stamped.then(Vec::new);
    }

    /// Takes of a piece what belongs to the stamp, and gives the rest and the stamp once it is whole.
    fn read_head<'a>(&mut self, piece: &'a [u8], limit: usize) -> (&'a [u8], Option<Stamp>) {
        let Some(head) = &mut self.head else {
            return (piece, None);
        };
        let room = LONGEST_STAMP.saturating_sub(head.len());
        let space = piece
            .iter()
            .take(room)
            .position(|byte| matches!(byte, b' ' | b'\r' | b'\n'));
        let (part, rest) = piece.split_at(space.unwrap_or(room.min(piece.len())));
        head.extend_from_slice(part);
        let stamp = str::from_utf8(head).ok();
        let stamp = stamp.and_then(|text| Some((text.to_owned(), text.parse().ok()?)));
        match (stamp, rest.split_first()) {
            (Some(stamp), Some((b' ', rest))) => {
                self.head = None;
                (rest, Some(stamp))
            }
            (_, None) if head.len() < LONGEST_STAMP => (rest, None),
            _ => {
                self.settle(limit);
                (rest, None)
            }
        }
    }

    /// What looked like the beginning of a stamp is a part of the line.
    fn settle(&mut self, limit: usize) {
        if let Some(head) = self.head.take() {
            self.push(&head, limit);
        }
    }

    fn push(&mut self, part: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.bytes.len());
        let (kept, cut) = part.split_at(part.len().min(room));
        self.bytes.extend_from_slice(kept);
        self.beyond += cut.len();
        self.record += part.len();
    }

    fn complete(&mut self, line: &mut impl FnMut(LogLine<'_>)) {
        let stamp = self
            .stamp
            .as_ref()
            .map(|(text, time)| (text.as_str(), *time));
        line(LogLine {
            stamp,
            bytes: &self.bytes,
            beyond: self.beyond,
            records: self.records,
            doubtful: self.doubtful,
        });
        // The memory of the longest line so far serves for the next.
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        *self = Self {
            bytes,
            known: true,
            ..Self::default()
        };
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
