//! Judges the body of a container: each of its fields is known to be harmless, judged, or refused.

use serde_json::{Map, Value, json};

use super::judge::Judge;
use super::remedy::is_unset;
use super::remedy::{Remedy, reaches, refused, shown};
use crate::engine::error::EngineError;

/// The fields of a container that concern its inside alone.
#[rustfmt::skip]
const HARMLESS: &[&str] = &[
    "Hostname", "Domainname", "User", "AttachStdin", "AttachStdout", "AttachStderr",
    "ExposedPorts", "Tty", "OpenStdin", "StdinOnce", "Env", "Cmd", "Healthcheck", "ArgsEscaped",
    "Image", "WorkingDir", "Entrypoint", "NetworkDisabled", "MacAddress", "OnBuild",
    "Labels", "StopSignal", "StopTimeout", "Shell",
];

/// The fields of its `HostConfig` that reach no further than Docker: limits, ports, names.
#[rustfmt::skip]
const HARMLESS_ON_HOST: &[&str] = &[
    "CpuShares", "Memory", "BlkioWeight", "BlkioWeightDevice", "BlkioDeviceReadBps",
    "BlkioDeviceWriteBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps", "CpuPeriod", "CpuQuota",
    "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus", "CpusetMems", "KernelMemory",
    "KernelMemoryTCP", "MemoryReservation", "MemorySwap", "MemorySwappiness", "NanoCpus",
    "OomKillDisable", "Init", "PidsLimit", "Ulimits", "CpuCount", "CpuPercent", "IOMaximumIOps",
    "IOMaximumBandwidth", "ContainerIDFile", "PortBindings", "RestartPolicy", "AutoRemove",
    "VolumeDriver", "ConsoleSize", "CapDrop", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts",
    "GroupAdd", "Links", "PublishAllPorts", "ReadonlyRootfs", "StorageOpt", "Tmpfs", "ShmSize",
];

/// What Docker gives to every container.
#[rustfmt::skip]
const DEFAULT_CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
];

/// The sysctls that Kubernetes calls safe: namespaced, and bounded to the container.
#[rustfmt::skip]
const SAFE_SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// The log drivers that write where Docker keeps its logs; the others make the Engine connect, from
/// the host, to an address or a socket of the container's choice.
const LOCAL_LOGS: &[&str] = &["json-file", "local", "none", "journald"];

impl Judge<'_> {
    /// Judges the body of a container to create.
    pub(super) async fn create(&self, body: &Map<String, Value>) -> Result<(), EngineError> {
        for (name, value) in body.iter().filter(|(_, value)| !is_unset(value)) {
            match (name.as_str(), value) {
                ("HostConfig", Value::Object(host)) => {
                    self.host_config(host).await?;
                    self.restarts(host).await?;
                }
                ("NetworkingConfig", Value::Object(networking)) => {
                    self.networking(networking).await?;
                }
                // Targets alone, but Podman takes them as it takes `Binds`.
                ("Volumes", Value::Object(volumes)) => {
                    for volume in volumes.keys() {
                        self.bind("`Volumes`", volume).await?;
                    }
                }
                (name, _) if HARMLESS.contains(&name) => {}
                (name, _) => return Err(unknown(name)),
            }
        }
        Ok(())
    }

    /// Judges the settings of a container that concern the host.
    pub(super) async fn host_config(&self, host: &Map<String, Value>) -> Result<(), EngineError> {
        for (name, value) in host {
            match reach(name, value) {
                Some(Ok(())) => continue,
                Some(Err(value)) => return Err(reaches(&field(name), value)),
                None => {}
            }
            match name.as_str() {
                "NetworkMode" => {
                    let mode = value.as_str().ok_or_else(|| unknown(name))?;
                    self.network_mode(&field(name), mode).await?;
                }
                "Binds" => {
                    for bind in strings(value).ok_or_else(|| unknown(name))? {
                        self.bind(&field(name), bind).await?;
                    }
                }
                "Mounts" => {
                    for mount in value.as_array().ok_or_else(|| unknown(name))? {
                        self.mount(&field(name), mount).await?;
                    }
                }
                "VolumesFrom" => {
                    for source in strings(value).ok_or_else(|| unknown(name))? {
                        self.volumes_from(&field(name), source).await?;
                    }
                }
                name if HARMLESS_ON_HOST.contains(&name) => {}
                name => return Err(unknown(name)),
            }
        }
        Ok(())
    }
}

/// Whether a setting stays within Docker, or else the value by which it reaches into the host; none
/// where the value alone does not tell.
pub(super) fn reach(name: &str, value: &Value) -> Option<Result<(), String>> {
    let whole = || Some(shown(value));
    let reached = match name {
        // An empty list of paths to protect protects none.
        "MaskedPaths" | "ReadonlyPaths" if !value.is_null() => whole(),
        _ if is_unset(value) => None,
        "Privileged" | "Devices" | "DeviceCgroupRules" | "CgroupParent" | "Cgroup" | "Runtime"
        | "Annotations" => whole(),
        "DeviceRequests" => match value.as_array() {
            Some(requests) => requests
                .iter()
                .find(|request| !is_for_a_gpu(request))
                .map(shown),
            None => whole(),
        },
        "PidMode" | "UTSMode" | "UsernsMode" | "CgroupnsMode" => other_than(&["private"], value),
        "IpcMode" => other_than(&["none", "private", "shareable"], value),
        "Isolation" => other_than(&["default", "hyperv"], value),
        "LogConfig" => match (value.get("Type"), value.get("Config")) {
            (Some(driver), _) if !is_unset(driver) => other_than(LOCAL_LOGS, driver),
            // They are for the Engine's own driver, whichever that is.
            (_, Some(options)) if !is_unset(options) => whole(),
            _ => None,
        },
        "CapAdd" => first_but(value, is_default_capability),
        "SecurityOpt" => first_but(value, is_tame_option),
        "Sysctls" => match value.as_object() {
            Some(sysctls) => sysctls
                .iter()
                .find(|(key, _)| !SAFE_SYSCTLS.contains(&key.as_str()))
                .map(|(key, value)| shown(format!("{key}={}", value.as_str().unwrap_or_default()))),
            None => whole(),
        },
        "OomScoreAdj" => value
            .as_i64()
            .is_none_or(|adjusted| adjusted < 0)
            .then(|| shown(value)),
        _ => return None,
    };
    Some(reached.map_or(Ok(()), Err))
}

/// Whether a request for devices gets graphics cards and nothing else: by the driver that is made for
/// them, or whichever the Engine has. The driver `cdi` gets whatever the host's files say.
fn is_for_a_gpu(request: &Value) -> bool {
    let Some(request) = request.as_object() else {
        return false;
    };
    let is_a_card = |id: &Value| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':');
        id.as_str().is_some_and(|id| id.chars().all(plain))
    };
    let gpu = json!([["gpu"]]);
    request.get("Capabilities") == Some(&gpu)
        && request.iter().all(|(name, value)| match name.as_str() {
            "Capabilities" | "Count" => true,
            "Driver" => matches!(value.as_str(), Some("" | "nvidia")) || value.is_null(),
            "DeviceIDs" => {
                is_unset(value)
                    || value
                        .as_array()
                        .is_some_and(|ids| ids.iter().all(is_a_card))
            }
            "Options" => is_unset(value),
            _ => false,
        })
}

/// The value, where it is none of those.
fn other_than(tame: &[&str], value: &Value) -> Option<String> {
    match value.as_str() {
        Some(text) if tame.contains(&text) => None,
        Some(text) => Some(shown(text)),
        None => Some(shown(value)),
    }
}

/// The first of some words that is not tame; the whole value where it is no list of words.
fn first_but(value: &Value, is_tame: fn(&str) -> bool) -> Option<String> {
    match strings(value) {
        Some(words) => words.into_iter().find(|word| !is_tame(word)).map(shown),
        None => Some(shown(value)),
    }
}

fn is_default_capability(name: &str) -> bool {
    let name = name.trim().to_ascii_uppercase();
    DEFAULT_CAPABILITIES.contains(&name.strip_prefix("CAP_").unwrap_or(&name))
}

/// Docker separates an option from its value by `=`, and in older files by `:`.
fn is_tame_option(option: &str) -> bool {
    match option.split_once(['=', ':']).unwrap_or((option, "")) {
        ("no-new-privileges", _) => true,
        ("seccomp", profile) => profile == "builtin",
        ("apparmor", profile) => profile == "docker-default",
        _ => false,
    }
}

/// A field as the tool calls it, where it has a parameter for it, and as the Engine does.
pub(super) fn field(name: &str) -> String {
    let parameter = match name {
        "Privileged" => "privileged",
        "Binds" | "Mounts" => "volumes",
        "CapAdd" => "cap_add",
        "NetworkMode" => "network",
        _ => return format!("`HostConfig.{name}`"),
    };
    format!("`{parameter}` (HostConfig.{name})")
}

pub(super) fn strings(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Refuses a field that is not among those: the Engine takes each in any case, and new ones.
pub(super) fn check_fields(object: &Map<String, Value>, known: &[&str]) -> Result<(), EngineError> {
    let mut fields = object.iter().filter(|(_, value)| !is_unset(value));
    match fields.find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(unknown(name)),
        None => Ok(()),
    }
}

pub(super) fn unknown(name: &str) -> EngineError {
    refused(
        format!("`{name}` cannot be judged as it is given, so this server does not allow it"),
        Remedy::Privileged,
    )
}
