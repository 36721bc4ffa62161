//! Takes out of text what a reader does not see: terminal escapes, control characters, characters
//! without a look of their own.
//!
//! Whatever a container wrote or someone named is untrusted: escapes can repaint a terminal, and
//! characters that nobody sees can carry instructions to a model.

use std::borrow::Cow;

/// The text of one line: bytes that are not UTF-8 become U+FFFD; ANSI escapes, control characters
/// except the tab and invisible characters are taken out.
pub(crate) fn clean_line(raw: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(raw) {
        Ok(text) => clean_text_line(text),
        Err(_) => Cow::Owned(clean_text_line(&String::from_utf8_lossy(raw)).into_owned()),
    }
}

/// The text with each of its lines cleaned on its own, so that an escape sequence that never ends
/// takes no more than its line.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte == b'\n' || is_plain(byte)) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(clean_text_line).collect();
    Cow::Owned(lines.join("\n"))
}

fn clean_text_line(text: &str) -> Cow<'_, str> {
    let text = text.trim_end_matches('\r');
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
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
    Cow::Owned(cleaned)
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~')
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
        assert_eq!(clean("one\x1bPtwo\nthree\n"), "one\nthree\n");
    }

    #[test]
    fn plain_text_is_not_copied() {
        let text = "\ttwo plain\nlines ~\n";
        assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
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
}
