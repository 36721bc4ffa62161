//! Says why a container ended, keeps ending, or never began.

use jiff::SignedDuration;

use super::{
    Around, Finding, Severity, Subject, finding, happened, last_lines, lower, start, time_at,
};
use crate::facts::exit::meaning;
use crate::facts::log::{Cause, causes};
use crate::facts::state::exit_advice;
use crate::facts::text::{many, size};
use crate::facts::{is_true, number_at, text_at};

/// How long ago something may have ended that still matters most.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// How long one has to run after many restarts before they are over.
const SETTLED: SignedDuration = SignedDuration::from_mins(10);

/// From how many restarts on it is a loop: a start by hand counts anew.
const LOOP: i64 = 2;

/// Ends that are further apart are no loop.
const APART: SignedDuration = SignedDuration::from_hours(1);

/// The Engine puts a restart off for longer only after several short runs.
const PUT_OFF: SignedDuration = SignedDuration::from_secs(2);

/// The codes of whom somebody stopped: SIGINT, SIGKILL after its grace, SIGTERM.
const STOPPED: [i64; 2] = [130, 143];

const SIGKILL: i64 = 137;

/// The codes of a process that its own mistake ended.
const CRASHED: [i64; 6] = [132, 134, 135, 136, 139, 159];

pub(super) fn find(it: &Subject, around: &Around) -> Option<Finding> {
    let status = text_at(&it.document, "/State/Status");
    let code = number_at(&it.document, "/State/ExitCode").unwrap_or(0);
    match status {
        "created" | "exited" if start::failed(it) => Some(start::find(it, around)),
        // The Engine may not keep why, but it is seen.
        "created" if !it.gone.is_empty() => Some(start::without_mounts(it)),
        "created" => Some(start::never(it)),
        "paused" => Some(
            finding(
                it,
                Severity::Notice,
                "it is paused: its processes are frozen",
            )
            .because("somebody paused it")
            .seen(["State.Status: paused".to_owned()])
            .then("unpause it (docker_unpause_container) if it is to go on"),
        ),
        "dead" => Some(
            finding(
                it,
                Severity::Warning,
                "it is dead: the Engine could not remove all of it",
            )
            .seen([format!(
                "State.Error: {}",
                text_at(&it.document, "/State/Error")
            )])
            .then("remove it by force (docker_remove_container)"),
        ),
        _ if was_killed_for_memory(it, around) => Some(killed_for_memory(it, status)),
        "restarting" if is_put_off(it, around) || !are_apart(it, around) => {
            Some(restarts(it, around, code))
        }
        "running" if is_unsettled(it, around) && !are_apart(it, around) => {
            Some(restarts(it, around, code))
        }
        "restarting" => Some(restarted(it)),
        "running" if is_unsettled(it, around) => Some(restarted(it)),
        "exited" if code != 0 && !was_stopped(it, around, code) => Some(ended(it, around, code)),
        _ => None,
    }
}

fn restart_count(it: &Subject) -> i64 {
    number_at(&it.document, "/RestartCount").unwrap_or(0)
}

/// One that was restarted more than once, and just now.
fn is_unsettled(it: &Subject, around: &Around) -> bool {
    let since = time_at(&it.document, "/State/StartedAt").zip(around.now);
    let settled = since.is_some_and(|(since, now)| since.duration_until(now) > SETTLED);
    restart_count(it) >= LOOP && !settled
}

fn is_put_off(it: &Subject, around: &Around) -> bool {
    let since = time_at(&it.document, "/State/FinishedAt").zip(around.now);
    since.is_some_and(|(since, now)| since.duration_until(now) > PUT_OFF)
}

/// Whether its ends are too far apart for a loop: the Engine counts them all, and remembers those of late.
fn are_apart(it: &Subject, around: &Around) -> bool {
    let began = time_at(&it.document, "/Created").zip(around.now);
    let lived = began.map(|(began, now)| began.duration_until(now));
    let ends = i32::try_from(restart_count(it)).unwrap_or(i32::MAX);
    let rarely = lived.is_some_and(|lived| lived > APART.saturating_mul(ends));
    rarely && ends_of_late(it, around) < 2
}

fn ends_of_late(it: &Subject, around: &Around) -> usize {
    let events = around.events.get(text_at(&it.document, "/Id"));
    let events = events.into_iter().flatten();
    events.filter(|(action, _)| action == "die").count()
}

/// Somebody stopped it, by what its code or the events tell.
fn was_stopped(it: &Subject, around: &Around, code: i64) -> bool {
    let since = time_at(&it.document, "/State/StartedAt");
    let by_events = ["stop", "kill"]
        .iter()
        .any(|action| happened(it, around, action, since));
    STOPPED.contains(&code) || code == SIGKILL && by_events
}

fn was_killed_for_memory(it: &Subject, around: &Around) -> bool {
    // Of one that was started again meanwhile, the Engine has forgotten it.
    is_true(&it.document, "/State/OOMKilled") || happened(it, around, "oom", None)
}

fn killed_for_memory(it: &Subject, status: &str) -> Finding {
    let limit = number_at(&it.document, "/HostConfig/Memory").filter(|limit| *limit > 0);
    let (cause, next) = match limit {
        Some(limit) => (
            format!(
                "it wanted more memory than its limit of {}",
                size(Some(limit))
            ),
            "raise its limit (docker_update_container `mem_limit`), or find what takes the memory: a leak, a heap size above the limit",
        ),
        None => (
            "the host ran out of memory: the container has no limit of its own".to_owned(),
            "give it and its neighbours memory limits, and see who takes the memory (docker_container_stats)",
        ),
    };
    let (severity, problem) = match status {
        "running" => (
            Severity::Warning,
            "a process of it was killed for want of memory",
        ),
        _ => (Severity::Critical, "it was killed for want of memory"),
    };
    let mut evidence = vec![match is_true(&it.document, "/State/OOMKilled") {
        true => "State.OOMKilled: true".to_owned(),
        false => "event: oom".to_owned(),
    }];
    evidence.extend(limit.map(|limit| format!("HostConfig.Memory: {}", size(Some(limit)))));
    evidence.extend(
        number_at(&it.document, "/State/ExitCode")
            .filter(|it| *it != 0)
            .map(|code| format!("State.ExitCode: {code}")),
    );
    if restart_count(it) > 0 {
        evidence.push(format!("RestartCount: {}", restart_count(it)));
    }
    finding(it, severity, problem)
        .because(cause)
        .seen(evidence)
        .then(next)
}

/// One that ended lately, and before that long ago.
fn restarted(it: &Subject) -> Finding {
    let told = causes(&it.log).into_iter().next();
    let count = many(restart_count(it), "time");
    let mut evidence = vec![format!("RestartCount: {}", restart_count(it))];
    let at = time_at(&it.document, "/State/FinishedAt");
    evidence.extend(at.map(|at| format!("State.FinishedAt: {at:.0}")));
    let problem =
        format!("it ended lately and was restarted, as it was {count} in all: far apart, no loop");
    finding(it, Severity::Notice, problem)
        .perhaps(why(None, told.as_ref()))
        .seen(evidence)
        .seen(lines(it, told.as_ref()))
        .then("read its log around that time (docker_container_logs `until`): it may say why")
}

fn restarts(it: &Subject, around: &Around, code: i64) -> Finding {
    let count = restart_count(it);
    let problem = format!(
        "it is in a restart loop: it ended and was restarted {}",
        many(count, "time")
    );
    // Of one that just runs, a code of 0 is that of no end.
    let runs = text_at(&it.document, "/State/Status") == "running";
    let code = (!runs || code != 0).then_some(code);
    let policy = text_at(&it.document, "/HostConfig/RestartPolicy/Name");
    let mut evidence = vec![
        format!("RestartCount: {count}"),
        format!("HostConfig.RestartPolicy.Name: {policy}"),
    ];
    evidence.extend(code.map(|code| format!("State.ExitCode: {code}")));
    let at = time_at(&it.document, "/State/FinishedAt");
    evidence.extend(at.map(|at| format!("State.FinishedAt: {at:.0}")));
    let ends = ends_of_late(it, around);
    if ends > 1 {
        evidence.push(format!("event: die, {ends} times within an hour"));
    }
    let told = causes(&it.log).into_iter().next();
    let cause = match code {
        Some(0) => Some(
            "its main process ends normally at once: nothing of it stays in the foreground"
                .to_owned(),
        ),
        code => why(code, told.as_ref()),
    };
    let next = match (&told, code) {
        (Some(told), _) => told.next,
        (None, Some(code)) => exit_advice(code),
        (None, None) => {
            "read the last lines of its log: the application says there what went wrong"
        }
    };
    finding(it, Severity::Critical, problem)
        .perhaps(cause)
        .seen(evidence)
        .seen(lines(it, told.as_ref()))
        .then(next)
}

fn ended(it: &Subject, around: &Around, code: i64) -> Finding {
    let at = time_at(&it.document, "/State/FinishedAt");
    let is_late = at
        .zip(around.now)
        .is_none_or(|(at, now)| at.duration_until(now) < LATE);
    let severity = if is_late {
        Severity::Critical
    } else {
        Severity::Notice
    };
    let told = causes(&it.log).into_iter().next();
    let mut evidence = vec![format!("State.ExitCode: {code}")];
    evidence.extend(at.map(|at| format!("State.FinishedAt: {at:.0}")));
    if matches!(code, 126 | 127) {
        evidence.push(start::command(it));
    }
    let next = told.as_ref().map_or(exit_advice(code), |told| told.next);
    finding(
        it,
        severity,
        format!("it ended with code {code}: {}", meaning(Some(code))),
    )
    .perhaps(why(Some(code), told.as_ref()))
    .seen(evidence)
    .seen(lines(it, told.as_ref()))
    .then(next)
}

/// What the code says, where it is that of a crash; else what its log tells, and what a code says that
/// has one meaning.
fn why(code: Option<i64>, told: Option<&Cause>) -> Option<String> {
    match (code, told) {
        (Some(code), _) if CRASHED.contains(&code) => Some(meaning(Some(code))),
        (_, Some(told)) => Some(lower(told.what)),
        (Some(code @ (126 | 127)), None) => Some(meaning(Some(code))),
        (_, None) => None,
    }
}

/// The line that tells, or the last ones.
fn lines(it: &Subject, told: Option<&Cause>) -> Vec<String> {
    match told {
        Some(told) => vec![format!("log: {}", told.line)],
        None => last_lines(&it.log, 3),
    }
}
