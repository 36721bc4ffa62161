//! Measures text as JSON, and cuts it to a length.

use super::tokens::bytes_for;

/// The length of the text inside a JSON string.
pub(crate) fn json_len(text: &str) -> usize {
    // No character beyond ASCII is escaped, so that bytes will do, and of those most are not either.
    let escaped = text
        .bytes()
        .filter(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\'));
    text.len() + escaped.map(|byte| byte_width(byte) - 1).sum::<usize>()
}

/// What the text takes of the budget inside a JSON string: its length, or more where its tokens are
/// many.
pub(crate) fn cost(text: &str) -> usize {
    json_len(text).max(bytes_for(text))
}

/// The longest beginning of the text that takes at most `budget` bytes inside a JSON string.
pub(crate) fn head(text: &str, budget: usize) -> &str {
    let mut width = 0;
    let end = text.char_indices().find_map(|(at, character)| {
        width += json_width(character);
        (width > budget).then_some(at)
    });
    end.map_or(text, |end| text.split_at(end).0)
}

/// The longest end of the text that takes at most `budget` bytes inside a JSON string.
pub(crate) fn tail(text: &str, budget: usize) -> &str {
    let mut width = 0;
    let start = text.char_indices().rev().find_map(|(at, character)| {
        width += json_width(character);
        (width > budget).then_some(at + character.len_utf8())
    });
    start.map_or(text, |start| text.split_at(start).1)
}

fn json_width(character: char) -> usize {
    u8::try_from(character)
        .ok()
        .filter(u8::is_ascii)
        .map_or(character.len_utf8(), byte_width)
}

fn byte_width(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x8 | 0xc => 2,
        0..=0x1f => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_that_of_the_json_text() {
        let text: String = ('\0'..='\u{ff}').chain(['\u{2028}', '\u{1f40b}']).collect();
        assert_eq!(
            json_len(&text) + 2,
            serde_json::to_string(&text).unwrap().len()
        );
    }

    #[test]
    fn cutting_respects_characters_and_escapes() {
        assert_eq!(
            (head("a\"\u{e9}z", 5), head("a\"\u{e9}z", 4)),
            ("a\"\u{e9}", "a\"")
        );
        assert_eq!(
            (tail("a\"\u{e9}z", 5), tail("a\"\u{e9}z", 4)),
            ("\"\u{e9}z", "\u{e9}z")
        );
        assert_eq!((head("", 0), tail("ab", 0)), ("", ""));
    }
}
