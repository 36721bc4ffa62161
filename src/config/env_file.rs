//! Reads the `KEY=value` lines of a `.env` as plain text: nothing in it stands for anything else.
//!
//! dotenvy would put variables of the process in the place of `$NAME`, and through settings that are
//! shown to clients a file that came with a repository could read them; so the sign is hidden from it.

/// Stands for the sign while dotenvy reads; a character that Unicode gives to no text.
const HIDDEN: char = '\u{fdd0}';

/// The entries in their order; none for a line that is no entry. Why it is none is not said: that
/// would quote the line, which may hold a secret.
pub(super) fn entries(text: &str) -> impl Iterator<Item = Option<(String, String)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let hidden = std::io::Cursor::new(hide(text));
    dotenvy::from_read_iter(hidden).map(|entry| {
        let (name, value) = entry.ok()?;
        Some((name, value.replace(HIDDEN, "$")))
    })
}

/// The text with each `$` hidden, except where a backslash makes plain text of it already and dotenvy
/// knows no other character in its place.
fn hide(text: &str) -> String {
    let mut escaped = false;
    text.chars()
        .map(|character| {
            let plain = character != '$' || escaped;
            escaped = character == '\\' && !escaped;
            if plain { character } else { HIDDEN }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::entries;

    /// The process has a `PATH`, and the first line is one that the others could stand for.
    #[test]
    fn nothing_stands_for_anything_else_however_it_is_quoted() {
        for (written, read) in [
            ("$PATH", "$PATH"),
            ("${PATH}", "${PATH}"),
            ("x$PATH$A1", "x$PATH$A1"),
            ("\"${PATH} $A1\"", "${PATH} $A1"),
            ("'$PATH'", "$PATH"),
            ("'a'$PATH", "a$PATH"),
            ("\\$PATH", "$PATH"),
            ("\"\\\\$PATH\"", "\\$PATH"),
            ("\\\\\\$PATH", "\\$PATH"),
            ("$$PATH", "$$PATH"),
            ("${PATH", "${PATH"),
            ("\"$\"PATH", "$PATH"),
        ] {
            let text = format!("A1=first\nA2={written}\n");
            let all: Option<Vec<_>> = entries(&text).collect();
            let (name, value) = all.expect(written).remove(1);
            assert_eq!((name.as_str(), value.as_str()), ("A2", read), "{written}");
        }
    }
}
