//! Fits text to the terminal that it is written to: lines break between words, and what goes on stands
//! under the text it belongs to.

use std::borrow::Cow;

use comfy_table::Table;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many columns stdout has, where it is a terminal that says so.
pub(super) fn stdout() -> Option<usize> {
    columns(&Table::new())
}

/// How many columns stderr has, where it is a terminal that says so.
pub(super) fn stderr() -> Option<usize> {
    columns(Table::new().use_stderr())
}

fn columns(table: &Table) -> Option<usize> {
    // A terminal that does not say how wide it is says 0.
    let width = table.width().filter(|width| *width > 0);
    width.map(usize::from)
}

/// The text in lines of at most so many columns, but for words that are longer. Without a width it stays
/// as it is: what reads it breaks lines itself, or wants none.
pub(super) fn wrapped(text: &str, width: Option<usize>) -> Cow<'_, str> {
    let Some(width) = width else {
        return Cow::Borrowed(text);
    };
    if text
        .lines()
        .all(|line| textwrap::core::display_width(line) <= width)
    {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| wrapped_line(line, width))
        .collect();
    Cow::Owned(lines.join("\n"))
}

fn wrapped_line(line: &str, width: usize) -> String {
    let words = line.trim_start();
    let indent = line.get(..line.len() - words.len()).unwrap_or_default();
    let hanging = format!("{indent}{}", " ".repeat(marker(words)));
    fill(words, width, indent, &hanging)
}

/// The same, where what goes on stands further in than what it belongs to.
pub(super) fn hanging(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let lines = text.split('\n').map(|line| {
        let words = line.trim_start();
        let indent = line.get(..line.len() - words.len()).unwrap_or_default();
        fill(words, width, indent, &format!("{indent}  "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The beginning of a text, with a sign that there is more.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    for character in text.chars() {
        let more = character.width().unwrap_or_default();
        if shown.width() + more + 1 > width {
            break;
        }
        shown.push(character);
    }
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

/// The text in lines of that width, the first and those below it behind what they begin with.
pub(super) fn fill(text: &str, width: usize, first: &str, below: &str) -> String {
    let options = Options::new(width)
        .initial_indent(first)
        .subsequent_indent(below)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).join("\n")
}

/// How wide what marks an item of a list is.
fn marker(words: &str) -> usize {
    let (mark, _) = words.split_once(' ').unwrap_or_default();
    let number = mark
        .strip_suffix('.')
        .is_some_and(|it| it.parse::<u8>().is_ok());
    if number || ["-", "*", "→", "#"].contains(&mark) {
        mark.chars().count() + 1
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::{hanging, wrapped};

    #[test]
    fn what_belongs_to_a_key_goes_on_further_in() {
        let text = "summary: one two three\nshort: one\n  deep: one two three";
        let shown = "summary: one\n  two three\nshort: one\n  deep: one\n    two three";
        assert_eq!(hanging(text, Some(13)), shown);
        assert_eq!(hanging(text, None), text);
    }

    #[test]
    fn lines_break_between_words_and_go_on_below_their_text() {
        for (text, shown) in [
            ("short\n  lines", "short\n  lines"),
            ("one two-three four", "one\ntwo-three\nfour"),
            ("a-word-that-is-long", "a-word-that-is-long"),
            ("- one two three", "- one two\n  three"),
            ("  10. one two", "  10. one\n      two"),
            ("    code one two", "    code\n    one\n    two"),
            ("one two\n\nthree four", "one two\n\nthree four"),
        ] {
            assert_eq!(wrapped(text, Some(10)), shown, "{text:?}");
            assert_eq!(wrapped(text, None), text);
        }
    }
}
