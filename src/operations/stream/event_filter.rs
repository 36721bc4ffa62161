//! Chooses among the Engine's events: exactly where its own filters match whatever begins alike, and
//! without what repeats itself.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::event::Happened;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, Told, record};
use crate::params::{ContainerRef, Filters, Parameter as _};

/// The filters that name an object of that kind. The Engine lets through what begins with the value.
const OBJECTS: [&str; 10] = [
    "config",
    "container",
    "daemon",
    "image",
    "network",
    "node",
    "plugin",
    "secret",
    "service",
    "volume",
];

/// As many digits of an id are taken for one.
const LEAST_DIGITS: usize = 12;

/// Of a container its full id.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Container {
    id: Told<String>,
}

/// What of the events is asked for.
#[derive(Debug, Default)]
pub(crate) struct EventFilter {
    given: BTreeMap<String, Vec<String>>,
    /// The full ids of the containers that were named.
    containers: HashMap<String, String>,
    execs: bool,
    /// The last state of health that was told of each container.
    health: HashMap<String, String>,
}

impl EventFilter {
    /// Reads `filters`, and looks up the containers in them.
    pub(crate) async fn of(
        filters: Option<&Filters>,
        execs: bool,
        call: &Call<'_>,
    ) -> Result<Self, CallError> {
        let mut filter = Self::new(filters, execs);
        let named = filter.given.get("container").cloned().unwrap_or_default();
        for reference in named.into_iter().filter(|name| !is_full_id(name)) {
            if let Some(id) = container(&reference, call).await? {
                filter.containers.insert(reference, id);
            }
        }
        Ok(filter)
    }

    fn new(filters: Option<&Filters>, execs: bool) -> Self {
        let given = filters.map(|filters| filters.0.clone()).unwrap_or_default();
        let asks_for_execs = given
            .get("event")
            .is_some_and(|actions| actions.iter().any(|action| action.starts_with("exec_")));
        Self {
            given,
            execs: execs || asks_for_execs,
            ..Self::default()
        }
    }

    /// Whether the Engine leaves anything out.
    pub(crate) fn is_set(&self) -> bool {
        !self.given.is_empty()
    }

    /// The filters as the Engine gets them. It knows a container by its full id whatever it is called
    /// by now, and by its name one that is gone.
    pub(crate) fn sent(&self) -> Option<HashMap<String, Vec<String>>> {
        if !self.is_set() {
            return None;
        }
        let mut sent: HashMap<String, Vec<String>> = self.given.clone().into_iter().collect();
        if let Some(containers) = sent.get_mut("container") {
            let ids = containers
                .iter()
                .filter_map(|name| self.containers.get(name));
            let ids: Vec<String> = ids.cloned().collect();
            containers.retain(|name| !ids.iter().any(|id| id.starts_with(name.as_str())));
            containers.splice(..0, ids);
        }
        Some(sent)
    }

    /// Takes note of an event that comes before what is asked for.
    pub(crate) fn pass_over(&mut self, event: &Happened) {
        let _ = self.is_news(event);
    }

    /// Whether an event that the Engine let through is asked for.
    pub(crate) fn chooses(&mut self, event: &Happened) -> bool {
        let is_exec = event.action.starts_with("exec_");
        let is_asked_for = OBJECTS.iter().all(|kind| match self.given.get(*kind) {
            Some(values) => values.iter().any(|value| self.is_about(event, kind, value)),
            None => true,
        });
        is_asked_for && (self.execs || !is_exec && self.is_news(event))
    }

    /// Whether an event happened to the object of that kind that a value names.
    fn is_about(&self, event: &Happened, kind: &str, value: &str) -> bool {
        if kind == "image" {
            return is_about_image(event, value);
        }
        if event.kind != kind {
            return false;
        }
        let named = event.name() == value || event.id == value;
        match self.containers.get(value) {
            Some(id) if kind == "container" => event.id == *id || named,
            _ => named || is_short_for(value, &event.id),
        }
    }

    /// Whether an event says something new: a health check that has the same outcome does not.
    fn is_news(&mut self, event: &Happened) -> bool {
        if !event.action.starts_with("health_status") {
            return true;
        }
        let before = self
            .health
            .insert(event.id.to_owned(), event.action.to_owned());
        before.is_none_or(|before| before != event.action)
    }
}

/// An event of an image, or of a container that was made from it.
fn is_about_image(event: &Happened, value: &str) -> bool {
    let names = match &*event.kind {
        "image" => [&*event.id, event.name()],
        _ => [event.attribute("image"), ""],
    };
    let is_it = |name: &str| name == value || untagged(name) == value;
    names.into_iter().any(is_it) || event.kind == "image" && is_short_for(value, &event.id)
}

/// A reference without its tag; a colon before the last slash is a registry's port.
fn untagged(reference: &str) -> &str {
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => reference,
    }
}

fn is_short_for(value: &str, id: &str) -> bool {
    let digits = |id: &str| id.strip_prefix("sha256:").unwrap_or(id).to_owned();
    let value = digits(value);
    value.len() >= LEAST_DIGITS && is_hexadecimal(&value) && digits(id).starts_with(&value)
}

fn is_full_id(value: &str) -> bool {
    value.len() == 64 && is_hexadecimal(value)
}

fn is_hexadecimal(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The full id of a container, where there is one.
async fn container(reference: &str, call: &Call<'_>) -> Result<Option<String>, CallError> {
    let Ok(reference) = ContainerRef::parse(reference.into()) else {
        return Ok(None);
    };
    let request = record(|docker| {
        let reference = reference.to_string();
        async move { docker.inspect_container(&reference, None).await }
    })?;
    let request = request.about("container", &reference);
    match call.engine.told::<Container>(request).await {
        Ok(container) => Ok(container.id.0),
        Err(EngineError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d";

    fn filter(filters: Value, execs: bool) -> EventFilter {
        EventFilter::new(Some(&Filters::parse(filters).unwrap()), execs)
    }

    fn event(kind: &str, action: &str, id: &str, name: &str, image: &str) -> Value {
        let attributes = json!({ "name": name, "image": image });
        json!({ "Type": kind, "Action": action, "Actor": { "ID": id, "Attributes": attributes } })
    }

    fn chooses(filter: &mut EventFilter, event: &Value) -> bool {
        filter.chooses(&Happened::read(event))
    }

    #[test]
    fn what_only_begins_alike_is_left_out() {
        for (kind, other_kind) in [("container", "network"), ("volume", "container")] {
            let mut filter = filter(json!({ kind: "web" }), false);
            assert!(chooses(&mut filter, &event(kind, "x", "1", "web", "")));
            assert!(!chooses(&mut filter, &event(kind, "x", "2", "web-hog", "")));
            assert!(!chooses(&mut filter, &event(kind, "x", "web2", "", "")));
            assert!(!chooses(
                &mut filter,
                &event(other_kind, "x", "3", "web", "")
            ));
        }
    }

    #[test]
    fn a_container_that_was_found_is_known_by_its_full_id() {
        let mut filter = filter(json!({ "container": ["web", "gone"] }), false);
        filter.containers.insert("web".into(), ID.into());
        assert_eq!(filter.sent().unwrap()["container"], [ID, "web", "gone"]);
        assert!(chooses(
            &mut filter,
            &event("container", "oom", ID, "old-name", "")
        ));
        assert!(!chooses(
            &mut filter,
            &event("container", "oom", "77", "web-hog", "")
        ));
        assert!(chooses(
            &mut filter,
            &event("container", "die", "78", "gone", "")
        ));
    }

    #[test]
    fn a_short_id_is_replaced_by_the_full_one() {
        let mut filter = filter(json!({ "container": &ID[..12] }), false);
        assert!(chooses(
            &mut filter,
            &event("container", "die", ID, "web", "")
        ));
        filter.containers.insert(ID[..12].into(), ID.into());
        assert_eq!(filter.sent().unwrap()["container"], [ID]);
        assert!(chooses(
            &mut filter,
            &event("container", "die", ID, "web", "")
        ));
    }

    #[test]
    fn an_image_is_one_and_what_was_made_from_it() {
        let mut filter = filter(json!({ "image": "shop/web" }), false);
        for (kind, id, name, image, chosen) in [
            ("image", "shop/web:1", "shop/web", "", true),
            ("image", "sha256:12", "shop/web:1", "", true),
            ("image", "sha256:12", "shop/website:1", "", false),
            ("container", "34", "web", "shop/web:2", true),
            ("container", "34", "shop/web", "shop/website", false),
        ] {
            let event = event(kind, "x", id, name, image);
            assert_eq!(chooses(&mut filter, &event), chosen, "{event}");
        }
    }

    #[test]
    fn what_a_health_check_does_comes_only_where_it_is_asked_for() {
        let events = [
            ("exec_start: true", false),
            ("health_status: healthy", true),
            ("exec_die", false),
            ("health_status: healthy", false),
            ("health_status: unhealthy", true),
            ("health_status: healthy", true),
        ];
        let (mut few, mut all) = (filter(json!({}), false), filter(json!({}), true));
        for (action, news) in events {
            let event = event("container", action, "1", "web", "");
            assert_eq!(chooses(&mut few, &event), news, "{action}");
            assert!(chooses(&mut all, &event), "{action}");
        }
        let mut execs = filter(json!({ "event": "exec_die" }), false);
        assert!(chooses(
            &mut execs,
            &event("container", "exec_die", "1", "web", "")
        ));
    }
}
