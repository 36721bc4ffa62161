//! Reads one event of the Engine and writes it short.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::progress::Sentence;
use crate::engine::{Part, Told};
use crate::ordered;
use crate::output::text;

/// The most of a text and of the attributes that is kept of an event that is too long.
const LONGEST_TEXT: usize = 200;
const MOST_ATTRIBUTES: usize = 10;

/// How many digits of an id tell it from others.
const SHORT: usize = 12;

/// Labels that say how an object was made and not what became of it; the Engine repeats them with
/// each event.
const LABELS_OF_MAKERS: [&str; 7] = [
    "com.docker.",
    "desktop.docker.",
    "io.buildah.",
    "io.buildpacks.",
    "io.podman.",
    "org.label-schema.",
    "org.opencontainers.",
];

/// One event; types that are not known yet look the same.
#[derive(Debug)]
pub(crate) struct Happened {
    pub(crate) time: Option<Timestamp>,
    /// What kind of object it happened to.
    pub(crate) kind: String,
    pub(crate) action: String,
    /// The full id of the object.
    pub(crate) id: String,
    attributes: BTreeMap<String, Told<String>>,
}

/// What the result says of an event.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item {
    time: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    action: String,
    id: String,
    name: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

/// An event as the Engine sends it; the small keys are those of Engines before API 1.22, and what
/// newer ones send beside the others.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    time: Told<i64>,
    #[serde(rename = "timeNano")]
    nanoseconds: Told<i64>,
    #[serde(rename = "Type")]
    kind: Told<String>,
    #[serde(rename = "type")]
    kind_before: Told<String>,
    #[serde(rename = "Action")]
    action: Told<String>,
    #[serde(rename = "status")]
    action_before: Told<String>,
    #[serde(rename = "Actor")]
    actor: Part<Actor>,
    #[serde(rename = "id")]
    id_before: Told<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Actor {
    #[serde(rename = "ID")]
    id: Told<String>,
    #[serde(rename = "Attributes")]
    attributes: Part<BTreeMap<String, Told<String>>>,
}

impl Sent {
    fn moment(&self) -> Option<Timestamp> {
        let precise = self.nanoseconds.map(i128::from);
        let precise = precise.map(Timestamp::from_nanosecond);
        let coarse = || self.time.map(Timestamp::from_second);
        precise.or_else(coarse)?.ok()
    }
}

impl Happened {
    /// Reads an event; of what is none nothing is known.
    pub(crate) fn read(event: &Value) -> Self {
        let sent = Sent::deserialize(event).unwrap_or_default();
        let text = |now: Told<String>, before: Told<String>| now.0.or(before.0).unwrap_or_default();
        let time = sent.moment();
        let actor = sent.actor.0;
        Self {
            time,
            kind: text(sent.kind, sent.kind_before),
            action: text(sent.action, sent.action_before),
            id: text(actor.id, sent.id_before),
            attributes: actor.attributes.0,
        }
    }

    /// What the object is called. A volume has no name but its id.
    pub(crate) fn name(&self) -> &str {
        match self.attribute("name") {
            "" if self.kind == "volume" => &self.id,
            name => name,
        }
    }

    /// The value of an attribute; empty where it has none.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", Told::text)
    }

    /// What the result says of it, shortened where it takes more than that, and whether it was.
    pub(crate) fn item(&self, most: usize) -> (Item, bool) {
        let item = self.written();
        if item.cost() < most {
            return (item, false);
        }
        (item.shortened(), true)
    }

    /// In a line for people.
    pub(crate) fn told(&self) -> Sentence {
        let name = match self.name() {
            "" => short(&self.id),
            name => name,
        };
        let action = text::head(&self.action, LONGEST_TEXT);
        let (with, code) = match self.attribute("exitCode") {
            "" => ("", ""),
            code => (" with exit code ", code),
        };
        Sentence::of([&*self.kind, " ", name, ": ", action, with, code])
    }

    fn written(&self) -> Item {
        let attributes = self.attributes.iter();
        let attributes = attributes
            .filter(|(name, _)| self.is_told(name))
            .filter_map(|(name, value)| Some((name.clone(), told(name, value.as_deref()?))));
        Item {
            time: self.time.map(written),
            kind: self.kind.clone(),
            action: self.action.clone(),
            id: short(&self.id).to_owned(),
            name: self.name().to_owned(),
            attributes: ordered::map(attributes),
        }
    }

    /// Whether an attribute says something that the rest does not: a container has the same image all
    /// its life.
    fn is_told(&self, name: &str) -> bool {
        let is_repeated = name == "image" && self.kind == "container" && self.action != "create";
        name != "name"
            && !is_repeated
            && !LABELS_OF_MAKERS
                .iter()
                .any(|prefix| name.starts_with(prefix))
    }
}

/// A time as results show it: to the second, for the order says what came first.
pub(crate) fn written(time: Timestamp) -> String {
    format!("{time:.0}")
}

fn told(name: &str, value: &str) -> String {
    match name {
        "container" | "execID" => short(value).to_owned(),
        _ => value.to_owned(),
    }
}

/// The first digits of an id; anything else stays as it is.
fn short(id: &str) -> &str {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    let is_id = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.split_at_checked(SHORT) {
        Some((short, _)) if is_id => short,
        _ => id,
    }
}

impl Item {
    /// The bytes that it takes in a result.
    pub(crate) fn cost(&self) -> usize {
        serde_json::to_string(self).map_or(0, |text| text.len())
    }

    /// Shortens the texts of an event so long that it would crowd out the others, such as that of an
    /// exec with a script for its command.
    fn shortened(self) -> Self {
        let shorten = |long: String| match long.len() > LONGEST_TEXT {
            true => format!("{}…", text::head(&long, LONGEST_TEXT)),
            false => long,
        };
        let first = self.attributes.into_iter().take(MOST_ATTRIBUTES);
        Self {
            time: self.time,
            kind: shorten(self.kind),
            action: shorten(self.action),
            id: shorten(self.id),
            name: shorten(self.name),
            attributes: ordered::map(first.map(|(name, value)| (name, shorten(value)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d";

    fn item(event: &Value) -> Value {
        serde_json::to_value(Happened::read(event).item(10_000).0).unwrap()
    }

    #[test]
    fn an_event_keeps_what_it_says_whatever_its_type() {
        let event = json!({
            "Type": "pod", "Action": "die", "time": 1, "timeNano": 1_714_557_600_250_000_000_i64,
            "Actor": {"ID": "ab12", "Attributes": {"name": "web", "exitCode": "137", "image": "a"}},
        });
        assert_eq!(
            item(&event),
            json!({
                "time": "2024-05-01T10:00:00Z", "type": "pod", "action": "die", "id": "ab12",
                "name": "web", "attributes": {"exitCode": "137", "image": "a"},
            }),
        );
        let old = json!({ "status": "start", "id": ID, "from": "a", "time": 0 });
        assert_eq!(item(&old)["action"], "start");
        assert_eq!(item(&old)["id"], "8f1d3c5a7b9e");
    }

    #[test]
    fn an_event_of_a_container_of_compose_is_short() {
        let event = |action: &str| {
            json!({
                "Type": "container", "Action": action, "timeNano": 1_714_557_600_250_000_000_i64,
                "Actor": {"ID": ID, "Attributes": {
                    "name": "shop-web-1", "image": "shop/web:1", "exitCode": "1",
                    "com.docker.compose.project": "shop", "com.docker.compose.config-hash": "0123",
                    "org.opencontainers.image.source": "https://example.com", "tier": "front",
                }},
            })
        };
        let die = item(&event("die"));
        assert_eq!(die["attributes"], json!({"exitCode": "1", "tier": "front"}));
        assert_eq!(item(&event("create"))["attributes"]["image"], "shop/web:1");
        let bare = json!({
            "Type": "container", "Action": "start", "timeNano": 1_714_557_600_250_000_000_i64,
            "Actor": {"ID": ID, "Attributes": {"name": "web", "image": "shop/web:1"}},
        });
        let bare = item(&bare).to_string();
        assert!(bare.len() < 120, "{} bytes: {bare}", bare.len());
    }

    #[test]
    fn an_event_without_a_name_has_an_empty_one() {
        let event = json!({"Type": "builder", "Action": "prune", "time": 0, "Actor": {"ID": "", "Attributes": null}});
        assert_eq!(
            item(&event),
            json!({
                "time": "1970-01-01T00:00:00Z", "type": "builder", "action": "prune", "id": "", "name": "",
            }),
        );
    }

    #[test]
    fn a_volume_is_named_by_its_id() {
        let event =
            json!({"Type": "volume", "Action": "create", "time": 0, "Actor": {"ID": "data"}});
        assert_eq!(item(&event)["name"], "data");
        let anonymous = json!({"Type": "volume", "Action": "create", "Actor": {"ID": ID}});
        assert_eq!(item(&anonymous)["name"], ID);
    }

    /// One exec with a whole script for its command must not hide what else happened.
    #[test]
    fn a_long_event_is_shortened() {
        let long = format!("exec_start: {}", "x".repeat(100_000));
        let event = json!({"Type": "container", "Action": long, "time": 2});
        let (item, clipped) = Happened::read(&event).item(4000);
        assert!(clipped && item.cost() < 1000);
        assert!(format!("{:?}", Happened::read(&event).told()).len() < 1000);
    }
}
