//! Knows what kind of JSON an Engine answers each request with, so that the answer of something else is
//! never taken for an empty list or a bare document.

use http::Method;
use serde_json::Value;

/// What a reply has to be.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// An array of objects, which the Engine may write as `null` where it is empty.
    List,
    /// An object with such an array.
    ListIn(&'static str),
    /// An object with at least one of these members.
    Object(&'static [&'static str]),
    /// Nothing is asked for.
    Any,
}

impl Shape {
    /// That of the reply to a request, by its path without the version.
    fn of(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method.as_str(), &*parts) {
            ("GET", ["containers" | "images", "json"] | ["images", "search"] | ["networks"])
            | ("GET", ["containers", _, "changes"] | ["images", .., "history"])
            | ("GET", ["services" | "nodes" | "tasks" | "secrets" | "configs"])
            | ("DELETE", ["images", ..]) => Self::List,
            ("GET", ["volumes"]) => Self::ListIn("Volumes"),
            ("GET", ["containers", _, "json"]) => {
                Self::Object(&["Id", "Name", "State", "Config", "HostConfig", "Mounts"])
            }
            ("GET", ["images", .., "json"]) => {
                Self::Object(&["Id", "RepoTags", "RepoDigests", "Config"])
            }
            ("GET", ["distribution", .., "json"]) => Self::Object(&["Descriptor"]),
            ("GET", ["networks", _]) => Self::Object(&["Id", "Name", "Driver"]),
            ("GET", ["services" | "nodes" | "tasks" | "secrets" | "configs", _])
            | ("POST", ["services" | "secrets" | "configs", "create"]) => Self::Object(&["ID"]),
            ("GET", ["volumes", _]) => Self::Object(&["Name", "Driver", "Mountpoint", "Options"]),
            ("POST", ["containers" | "networks", "create"] | ["containers", _, "exec"]) => {
                Self::Object(&["Id"])
            }
            ("POST", ["volumes", "create"]) => Self::Object(&["Name"]),
            ("GET", ["exec", _, "json"]) => Self::Object(&["ID", "Running", "ExitCode"]),
            ("GET", ["containers", _, "top"]) => Self::Object(&["Titles", "Processes"]),
            ("GET", ["containers", _, "stats"]) => {
                Self::Object(&["read", "cpu_stats", "memory_stats"])
            }
            ("GET", ["version"]) => Self::Object(&["ApiVersion", "Version"]),
            ("GET", ["info"]) => Self::Object(&[
                "ID",
                "Name",
                "OperatingSystem",
                "ServerVersion",
                "SystemTime",
                "DockerRootDir",
                "SecurityOptions",
                "Containers",
            ]),
            ("GET", ["system", "df"]) => Self::Object(&[
                "LayersSize",
                "Images",
                "Containers",
                "Volumes",
                "BuildCache",
                "ImageUsage",
                "ContainerUsage",
                "VolumeUsage",
                "BuildCacheUsage",
            ]),
            ("GET", _) | ("POST", [_, "prune"]) => Self::Object(&[]),
            _ => Self::Any,
        }
    }
}

/// What is wrong with the reply to a request, if anything is; `null` stands for an empty body.
pub(super) fn wrong(method: &Method, path: &str, reply: Option<&Value>) -> Option<String> {
    let shape = Shape::of(method, path);
    let Some(reply) = reply else {
        return (shape != Shape::Any).then(|| "it is empty".to_owned());
    };
    let (list, within) = match shape {
        Shape::Any => return None,
        Shape::Object(members) => return wrong_object(reply, members),
        Shape::List => (reply, String::new()),
        Shape::ListIn(member) => match reply.get(member) {
            Some(list) => (list, format!("`{member}` of ")),
            None => return wrong_object(reply, &[member]),
        },
    };
    let Value::Array(items) = list else {
        let due = !list.is_null();
        return due.then(|| format!("{within}it is {} where a list is due", kind(list)));
    };
    let other = items.iter().find(|item| !item.is_object())?;
    Some(format!(
        "{within}it is a list that holds {} where an object is due",
        kind(other)
    ))
}

fn wrong_object(reply: &Value, members: &[&str]) -> Option<String> {
    let Value::Object(object) = reply else {
        return Some(format!("it is {} where an object is due", kind(reply)));
    };
    let known = members.is_empty() || members.iter().any(|member| object.contains_key(*member));
    (!known).then(|| format!("it is an object without `{}`", members.join("`, `")))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What the bytes of a reply are that is no JSON.
pub(super) fn no_json(reply: &[u8], error: &serde_json::Error) -> String {
    let first = reply.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => "it is empty".to_owned(),
        Some(b'<') => "it is an HTML page".to_owned(),
        Some(_) => format!("it is no JSON ({error})"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(method: &str, path: &str, reply: Value) -> Option<String> {
        wrong(&method.parse().unwrap(), path, Some(&reply))
    }

    #[test]
    fn each_kind_of_reply_is_told_from_another() {
        for (method, path, right, others) in [
            (
                "GET",
                "/containers/json",
                vec![json!([]), json!(null), json!([{}])],
                vec![json!({"a": 1}), json!("x"), json!([1]), json!(true)],
            ),
            (
                "GET",
                "/images/json",
                vec![json!([])],
                vec![json!({}), json!(5)],
            ),
            ("GET", "/networks", vec![json!([])], vec![json!({})]),
            (
                "GET",
                "/images/a/b/history",
                vec![json!([])],
                vec![json!({})],
            ),
            ("DELETE", "/images/a/b", vec![json!([])], vec![json!({})]),
            (
                "GET",
                "/volumes",
                vec![json!({"Volumes": null}), json!({"Volumes": [{}]})],
                vec![
                    json!([]),
                    json!({"a": 1}),
                    json!({"Volumes": {}}),
                    json!({"Volumes": ["x"]}),
                ],
            ),
            (
                "GET",
                "/containers/web/json",
                vec![json!({"Id": "1"})],
                vec![json!({"a": 1}), json!([]), json!(null)],
            ),
            (
                "GET",
                "/images/a/b/json",
                vec![json!({"Id": "1"})],
                vec![json!({"a": 1})],
            ),
            (
                "GET",
                "/distribution/a/b:1/json",
                vec![json!({"Descriptor": {}})],
                vec![json!({"a": 1}), json!([])],
            ),
            (
                "GET",
                "/networks/n",
                vec![json!({"Id": "1"})],
                vec![json!({"a": 1})],
            ),
            (
                "GET",
                "/volumes/v",
                vec![json!({"Name": "v"})],
                vec![json!({"a": 1})],
            ),
            (
                "POST",
                "/containers/create",
                vec![json!({"Id": "1"})],
                vec![json!({}), json!(null)],
            ),
            (
                "GET",
                "/info",
                vec![json!({"ID": ""})],
                vec![json!({"a": 1}), json!([])],
            ),
            (
                "GET",
                "/system/df",
                vec![json!({"Images": null})],
                vec![json!({"a": 1})],
            ),
            ("POST", "/build/prune", vec![json!({})], vec![json!(null)]),
            ("GET", "/tasks", vec![json!(null)], vec![json!({})]),
            (
                "GET",
                "/services/web",
                vec![json!({"ID": "1"})],
                vec![json!({"Id": "1"}), json!([])],
            ),
            (
                "POST",
                "/secrets/create",
                vec![json!({"ID": "1"})],
                vec![json!({}), json!(null)],
            ),
            ("POST", "/containers/web/stop", vec![json!(null)], vec![]),
        ] {
            for reply in right {
                assert_eq!(of(method, path, reply), None, "{path}");
            }
            for reply in others {
                let shown = reply.to_string();
                assert!(of(method, path, reply).is_some(), "{path} took {shown}");
            }
        }
    }

    #[test]
    fn only_what_tells_nothing_but_that_it_was_done_may_answer_with_nothing() {
        for (method, path) in [
            (Method::GET, "/containers/json"),
            (Method::GET, "/anything"),
            (Method::POST, "/containers/create"),
            (Method::POST, "/containers/web/exec"),
            (Method::POST, "/volumes/create"),
            (Method::POST, "/images/prune"),
            (Method::DELETE, "/images/a/b"),
        ] {
            assert!(wrong(&method, path, None).is_some(), "{path}");
        }
        assert_eq!(wrong(&Method::POST, "/containers/web/stop", None), None);
        assert_eq!(wrong(&Method::DELETE, "/containers/web", None), None);
    }
}
