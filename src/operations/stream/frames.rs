//! Takes apart the stream in which the Engine sends a container's output.
//!
//! Without a terminal the output comes in frames: a header of eight bytes (the stream, three
//! zeros, the payload's length) and the payload. With a terminal it comes as it is. Which of the
//! two it is, is for the container's `Config.Tty` to say; the bytes of a terminal can look like a
//! header.

use std::mem;

/// Where a piece of output was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The standard output, and all that a terminal shows.
    Stdout,
    /// The standard error.
    Stderr,
    /// What the Engine itself has to say, such as that it could not read on.
    Engine,
}

/// A decoder that takes the stream as it comes, cut anywhere.
#[derive(Debug)]
pub(crate) struct Frames(State);

#[derive(Debug)]
enum State {
    Header(Vec<u8>),
    Payload {
        channel: Channel,
        begins: bool,
        left: usize,
    },
    Raw,
}

impl Frames {
    /// A decoder for a process with a terminal (`tty`) or without one.
    pub(crate) fn new(tty: bool) -> Self {
        Self(if tty {
            State::Raw
        } else {
            State::Header(Vec::new())
        })
    }

    /// Hands on the pieces of output in a chunk of the stream, in their order. A header that is
    /// none makes the rest of the stream count as it is, so that nothing is lost.
    pub(crate) fn feed(&mut self, chunk: &[u8], mut piece: impl FnMut(Channel, &[u8])) {
        self.feed_records(chunk, |channel, _, bytes| piece(channel, bytes));
    }

    /// The same, and whether a frame begins with the piece; in the output of a terminal none does.
    pub(crate) fn feed_records(
        &mut self,
        mut chunk: &[u8],
        mut piece: impl FnMut(Channel, bool, &[u8]),
    ) {
        while !chunk.is_empty() {
            match &mut self.0 {
                State::Raw => piece(Channel::Stdout, false, mem::take(&mut chunk)),
                State::Payload {
                    channel,
                    begins,
                    left,
                } => {
                    let (payload, rest) = chunk.split_at(chunk.len().min(*left));
                    chunk = rest;
                    *left -= payload.len();
                    if !payload.is_empty() {
                        piece(*channel, mem::take(begins), payload);
                    }
                    if *left == 0 {
                        self.0 = State::Header(Vec::new());
                    }
                }
                State::Header(header) => {
                    let missing = 8_usize.saturating_sub(header.len());
                    let (part, rest) = chunk.split_at(chunk.len().min(missing));
                    chunk = rest;
                    header.extend_from_slice(part);
                    if let Ok(whole) = <[u8; 8]>::try_from(header.as_slice()) {
                        self.0 = payload_after(whole).unwrap_or_else(|| {
                            piece(Channel::Stdout, false, &whole);
                            State::Raw
                        });
                    }
                }
            }
        }
    }
}

fn payload_after(header: [u8; 8]) -> Option<State> {
    let [kind, 0, 0, 0, length @ ..] = header else {
        return None;
    };
    let channel = match kind {
        // Zero is the standard input, which the Docker CLI shows as output too.
        0 | 1 => Channel::Stdout,
        2 => Channel::Stderr,
        3 => Channel::Engine,
        _ => return None,
    };
    let left = usize::try_from(u32::from_be_bytes(length)).ok()?;
    Some(State::Payload {
        channel,
        begins: true,
        left,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// One frame, as the Engine sends it.
    pub(crate) fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&[kind, 0, 0, 0][..], &length, payload].concat()
    }

    fn decode(tty: bool, stream: &[u8], step: usize) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let (mut out, mut err, mut engine) = (vec![], vec![], vec![]);
        let mut frames = Frames::new(tty);
        for chunk in stream.chunks(step) {
            frames.feed(chunk, |channel, piece| match channel {
                Channel::Stdout => out.extend_from_slice(piece),
                Channel::Stderr => err.extend_from_slice(piece),
                Channel::Engine => engine.extend_from_slice(piece),
            });
        }
        (out, err, engine)
    }

    #[test]
    fn frames_cut_anywhere_come_out_whole() {
        let stream = [
            frame(1, b"one\n"),
            frame(2, b""),
            frame(2, "caf\u{e9}".as_bytes()),
            frame(3, b"gone"),
            frame(0, b"\x01\x00\x00\x00\x00\x00\x00\x02"),
        ]
        .concat();
        for step in 1..=stream.len() {
            let (out, err, engine) = decode(false, &stream, step);
            assert_eq!(
                out, b"one\n\x01\x00\x00\x00\x00\x00\x00\x02",
                "in steps of {step}"
            );
            assert_eq!(err, "caf\u{e9}".as_bytes(), "in steps of {step}");
            assert_eq!(engine, b"gone", "in steps of {step}");
        }
    }

    #[test]
    fn a_frame_begins_once_however_it_is_cut() {
        let stream = [frame(1, b"one"), frame(2, b""), frame(1, b" two\n")].concat();
        for step in 1..=stream.len() {
            let mut begun = 0;
            let mut frames = Frames::new(false);
            for chunk in stream.chunks(step) {
                frames.feed_records(chunk, |_, begins, _| begun += usize::from(begins));
            }
            assert_eq!(begun, 2, "in steps of {step}");
        }
    }

    #[test]
    fn a_terminal_is_taken_as_it_is_even_where_it_looks_like_a_frame() {
        let line = b"\x01\x00\x00\x00\x00\x00\x00\x02hi, there";
        assert_eq!(decode(true, line, 3).0, line);
    }

    #[test]
    fn a_header_that_is_none_loses_nothing() {
        let stream = [frame(1, b"one\n"), b"plain text, no frame".to_vec()].concat();
        for step in 1..=stream.len() {
            assert_eq!(decode(false, &stream, step).0, b"one\nplain text, no frame");
        }
    }
}
