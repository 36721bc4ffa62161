//! Says which lines of a text are wanted.

use crate::params::InvalidArgument;

/// Lines from a first to a last one, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Portion {
    pub(super) first: u64,
    /// None where it goes to the end.
    pub(super) last: Option<u64>,
}

impl Portion {
    pub(super) const ALL: Self = Self {
        first: 1,
        last: None,
    };

    /// `1-200`, `200-` or `7`.
    ///
    /// # Errors
    /// It is neither.
    pub(super) fn of(text: &str) -> Result<Self, InvalidArgument> {
        let number = |text: &str| text.trim().parse::<u64>().ok().filter(|number| *number > 0);
        let portion = match text.split_once('-') {
            None => number(text).map(|line| (line, Some(line))),
            Some((first, "")) => number(first).map(|first| (first, None)),
            Some((first, last)) => number(first).zip(number(last).map(Some)),
        };
        match portion {
            Some((first, last)) if last.is_none_or(|last| first <= last) => {
                Ok(Self { first, last })
            }
            _ => Err(InvalidArgument(format!(
                "`lines` takes the numbers of lines such as `1-200`, `200-` or `7` (got {text:?})"
            ))),
        }
    }

    /// Whether a line is past it.
    pub(super) fn is_over(self, line: u64) -> bool {
        self.last.is_some_and(|last| line > last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbers_from_one_on() {
        for (text, first, last) in [
            ("1-200", 1, Some(200)),
            ("7", 7, Some(7)),
            ("200-", 200, None),
            (" 3 - 4 ", 3, Some(4)),
        ] {
            assert_eq!(
                Portion::of(text).unwrap(),
                Portion { first, last },
                "{text}"
            );
        }
        for text in ["", "-", "-5", "0", "0-3", "5-3", "a-b", "1-2-3", "1,3"] {
            let error = Portion::of(text).unwrap_err().to_string();
            assert!(error.contains("`lines`"), "{text}: {error}");
        }
    }
}
