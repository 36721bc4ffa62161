//! What no service gets, with a word of the refusal.

use serde_json::{Value, json};

use super::super::ALLOWLIST;

/// Settings of its container, in place of those that a container's host has.
#[rustfmt::skip]
pub(super) fn of_container() -> Vec<(Value, &'static str)> {
    let mount = |mount: Value| json!({ "Mounts": [mount] });
    let driver = |options: Value| {
        let driver = json!({ "Name": "local", "Options": options });
        mount(json!({ "Type": "volume", "Source": "v", "Target": "/x", "VolumeOptions": { "DriverConfig": driver } }))
    };
    let bind = |source: &str| mount(json!({ "Type": "bind", "Source": source, "Target": "/x" }));
    vec![
        (json!({ "CapabilityAdd": ["CAP_SYS_ADMIN"] }), "SYS_ADMIN"),
        (json!({ "CapabilityAdd": ["cap_sys_ptrace"] }), "cap_sys_ptrace"),
        (json!({ "CapabilityAdd": ["ALL"] }), "ALL"),
        (json!({ "CapabilityAdd": ["CHOWN", " NET_ADMIN "] }), "NET_ADMIN"),
        (json!({ "Sysctls": { "kernel.core_pattern": "|/x" } }), "core_pattern"),
        (json!({ "Isolation": "process" }), "Isolation"),
        (json!({ "OomScoreAdj": -1000 }), "OomScoreAdj"),
        (json!({ "Privileges": { "Seccomp": { "Mode": "unconfined" } } }), "Seccomp"),
        (json!({ "Privileges": { "Seccomp": { "Mode": "custom", "Profile": "e30=" } } }), "Seccomp"),
        (json!({ "Privileges": { "Seccomp": { "Profile": "e30=" } } }), "Seccomp"),
        (json!({ "Privileges": { "AppArmor": { "Mode": "disabled" } } }), "AppArmor"),
        (json!({ "Privileges": { "SELinuxContext": { "Disable": true } } }), "SELinuxContext"),
        (json!({ "Privileges": { "SELinuxContext": { "Type": "spc_t" } } }), "SELinuxContext"),
        (json!({ "Privileges": { "CredentialSpec": { "File": "x" } } }), "CredentialSpec"),
        (json!({ "Privileges": { "CredentialSpec": { "Config": "x" } } }), "CredentialSpec"),
        (json!({ "Privileges": { "Seccomp": "unconfined" } }), "Seccomp"),
        (json!({ "Privileges": { "NoNewPrivileges": "x" } }), "NoNewPrivileges"),
        (json!({ "Privileges": { "Privileged": true } }), "Privileged"),
        (json!({ "Secrets": [{ "SecretID": "1", "File": { "Name": "../../etc/x" } }] }), "../../etc/x"),
        (json!({ "Configs": [{ "ConfigID": "1", "File": { "Name": "/a/../../x" } }] }), "leaves its place"),
        (bind("/"), "`mounts`"),
        (bind("/etc"), "`mounts`"),
        (bind("/srv/data"), ALLOWLIST),
        (bind("/var/run/docker.sock"), "socket"),
        (bind("/run/podman/podman.sock"), "socket"),
        (bind("/data/docker"), ALLOWLIST),
        (bind("/allowed/../etc"), ALLOWLIST),
        (bind("/allowedx"), ALLOWLIST),
        (bind("../etc"), "absolute"),
        (bind(r"C:\data"), "mounts"),
        (bind(""), "absolute"),
        (mount(json!({ "Type": "npipe", "Source": r"\\.\pipe\docker_engine", "Target": "/x" })), "npipe"),
        (mount(json!({ "Type": "cluster", "Source": "x", "Target": "/x" })), "cluster"),
        (mount(json!({ "Source": "/etc", "Target": "/x" })), "mounts"),
        (mount(json!({ "Type": "volume", "Source": "bound", "Target": "/x" })), "/etc"),
        (mount(json!({ "Type": "volume", "Source": "bound-to-data", "Target": "/x" })), ALLOWLIST),
        (mount(json!({ "Type": "volume", "Source": "overlaid", "Target": "/x" })), "overlay"),
        (mount(json!({ "Type": "volume", "Source": "/etc", "Target": "/x" })), "no volume's name"),
        (driver(json!({ "type": "none", "o": "bind", "device": "/etc" })), "/etc"),
        (driver(json!({ "type": "none", "o": "bind", "device": "/srv/data" })), ALLOWLIST),
        (driver(json!({ "type": "overlay", "o": "lowerdir=/etc" })), "overlay"),
        (mount(json!({ "Type": "tmpfs", "type": "bind", "Source": "/etc", "Target": "/x" })), "`type`"),
        (json!({ "mounts": [] }), "`mounts`"),
        (json!({ "OfTomorrow": "x" }), "OfTomorrow"),
        (json!({ "Mounts": { "Type": "bind" } }), "a list or an object"),
    ]
}

/// Settings of its tasks.
#[rustfmt::skip]
pub(super) fn of_task() -> Vec<(Value, &'static str)> {
    let reserved = |resource: Value| {
        json!({ "Resources": { "Reservations": { "GenericResources": [resource] } } })
    };
    vec![
        (json!({ "Networks": [{ "Target": "host" }] }), "`host`"),
        (json!({ "Networks": [{ "Target": "lab" }, { "Target": " HOST " }] }), "HOST"),
        (json!({ "Networks": [{ "Target": "0ddba11" }] }), "0ddba11"),
        (json!({ "Networks": [{ "Target": "container:web" }] }), "container:web"),
        (json!({ "Networks": [{ "Target": "ingress" }] }), "published ports"),
        (
            json!({ "Networks": [{ "Target": "lab", "DriverOpts": { "com.docker.network.endpoint.sysctls": "x" } }] }),
            "sysctls",
        ),
        (json!({ "Runtime": "plugin" }), "Runtime"),
        (json!({ "Runtime": "attachment" }), "Runtime"),
        (json!({ "PluginSpec": { "Name": "x", "Remote": "x" } }), "PluginSpec"),
        (json!({ "NetworkAttachmentSpec": { "ContainerID": "x" } }), "NetworkAttachmentSpec"),
        (reserved(json!({ "DiscreteResourceSpec": { "Kind": "SSD", "Value": 1 } })), "GenericResources"),
        (reserved(json!({ "NamedResourceSpec": { "Kind": "GPU", "Value": "0" } })), "GenericResources"),
        (
            json!({ "LogDriver": { "Name": "syslog", "Options": { "syslog-address": "unix:///run/docker.sock" } } }),
            "LogDriver",
        ),
        (json!({ "LogDriver": { "Options": { "syslog-address": "unix:///x" } } }), "LogDriver"),
        (json!({ "LogDriver": { "Name": "a/plugin" } }), "LogDriver"),
        (json!({ "containerspec": { "CapabilityAdd": ["ALL"] } }), "containerspec"),
        (json!({ "Placement": { "OfTomorrow": "x" } }), "OfTomorrow"),
    ]
}
