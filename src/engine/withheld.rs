//! Cuts out of replies what no handler is to have: by what machines join a swarm and managers unlock, and
//! what secrets and configs hold.
//!
//! Redaction can be switched off, and a handler may show any part of a reply; what is not there, none shows.

use serde_json::{Map, Value};

/// What opens a swarm to whoever has it, wherever a reply has it.
const KEYS: [&str; 2] = ["JoinTokens", "UnlockKey"];

/// The reply to a request for that path, without what is withheld.
pub(super) fn cut(path: &str, reply: &mut Value) {
    let mut segments = path.split('/').skip(1);
    match segments.next() {
        Some("info" | "swarm") => cut_keys(reply),
        Some("secrets" | "configs") => match reply {
            Value::Array(items) => items.iter_mut().for_each(cut_data),
            one => cut_data(one),
        },
        _ => {}
    }
}

fn cut_keys(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|key, _| !KEYS.contains(&key.as_str()));
            members.values_mut().for_each(cut_keys);
        }
        Value::Array(items) => items.iter_mut().for_each(cut_keys),
        _ => {}
    }
}

fn cut_data(object: &mut Value) {
    let spec = object.get_mut("Spec").and_then(Value::as_object_mut);
    drop(spec.and_then(withheld));
}

fn withheld(spec: &mut Map<String, Value>) -> Option<Value> {
    spec.remove("Data")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_opens_a_swarm_and_what_secrets_hold_is_in_no_reply() {
        let left = |path: &str, mut reply: Value| {
            cut(path, &mut reply);
            reply
        };
        let swarm = json!({ "ID": "1", "JoinTokens": { "Worker": "w" }, "Spec": { "UnlockKey": "k", "Name": "default" } });
        let known = json!({ "ID": "1", "Spec": { "Name": "default" } });
        assert_eq!(left("/swarm", swarm.clone()), known);
        let info = json!({ "Name": "host", "Swarm": { "Cluster": swarm } });
        let known = json!({ "Name": "host", "Swarm": { "Cluster": known } });
        assert_eq!(left("/info", info), known);
        let secret = json!({ "ID": "1", "Spec": { "Name": "db", "Data": "aHVudGVyMg==" } });
        let known = json!({ "ID": "1", "Spec": { "Name": "db" } });
        assert_eq!(left("/secrets/db", secret.clone()), known);
        assert_eq!(left("/configs", json!([secret])), json!([known]));
    }
}
