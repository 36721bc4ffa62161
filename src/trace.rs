//! Reads where in a trace a call stands, as W3C Trace Context writes it.
//!
//! A client says so in the `_meta` of a request. It is kept with the call, so that its line in the log, its
//! line in the audit and what it asks of the Engine can be found by the trace; it is sent on to nobody.

use std::sync::Arc;

use serde::Serialize;

/// How many members a `tracestate` may have, and how many bytes.
const MOST_MEMBERS: usize = 32;
const LONGEST_STATE: usize = 512;

/// The place of a call in a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The version, the id of the trace, the id of the client's span and the flags.
    #[serde(rename = "traceparent")]
    parent: Arc<str>,
    /// What tracing systems keep with it.
    #[serde(rename = "tracestate", skip_serializing_if = "Option::is_none")]
    state: Option<Arc<str>>,
}

impl Trace {
    /// Reads the two headers. What is malformed is passed over, as the specification has it: without a
    /// `traceparent` there is no trace, whatever the `tracestate` is.
    pub fn read(parent: &str, state: Option<&str>) -> Option<Self> {
        is_parent(parent).then(|| Self {
            parent: parent.into(),
            state: state.filter(|state| is_state(state)).map(Into::into),
        })
    }

    /// The `traceparent`.
    pub fn parent(&self) -> &str {
        &self.parent
    }

    /// The `tracestate`, where there is one.
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }
}

/// A later version may have more behind what version 00 has.
fn is_parent(text: &str) -> bool {
    let mut parts = text.splitn(5, '-');
    let mut next = |length| parts.next().filter(|part| is_hex(part, length));
    let (Some(version), Some(trace), Some(span), Some(_)) = (next(2), next(32), next(16), next(2))
    else {
        return false;
    };
    let more = parts.next();
    let is_some = |id: &str| id.bytes().any(|byte| byte != b'0');
    let fits = match version {
        "00" => more.is_none(),
        "ff" => false,
        _ => more.is_none_or(|more| text.len() <= LONGEST_STATE && more.bytes().all(is_plain)),
    };
    fits && is_some(trace) && is_some(span)
}

fn is_hex(text: &str, length: usize) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == length && text.bytes().all(digit)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

/// A list of pairs, of which some may be empty.
fn is_state(text: &str) -> bool {
    let members = || text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let is_member = |member: &str| {
        member.split_once('=').is_some_and(|(key, value)| {
            let in_key = |byte: u8| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/@".contains(&byte)
            };
            let in_value = |byte: u8| (byte == b' ' || is_plain(byte)) && byte != b'=';
            !key.is_empty()
                && key.bytes().all(in_key)
                && !value.is_empty()
                && value.bytes().all(in_value)
        })
    };
    let count = members().count();
    text.len() <= LONGEST_STATE && (1..=MOST_MEMBERS).contains(&count) && members().all(is_member)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_the_specification_allows_is_taken_and_the_rest_passed_over() {
        for parent in [
            PARENT,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be",
        ] {
            assert_eq!(Trace::read(parent, None).unwrap().parent(), parent);
        }
        for parent in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-a b",
        ] {
            assert_eq!(Trace::read(parent, Some("a=1")), None, "{parent:?}");
        }
    }

    #[test]
    fn a_state_that_is_malformed_is_left_out_alone() {
        let state = |state: &str| Trace::read(PARENT, Some(state)).unwrap().state;
        for good in [
            "rojo=00f067aa0ba902b7",
            "a=1, b=2",
            "0t@sys/x*=a b~",
            "a=1,,b=2",
        ] {
            assert_eq!(state(good).as_deref(), Some(good));
        }
        let (long, many) = (format!("a={}", "x".repeat(511)), vec!["a=1"; 33].join(","));
        for bad in [
            "", ",", "a", "a=", "=1", "A=1", "a=1=2", "a=\n", "a=ä", &long, &many,
        ] {
            assert_eq!(state(bad), None, "{bad:?}");
        }
    }
}
