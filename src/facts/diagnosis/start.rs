//! Says why a container was never started, or not again.

use std::sync::LazyLock;

use regex::Regex;

use super::{Around, Finding, Severity, Subject, finding, words};
use crate::facts::state::start_advice;
use crate::facts::{number_at, text_at};

/// What the Engines say where a port of the host is taken, before the port. That of the container may follow.
static PORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let said = r"(?:Bind for|bind host port(?: for)?|bind port|listen (?:tcp|udp|sctp)[46]?)";
    let host = r"(?:[0-9.]*|\[[0-9a-fA-F:]*\]|::)";
    Regex::new(&format!(r"{said} {host}:(\d{{1,5}})\b")).ok()
});

/// What the Engine says of a command, a mount or a network, and what it means.
const CAUSES: [(&str, &str); 9] = [
    ("executable file not found", "the image has no such command"),
    (
        "exec format error",
        "the command is a program for another platform",
    ),
    (
        "bind source path does not exist",
        "the source of a mount does not exist on the host",
    ),
    (
        "not a directory",
        "a mount puts a file on a directory, or the reverse",
    ),
    (
        "network",
        "a network that it is to be on is not there any more",
    ),
    (
        "could not select device driver",
        "no driver for the devices (GPUs) that it asks for is installed",
    ),
    (
        "permission denied",
        "the command's file cannot be executed, or a mount not be read",
    ),
    (
        "no such file or directory",
        "the command, its interpreter or a path of a mount does not exist",
    ),
    (
        "no space left on device",
        "the disk of the Engine's host is full",
    ),
];

/// Whether the last start failed.
pub(super) fn failed(it: &Subject) -> bool {
    let code = number_at(&it.document, "/State/ExitCode").unwrap_or(0);
    let created = text_at(&it.document, "/State/Status") == "created";
    !text_at(&it.document, "/State/Error").is_empty() || created && code != 0
}

pub(super) fn never(it: &Subject) -> Finding {
    finding(it, Severity::Notice, "it was created and never started")
        .because("nobody started it")
        .seen(["State.Status: created".to_owned()])
        .then("start it (docker_start_container)")
}

/// One that would need what is not there.
pub(super) fn without_mounts(it: &Subject) -> Finding {
    let problem = "it was created, but cannot or could not be started";
    finding(it, Severity::Critical, problem)
        .because("the source of a mount does not exist on the host")
        .seen(it.gone.iter().map(|gone| format!("mount {gone}")))
        .then("put it back on the host, then start the container (docker_start_container)")
}

pub(super) fn find(it: &Subject, around: &Around) -> Finding {
    let error = text_at(&it.document, "/State/Error");
    let status = text_at(&it.document, "/State/Status");
    let problem = match status {
        "created" => "it was created, but could not be started",
        _ => "it could not be started again",
    };
    let found = finding(it, Severity::Critical, problem);
    let mut evidence = Vec::new();
    if error.is_empty() {
        let code = number_at(&it.document, "/State/ExitCode").unwrap_or(0);
        evidence.push(format!("State.ExitCode: {code}"));
    } else {
        evidence.push(format!("State.Error: {error}"));
    }
    let lower = error.to_ascii_lowercase();
    if lower.contains("already allocated") || lower.contains("address already in use") {
        return taken(found, it, around, evidence);
    }
    let cause = CAUSES.iter().find(|(part, _)| lower.contains(part));
    let cause = cause.map(|(_, cause)| *cause);
    if lower.contains("exec") || error.is_empty() {
        evidence.push(command(it));
    }
    found
        .perhaps(cause.map(str::to_owned))
        .seen(evidence)
        .then(start_advice(error))
}

/// A port of the host that somebody else holds.
fn taken(found: Finding, it: &Subject, around: &Around, mut evidence: Vec<String>) -> Finding {
    let error = text_at(&it.document, "/State/Error");
    let Some(port) = taken_port(error) else {
        return found
            .because("a port of the host is taken")
            .seen(evidence)
            .then(start_advice(error));
    };
    let holder = around.holders.iter();
    let mut holder = holder.filter(|(held, name)| *held == port && *name != it.name);
    if let Some((_, holder)) = holder.next() {
        evidence.push(format!(
            "port {port} of the host is published by `{holder}`"
        ));
        return found
            .because(format!("`{holder}` holds port {port} of the host"))
            .seen(evidence)
            .then(format!("publish another port (docker_list_ports `port: {port}` has free ones), or stop `{holder}`"));
    }
    match &around.host_ports {
        Some(ports) if ports.contains(&port) => {
            evidence.push(format!("a program of the host listens on port {port}"));
            found
                .because(format!("a program of the host, no container, holds port {port}"))
                .seen(evidence)
                .then(format!("end that program, or publish another port (docker_list_ports `port: {port}` has free ones)"))
        }
        Some(_) => found
            .because(format!("port {port} of the host was taken then; now nobody holds it"))
            .seen(evidence)
            .then("start it again (docker_start_container)"),
        None => found
            .because(format!("port {port} of the host is or was taken, by no container that runs now"))
            .seen(evidence)
            .then("start it again; if the port is still taken, find which program of the host holds it"),
    }
}

fn taken_port(error: &str) -> Option<u16> {
    let said = PORT.as_ref()?.captures(error)?;
    let port = said.get(1)?.as_str().parse().ok();
    port.filter(|port| *port > 0)
}

/// What it is to run.
pub(super) fn command(it: &Subject) -> String {
    let path = text_at(&it.document, "/Path");
    format!("command: {path} {}", words(&it.document, "/Args"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Engines from 20.10 to 29 say it.
    #[test]
    fn the_port_that_is_taken_is_that_of_the_host() {
        for error in [
            "driver failed programming external connectivity on endpoint web (0a1b): Bind for 0.0.0.0:8080 failed: port is already allocated",
            "Bind for :::8080 failed: port is already allocated",
            "Bind for [::]:8080 failed: port is already allocated",
            "endpoint a (0a1b): Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use",
            "failed to bind port 0.0.0.0:8080/tcp: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
            "endpoint a (866a): failed to bind host port for 127.0.0.1:8080:172.27.0.7:80/tcp: address already in use",
            "failed to bind host port for [::1]:8080:[fd00::2]:80/tcp: address already in use",
            "failed to bind host port for :8080:172.27.0.7:80/udp: address already in use",
            "failed to bind host port 0.0.0.0:8080/tcp: address already in use",
        ] {
            assert_eq!(taken_port(error), Some(8080), "{error}");
        }
        assert_eq!(taken_port("127.0.0.1:8080: address already in use"), None);
    }
}
