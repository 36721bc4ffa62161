//! Finds what is wrong with containers, and says why where what was seen carries it.
//!
//! What was seen comes in, findings go out; nothing is asked for here. What exit codes, errors and
//! lines of a log mean is told by the tables that the prompts use.

mod ending;
mod health;
mod hosts;
mod limits;
mod names;
mod published;
mod start;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

pub(crate) use limits::disk;
pub(crate) use names::{Neighbour, asks_for_names, misses_names, networks};

use super::{items_at, text_at};
use crate::ordered;

/// The most of a piece of evidence, in characters.
const LONGEST: usize = 300;

/// How many last lines tell how it is now.
const LAST_LINES: usize = 10;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    Critical,
    Warning,
    Notice,
}

/// What is wrong with a container, or with a service of a swarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    /// Empty where it is about a service.
    pub(crate) container: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    pub(crate) problem: String,
    /// Why, where the evidence carries it.
    pub(crate) cause: Option<String>,
    /// The fields, lines and events that it rests on.
    pub(crate) evidence: Vec<String>,
    pub(crate) next: String,
}

/// What was seen of a container.
#[derive(Debug, Default)]
pub(crate) struct Subject {
    pub(crate) name: String,
    /// The Engine's document of it.
    pub(crate) document: Value,
    /// The last lines of its log.
    pub(crate) log: String,
    pub(crate) usage: Usage,
    /// Where something in it listens; none where that cannot be seen.
    pub(crate) listens: Option<Vec<SocketAddr>>,
    /// The mounts whose source is gone, as `source at destination`.
    pub(crate) gone: Vec<String>,
}

/// What it takes of what it may take.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) memory: Option<u64>,
    pub(crate) pids: Option<u64>,
}

/// What was seen around the containers.
#[derive(Debug, Default)]
pub(crate) struct Around {
    pub(crate) now: Option<Timestamp>,
    /// All containers there are.
    pub(crate) neighbours: Vec<Neighbour>,
    /// Who publishes which port of the host.
    pub(crate) holders: Vec<(u16, String)>,
    /// The ports of the host on which something listens; none where that cannot be seen.
    pub(crate) host_ports: Option<Vec<u16>>,
    /// The actions of late, by the id of the container.
    pub(crate) events: BTreeMap<String, Vec<(String, Option<Timestamp>)>>,
}

/// Has something hide what is secret in a container's document, before anything of it is cut. Of the
/// environment only hosts are told, and they could not be found any more.
pub(crate) fn hide(document: &mut Value, hide: impl FnOnce(&mut Value)) {
    let environment = document.pointer_mut("/Config/Env").map(Value::take);
    hide(document);
    if let (Some(place), Some(environment)) = (document.pointer_mut("/Config/Env"), environment) {
        *place = environment;
    }
}

/// What is wrong with a container, worst first, and what could not be seen of it.
pub(crate) fn findings(it: &Subject, around: &Around) -> (Vec<Finding>, Vec<String>) {
    let mut unknown = Vec::new();
    let mut found: Vec<Finding> = ending::find(it, around).into_iter().collect();
    // One that did its work or was stopped asks for nobody.
    if text_at(&it.document, "/State/Status") != "exited" || !found.is_empty() {
        let named = names::find(it, around);
        found = named.into_iter().fold(found, with_name);
    }
    found.extend(health::find(it, &mut unknown));
    found.extend(published::find(it, around, found.is_empty()));
    found.extend(limits::find(it));
    if !it.gone.is_empty() && text_at(&it.document, "/State/Status") != "created" {
        found.push(gone(it));
    }
    if found.is_empty() {
        found.extend(trouble_in_its_log(it));
    }
    ordered::sort_by_key(&mut found, |finding| finding.severity);
    (found, unknown)
}

/// A name that nobody answers to is why it ended, where its log says so.
fn with_name(mut found: Vec<Finding>, (finding, in_log): (Finding, bool)) -> Vec<Finding> {
    match found.first_mut() {
        Some(ended) if in_log => {
            ended.cause = finding.cause.or(ended.cause.take());
            ended.evidence.extend(finding.evidence);
            ended.next = finding.next;
        }
        Some(ended) => {
            // It matters no more than the end of one that is long gone.
            let severity = finding.severity.max(ended.severity);
            found.push(Finding {
                severity,
                ..finding
            });
        }
        None => found.push(finding),
    }
    found
}

fn gone(it: &Subject) -> Finding {
    let (first, more) = (it.gone.first(), it.gone.len() - 1);
    let which = first.map_or("", String::as_str);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    finding(
        it,
        Severity::Warning,
        format!("the source of a mount is gone: {which}{more}"),
    )
    .because("it was removed or made anew on the host after the container got it")
    .seen(it.gone.iter().map(|gone| format!("mount {gone}")))
    .then("put it back on the host, then restart the container: it still has what was there before")
}

/// Of one that runs and seems well, what its last lines tell.
fn trouble_in_its_log(it: &Subject) -> Option<Finding> {
    if text_at(&it.document, "/State/Status") != "running" {
        return None;
    }
    let lines: Vec<&str> = it.log.lines().collect();
    let last = lines
        .get(lines.len().saturating_sub(LAST_LINES)..)?
        .join("\n");
    let cause = super::log::causes(&last).into_iter().next()?;
    let problem = format!(
        "it runs, but its log tells of trouble: {}",
        lower(cause.what)
    );
    let found = finding(it, Severity::Warning, problem);
    Some(
        found
            .seen([format!("log: {}", cause.line)])
            .then(cause.next),
    )
}

/// A finding without a cause, evidence or advice yet.
fn finding(it: &Subject, severity: Severity, problem: impl Into<String>) -> Finding {
    Finding {
        severity,
        container: it.name.clone(),
        service: None,
        problem: problem.into(),
        cause: None,
        evidence: Vec::new(),
        next: String::new(),
    }
}

impl Finding {
    /// One about a service, without a cause, evidence or advice yet.
    pub(super) fn of_service(name: &str, severity: Severity, problem: &str) -> Self {
        Self {
            severity,
            container: String::new(),
            service: Some(name.to_owned()),
            problem: problem.to_owned(),
            cause: None,
            evidence: Vec::new(),
            next: String::new(),
        }
    }

    fn because(self, cause: impl Into<String>) -> Self {
        self.perhaps(Some(cause.into()))
    }

    fn perhaps(self, cause: Option<String>) -> Self {
        Self { cause, ..self }
    }

    fn seen(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence
            .extend(evidence.into_iter().map(|it| short(&it)));
        self
    }

    fn then(self, next: impl Into<String>) -> Self {
        Self {
            next: next.into(),
            ..self
        }
    }
}

/// A piece of evidence on one line, cut where it is long.
pub(super) fn short(text: &str) -> String {
    let line: String = text
        .trim()
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .take(LONGEST)
        .collect();
    match text.trim().chars().nth(LONGEST) {
        Some(_) => line + "…",
        None => line,
    }
}

/// The last lines that say something, newest last.
fn last_lines(log: &str, most: usize) -> Vec<String> {
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(most);
    let last = lines.get(from..).unwrap_or_default().iter();
    last.map(|line| format!("log: {line}")).collect()
}

/// A sentence's beginning within another sentence.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|it| it.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

fn time_at(document: &Value, pointer: &str) -> Option<Timestamp> {
    let time: Timestamp = text_at(document, pointer).parse().ok()?;
    // Engines write the year 1 for never.
    (time.as_second() > 0).then_some(time)
}

/// Whether an action happened to a container of late, since that time.
fn happened(it: &Subject, around: &Around, action: &str, since: Option<Timestamp>) -> bool {
    let events = around.events.get(text_at(&it.document, "/Id"));
    let mut events = events.into_iter().flatten();
    events.any(|(what, time)| what == action && (since.is_none() || *time >= since))
}

/// The words of a command.
fn words(document: &Value, pointer: &str) -> String {
    let words: Vec<&str> = items_at(document, pointer)
        .filter_map(Value::as_str)
        .collect();
    words.join(" ")
}
