//! Reads an amount of memory.

use parse_size::Config;
use serde::Serialize;
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// An amount of bytes; a kilobyte has 1024, as everywhere in Docker's own options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Size(pub i64);

impl Parameter for Size {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let text = match value {
            Value::Number(_) => json::integer(&value).ok_or(Mismatch::Kind)?.to_string(),
            other => json::text(other)?,
        };
        if text.starts_with('-') {
            return Err(Mismatch::because("it is negative"));
        }
        let (number, unit) = parts(&text).ok_or(Mismatch::Kind)?;
        if !is_unit(unit) {
            return Err(Mismatch::because(format!(
                "`{}` is not a unit",
                json::clip(unit, 10)
            )));
        }
        // parse-size wants the `B` of `MiB`.
        let unit = match unit.as_bytes() {
            [prefix, b'i' | b'I'] => format!("{}iB", char::from(*prefix)),
            _ => unit.to_owned(),
        };
        Config::new()
            .with_binary()
            .parse_size(format!("{number}{unit}"))
            .ok()
            .and_then(|bytes| i64::try_from(bytes).ok())
            .map(Self)
            .ok_or_else(|| Mismatch::because("it is more than any machine has"))
    }
}

/// An amount of memory and swap together, or -1 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Swap(pub i64);

impl Parameter for Swap {
    const SCHEMA: Schema = Size::SCHEMA;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        if json::integer(&value) == Some(-1) {
            return Ok(Self(-1));
        }
        Size::parse(value).map(|size| Self(size.0))
    }
}

/// The number and the unit, between which one space may be. parse-size would also take exponents,
/// underscores and more blanks.
fn parts(text: &str) -> Option<(&str, &str)> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = text.strip_suffix(unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = !whole.is_empty() && !fraction.is_empty() && !fraction.contains('.');
    let unit = match unit {
        " " => return None,
        unit => unit.strip_prefix(' ').unwrap_or(unit),
    };
    is_number.then_some((number, unit))
}

/// Nothing, `b`, or a prefix with `b`, `i` or `ib` behind it, of any case.
fn is_unit(unit: &str) -> bool {
    let unit = unit.to_ascii_lowercase();
    let rest = unit.trim_start_matches(['k', 'm', 'g', 't']);
    match unit.len() - rest.len() {
        0 => ["", "b"].contains(&rest),
        1 => ["", "b", "i", "ib"].contains(&rest),
        _ => false,
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
            (json!("1.5g"), 3 << 29),
            (json!("512Mi"), 512 << 20),
            (json!("512MiB"), 512 << 20),
            (json!("512 MB"), 512 << 20),
            (json!("0.5 gib"), 512 << 20),
            (json!("1t"), 1 << 40),
            (json!("2 Ti"), 2 << 40),
            (json!("7 b"), 7),
        ] {
            assert_eq!(Size::parse(given.clone()), Ok(Size(bytes)), "{given}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for given in [
            "",
            "m",
            "1.g",
            ".5g",
            "1.5.5g",
            "1e3",
            "1  m",
            "1 ",
            " 1m",
            "1m\n",
            "1_000",
            "1kk",
            "1mg",
            "1ki b",
            "1bi",
            "1i",
            "1p",
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

    #[test]
    fn swap_may_be_without_limit() {
        for (given, bytes) in [
            (json!(-1), -1),
            (json!("-1"), -1),
            (json!("1g"), 1 << 30),
            (json!(5), 5),
        ] {
            assert_eq!(Swap::parse(given.clone()), Ok(Swap(bytes)), "{given}");
        }
        for given in [json!(-2), json!("-1g"), json!("-1 "), json!("")] {
            assert!(Swap::parse(given.clone()).is_err(), "{given}");
        }
    }
}
