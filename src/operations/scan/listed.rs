//! Makes texts of a scanner fit for a list: what stands in them is anybody's who made a package.

use crate::output::text::head;
use crate::untrusted::clean;

/// The most that is shown of a name or a version, in bytes.
const NAME: usize = 160;

/// The most that is shown of a title, in bytes.
pub(super) const TITLE: usize = 240;

/// A name, in which nothing is hidden.
pub(super) fn shown(name: &str) -> String {
    cut(name, NAME)
}

/// One line of a text, in which nothing is hidden, up to so many bytes.
pub(super) fn cut(text: &str, most: usize) -> String {
    // So that what is thrown away is not cleaned first.
    let text = head(text.trim(), most * 4);
    let line = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match head(&line, most) {
        whole if whole.len() == line.len() => line,
        beginning => format!("{}…", beginning.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_that_shows_all_that_it_holds() {
        for (text, wanted) in [
            ("openssl: overflow", "openssl: overflow"),
            (" a\n  b\tc\r\n", "a b c"),
            ("\u{1b}[31mred\u{1b}[0m \u{202e}lia", "red lia"),
            ("a\u{200b}b\u{e0041}", "ab"),
            ("", ""),
        ] {
            assert_eq!(shown(text), wanted, "{text:?}");
        }
        let long = cut(&"x".repeat(10_000), 10);
        assert_eq!(long, format!("{}…", "x".repeat(10)));
    }
}
