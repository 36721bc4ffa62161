//! Makes what a process wrote fit to be read, and measures it as JSON.
//!
//! A log is untrusted: escapes can repaint a terminal, and characters that nobody sees can carry
//! instructions to a model.

/// The text of one line: bytes that are not UTF-8 become U+FFFD; ANSI escapes, control characters
/// except the tab and invisible characters are taken out.
pub(super) fn clean_line(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let text = text.trim_end_matches('\r');
    if text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return text.to_owned();
    }
    // The stripper drops every control character, so tabs and carriage returns go around it.
    let mut cleaned = String::with_capacity(text.len());
    for part in text.split_inclusive(['\t', '\r']) {
        let visible = strip_ansi_escapes::strip_str(part);
        cleaned.extend(visible.chars().filter(|character| !is_hidden(*character)));
        match part.chars().next_back() {
            Some('\t') => cleaned.push('\t'),
            // A progress bar's steps would run together.
            Some('\r') => cleaned.push(' '),
            _ => {}
        }
    }
    cleaned
}

/// The text of any number of lines, each cleaned on its own, so that an escape sequence that never
/// ends takes no more than its line.
pub(crate) fn clean(raw: &[u8]) -> String {
    let lines: Vec<String> = raw.split(|byte| *byte == b'\n').map(clean_line).collect();
    lines.join("\n")
}

/// The length of the text inside a JSON string.
pub(super) fn json_len(text: &str) -> usize {
    text.chars().map(json_width).sum()
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
pub(super) fn tail(text: &str, budget: usize) -> &str {
    let mut width = 0;
    let start = text.char_indices().rev().find_map(|(at, character)| {
        width += json_width(character);
        (width > budget).then_some(at + character.len_utf8())
    });
    start.map_or(text, |start| text.split_at(start).1)
}

fn json_width(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => character.len_utf8(),
    }
}

/// Whether a character has no look of its own: a control character, or one of Unicode's default
/// ignorable code points (zero-width, bidirectional, tags, variation selectors), line separators
/// or annotation marks.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_hidden_characters_are_taken_out() {
        for (raw, clean) in [
            (
                &b"\x1b[1;31merror\x1b[0m: \x1b]0;title\x07no"[..],
                "error: no",
            ),
            (b"a\tb\x07\x00\x7f", "a\tb"),
            (
                "pay\u{202e}gnp.exe\u{200b} \u{e0041}now".as_bytes(),
                "paygnp.exe now",
            ),
            (
                "caf\u{e9} \u{1f40b} \u{9b}31m".as_bytes(),
                "caf\u{e9} \u{1f40b} 31m",
            ),
            (b"10%\r20%\r\n", "10% 20% "),
            (b"windows\r", "windows"),
        ] {
            assert_eq!(
                clean_line(raw.strip_suffix(b"\n").unwrap_or(raw)).trim_end(),
                clean.trim_end()
            );
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_become_replacement_characters() {
        assert_eq!(
            clean_line(b"\xff\x80 ok \xc3"),
            "\u{fffd}\u{fffd} ok \u{fffd}"
        );
    }

    #[test]
    fn an_escape_that_never_ends_takes_no_more_than_its_line() {
        assert_eq!(clean(b"one\x1bPtwo\nthree\n"), "one\nthree\n");
    }

    /// The hand-written table against the Unicode data of the regex crate.
    #[test]
    fn what_unicode_calls_ignorable_is_hidden() {
        let ignorable = regex::Regex::new(
            r"^[\p{Cc}\p{Default_Ignorable_Code_Point}\u{2028}-\u{202e}\u{fff9}-\u{fffb}]$",
        )
        .unwrap();
        let mut text = [0; 4];
        for character in '\0'..=char::MAX {
            let matched = ignorable.is_match(character.encode_utf8(&mut text));
            assert_eq!(
                is_hidden(character),
                matched,
                "U+{:04X}",
                u32::from(character)
            );
        }
    }

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
