//! Lists the settings of a service that a stack passes over.

use crate::compose::yaml::Node;

/// What `docker stack` says itself that it does not support, and what it passes over in silence.
#[rustfmt::skip]
const IGNORED: &[&str] = &[
    "build", "cgroup_parent", "cgroupns_mode", "container_name", "depends_on", "devices", "domainname",
    "expose", "external_links", "ipc", "links", "mac_address", "network_mode", "pid", "privileged",
    "restart", "security_opt", "shm_size", "userns_mode",
];

/// What was read already, and is in the model.
const READ: &str = "env_file";

/// Whether a key of a service is left out of what is run.
pub(super) fn is_left_out(key: &str) -> bool {
    key == READ || key.starts_with("x-") || IGNORED.contains(&key)
}

/// What there is to say of the keys of a service that a stack passes over.
pub(super) fn warnings(name: &str, service: &Node) -> Vec<String> {
    let keys = service.entries().iter().map(|entry| entry.key.as_str());
    let ignored = keys.filter(|key| IGNORED.contains(key));
    let warning = |key| {
        let instead = match key {
            "build" => "; build the image first (docker_build_image)",
            "restart" => "; say `deploy.restart_policy`",
            "links" | "external_links" => "; services of a network know each other by their names",
            _ => "",
        };
        format!("services.{name}.{key} is ignored in a stack{instead}")
    };
    ignored.map(warning).collect()
}
