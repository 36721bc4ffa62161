//! Reads one event of the Engine and writes it short.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

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
pub(super) struct Happened<'a> {
    pub(super) time: Option<Timestamp>,
    /// What kind of object it happened to.
    pub(super) kind: &'a str,
    pub(super) action: &'a str,
    /// The full id of the object.
    pub(super) id: &'a str,
    attributes: Option<&'a Map<String, Value>>,
}

impl<'a> Happened<'a> {
    /// Reads an event; the older keys are those of Engines before API 1.22.
    pub(super) fn read(event: &'a Value) -> Self {
        let text = |pointers: [&str; 2]| {
            let mut found = pointers.iter().filter_map(|at| event.pointer(at)?.as_str());
            found.next().unwrap_or_default()
        };
        Self {
            time: time(event),
            kind: text(["/Type", "/type"]),
            action: text(["/Action", "/status"]),
            id: text(["/Actor/ID", "/id"]),
            attributes: event
                .pointer("/Actor/Attributes")
                .and_then(Value::as_object),
        }
    }

    /// What the object is called. A volume has no name but its id.
    pub(super) fn name(&self) -> &'a str {
        match self.attribute("name") {
            "" if self.kind == "volume" => self.id,
            name => name,
        }
    }

    /// The value of an attribute; empty where it has none.
    pub(super) fn attribute(&self, name: &str) -> &'a str {
        let value = self.attributes.and_then(|attributes| attributes.get(name));
        value.and_then(Value::as_str).unwrap_or_default()
    }

    /// What the result says of it, shortened where it takes more than that, and whether it was.
    pub(super) fn item(&self, most: usize) -> (Value, bool) {
        let item = self.written();
        if item.to_string().len() < most {
            return (item, false);
        }
        (shortened(item), true)
    }

    fn written(&self) -> Value {
        let attributes: Map<String, Value> = self
            .attributes
            .into_iter()
            .flatten()
            .filter(|(name, _)| self.is_told(name))
            .map(|(name, value)| (name.clone(), told(name, value)))
            .collect();
        let mut item = json!({
            "time": self.time.map(written),
            "type": self.kind,
            "action": self.action,
            "id": short(self.id),
            "name": self.name(),
        });
        if let Some(item) = item.as_object_mut()
            && !attributes.is_empty()
        {
            item.insert("attributes".to_owned(), attributes.into());
        }
        item
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

/// In a line for people.
impl fmt::Display for Happened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.name() {
            "" => short(self.id),
            name => name,
        };
        write!(
            f,
            "{} {name}: {}",
            self.kind,
            text::head(self.action, LONGEST_TEXT)
        )?;
        match self.attribute("exitCode") {
            "" => Ok(()),
            code => write!(f, " with exit code {code}"),
        }
    }
}

/// When an event was.
pub(super) fn time(event: &Value) -> Option<Timestamp> {
    let precise = event["timeNano"]
        .as_i64()
        .map(i128::from)
        .map(Timestamp::from_nanosecond);
    let coarse = || event["time"].as_i64().map(Timestamp::from_second);
    precise.or_else(coarse)?.ok()
}

/// A time as results show it: to the second, for the order says what came first.
pub(super) fn written(time: Timestamp) -> String {
    format!("{time:.0}")
}

fn told(name: &str, value: &Value) -> Value {
    match value.as_str() {
        Some(id) if matches!(name, "container" | "execID") => short(id).into(),
        _ => value.clone(),
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

/// Shortens the texts of an event so long that it would crowd out the others, such as that of an
/// exec with a script for its command.
fn shortened(mut item: Value) -> Value {
    let shorten = |value: &mut Value| {
        if let Value::String(long) = value
            && long.len() > LONGEST_TEXT
        {
            *long = format!("{}…", text::head(long, LONGEST_TEXT));
        }
    };
    if let Some(keys) = item.as_object_mut() {
        keys.values_mut().for_each(shorten);
    }
    if let Some(attributes) = item.get_mut("attributes").and_then(Value::as_object_mut) {
        let first = std::mem::take(attributes).into_iter().take(MOST_ATTRIBUTES);
        attributes.extend(first);
        attributes.values_mut().for_each(shorten);
    }
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d";

    fn item(event: &Value) -> Value {
        Happened::read(event).item(10_000).0
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
        assert!(clipped && item.to_string().len() < 1000);
        assert!(Happened::read(&event).to_string().len() < 1000);
    }
}
