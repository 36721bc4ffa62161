//! Gives every object that a fake Engine tells of the same labels.

use serde_json::{Value, json};

use super::{FakeEngine, Reply, Seen};

/// Labels with their values; one without a value is on nothing.
pub type Labels = Vec<(String, Option<String>)>;

impl FakeEngine {
    /// The same Engine, on which every object has these labels beside its own.
    pub fn labelled(self, labels: Labels) -> Self {
        *self.script.labels.lock().unwrap() = labels;
        self
    }
}

pub(super) fn put(labels: &Labels, seen: &Seen, reply: Reply) -> Reply {
    let path = seen.target.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    if labels.is_empty() || seen.method != "GET" {
        return reply;
    }
    let whole: Vec<u8> = reply.chunks.concat();
    let Ok(mut document) = serde_json::from_slice::<Value>(&whole) else {
        return reply;
    };
    let place: &[&str] = match parts.as_slice() {
        ["containers" | "images", "json"] | ["networks" | "volumes", ..] => &["Labels"],
        ["containers", _, "json"] | ["images", .., "json"] => &["Config", "Labels"],
        ["services" | "secrets" | "configs" | "nodes"] => &["Spec", "Labels"],
        ["services" | "secrets" | "configs" | "nodes", _] => &["Spec", "Labels"],
        _ => return reply,
    };
    let objects = match document.get_mut("Volumes") {
        Some(volumes) if parts.len() == 1 => volumes,
        _ => &mut document,
    };
    match objects {
        Value::Array(items) => items.iter_mut().for_each(|it| label(labels, place, it)),
        object => {
            label(labels, place, object);
            // What a service goes back to was labelled, too.
            if object["PreviousSpec"].is_object() {
                label(labels, &["PreviousSpec", "Labels"], object);
            }
        }
    }
    Reply {
        chunks: vec![document.to_string().into()],
        ..reply
    }
}

fn label(labels: &Labels, place: &[&str], object: &mut Value) {
    let of = place.iter().fold(object, |of, key| {
        if of[*key].is_null() {
            of[*key] = json!({});
        }
        &mut of[*key]
    });
    let of = of.as_object_mut().unwrap();
    for (key, value) in labels {
        match value {
            Some(value) => of.insert(key.clone(), json!(value)),
            None => of.remove(key),
        };
    }
}
