//! Brings lines that differ only in times, ids and numbers into one form.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What differs from one such line to the next: UUIDs, times and numbers with a unit or several parts,
/// and hexadecimal ids.
static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let uuid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
    let number = r"[0-9]+(?:[-T:.,/+][0-9]+)*(?:[a-zA-Zµ]{1,2})?";
    let hexadecimal = "(?:0x)?[0-9a-fA-F]{6,}";
    let long = "[0-9A-Za-z]{20,}";
    Regex::new(&format!(r"\b(?:{uuid}|{number}|{hexadecimal}|{long})\b")).ok()
});

/// What lines speak of that hold the status of an answer.
static OF_ANSWERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:https?|status|code|response|get|head|post|put|patch|delete)\b|status_?code",
    )
    .ok()
});

/// The form of a line. A zero is none of the numbers, nor is the first digit of the status of an answer:
/// a failure is not to stand behind a success.
pub(super) fn form(line: &str) -> Cow<'_, str> {
    let of_answer = OF_ANSWERS.as_ref().is_some_and(|it| it.is_match(line));
    match &*VARYING {
        Some(varying) => varying.replace_all(line, |found: &Captures<'_>| {
            let found = found.get(0).map_or("", |it| it.as_str());
            match found.as_bytes() {
                b"0" => "0".to_owned(),
                [class @ b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] if of_answer => {
                    format!("{}##", char::from(*class))
                }
                text if text.iter().any(u8::is_ascii_digit) => "#".to_owned(),
                _ => found.to_owned(),
            }
        }),
        None => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_in_times_ids_and_numbers_have_one_form() {
        for (one, other) in [
            (
                "2026-05-01T10:00:00.123Z GET /a took 12ms",
                "2026-05-02T11:30:59.9Z GET /a took 1.5s",
            ),
            (
                "request 7f3a9c1e of 10.0.0.7:5123",
                "request 00ddee01 of 10.0.0.12:80",
            ),
            (
                "id=6ba7b810-9dad-11d1-80b4-00c04fd430c8 ok",
                "id=6ba7b811-9dad-11d1-80b4-00c04fd430c9 ok",
            ),
            ("[worker-3] 17 of 99 done", "[worker-12] 18 of 99 done"),
            ("status 200", "status 204"),
            ("tick 99 of 300", "tick 599 of 300"),
        ] {
            assert_eq!(form(one), form(other));
        }
    }

    #[test]
    fn what_says_something_else_has_another_form() {
        for (one, other) in [
            ("db1 is down", "db2 is down"),
            ("GET /a 200", "GET /a 500"),
            ("0 errors", "3 errors"),
            ("a facade fell", "a decade fell"),
            ("GET /users", "GET /orders"),
        ] {
            assert_ne!(form(one), form(other));
        }
    }
}
