//! Reads the patterns that are written in the code.

use regex::Regex;

/// A pattern of this module; a test of each form proves that it can be read.
#[expect(
    clippy::expect_used,
    reason = "without the pattern, secrets would pass unseen"
)]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of the redaction can be read")
}
