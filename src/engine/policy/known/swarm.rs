//! The keys of what a swarm is to hold. What only plugins read has no place among them: plugins themselves, the
//! resources that they offer, and drivers of secrets.

use super::Shape::{self, List, Object, Texts};
use super::{HEALTHCHECK, MOUNT, ULIMITS};

/// A service to create, or as it is to become.
pub(crate) static SERVICE: Shape = Object(
    &["Name"],
    &[
        ("Labels", &Texts),
        ("TaskTemplate", &TASK),
        ("Mode", &MODE),
        ("UpdateConfig", &ROLLING),
        ("RollbackConfig", &ROLLING),
        ("Networks", &NETWORKS),
        ("EndpointSpec", &ENDPOINT),
    ],
);

static MODE: Shape = Object(
    &[],
    &[
        ("Replicated", &Object(&["Replicas"], &[])),
        ("Global", &NOTHING),
        (
            "ReplicatedJob",
            &Object(&["MaxConcurrent", "TotalCompletions"], &[]),
        ),
        ("GlobalJob", &NOTHING),
    ],
);

static NOTHING: Shape = Object(&[], &[]);

#[rustfmt::skip]
static ROLLING: Shape = Object(
    &["Parallelism", "Delay", "FailureAction", "Monitor", "MaxFailureRatio", "Order"],
    &[],
);

static NETWORKS: Shape = List(&Object(&["Target", "Aliases"], &[("DriverOpts", &Texts)]));

#[rustfmt::skip]
static ENDPOINT: Shape = Object(
    &["Mode"],
    &[("Ports", &List(&Object(&["Name", "Protocol", "TargetPort", "PublishedPort", "PublishMode"], &[])))],
);

static TASK: Shape = Object(
    &["ForceUpdate", "Runtime"],
    &[
        ("ContainerSpec", &CONTAINER),
        ("Resources", &RESOURCES),
        (
            "RestartPolicy",
            &Object(&["Condition", "Delay", "MaxAttempts", "Window"], &[]),
        ),
        ("Placement", &PLACEMENT),
        ("Networks", &NETWORKS),
        ("LogDriver", &DRIVER),
    ],
);

static RESOURCES: Shape = Object(
    &["SwapBytes", "MemorySwappiness"],
    &[
        ("Limits", &Object(&["NanoCPUs", "MemoryBytes", "Pids"], &[])),
        ("Reservations", &Object(&["NanoCPUs", "MemoryBytes"], &[])),
    ],
);

#[rustfmt::skip]
static PLACEMENT: Shape = Object(
    &["Constraints", "MaxReplicas"],
    &[
        ("Preferences", &List(&Object(&[], &[("Spread", &Object(&["SpreadDescriptor"], &[]))]))),
        ("Platforms", &List(&Object(&["Architecture", "OS"], &[]))),
    ],
);

static DRIVER: Shape = Object(&["Name"], &[("Options", &Texts)]);

#[rustfmt::skip]
static CONTAINER: Shape = Object(
    &[
        "Image", "Command", "Args", "Hostname", "Env", "Dir", "User", "Groups", "StopSignal", "TTY",
        "OpenStdin", "ReadOnly", "StopGracePeriod", "Hosts", "Isolation", "Init", "CapabilityAdd",
        "CapabilityDrop", "OomScoreAdj",
    ],
    &[
        ("Labels", &Texts), ("Sysctls", &Texts),
        ("Privileges", &PRIVILEGES),
        ("Mounts", &List(&MOUNT)),
        ("Healthcheck", &HEALTHCHECK),
        ("DNSConfig", &Object(&["Nameservers", "Search", "Options"], &[])),
        ("Secrets", &List(&Object(&["SecretID", "SecretName"], &[("File", &FILE)]))),
        ("Configs", &List(&Object(&["ConfigID", "ConfigName"], &[("File", &FILE), ("Runtime", &NOTHING)]))),
        ("Ulimits", &ULIMITS),
    ],
);

static FILE: Shape = Object(&["Name", "UID", "GID", "Mode"], &[]);

#[rustfmt::skip]
static PRIVILEGES: Shape = Object(
    &["NoNewPrivileges"],
    &[
        ("CredentialSpec", &Object(&["Config", "File", "Registry"], &[])),
        ("SELinuxContext", &Object(&["Disable", "User", "Role", "Type", "Level"], &[])),
        ("Seccomp", &Object(&["Mode", "Profile"], &[])),
        ("AppArmor", &Object(&["Mode"], &[])),
    ],
);

/// A secret or a config to create, or as it is to become.
pub(crate) static SECRET: Shape = Object(&["Name", "Data"], &[("Labels", &Texts)]);

/// A node as it is to become.
pub(crate) static NODE: Shape = Object(&["Name", "Role", "Availability"], &[("Labels", &Texts)]);

#[cfg(test)]
mod tests {
    use bollard::models::{NodeSpec, ServiceSpec};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_unknown_key_has_no_place_at_any_depth() {
        for (pointer, key) in [
            ("", "taskTemplate"),
            ("/TaskTemplate", "PluginSpec"),
            ("/TaskTemplate", "NetworkAttachmentSpec"),
            ("/TaskTemplate/ContainerSpec", "mounts"),
            ("/TaskTemplate/ContainerSpec/Mounts/0", "type"),
            ("/TaskTemplate/ContainerSpec/Secrets/0/File", "Path"),
            ("/TaskTemplate/ContainerSpec/Privileges", "Privileged"),
            ("/TaskTemplate/ContainerSpec/Privileges/Seccomp", "mode"),
            ("/TaskTemplate/Resources/Reservations", "GenericResources"),
            ("/TaskTemplate/Networks/0", "target"),
            ("/TaskTemplate/Placement", "OfTomorrow"),
            ("/TaskTemplate/LogDriver", "options"),
            ("/Mode", "Plugin"),
            ("/EndpointSpec/Ports/0", "HostIP"),
        ] {
            let mut spec = spec();
            assert_eq!(SERVICE.check(&spec), Ok(()));
            let at = spec.pointer_mut(pointer).unwrap();
            at[key] = json!({ "a": "b" });
            assert_eq!(SERVICE.check(&spec), Err(key.to_owned()), "{pointer}");
        }
    }

    fn spec() -> Value {
        json!({
            "Name": "web",
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "web:1", "Mounts": [{ "Type": "volume" }],
                    "Secrets": [{ "SecretID": "1", "File": { "Name": "db" } }],
                    "Privileges": { "Seccomp": { "Mode": "default" } },
                    "Healthcheck": { "Test": ["NONE"] },
                },
                "Resources": { "Reservations": { "NanoCPUs": 1 } },
                "Networks": [{ "Target": "lab" }],
                "Placement": { "Constraints": ["node.role==worker"] },
                "LogDriver": { "Name": "local" },
            },
            "Mode": { "Replicated": { "Replicas": 2 } },
            "EndpointSpec": { "Ports": [{ "TargetPort": 80 }] },
        })
    }

    /// The Engine's own types are larger; what bollard knows of them is held against the list, so that a
    /// field of tomorrow is looked at when bollard learns of it.
    #[test]
    fn what_bollard_writes_is_known() {
        let spec: ServiceSpec = serde_json::from_value(spec()).unwrap();
        let mut written = serde_json::to_value(spec).unwrap();
        // The Engine takes it in any case and sends it as `Healthcheck`.
        let container = written.pointer_mut("/TaskTemplate/ContainerSpec").unwrap();
        container.as_object_mut().unwrap().remove("HealthCheck");
        assert_eq!(SERVICE.check(&written), Ok(()));
        let node: NodeSpec = serde_json::from_value(json!({ "Role": "worker" })).unwrap();
        assert_eq!(NODE.check(&serde_json::to_value(node).unwrap()), Ok(()));
    }
}
