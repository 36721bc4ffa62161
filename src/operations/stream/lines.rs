//! Puts lines together again that the Engine sent in pieces.

use super::frames::Channel;

/// One line without its newline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// The line, up to the limit.
    pub(crate) bytes: &'a [u8],
    /// How many bytes the limit cut off.
    pub(crate) beyond: usize,
}

/// The unfinished lines of a container's output, one for each channel, because a piece of one can
/// come between two pieces of another.
#[derive(Debug)]
pub(crate) struct Lines {
    limit: usize,
    stdout: Unfinished,
    stderr: Unfinished,
    engine: Unfinished,
}

#[derive(Debug, Default)]
struct Unfinished {
    bytes: Vec<u8>,
    beyond: usize,
}

impl Lines {
    /// Lines of which no more than `limit` bytes are kept.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            stdout: Unfinished::default(),
            stderr: Unfinished::default(),
            engine: Unfinished::default(),
        }
    }

    /// Takes a piece of output and hands on the lines it completes.
    pub(crate) fn feed(&mut self, channel: Channel, piece: &[u8], mut line: impl FnMut(Line<'_>)) {
        let unfinished = match channel {
            Channel::Stdout => &mut self.stdout,
            Channel::Stderr => &mut self.stderr,
            Channel::Engine => &mut self.engine,
        };
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                Some(last) => {
                    unfinished.push(last, self.limit);
                    unfinished.complete(&mut line);
                }
                None => unfinished.push(part, self.limit),
            }
        }
    }

    /// Hands on what the output ended with where that was no newline.
    pub(crate) fn finish(&mut self, mut line: impl FnMut(Line<'_>)) {
        for unfinished in [&mut self.stdout, &mut self.stderr, &mut self.engine] {
            if !unfinished.bytes.is_empty() {
                unfinished.complete(&mut line);
            }
        }
    }
}

impl Unfinished {
    fn push(&mut self, part: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.bytes.len());
        let (kept, cut) = part.split_at(part.len().min(room));
        self.bytes.extend_from_slice(kept);
        self.beyond += cut.len();
    }

    fn complete(&mut self, line: &mut impl FnMut(Line<'_>)) {
        line(Line {
            bytes: &self.bytes,
            beyond: self.beyond,
        });
        self.bytes.clear();
        self.beyond = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(limit: usize, pieces: &[(Channel, &[u8])]) -> Vec<(Vec<u8>, usize)> {
        let mut lines = Lines::new(limit);
        let mut all = vec![];
        let mut keep = |line: Line<'_>| all.push((line.bytes.to_vec(), line.beyond));
        for (channel, piece) in pieces {
            lines.feed(*channel, piece, &mut keep);
        }
        lines.finish(&mut keep);
        all
    }

    #[test]
    fn pieces_of_two_channels_do_not_mix() {
        let lines = collect(
            100,
            &[
                (Channel::Stdout, b"one "),
                (Channel::Stderr, b"oh "),
                (Channel::Stdout, b"two\n\nthree"),
                (Channel::Stderr, b"no\n"),
            ],
        );
        let texts: Vec<_> = lines.iter().map(|(line, _)| line.as_slice()).collect();
        assert_eq!(texts, [&b"one two"[..], b"", b"oh no", b"three"]);
    }

    #[test]
    fn a_line_over_the_limit_is_cut_and_counted() {
        let lines = collect(
            4,
            &[(Channel::Stdout, b"123"), (Channel::Stdout, b"45678\n12\n")],
        );
        assert_eq!(lines, [(b"1234".to_vec(), 4), (b"12".to_vec(), 0)]);
    }
}
