//! Keeps the beginning and the end of an output that may be larger than a result.

use std::collections::VecDeque;

use crate::output::text;

/// What the marker in place of the middle takes at most.
const MARKER: usize = 64;

/// The first and the last bytes of an output, with as much memory as the two take.
#[derive(Debug)]
pub(crate) struct HeadAndTail {
    side: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: usize,
}

/// A text that was brought under a budget.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// The text; where its middle is gone a line says how much that was.
    pub(crate) text: String,
    /// The middle is gone.
    pub(crate) truncated: bool,
}

impl HeadAndTail {
    /// Nothing yet; room for `side` bytes at either end.
    pub(crate) fn new(side: usize) -> Self {
        Self {
            side,
            head: Vec::new(),
            tail: VecDeque::new(),
            dropped: 0,
        }
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let room = self.side.saturating_sub(self.head.len());
        let (head, rest) = bytes.split_at(bytes.len().min(room));
        self.head.extend_from_slice(head);
        let (passed, tail) = rest.split_at(rest.len().saturating_sub(self.side));
        let overflow = (self.tail.len() + tail.len()).saturating_sub(self.side);
        self.tail.drain(..overflow);
        self.tail.extend(tail);
        self.dropped += passed.len() + overflow;
    }

    /// The output as text that takes at most `budget` of a result.
    pub(crate) fn excerpt(&self, budget: usize) -> Excerpt {
        let mut room = budget;
        loop {
            let excerpt = self.cut(room);
            let cost = text::cost(&excerpt.text);
            if cost <= budget || room <= MARKER {
                return excerpt;
            }
            // A little less than in proportion, so that few rounds are enough.
            room = room.saturating_mul(budget) / cost - room / 64;
        }
    }

    /// The output as text that takes at most `budget` bytes inside a JSON string.
    fn cut(&self, budget: usize) -> Excerpt {
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        if self.dropped > 0 {
            let head = String::from_utf8_lossy(whole_end(&self.head));
            let tail = String::from_utf8_lossy(whole_start(&tail));
            return join(&head, self.dropped, &tail, budget);
        }
        let whole = [self.head.as_slice(), &tail].concat();
        let whole = String::from_utf8_lossy(&whole).into_owned();
        if text::json_len(&whole) <= budget {
            return Excerpt {
                text: whole,
                truncated: false,
            };
        }
        let (head, tail) = whole.split_at(text::head(&whole, budget / 2).len());
        join(head, 0, tail, budget)
    }
}

fn join(head: &str, dropped: usize, tail: &str, budget: usize) -> Excerpt {
    let side = budget.saturating_sub(MARKER) / 2;
    let (first, last) = (text::head(head, side), text::tail(tail, side));
    let cut = dropped + (head.len() - first.len()) + (tail.len() - last.len());
    let first = first.trim_end_matches('\n');
    Excerpt {
        text: format!("{first}\n[... {cut} bytes cut ...]\n{last}"),
        truncated: true,
    }
}

/// The bytes without a character that was cut in two at their end.
fn whole_end(bytes: &[u8]) -> &[u8] {
    let broken = bytes
        .utf8_chunks()
        .last()
        .map_or(0, |chunk| chunk.invalid().len());
    bytes.split_at(bytes.len() - broken).0
}

/// The bytes without the rest of a character that was cut in two at their start.
fn whole_start(bytes: &[u8]) -> &[u8] {
    let rest = bytes
        .iter()
        .take(3)
        .take_while(|byte| matches!(byte, 0x80..=0xbf))
        .count();
    bytes.split_at(rest).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(side: usize, budget: usize, pieces: &[&[u8]]) -> Excerpt {
        let mut output = HeadAndTail::new(side);
        for piece in pieces {
            output.push(piece);
        }
        output.excerpt(budget)
    }

    #[test]
    fn what_fits_is_whole() {
        let whole = excerpt(4, 100, &[b"caf\xc3", b"\xa9\n", b"ok"]);
        assert_eq!(
            whole,
            Excerpt {
                text: "caf\u{e9}\nok".into(),
                truncated: false
            }
        );
    }

    #[test]
    fn the_middle_goes_and_is_counted() {
        let cut = excerpt(4, 1000, &[b"12345", b"6789", b"abcdefghijkl", b"m"]);
        assert_eq!(
            cut,
            Excerpt {
                text: "1234\n[... 14 bytes cut ...]\njklm".into(),
                truncated: true
            }
        );
    }

    #[test]
    fn no_character_is_cut_in_two() {
        let text = "\u{e9}".repeat(50);
        for side in 1..20 {
            let cut = excerpt(side, 1000, &[text.as_bytes()]);
            assert!(
                !cut.text.contains('\u{fffd}'),
                "with {side} bytes at either end: {}",
                cut.text
            );
        }
    }

    #[test]
    fn of_dense_text_less_is_kept_from_both_ends() {
        let text: String = (0..100)
            .map(|number| format!("{number:04}-0b7c9e3a-51f2-4d8e-9a6c-7e1f2d3c4b5a\n"))
            .collect();
        let cut = excerpt(50_000, text.len(), &[text.as_bytes()]);
        assert!(cut.truncated);
        assert!(text::cost(&cut.text) <= text.len());
        assert!(cut.text.starts_with("0000-") && cut.text.contains("\n0099-"));
    }

    #[test]
    fn the_budget_holds_for_text_that_grows_in_json() {
        for content in [&b"\"\\"[..], b"\xff", b"\n", b"\x1b[0m", b"a\tb\r"] {
            for (repeats, side) in [(60, 500), (5000, 500), (5000, 50_000)] {
                let cut = excerpt(side, 1000, &[&content.repeat(repeats)]);
                let length = text::json_len(&cut.text);
                assert!(
                    length <= 1000,
                    "{repeats} times {content:?} took {length} bytes"
                );
                assert_eq!(cut.truncated, cut.text.contains("bytes cut"));
            }
        }
    }

    #[test]
    fn a_large_output_takes_no_more_memory_than_its_two_ends() {
        let mut output = HeadAndTail::new(1000);
        for _ in 0..1000 {
            output.push(&[b'x'; 10_000]);
        }
        assert_eq!((output.head.len(), output.tail.len()), (1000, 1000));
        assert!(output.tail.capacity() < 10_000);
        assert!(
            output
                .excerpt(5000)
                .text
                .contains("[... 9998000 bytes cut ...]")
        );
    }
}
