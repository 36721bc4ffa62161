//! Fits text to the terminal that it is written to: lines break between words, and what goes on stands
//! under the text it belongs to.

use std::borrow::Cow;

use comfy_table::Table;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

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
    use super::wrapped;

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
