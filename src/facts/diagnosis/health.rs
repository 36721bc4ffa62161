//! Says why a container's own health check fails.

use std::net::SocketAddr;
use std::sync::LazyLock;

use regex::Regex;

use super::{Finding, Severity, Subject, finding, words};
use crate::facts::text::many;
use crate::facts::{items_at, number_at, text_at};
use crate::ordered;

/// Where a probe asks, by how such commands write it.
static ASKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let host = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|::1|\$HOSTNAME|\$\(hostname\))";
    Regex::new(&format!(
        r"(?i)(?P<scheme>https?)://{host}(?::(?P<url>\d{{1,5}}))?(?:[/\s\x22'?]|$)|\b{host}[:\s/]+(?P<plain>\d{{1,5}})\b|\s(?:-p|--port)[=\s]*(?P<flag>\d{{1,5}})\b"
    ))
    .ok()
});

/// What a client says of an answer that is no success.
static REFUSED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:returned error: |HTTP/[0-9.]+ |HTTP error:? |status(?: code)?[:= ]+|response code[:= ]+)([45]\d\d)\b").ok()
});

pub(super) fn find(it: &Subject, unknown: &mut Vec<String>) -> Option<Finding> {
    if text_at(&it.document, "/State/Health/Status") != "unhealthy"
        || text_at(&it.document, "/State/Status") != "running"
    {
        return None;
    }
    let streak = number_at(&it.document, "/State/Health/FailingStreak").unwrap_or(0);
    let last = items_at(&it.document, "/State/Health/Log").last();
    let output = last.map_or("", |last| text_at(last, "/Output")).trim();
    let code = last.and_then(|last| number_at(last, "/ExitCode"));
    let probe = words(&it.document, "/Config/Healthcheck/Test");
    let port = asked(&probe);

    let mut evidence = vec![format!("probe: {probe}")];
    if !output.is_empty() {
        evidence.push(format!("its last output: {output}"));
    } else if let Some(code) = code {
        evidence.push(format!("its last exit code: {code}, without output"));
    }
    let listens = match (port, &it.listens) {
        (Some(port), Some(listens)) => {
            evidence.push(heard(port, listens));
            Some(listens.iter().any(|it| it.port() == port))
        }
        (Some(port), None) => {
            unknown.push(format!(
                "{}: whether anything in it listens on port {port}, where its probe asks",
                it.name
            ));
            None
        }
        (None, _) => None,
    };
    let (cause, next) = why(it, port, listens, output, code);
    let problem = format!(
        "it is unhealthy: its probe failed {} in a row",
        many(streak, "time")
    );
    let found = finding(it, Severity::Critical, problem);
    Some(found.perhaps(cause).seen(evidence).then(next))
}

fn why(
    it: &Subject,
    port: Option<u16>,
    listens: Option<bool>,
    output: &str,
    code: Option<i64>,
) -> (Option<String>, &'static str) {
    let lower = output.to_ascii_lowercase();
    if let (Some(port), Some(false)) = (port, listens) {
        let other = elsewhere(it.listens.as_deref().unwrap_or_default());
        let cause =
            format!("the probe asks port {port}, where nothing in the container listens{other}");
        return (
            Some(cause),
            "correct the port of the health check, or of the application; making the container anew is needed for the first",
        );
    }
    if lower.contains("exceeded timeout") || lower.contains("timed out") && code == Some(-1) {
        let timeout =
            number_at(&it.document, "/Config/Healthcheck/Timeout").unwrap_or(0) / 1_000_000_000;
        let cause = match timeout {
            0 => "the probe takes longer than its timeout".to_owned(),
            timeout => format!("the probe takes longer than its timeout of {timeout} s"),
        };
        return (
            Some(cause),
            "see why the application answers slowly (docker_container_stats, its log), or raise the timeout",
        );
    }
    let is_missing = ["executable file not found", "not found", "no such file"];
    if matches!(code, Some(126 | 127) | Some(-1)) && is_missing.iter().any(|it| lower.contains(it))
    {
        let cause = "the image has no such command as the probe runs";
        return (
            Some(cause.to_owned()),
            "use a command in the probe that the image has, or install it",
        );
    }
    let status = REFUSED
        .as_ref()
        .and_then(|refused| refused.captures(output));
    if let Some(status) = status.and_then(|found| Some(found.get(1)?.as_str().to_owned())) {
        let cause = format!("the application answers the probe with the status {status}");
        return (
            Some(cause),
            "see the path that the probe asks for, and the application's log at that time",
        );
    }
    if lower.contains("connection refused") {
        let cause = "nothing accepts connections where the probe asks";
        return (
            Some(cause.to_owned()),
            "compare the port of the probe with the one that the application listens on, and whether it listens on that address",
        );
    }
    (
        None,
        "run the probe's command inside the container (docker_exec_command) and see what it says",
    )
}

/// The port that a probe asks.
pub(super) fn asked(probe: &str) -> Option<u16> {
    let found = ASKED.as_ref()?.captures(probe)?;
    let port = ["url", "plain", "flag"]
        .iter()
        .find_map(|name| found.name(name));
    let scheme = found
        .name("scheme")
        .map(|it| it.as_str().to_ascii_lowercase());
    match (port, scheme.as_deref()) {
        (Some(port), _) => port.as_str().parse().ok().filter(|port| *port > 0),
        (None, Some("https")) => Some(443),
        (None, Some(_)) => Some(80),
        (None, None) => None,
    }
}

fn heard(port: u16, listens: &[SocketAddr]) -> String {
    if listens.iter().any(|it| it.port() == port) {
        format!("/proc: it listens on port {port}")
    } else {
        format!(
            "/proc: nothing in it listens on port {port}{}",
            elsewhere(listens)
        )
    }
}

/// Where it listens instead.
pub(super) fn elsewhere(listens: &[SocketAddr]) -> String {
    let mut ports: Vec<u16> = listens.iter().map(SocketAddr::port).collect();
    ordered::sort(&mut ports);
    ports.dedup();
    let ports: Vec<String> = ports.iter().take(5).map(u16::to_string).collect();
    match ports.is_empty() {
        true => String::new(),
        false => format!("; it listens on {}", ports.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_that_a_probe_asks_is_found_as_such_commands_write_it() {
        for (probe, port) in [
            (
                "CMD-SHELL curl -f http://localhost:8080/health || exit 1",
                Some(8080),
            ),
            ("CMD curl -fsS http://127.0.0.1/", Some(80)),
            ("CMD-SHELL wget -qO- https://localhost", Some(443)),
            ("CMD nc -z localhost 5432", Some(5432)),
            ("CMD-SHELL pg_isready -U app -p 5433", Some(5433)),
            ("CMD redis-cli -h 127.0.0.1 -p 6380 ping", Some(6380)),
            ("CMD-SHELL bash -c '</dev/tcp/127.0.0.1/9000'", Some(9000)),
            ("CMD-SHELL curl http://other:8080/", None),
            ("CMD-SHELL test -f /tmp/ready", None),
        ] {
            assert_eq!(asked(probe), port, "{probe}");
        }
    }
}
