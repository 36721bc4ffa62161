//! Says how a container is and why, the decisive fact first.

use serde::Serialize;
use serde_json::Value;

use super::exit::meaning;
use super::text::{many, size};
use super::{is_true, items_at, number_at, text_at};

/// A fact and what to do about it.
#[derive(Serialize)]
pub(super) struct Fact {
    /// In a sentence.
    what: String,
    /// What the Engine or the container says of it, as it is; may be empty.
    quote: String,
    /// The next step.
    next: &'static str,
}

fn fact(what: impl Into<String>, quote: &str, next: &'static str) -> Fact {
    Fact {
        what: what.into(),
        quote: quote.to_owned(),
        next,
    }
}

/// What a container's document and its events say, most telling first.
pub(super) fn verdict(container: &Value, events: &Value) -> Vec<Fact> {
    let status = text_at(container, "/State/Status");
    let code = number_at(container, "/State/ExitCode");
    let ended = ["exited", "dead", "restarting"].contains(&status);
    let mut facts = Vec::new();

    let killed_for_memory = is_true(container, "/State/OOMKilled")
        || items_at(events, "").any(|event| text_at(event, "/action") == "oom");
    if killed_for_memory {
        let limit = match number_at(container, "/HostConfig/Memory") {
            Some(limit) if limit > 0 => format!("its limit is {}", size(Some(limit))),
            _ => "it has no limit of its own, so the host ran out".to_owned(),
        };
        facts.push(fact(
            format!("Out of memory: the kernel killed a process of it (OOM); {limit}"),
            "",
            "raise the memory limit, or find what takes the memory: a leak, a heap size above the limit",
        ));
    }
    let error = text_at(container, "/State/Error");
    if !error.is_empty() {
        facts.push(fact(
            "Docker could not start it",
            error,
            start_advice(error),
        ));
    }
    let restarts = number_at(container, "/RestartCount").unwrap_or(0);
    if status == "restarting" || restarts > 0 {
        let policy = match text_at(container, "/HostConfig/RestartPolicy/Name") {
            "" => String::new(),
            policy => format!(" (policy `{policy}`)"),
        };
        let times = many(restarts, "time");
        let which = if status == "restarting" || restarts > 2 {
            "Restart loop"
        } else {
            "Restarted"
        };
        facts.push(fact(
            format!("{which}: Docker restarted it {times}{policy}, for its main process keeps ending"),
            "",
            "mend what ends the process; the policy only repeats it. Stop the container to look at it in peace",
        ));
    }
    if ended && let Some(code) = code {
        facts.push(fact(
            format!("Exit code {code}: {}", meaning(Some(code))),
            "",
            exit_advice(code),
        ));
    }
    if text_at(container, "/State/Health/Status") == "unhealthy" {
        let streak = number_at(container, "/State/Health/FailingStreak").unwrap_or(0);
        let last = items_at(container, "/State/Health/Log").last();
        facts.push(fact(
            format!("Unhealthy: its health check failed {} in a row", many(streak, "time")),
            last.map_or("", |last| text_at(last, "/Output")),
            "run the check's command inside the container and compare it with where the application listens",
        ));
    }
    if facts.is_empty() {
        facts.push(plain(container, status));
    }
    facts
}

/// What there is to say of a container without trouble.
fn plain(container: &Value, status: &str) -> Fact {
    match status {
        "running" if text_at(container, "/State/Health/Status") == "starting" => fact(
            "It runs; its health check has not passed yet",
            "",
            "wait for the start period, then look at the check's output",
        ),
        "running" => fact(
            "It runs, and Docker reports no trouble",
            "",
            "ask what is wrong with it: slow, unreachable or wrong answers show in logs, stats and network",
        ),
        "created" => fact("It was created and never started", "", "start it"),
        "paused" => fact("It is paused: its processes are frozen", "", "unpause it"),
        "" => fact("Its state is not known", "", "inspect it again"),
        _ => fact(format!("Its state is {status}"), "", "inspect it again"),
    }
}

pub(super) fn exit_advice(code: i64) -> &'static str {
    match code {
        0 => "if it should go on: its command must stay in the foreground, and a shell needs `-it`",
        126 => "look at the file's mode and format, and at `docker image inspect` for its platform",
        127 => {
            "look at Entrypoint and Cmd below; check the path, the PATH and line ends (CRLF) of scripts"
        }
        132 | 134 | 139 => {
            "look for a core dump and for a mismatch of CPU, libc or library versions"
        }
        137 => "find who killed it: OOM below, a `kill` event, or a stop whose grace was too short",
        143 => "find who stopped it: a `kill` or `stop` event, a deployment, a host that shut down",
        _ => "read the last lines of its log: the application says there what went wrong",
    }
}

/// The next step for what the Engine says of a start that failed.
pub(super) fn start_advice(error: &str) -> &'static str {
    const ADVICE: [(&str, &str); 7] = [
        (
            "port is already allocated",
            "another container publishes the port: publish another, or stop that one",
        ),
        (
            "address already in use",
            "a process of the host holds the port: publish another, or stop that one",
        ),
        (
            "executable file not found",
            "the image has no such command: check Entrypoint and Cmd",
        ),
        (
            "no such file or directory",
            "a path does not exist: the command, its interpreter or a mount's source",
        ),
        (
            "permission denied",
            "the command's file is not executable, or a mount is not readable",
        ),
        (
            "exec format error",
            "the image is for another platform: pull one for this CPU",
        ),
        (
            "not a directory",
            "a mount puts a file on a directory or the reverse",
        ),
    ];
    let error = error.to_ascii_lowercase();
    let known = ADVICE.iter().find(|(part, _)| error.contains(part));
    known.map_or(
        "mend what the error names, then start it again",
        |(_, advice)| advice,
    )
}
