//! Asks for the mounts and the network of a container as those of a service, so that whatever the policy refuses
//! there is refused here, too; and paths that nobody named, because they are of any machine of the swarm.

use serde_json::{Value, json};

use super::{Client, Verdict, said};

/// Makes the service that comes to the same as a call, and holds that against what the call comes to.
pub(super) async fn hold(client: &Client, tool: &str, arguments: &Value, verdict: Verdict) {
    let Some(service) = service(tool, arguments) else {
        return;
    };
    let result = client.call("docker_create_service", service.clone()).await;
    let is_refused = result.is_error == Some(true);
    let text = said(&result);
    assert!(!text.contains("the toolset"), "{text}");
    match verdict {
        Verdict::Refused(_) => assert!(is_refused, "{service}"),
        Verdict::Passes => assert!(
            !is_refused || text.contains("any machine of the swarm"),
            "{service}: {text}"
        ),
    }
}

/// The service; none where one has no words for it.
fn service(tool: &str, arguments: &Value) -> Option<Value> {
    if tool != "docker_create_container" {
        return None;
    }
    let mut service = json!({ "image": "web:1", "timeout": 0 });
    for (name, value) in arguments.as_object()? {
        match name.as_str() {
            // A swarm makes the containers of each service anew.
            "image" | "name" | "restart_policy" => {}
            "network" => service["networks"] = json!([value]),
            "volumes" => {
                let mounts = value.as_object()?;
                let plain = |mount: &Value| {
                    let mode = mount.get("mode").and_then(Value::as_str);
                    matches!(mode, None | Some("ro" | "rw"))
                };
                if !mounts.values().all(plain) {
                    return None;
                }
                service["mounts"] = value.clone();
            }
            _ => return None,
        }
    }
    (service.get("mounts").is_some() || service.get("networks").is_some()).then_some(service)
}
