//! Says how old the objects are that a prune would remove.

use jiff::Timestamp;

use crate::operations::objects::{Cache, Prunable};
use crate::params::Now;

/// How long ago an object was made, on the Engine's clock: `made 3 hours ago`. Empty where nobody
/// knows.
pub(crate) fn age(object: &impl Prunable, now: Now) -> String {
    ago("made", object.made(), now)
}

/// The same of a record of the build cache, whose use counts.
pub(crate) fn unused(record: &Cache, now: Now) -> String {
    let used = record.last_used_at.text().parse().ok();
    ago("last used", used, now)
}

fn ago(what: &str, time: Option<Timestamp>, now: Now) -> String {
    // Engines write the year 1 for what they do not know.
    let Some(time) = time.filter(|time| *time > Timestamp::UNIX_EPOCH) else {
        return String::new();
    };
    let seconds = time.duration_until(now.latest).as_secs().max(0);
    let units = [
        (365 * 86400, "year"),
        (30 * 86400, "month"),
        (86400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let unit = units.iter().find(|(length, _)| seconds >= *length);
    match unit.map(|(length, unit)| (seconds / length, unit)) {
        None => format!("{what} just now"),
        Some((1, unit)) => format!("{what} 1 {unit} ago"),
        Some((many, unit)) => format!("{what} {many} {unit}s ago"),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::operations::objects::{Network, Volume};

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let now = Now::at("2026-05-01T10:00:00Z".parse().unwrap());
        for (object, expected) in [
            (json!({ "Created": 1_777_629_599 }), "made just now"),
            (json!({ "Created": 1_777_629_598 }), "made 1 second ago"),
            (
                json!({ "Created": "2026-05-01T09:00:00Z" }),
                "made 1 hour ago",
            ),
            (
                json!({ "CreatedAt": "2026-04-28T09:00:00+02:00" }),
                "made 3 days ago",
            ),
            (
                json!({ "Created": "2024-04-28T09:00:00Z" }),
                "made 2 years ago",
            ),
            (
                json!({ "Created": "2026-05-01T12:00:00Z" }),
                "made just now",
            ),
            (json!({ "Created": "0001-01-01T00:00:00Z" }), ""),
            (json!({}), ""),
        ] {
            let told = match object.get("CreatedAt") {
                None => age(&Network::deserialize(&object).unwrap(), now),
                Some(_) => age(&Volume::deserialize(&object).unwrap(), now),
            };
            assert_eq!(told, expected, "{object}");
        }
        let record = json!({ "LastUsedAt": "2026-05-01T09:58:00Z" });
        let record = Cache::deserialize(&record).unwrap();
        assert_eq!(unused(&record, now), "last used 2 minutes ago");
    }
}
