//! Adds to the Engine's refusals and failures what holds an object, or what is lacking, and the way out.
//!
//! The Engine names the holders by their ids, or not at all. A look called `users`, which lists the
//! containers that use the object, has their names. Much that is no failure of the Engine is a 500 to
//! it, and said in its own terms.

mod ways_out;

use serde_json::Value;

use crate::call::error::CallError;
use crate::call::look::Look;
use crate::engine::EngineError;
use ways_out::WAYS_OUT;

/// The error, with the way out where one is known.
pub(crate) fn explained(mut error: CallError, look: &Look) -> CallError {
    if let CallError::Engine(
        EngineError::Conflict { message }
        | EngineError::Rejected { message, .. }
        | EngineError::Failed { message, .. }
        | EngineError::NotFound {
            subject: None,
            message,
        },
    ) = &mut error
    {
        let said = message.to_lowercase();
        if let Some((_, way_out)) = WAYS_OUT.iter().find(|(words, _)| is_said(words, &said)) {
            let users = look.get("users").as_array().map_or(&[][..], Vec::as_slice);
            let way_out = way_out
                .replace("{users}", &names(users.iter()))
                .replace("{running}", &names(users.iter().filter(|user| runs(user))))
                .replace("{driver}", log_driver(look.get("container")))
                .replace("{connected}", connected(look));
            message.push_str(" (");
            message.push_str(&way_out);
            message.push(')');
        }
    }
    error
}

/// Whether the parts of `words` come in this order.
fn is_said(words: &str, said: &str) -> bool {
    let mut parts = words.split('*');
    parts
        .try_fold(said, |rest, part| Some(rest.split_once(part)?.1))
        .is_some()
}

fn log_driver(container: &Value) -> &str {
    let driver = container.pointer("/HostConfig/LogConfig/Type");
    driver.and_then(Value::as_str).unwrap_or_default()
}

/// What is to be said of a container that is not connected to a network.
fn connected(look: &Look) -> &'static str {
    let (container, network) = (look.get("container"), look.get("network"));
    let restarting = container.pointer("/State/Restarting") == Some(&Value::Bool(true));
    let named = network.get("Name").and_then(Value::as_str);
    let networks = container.pointer("/NetworkSettings/Networks");
    // It keeps its networks between two restarts, and has none of them.
    if restarting || named.is_some_and(|name| networks.is_some_and(|it| it.get(name).is_some())) {
        "it is between two restarts, when it is connected to nothing: stop it first with docker_stop_container, then \
         disconnect it; docker_container_logs shows why it ends each time"
    } else {
        "docker_inspect_container shows in `NetworkSettings.Networks` to which it is"
    }
}

fn runs(container: &Value) -> bool {
    let state = container.get("State").and_then(Value::as_str);
    matches!(state, Some("running" | "paused" | "restarting"))
}

fn names<'a>(containers: impl Iterator<Item = &'a Value>) -> String {
    let names: Vec<String> = containers
        .filter_map(|container| container.pointer("/Names/0")?.as_str())
        .map(|name| format!("`{}`", name.trim_start_matches('/')))
        .collect();
    if names.is_empty() {
        "a container that this Engine does not list".to_owned()
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn explained(error: EngineError) -> String {
        let mut look = Look::default();
        look.add(
            "users",
            "containers",
            json!([
                { "Names": ["/web"], "State": "running" },
                { "Names": ["/old"], "State": "exited" },
            ]),
        );
        super::explained(error.into(), &look).to_string()
    }

    #[test]
    fn a_volume_in_use_names_every_user() {
        let text = explained(EngineError::Conflict {
            message: "remove data: volume is in use - [bf35571f3cea]".to_owned(),
        });
        assert!(text.contains("`web`, `old`"), "{text}");
        assert!(text.contains("docker_remove_container"), "{text}");
    }

    #[test]
    fn an_image_in_use_names_its_users_and_a_taken_name_the_way_out() {
        for (message, expected) in [
            (
                "conflict: unable to remove repository reference \"web:1\" (must force) - \
                 container bf35571f3cea is using its referenced image 0d7b1e2a4f6c",
                "used by: `web`, `old`",
            ),
            (
                "conflict: unable to delete 0d7b1e2a4f6c (cannot be forced) - image is being used \
                 by running container bf35571f3cea",
                "used by: `web`, `old`",
            ),
            (
                "Conflict. The container name \"/web\" is already in use by container \"bf35\"",
                "choose another `name`",
            ),
            (
                "You cannot remove a running container bf35. Stop the container before",
                "docker_stop_container",
            ),
        ] {
            let message = message.to_owned();
            let text = explained(EngineError::Conflict { message });
            assert!(text.contains(expected), "{text}");
        }
    }

    /// A stopped container is connected, but does not hold the network.
    #[test]
    fn a_network_with_endpoints_names_those_that_run() {
        let text = explained(EngineError::Rejected {
            status: 403,
            message: "network lab id c6c5 has active endpoints".to_owned(),
        });
        assert!(text.contains("connected: `web`;"), "{text}");
    }

    #[test]
    fn holders_that_are_not_listed_are_not_made_up() {
        let error = EngineError::Conflict {
            message: "remove data: volume is in use".to_owned(),
        };
        let text = super::explained(error.into(), &Look::default()).to_string();
        assert!(text.contains("does not list"), "{text}");
    }

    #[test]
    fn what_is_lacking_comes_with_the_way_to_what_there_is() {
        for (message, expected) in [
            ("network nonet not found", "docker_create_network"),
            ("plugin \"bogus\" not found", "`Plugins`"),
        ] {
            let text = explained(EngineError::NotFound {
                subject: None,
                message: message.to_owned(),
            });
            assert!(text.contains(message) && text.contains(expected), "{text}");
        }
    }

    #[test]
    fn what_the_engine_takes_for_a_failure_of_its_own_has_a_cause_and_a_next_step() {
        for (status, message, expected) in [
            (
                501,
                "configured logging driver does not support reading",
                "driver `syslog`",
            ),
            (
                500,
                "container fd30 is not connected to network lab",
                "docker_stop_container",
            ),
            (
                500,
                "container fd30 is not connected to the network lab",
                "docker_stop_container",
            ),
            (
                500,
                "driver failed programming external connectivity on endpoint p2 (6258): Bind for 0.0.0.0:80 failed: port is already allocated",
                "docker_list_containers",
            ),
            (
                500,
                "could not select device driver \"\" with capabilities: [[gpu]]",
                "Toolkit",
            ),
            (
                500,
                "error gathering device information while adding custom device \"/dev/x\": no such file or directory",
                "no such device",
            ),
            (
                500,
                "unable to find user app: no matching entries in passwd file",
                "as a number",
            ),
            (
                500,
                "failed to initialize logging driver: Unix syslog delivery error",
                "`syslog`",
            ),
            (
                500,
                "write /var/lib/docker/x: no space left on device",
                "docker_system_df",
            ),
        ] {
            let mut look = Look::default();
            look.add(
                "container",
                "web",
                json!({
                    "State": { "Restarting": true, "Running": true },
                    "HostConfig": { "LogConfig": { "Type": "syslog" } },
                }),
            );
            let message = message.to_owned();
            let error = EngineError::Failed {
                status,
                message: message.clone(),
            };
            let text = super::explained(error.into(), &look).to_string();
            assert!(text.contains(&message) && text.contains(expected), "{text}");
        }
    }

    #[test]
    fn a_container_that_is_just_not_connected_is_not_said_to_restart() {
        let message = "container fd30 is not connected to network lab".to_owned();
        for (networks, restarts) in [
            (json!({ "other": {} }), false),
            (json!({ "lab": {} }), true),
        ] {
            let mut look = Look::default();
            look.add("network", "lab", json!({ "Name": "lab" }));
            look.add(
                "container",
                "web",
                json!({ "NetworkSettings": { "Networks": networks } }),
            );
            let message = message.clone();
            let error = EngineError::Failed {
                status: 500,
                message,
            };
            let text = super::explained(error.into(), &look).to_string();
            assert_eq!(text.contains("between two restarts"), restarts, "{text}");
        }
    }

    #[test]
    fn other_refusals_stay_as_they_are() {
        let error = EngineError::Rejected {
            status: 400,
            message: "invalid subnet".to_owned(),
        };
        assert_eq!(explained(error.clone()), error.to_string());
    }
}
