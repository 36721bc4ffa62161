//! Reads a signal as Engines spell them.

use serde::Serialize;
use serde_json::Value;

use super::json;
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;
use crate::vocabulary::nearest;

/// The names that Engines know, without those of real time that are counted.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];

/// A signal: its name in upper case without `SIG`, or its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signal(pub String);

impl Parameter for Signal {
    const SCHEMA: Schema = Schema::String;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        if let Some(number) = json::integer(&value) {
            // Those between are the C library's own.
            let known = matches!(number, 1..=31 | 34..=64);
            return known
                .then(|| Self(number.to_string()))
                .ok_or(Mismatch::Kind);
        }
        let text = json::text(value)?.to_ascii_uppercase();
        let name = text.strip_prefix("SIG").unwrap_or(&text);
        if NAMES.contains(&name) || is_of_real_time(name) {
            return Ok(Self(name.to_owned()));
        }
        let near = nearest(name, NAMES.iter().copied());
        Err(near.map_or(Mismatch::Kind, |near| {
            Mismatch::because(format!("did you mean `{near}`?"))
        }))
    }
}

/// Whether it is one of the signals of real time, counted from either end.
fn is_of_real_time(name: &str) -> bool {
    let counted = |from: &str, most: i64| {
        let count = name.strip_prefix(from).map(Value::from);
        let count = count.as_ref().and_then(json::integer);
        count.is_some_and(|count| (1..=most).contains(&count))
    };
    counted("RTMIN+", 15) || counted("RTMAX-", 14)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn signals_are_read_as_engines_spell_them() {
        for (given, read) in [
            ("KILL", "KILL"),
            ("SIGKILL", "KILL"),
            ("sigterm", "TERM"),
            ("9", "9"),
            ("64", "64"),
            ("RTMIN+3", "RTMIN+3"),
            ("SIGRTMAX-14", "RTMAX-14"),
        ] {
            let signal = Signal::parse(json!(given));
            assert_eq!(signal, Ok(Signal(read.to_owned())), "{given}");
        }
        assert_eq!(Signal::parse(json!(15)), Ok(Signal("15".to_owned())));
    }

    #[test]
    fn what_is_no_signal_is_refused() {
        for given in [
            "",
            "0",
            "-9",
            "32",
            "65",
            "1000",
            "SIG",
            "SIGSIGKILL",
            "RTMIN+16",
            "RTMIN+0",
            "RTMAX-15",
            "KILL TERM",
            " KILL",
            "RTMIN+003",
            "009",
        ] {
            assert!(Signal::parse(json!(given)).is_err(), "{given:?}");
        }
        let near = Signal::parse(json!("SIGTREM")).unwrap_err();
        assert_eq!(near, Mismatch::because("did you mean `TERM`?"));
    }
}
