//! Adds to the Engine's refusals what holds an object, or what is lacking, and the way out.
//!
//! The Engine names the holders by their ids, or not at all. A look called `users`, which lists the
//! containers that use the object, has their names.

use serde_json::Value;

use crate::call::{CallError, Look};
use crate::engine::EngineError;

/// What the Engine says, in lower case, with `*` for what differs, and what to do about it. `{users}`
/// stands for the names of the containers that use the object, `{running}` for those that run.
const WAYS_OUT: &[(&str, &str)] = &[
    (
        "has active endpoints",
        "connected: {running}; disconnect with docker_disconnect_container, or stop them",
    ),
    (
        "already exists in network",
        "it is connected already; to change how, first disconnect it with docker_disconnect_container",
    ),
    (
        "network with name",
        "choose another `name`, or first remove that network with docker_remove_network",
    ),
    (
        "pool overlaps",
        "choose another `Subnet`; docker_list_networks and docker_inspect_network show those taken",
    ),
    (
        "volume is in use",
        "used by: {users}; remove with docker_remove_container first",
    ),
    (
        "is using its referenced image",
        "used by: {users}; remove with docker_remove_container first, or set `force`",
    ),
    (
        "image is being used by",
        "used by: {users}; remove with docker_remove_container first",
    ),
    (
        "referenced in multiple repositories",
        "name one of its tags, or set `force` to remove them all",
    ),
    (
        "container name",
        "choose another `name`, or first remove that container with docker_remove_container",
    ),
    (
        "remove a running container",
        "first stop it with docker_stop_container, or set `force`",
    ),
    (
        "plugin \"*not found",
        "choose another `driver`; docker_system_info shows in `Plugins` which there are",
    ),
    (
        "network * not found",
        "docker_list_networks shows what there is; docker_create_network makes one",
    ),
    (
        "volume name must be unique",
        "choose another `name`; docker_inspect_volume shows the volume that has it, of another driver",
    ),
];

/// The error, with the way out where one is known.
pub(crate) fn explained(mut error: CallError, look: &Look) -> CallError {
    if let CallError::Engine(
        EngineError::Conflict { message }
        | EngineError::Rejected { message, .. }
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
                .replace("{running}", &names(users.iter().filter(|user| runs(user))));
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
    fn other_refusals_stay_as_they_are() {
        let error = EngineError::Rejected {
            status: 400,
            message: "invalid subnet".to_owned(),
        };
        assert_eq!(explained(error.clone()), error.to_string());
    }
}
