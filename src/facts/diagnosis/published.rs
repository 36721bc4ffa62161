//! Looks whether the ports that a container publishes are there, and lead to something.

use std::net::SocketAddr;

use jiff::SignedDuration;

use super::health::elsewhere;
use super::{Around, Finding, Severity, Subject, finding, time_at};
use crate::facts::{is_true, items_at, members_at, text_at};

/// How long a container may take until it listens.
const STARTING: SignedDuration = SignedDuration::from_secs(5);

/// The ports that are not there; of a container that has no other trouble also those that lead nowhere.
pub(super) fn find(it: &Subject, around: &Around, is_well: bool) -> Vec<Finding> {
    if !is_true(&it.document, "/State/Running")
        || text_at(&it.document, "/State/Status") == "restarting"
    {
        return Vec::new();
    }
    let mode = text_at(&it.document, "/HostConfig/NetworkMode");
    let asked = members_at(&it.document, "/HostConfig/PortBindings");
    let asked: Vec<&str> = asked
        .filter(|(_, bindings)| items_at(bindings, "").next().is_some())
        .map(|(port, _)| port.as_str())
        .collect();
    if mode == "host" {
        return asked
            .first()
            .map(|port| on_host(it, port))
            .into_iter()
            .collect();
    }
    let (there, missing): (Vec<&str>, Vec<&str>) =
        asked.iter().partition(|port| is_there(it, port));
    let mut found = Vec::new();
    if let Some(first) = missing.first() {
        found.push(not_there(it, first, missing.len()));
    }
    let since = time_at(&it.document, "/State/StartedAt").zip(around.now);
    let started = since.is_none_or(|(since, now)| since.duration_until(now) > STARTING);
    if is_well
        && started
        && let Some(listens) = &it.listens
    {
        found.extend(
            there
                .iter()
                .filter_map(|port| leads_nowhere(it, port, listens))
                .next(),
        );
    }
    found
}

fn is_there(it: &Subject, port: &str) -> bool {
    let mut there = members_at(&it.document, "/NetworkSettings/Ports");
    there.any(|(known, bindings)| known == port && items_at(bindings, "").next().is_some())
}

fn not_there(it: &Subject, port: &str, count: usize) -> Finding {
    let alone = members_at(&it.document, "/NetworkSettings/Networks")
        .next()
        .is_none();
    let more = if count > 1 {
        format!(" and {} more", count - 1)
    } else {
        String::new()
    };
    let cause = alone.then(|| "it is on no network any more".to_owned());
    let next = match alone {
        true => "connect it to a network (docker_connect_container), then restart it",
        false => {
            "restart it; if the port stays away, see whether its networks are internal, which publish nothing"
        }
    };
    finding(
        it,
        Severity::Critical,
        format!("port {port}{more}, which it is to publish, is not there"),
    )
    .perhaps(cause)
    .seen([
        format!("HostConfig.PortBindings has {port}"),
        format!("NetworkSettings.Ports has no binding of {port}"),
    ])
    .then(next)
}

fn on_host(it: &Subject, port: &str) -> Finding {
    finding(
        it,
        Severity::Notice,
        format!("port {port} is published in vain"),
    )
    .because("it is on the host's network, where publishing means nothing")
    .seen(["HostConfig.NetworkMode: host".to_owned()])
    .then("ask it on the port of the host that it listens on itself")
}

/// A port at which nothing from outside arrives.
fn leads_nowhere(it: &Subject, port: &str, listens: &[SocketAddr]) -> Option<Finding> {
    let number: u16 = port.strip_suffix("/tcp")?.parse().ok()?;
    let mut on_it = listens.iter().filter(|it| it.port() == number).peekable();
    let (cause, seen, next) = if on_it.peek().is_none() {
        (
            format!(
                "nothing in it listens on port {number}{}",
                elsewhere(listens)
            ),
            format!(
                "/proc: nothing in it listens on port {number}{}",
                elsewhere(listens)
            ),
            "publish the port that the application listens on, or have it listen on this one",
        )
    } else if on_it.all(|it| it.ip().is_loopback()) {
        (
            format!(
                "what listens on port {number} does so on the container's own loopback, which nothing outside of it reaches"
            ),
            format!("/proc: it listens on 127.0.0.1:{number} alone"),
            "have the application listen on 0.0.0.0",
        )
    } else {
        return None;
    };
    let found = finding(
        it,
        Severity::Warning,
        format!("its published port {port} leads nowhere"),
    );
    Some(
        found
            .because(cause)
            .seen([format!("NetworkSettings.Ports publishes {port}"), seen])
            .then(next),
    )
}
