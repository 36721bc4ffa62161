//! Says what it means that the Engine tells of no event.

use jiff::Timestamp;
use serde_json::Value;

use super::text_at;

/// What is to be said besides the events of a result: that there are none, and since when that is
/// known. An Engine forgets, so that none that it knows of is not none that there was.
pub(super) fn silence(events: &Value) -> String {
    if events.is_null() {
        return "The events are not known.".to_owned();
    }
    let time = |key: &str| text_at(events, key).parse::<Timestamp>().ok();
    let (since, known) = (time("/since"), text_at(events, "/since_known"));
    let is_whole =
        since.is_some() && time("/since_known").is_some_and(|known| Some(known) <= since);
    let is_empty = text_at(events, "/events/0/action").is_empty();
    match (is_empty, is_whole, known) {
        (true, true, _) => format!("None since {}.", text_at(events, "/since")),
        (true, false, "") => {
            "The Engine remembers no event at all, so what happened is not known.".to_owned()
        }
        (true, false, known) => format!(
            "None since {known}. What happened before is not known: the Engine remembers 256 events, and none from \
             before its start."
        ),
        (false, true, _) | (false, false, "") => String::new(),
        (false, false, known) => {
            format!("What happened before {known} is not known: the Engine does not remember it.")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_is_not_none() {
        let since = "2026-05-01T10:00:00Z";
        let (before, after) = ("2026-05-01T09:00:00Z", "2026-05-01T11:00:00Z");
        for (events, expected) in [
            (Value::Null, "The events are not known."),
            (
                json!({ "events": [], "since": since, "since_known": before }),
                "None since 2026-05-01T10:00:00Z.",
            ),
            (
                json!({ "events": [], "since": since, "since_known": after }),
                "None since 2026-05-01T11:00:00Z. What happened before is not known",
            ),
            (
                json!({ "events": [], "since": since, "since_known": null }),
                "The Engine remembers no event at all",
            ),
            (
                json!({ "events": [{ "action": "die" }], "since": since, "since_known": after }),
                "What happened before 2026-05-01T11:00:00Z is not known",
            ),
        ] {
            let said = silence(&events);
            assert!(said.starts_with(expected), "{events}: {said}");
        }
        let whole =
            json!({ "events": [{ "action": "die" }], "since": since, "since_known": before });
        assert_eq!(silence(&whole), "");
    }
}
