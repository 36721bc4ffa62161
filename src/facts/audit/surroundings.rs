//! Audits what a container shares with its host and what it shows to others.

use serde_json::Value;

use super::super::benchmark::Severity;
use super::super::{is_true, items_at, members_at, text_at, texts_at};
use super::Findings;

/// Directories of the host that the benchmark calls sensitive, and those that are as good as root.
const SENSITIVE: [&str; 15] = [
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sys",
    "/usr",
    "/var/lib/containerd",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/run",
];

pub(super) fn host(container: &Value, findings: &mut Findings) {
    for (id, rank, mode) in [
        ("5.10", Severity::High, "NetworkMode"),
        ("5.16", Severity::High, "PidMode"),
        ("5.17", Severity::High, "IpcMode"),
        ("5.21", Severity::Medium, "UTSMode"),
        ("5.31", Severity::High, "UsernsMode"),
    ] {
        let shared = text_at(container, &format!("/HostConfig/{mode}")) == "host";
        findings.add_if(id, rank, shared, &format!("{mode} is host"));
    }
    let mounts =
        || items_at(container, "/Mounts").filter(|mount| text_at(mount, "/Type") == "bind");
    let described = |mount: &Value| {
        let access = if is_true(mount, "/RW") {
            "writable"
        } else {
            "read-only"
        };
        format!(
            "{} on {} ({access})",
            text_at(mount, "/Source"),
            text_at(mount, "/Destination")
        )
    };
    let is_socket = |mount: &&Value| {
        let source = text_at(mount, "/Source");
        ["docker.sock", "podman.sock", "containerd.sock"]
            .iter()
            .any(|name| source.ends_with(name))
    };
    findings.add(
        "5.32",
        Severity::Critical,
        mounts().filter(is_socket).map(described),
    );
    let is_sensitive =
        |mount: &&Value| is_sensitive(text_at(mount, "/Source")) && !is_socket(mount);
    let writable = mounts()
        .filter(is_sensitive)
        .any(|mount| is_true(mount, "/RW"));
    let rank = if writable {
        Severity::Critical
    } else {
        Severity::High
    };
    findings.add("5.6", rank, mounts().filter(is_sensitive).map(described));
    let shared = mounts().filter(|mount| text_at(mount, "/Propagation").ends_with("shared"));
    findings.add("5.20", Severity::Medium, shared.map(described));
    let devices = items_at(container, "/HostConfig/Devices")
        .map(|device| format!("Devices holds {}", text_at(device, "/PathOnHost")));
    findings.add("5.18", Severity::High, devices);
}

/// Whether a path is a sensitive directory, above one or below one.
fn is_sensitive(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let is_below = |path: &str, folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // Somebody's project is below /home, and as a whole it is not.
    let only_whole = ["/home", "/usr", "/run", "/var/run"];
    SENSITIVE.iter().any(|folder| {
        is_below(folder, path)
            || (is_below(path, folder) && (path == *folder || !only_whole.contains(folder)))
    })
}

/// The options that publish these ports on the host's loopback alone.
fn on_loopback<'a>(ports: impl Iterator<Item = (&'a String, &'a str)>) -> String {
    /// A container may have hundreds of ports.
    const MOST: usize = 5;
    let mut options: Vec<String> = Vec::new();
    for (port, host) in ports {
        let host = if host == "0" { "" } else { host };
        let port = port.strip_suffix("/tcp").unwrap_or(port);
        let option = format!("-p 127.0.0.1:{host}:{port}");
        if !options.contains(&option) {
            options.push(option);
        }
    }
    let more = if options.len() > MOST { " …" } else { "" };
    options.truncate(MOST);
    format!(
        "`{}{more}`, or the address that is meant",
        options.join(" ")
    )
}

pub(super) fn exposure(container: &Value, findings: &mut Findings) {
    let bindings = || {
        members_at(container, "/HostConfig/PortBindings")
            .flat_map(|(port, bindings)| items_at(bindings, "").map(move |binding| (port, binding)))
    };
    let everywhere = || {
        bindings()
            .filter(|(_, binding)| matches!(text_at(binding, "/HostIp"), "" | "0.0.0.0" | "::"))
            .map(|(port, binding)| (port, text_at(binding, "/HostPort")))
    };
    let found = everywhere().map(|(port, host)| match host {
        "" | "0" => format!("{port} on every interface, on a port that the Engine chooses"),
        host => format!("{port} on every interface, port {host}"),
    });
    let fix = on_loopback(everywhere());
    findings.add_with_fix("5.14", Severity::Medium, found, fix);
    let low = bindings()
        .filter(|(_, binding)| {
            text_at(binding, "/HostPort")
                .parse::<u16>()
                .is_ok_and(|port| (1..1024).contains(&port))
        })
        .map(|(port, binding)| format!("{port} on host port {}", text_at(binding, "/HostPort")));
    findings.add("5.8", Severity::Low, low);
    let on_default = matches!(
        text_at(container, "/HostConfig/NetworkMode"),
        "default" | "bridge"
    );
    findings.add_if(
        "5.30",
        Severity::Low,
        on_default,
        "it is on the default bridge",
    );
    let sshd = ["/Config/Cmd", "/Config/Entrypoint"]
        .iter()
        .any(|place| texts_at(container, place).any(|word| word.ends_with("sshd")));
    findings.add_if("5.7", Severity::Medium, sshd, "its command is sshd");
}
