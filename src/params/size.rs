//! Reads an amount of memory.

use parse_size::Config;
use serde::Serialize;
use serde_json::Value;

use super::json;
use super::{Mismatch, Parameter};

/// An amount of bytes; a kilobyte has 1024, as everywhere in Docker's own options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size(pub i64);

impl Parameter for Size {
    fn parse(value: Value) -> Result<Self, Mismatch> {
        let text = match value {
            Value::Number(_) => json::integer(&value).ok_or(Mismatch::Kind)?.to_string(),
            other => json::text(other)?,
        };
        if text.starts_with('-') {
            return Err(Mismatch::because("it is negative"));
        }
        // parse-size would also take fractions, exponents, blanks and `KiB`.
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
        if digits.len() + unit.len() != text.len() || digits.is_empty() {
            return Err(Mismatch::Kind);
        }
        if !["", "b", "k", "kb", "m", "mb", "g", "gb"].contains(&&*unit.to_ascii_lowercase()) {
            return Err(Mismatch::because(format!(
                "`{}` is not a unit",
                json::clip(unit, 10)
            )));
        }
        Config::new()
            .with_binary()
            .parse_size(&text)
            .ok()
            .and_then(|bytes| i64::try_from(bytes).ok())
            .map(Self)
            .ok_or_else(|| Mismatch::because("it is more than any machine has"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn units_are_binary_and_of_any_case() {
        for (given, bytes) in [
            (json!(1024), 1024),
            (json!("1024"), 1024),
            (json!("5b"), 5),
            (json!("2k"), 2048),
            (json!("2KB"), 2048),
            (json!("512m"), 512 << 20),
            (json!("512Mb"), 512 << 20),
            (json!("3G"), 3 << 30),
            (json!("3gb"), 3 << 30),
            (json!(0), 0),
        ] {
            assert_eq!(Size::parse(given.clone()), Ok(Size(bytes)), "{given}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for given in [
            "",
            "m",
            "1.5g",
            "1e3",
            "1 m",
            " 1m",
            "1m\n",
            "1_000",
            "1kib",
            "1t",
            "-1",
            "-5m",
            "0x10",
            "m1",
            "1m1",
            "9223372036854775808",
            "99999999999g",
            "١m",
        ] {
            assert!(Size::parse(json!(given)).is_err(), "{given:?}");
        }
        for given in [json!(-1), json!(1.5), json!(true), json!(["1m"])] {
            assert!(Size::parse(given.clone()).is_err(), "{given}");
        }
    }
}
