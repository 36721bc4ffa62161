//! Puts the lines of a log together from the records in which the Engine keeps them.
//!
//! A log driver cuts a line into records of 16 KiB, and each record of it is sent with a time of its
//! own before it. Without a terminal a record is a frame; with one nothing but the length of what
//! came before shows where the next begins.

use jiff::Timestamp;

use super::frames::Channel;

/// How long the records of a line are, but for its last.
pub(super) const RECORD: usize = 16 << 10;

/// No stamp is as long.
const LONGEST_STAMP: usize = 40;

/// One line without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LogLine<'a> {
    /// The time that the Engine put before it, as it is written and as it is meant.
    pub(super) stamp: Option<(&'a str, Timestamp)>,
    /// The line, up to the limit.
    pub(super) bytes: &'a [u8],
    /// How many bytes the limit cut off.
    pub(super) beyond: usize,
    /// How many records it is made of.
    pub(super) records: usize,
    /// Nothing shows that it is whole: it may go on from a record that was not sent.
    pub(super) doubtful: bool,
}

/// The unfinished lines of a log, one for each channel, because a record of one can come between two
/// of another.
#[derive(Debug)]
pub(super) struct Records {
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
    stamp: Option<(String, Timestamp)>,
    bytes: Vec<u8>,
    beyond: usize,
    /// What may turn out to be a stamp.
    head: Option<Vec<u8>>,
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
    pub(super) fn new(limit: usize, stamped: bool, tty: bool) -> Self {
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
    pub(super) fn of_an_end(self, margin: usize) -> Self {
        Self { margin, ..self }
    }

    /// The same of a driver that leaves out the newline of a line in several records, as `local` does
    /// in older Engines: a record that is not full is the last of its line.
    pub(super) fn ending_short(self, ends_short: bool) -> Self {
        Self { ends_short, ..self }
    }

    /// How many records came so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Takes a piece of output, with which a frame begins or does not, and hands on the lines that it
    /// completes.
    pub(super) fn feed(
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
                piece = line_of.read_head(piece, limit);
                continue;
            }
            let room = if tty && stamped {
                RECORD.saturating_sub(line_of.record)
            } else {
                piece.len()
            };
            let near = piece.get(..=room).unwrap_or(piece);
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
    pub(super) fn finish(&mut self, mut line: impl FnMut(LogLine<'_>)) {
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

    /// Takes of a piece what belongs to the stamp, and gives the rest.
    fn read_head<'a>(&mut self, piece: &'a [u8], limit: usize) -> &'a [u8] {
        let Some(head) = &mut self.head else {
            return piece;
        };
        let room = LONGEST_STAMP.saturating_sub(head.len());
        let space = piece
            .iter()
            .take(room)
            .position(|byte| matches!(byte, b' ' | b'\n'));
        let (part, rest) = piece.split_at(space.unwrap_or(room.min(piece.len())));
        head.extend_from_slice(part);
        let stamp = str::from_utf8(head).ok();
        let stamp = stamp.and_then(|text| Some((text.to_owned(), text.parse().ok()?)));
        match (stamp, rest.split_first()) {
            (Some(stamp), Some((b' ', rest))) => {
                self.head = None;
                self.stamp.get_or_insert(stamp);
                rest
            }
            (_, None) if head.len() < LONGEST_STAMP => rest,
            _ => {
                self.settle(limit);
                rest
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
mod tests {
    use super::*;

    const AT: &str = "2026-05-01T10:00:00.000000001Z";
    const LATER: &str = "2026-05-01T10:00:01.000000000Z";

    /// The lines, each with its stamp, of records that come in steps of that length.
    fn lines(mut records: Records, tty: bool, sent: &[&str], step: usize) -> Vec<(String, String)> {
        let mut all = vec![];
        let mut keep = |line: LogLine<'_>| {
            let text = String::from_utf8_lossy(line.bytes).into_owned();
            let stamp = line.stamp.map(|(text, _)| text.to_owned());
            all.push((stamp.unwrap_or_default(), text));
        };
        for record in sent {
            for (at, piece) in record.as_bytes().chunks(step).enumerate() {
                records.feed(Channel::Stdout, !tty && at == 0, piece, &mut keep);
            }
        }
        records.finish(&mut keep);
        all
    }

    fn stamped(text: &str) -> String {
        format!("{AT} {text}")
    }

    #[test]
    fn a_line_in_several_records_has_one_stamp() {
        let long = "x".repeat(RECORD);
        let sent = [
            stamped(&long),
            stamped(&long),
            stamped("end\n"),
            format!("{LATER} next\n"),
        ];
        let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
        let whole = format!("{long}{long}end");
        for (tty, step) in [
            (false, 1),
            (false, 7000),
            (true, 1),
            (true, 7000),
            (true, 90_000),
        ] {
            let records = Records::new(90_000, true, tty);
            let lines = lines(records, tty, &sent, step);
            let expected = [(AT.into(), whole.clone()), (LATER.into(), "next".into())];
            assert!(lines == expected, "tty {tty}, in steps of {step}");
        }
    }

    #[test]
    fn without_stamps_the_records_of_a_line_are_joined_too() {
        let long = "x".repeat(RECORD);
        for tty in [false, true] {
            let records = Records::new(90_000, false, tty);
            let lines = lines(records, tty, &[&long, "end\n"], 5000);
            assert_eq!(lines.len(), 1);
            assert_eq!(lines[0].1.len(), RECORD + 3);
        }
    }

    #[test]
    fn a_record_that_is_not_full_ends_a_line_where_the_driver_leaves_its_newline_out() {
        let long = "x".repeat(RECORD);
        let sent = [stamped(&long), stamped("end"), format!("{LATER} next\n")];
        let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
        let records = Records::new(90_000, true, false).ending_short(true);
        let lines = lines(records, false, &sent, 5000);
        let expected = [
            (AT.into(), format!("{long}end")),
            (LATER.into(), "next".into()),
        ];
        assert!(lines == expected);
    }

    #[test]
    fn what_only_looks_like_a_stamp_belongs_to_the_line() {
        let records = || Records::new(1000, true, false);
        for (record, stamp, text) in [
            (
                format!("{AT} {LATER} said so\n"),
                AT,
                format!("{LATER} said so"),
            ),
            ("no stamp\n".to_owned(), "", "no stamp".to_owned()),
            ("\n".to_owned(), "", String::new()),
            (format!("{AT}\n"), "", AT.to_owned()),
            (format!("{AT} \n"), AT, String::new()),
            ("y".repeat(100), "", "y".repeat(100)),
            ("2026-05".to_owned(), "", "2026-05".to_owned()),
        ] {
            for step in [1, 3, 200] {
                let lines = lines(records(), false, &[&record], step);
                assert_eq!(lines, [(stamp.to_owned(), text.clone())], "{record:?}");
            }
        }
    }

    #[test]
    fn pieces_of_two_channels_do_not_mix() {
        let mut records = Records::new(100, false, false);
        let mut all = vec![];
        let mut keep = |line: LogLine<'_>| all.push(line.bytes.to_vec());
        for (channel, piece) in [
            (Channel::Stdout, &b"one "[..]),
            (Channel::Stderr, b"oh "),
            (Channel::Stdout, b"two\n\nthree"),
            (Channel::Stderr, b"no\n"),
        ] {
            records.feed(channel, true, piece, &mut keep);
        }
        records.finish(&mut keep);
        assert_eq!(all, [&b"one two"[..], b"", b"oh no", b"three"]);
        assert_eq!(records.count(), 4);
    }

    #[test]
    fn a_line_over_the_limit_is_cut_and_counted() {
        let mut records = Records::new(4, false, false);
        let mut all = vec![];
        records.feed(Channel::Stdout, true, b"12345678\n12\n", |line| {
            all.push((line.bytes.to_vec(), line.beyond));
        });
        assert_eq!(all, [(b"1234".to_vec(), 4), (b"12".to_vec(), 0)]);
    }

    #[test]
    fn only_the_first_line_of_a_channel_is_doubtful_and_only_near_the_beginning() {
        let mut records = Records::new(100, false, false).of_an_end(2);
        let mut all = vec![];
        for (channel, record) in [
            (Channel::Stdout, &b"rest\n"[..]),
            (Channel::Stderr, b"rest\n"),
            (Channel::Stdout, b"line\n"),
            (Channel::Engine, b"line\n"),
        ] {
            records.feed(channel, true, record, |line| all.push(line.doubtful));
        }
        assert_eq!(all, [true, true, false, false]);
    }
}
