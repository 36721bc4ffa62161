//! Reads the plain types: booleans, numbers, text, lists of text, addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

use super::json::{self, clip};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

impl Parameter for bool {
    const SCHEMA: Schema = Schema::Boolean;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        match &value {
            Value::Bool(yes) => Ok(*yes),
            Value::String(text) if text == "true" => Ok(true),
            Value::String(text) if text == "false" => Ok(false),
            _ => Err(Mismatch::Kind),
        }
    }
}

impl Parameter for i64 {
    const SCHEMA: Schema = Schema::Integer;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        json::integer(&value).ok_or(Mismatch::Kind)
    }
}

impl Parameter for f64 {
    const SCHEMA: Schema = Schema::Number;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            // Rust's own parser takes `inf` and `NaN` too; JSON has no such numbers.
            Value::String(text) => text.parse::<Number>().ok().and_then(|n| n.as_f64()),
            _ => None,
        };
        number.filter(|n| n.is_finite()).ok_or(Mismatch::Kind)
    }
}

impl Parameter for String {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        json::text(value)
    }
}

impl Parameter for Vec<String> {
    const SCHEMA: Schema = Schema::Array(&String::SCHEMA);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        json::strings(value)
    }
}

impl Parameter for Ipv4Addr {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        address(value)
    }
}

impl Parameter for Ipv6Addr {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        address(value)
    }
}

impl Parameter for Vec<IpAddr> {
    const SCHEMA: Schema = Schema::Array(&Schema::String);

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let read = |text: String| {
            text.parse().map_err(|_| {
                Mismatch::Reason(format!("`{}` is not an IP address", clip(&text, 40)))
            })
        };
        json::strings(value)?.into_iter().map(read).collect()
    }
}

fn address<T: std::str::FromStr>(value: Value) -> Result<T, Mismatch> {
    json::text(value)?.parse().map_err(|_| Mismatch::Kind)
}

/// How many processors, in parts too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cpus(pub f64);

impl Parameter for Cpus {
    const SCHEMA: Schema = f64::SCHEMA;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        f64::parse(value).map(Self)
    }
}

impl Cpus {
    /// In billionths of one, as the Engine counts them.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast keeps to the bounds, and no machine has so many"
    )]
    pub fn billionths(self) -> i64 {
        (self.0 * 1e9).round() as i64
    }
}

/// How many of the newest lines are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// So many.
    Lines(u64),
    /// Every one.
    All,
}

impl Parameter for Tail {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        if value == "all" {
            return Ok(Self::All);
        }
        let lines = json::integer(&value).ok_or(Mismatch::Kind)?;
        u64::try_from(lines)
            .map(Self::Lines)
            .map_err(|_| Mismatch::because("it is negative"))
    }
}

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines(lines) => lines.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

impl Serialize for Tail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Lines(lines) => serializer.serialize_u64(*lines),
            Self::All => serializer.serialize_str("all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good<T: Parameter>(cases: &[(Value, Value)]) {
        for (given, read) in cases {
            let parsed = T::parse(given.clone()).unwrap_or_else(|why| panic!("{given}: {why:?}"));
            assert_eq!(serde_json::to_value(parsed).unwrap(), *read, "{given}");
        }
    }

    fn bad<T: Parameter>(cases: &[Value]) {
        for given in cases {
            assert!(T::parse(given.clone()).is_err(), "{given}");
        }
    }

    #[test]
    fn a_boolean_may_be_its_exact_string() {
        good::<bool>(&[
            (json!(true), json!(true)),
            (json!("true"), json!(true)),
            (json!("false"), json!(false)),
        ]);
        bad::<bool>(&[
            json!("True"),
            json!(1),
            json!("yes"),
            json!(""),
            json!([true]),
        ]);
    }

    #[test]
    fn an_integer_may_be_its_exact_string() {
        good::<i64>(&[
            (json!(10), json!(10)),
            (json!("10"), json!(10)),
            (json!("-3"), json!(-3)),
            (json!(10.0), json!(10)),
        ]);
        bad::<i64>(&[
            json!("abc"),
            json!("+1"),
            json!("007"),
            json!("-0"),
            json!("10\n"),
            json!(" 10"),
            json!(1.5),
            json!("1.0"),
            json!(1e300),
            json!(u64::MAX),
            json!(true),
        ]);
    }

    #[test]
    fn a_number_is_finite_and_may_be_its_exact_string() {
        good::<f64>(&[
            (json!(1.5), json!(1.5)),
            (json!(2), json!(2.0)),
            (json!("0.25"), json!(0.25)),
        ]);
        bad::<f64>(&[
            json!("NaN"),
            json!("inf"),
            json!("1.5 "),
            json!("1.5\n"),
            json!(""),
        ]);
    }

    #[test]
    fn a_list_of_strings_may_be_a_json_string_that_holds_it_or_its_only_item() {
        good::<Vec<String>>(&[
            (json!(["a", ""]), json!(["a", ""])),
            (json!(r#"["a","b"]"#), json!(["a", "b"])),
            (json!([]), json!([])),
            (json!("NET_ADMIN"), json!(["NET_ADMIN"])),
        ]);
        bad::<Vec<String>>(&[
            json!("[a"),
            json!("[1]"),
            json!("{}"),
            json!("\"a\""),
            json!({}),
            json!([1]),
        ]);
        assert_eq!(
            Vec::<String>::parse(json!(["a", 5])),
            Err(Mismatch::because("item 2 is a number, not a string"))
        );
    }

    #[test]
    fn addresses_are_of_their_family() {
        good::<Ipv4Addr>(&[(json!("10.0.0.2"), json!("10.0.0.2"))]);
        bad::<Ipv4Addr>(&[
            json!("10.0.0.256"),
            json!("::1"),
            json!("10.0.0.2/24"),
            json!(1),
        ]);
        good::<Ipv6Addr>(&[(json!("fd00:0::2"), json!("fd00::2"))]);
        bad::<Ipv6Addr>(&[json!("10.0.0.2"), json!("fe80::1%eth0")]);
        good::<Vec<IpAddr>>(&[
            (json!("9.9.9.9"), json!(["9.9.9.9"])),
            (json!(["9.9.9.9", "::1"]), json!(["9.9.9.9", "::1"])),
        ]);
        bad::<Vec<IpAddr>>(&[json!("dns.example"), json!(["9.9.9.9", ""]), json!(9)]);
    }

    #[test]
    fn a_tail_is_a_count_or_all() {
        good::<Tail>(&[
            (json!("all"), json!("all")),
            (json!(0), json!(0)),
            (json!("25"), json!(25)),
        ]);
        bad::<Tail>(&[json!("ALL"), json!(-1), json!("some"), json!(1.5)]);
    }
}
