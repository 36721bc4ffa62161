//! Looks at how something is written where the events of a parser do not tell, and programs differ in what
//! they make of it.

use saphyr_parser::Tag;

use super::tree::{Fault, Place, shown};

/// A tag that Compose knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It takes away the value from another file, which was judged there.
    Reset,
    /// It puts a value in the place of one from another file; this one is judged here.
    Override,
}

/// The tag, if Compose knows it.
pub(super) fn known(tag: Option<&Tag>, place: Place) -> Result<Option<Known>, Fault> {
    let Some(Tag { handle, suffix }) = tag else {
        return Ok(None);
    };
    match (handle.as_str(), suffix.as_str()) {
        ("!", "reset") => Ok(Some(Known::Reset)),
        ("!", "override") => Ok(Some(Known::Override)),
        _ => {
            let what = format!(
                "the tag {} is not among those that this server knows: `!reset` and `!override`",
                shown(&format!("{handle}{suffix}"))
            );
            Err(Fault::new(Some(place), what))
        }
    }
}

/// The lines of a text.
#[derive(Default)]
pub(super) struct Source<'a>(Vec<&'a str>);

impl<'a> Source<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(text.split('\n').collect())
    }

    fn at(&self, place: Place) -> impl Iterator<Item = char> + '_ {
        let line = place
            .line
            .checked_sub(1)
            .and_then(|line| self.0.get(line).copied());
        let before = place.column.saturating_sub(1);
        line.unwrap_or_default().chars().skip(before)
    }

    /// Refuses the anchor or alias that begins there if it has a name that only some programs read to its
    /// end: to the others the rest is a text, or what follows belongs to another anchor.
    pub(super) fn check_name(&self, place: Place) -> Result<(), Fault> {
        let mut written = self.at(place);
        let is_one = matches!(written.next(), Some('&' | '*'));
        let mut behind =
            written.skip_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        match behind.next() {
            None | Some(' ' | '\t' | '\r' | ',' | ']' | '}') if is_one => Ok(()),
            _ => {
                let what = "the name of an anchor has letters, digits, `-` and `_` alone, and a space behind it";
                Err(Fault::new(Some(place), what))
            }
        }
    }

    /// Refuses a word that is a sign and a word to some programs.
    pub(super) fn check_plain(&self, text: &str, place: Place) -> Result<(), Fault> {
        match text.starts_with('?') {
            false => Ok(()),
            true => {
                let what = "a word that begins with `?` is not read alike by all programs; write it in quotes";
                Err(Fault::new(Some(place), what))
            }
        }
    }

    /// Refuses the colon behind a key that is part of the key to some programs.
    pub(super) fn check_colon(&self, end: Place) -> Result<(), Fault> {
        let mut behind = self.at(end).skip_while(|c| *c == ' ');
        match (behind.next(), behind.next()) {
            (Some(':'), Some(',' | '[' | ']' | '{' | '}')) => {
                let what =
                    "the colon here is part of the key to some programs; write a space behind it";
                Err(Fault::new(Some(end), what))
            }
            _ => Ok(()),
        }
    }
}
