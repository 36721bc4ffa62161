//! Finds out where the trouble of a Compose project begins: a service that fails for want of another one comes
//! after that one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::diagnosis::{self, Around, Finding, Neighbour, Severity, Subject};
use super::{items_at, members_at, number_at, text_at};
use crate::engine::labels::{DEPENDS_ON, DIRECTORY, ONE_OFF, SERVICE};
use crate::ordered;

/// How many findings are told.
const MOST: usize = 20;

/// A finding, and the services it follows from.
#[derive(Debug, Serialize)]
pub(super) struct Trouble {
    service: String,
    /// None where the service has no container.
    container: Option<String>,
    severity: Severity,
    problem: String,
    cause: Option<String>,
    evidence: Vec<String>,
    next: String,
    /// The services it depends on, or asks for, that are in trouble themselves.
    after: Vec<String>,
}

/// A container of the project.
struct Member<'a> {
    subject: Subject,
    service: &'a str,
    needs: Vec<Need<'a>>,
}

impl Member<'_> {
    /// It was made and nobody has tried to start it.
    fn is_waiting(&self) -> bool {
        let document = &self.subject.document;
        text_at(document, "/State/Status") == "created"
            && text_at(document, "/State/Error").is_empty()
            && number_at(document, "/State/ExitCode").unwrap_or(0) == 0
    }
}

/// What a service needs of another one.
struct Need<'a> {
    service: &'a str,
    condition: &'a str,
}

/// What is wrong with the containers of a project, that from which other trouble follows first.
pub(super) fn troubles(
    containers: &Value,
    logs: &Value,
    events: &Value,
    now: Option<Timestamp>,
) -> Vec<Trouble> {
    let members: Vec<Member<'_>> = items_at(containers, "")
        .map(|container| member(container, logs))
        .collect();
    let around = Around {
        now,
        ..around(containers, events)
    };
    let mut found: Vec<(&Member<'_>, Finding)> = Vec::new();
    for member in &members {
        let (findings, _) = diagnosis::findings(&member.subject, &around);
        let ended = stopped(member, &members);
        let worst = findings.first().map(|finding| finding.severity);
        found.extend(findings.into_iter().map(|finding| (member, finding)));
        if worst.is_none_or(|worst| worst > Severity::Warning) {
            found.extend(ended.map(|finding| (member, finding)));
        }
    }
    let missing = missing(&members);
    let mut troubled: BTreeSet<&str> = missing.keys().copied().collect();
    troubled.extend(found.iter().map(|(member, _)| member.service));
    let mut troubles: Vec<Trouble> = missing
        .iter()
        .map(|(service, asks)| absent(service, asks))
        .collect();
    troubles.extend(found.into_iter().map(|(member, finding)| {
        let after = followed(member, &finding, &troubled, &members);
        let waits = !after.is_empty() && member.is_waiting();
        let (cause, next) = match waits {
            true => (
                Some(format!("it waits for `{}`", after.join("`, `"))),
                "mend that, then start the project (docker_compose_start)".to_owned(),
            ),
            false => (finding.cause, finding.next),
        };
        Trouble {
            service: member.service.to_owned(),
            container: Some(finding.container),
            severity: finding.severity,
            problem: finding.problem,
            cause,
            evidence: finding.evidence,
            next,
            after,
        }
    }));
    ordered::sort_by_key(&mut troubles, |trouble| {
        (!trouble.after.is_empty(), trouble.severity)
    });
    troubles.truncate(MOST);
    troubles.extend(shared_name(containers));
    troubles
}

fn member<'a>(container: &'a Value, logs: &Value) -> Member<'a> {
    let id = text_at(container, "/Id");
    let log = items_at(logs, "").find(|log| {
        let of = text_at(log, "/container_id");
        !of.is_empty() && id.starts_with(of)
    });
    let needs = label(container, DEPENDS_ON).split(',').filter_map(|need| {
        let mut parts = need.split(':');
        let service = parts.next().filter(|service| !service.is_empty())?;
        let condition = parts.next().unwrap_or_default();
        Some(Need { service, condition })
    });
    Member {
        subject: Subject {
            name: name(container).to_owned(),
            document: container.clone(),
            log: log.map_or("", |log| text_at(log, "/logs")).to_owned(),
            ..Subject::default()
        },
        service: label(container, SERVICE),
        needs: needs.collect(),
    }
}

fn name(container: &Value) -> &str {
    text_at(container, "/Name").trim_start_matches('/')
}

fn label<'a>(container: &'a Value, name: &str) -> &'a str {
    let labels = container.pointer("/Config/Labels");
    let label = labels.and_then(|labels| labels.get(name));
    label.and_then(Value::as_str).unwrap_or_default()
}

/// What the containers know of each other.
fn around(containers: &Value, events: &Value) -> Around {
    let mut around = Around::default();
    for container in items_at(containers, "") {
        let mut neighbour = Neighbour {
            name: name(container).to_owned(),
            state: text_at(container, "/State/Status").to_owned(),
            ..Neighbour::default()
        };
        neighbour.learn(container);
        around.neighbours.push(neighbour);
        if text_at(container, "/State/Status") == "running" {
            let bindings = members_at(container, "/HostConfig/PortBindings");
            let bindings = bindings.flat_map(|(_, bindings)| items_at(bindings, ""));
            let ports = bindings.filter_map(|it| text_at(it, "/HostPort").parse().ok());
            let held = ports.map(|port| (port, name(container).to_owned()));
            around.holders.extend(held);
        }
        let id = text_at(container, "/Id");
        let own = items_at(events, "").filter(|event| {
            let of = text_at(event, "/id");
            !of.is_empty() && id.starts_with(of)
        });
        let own = own.map(|event| {
            let time = text_at(event, "/time").parse().ok();
            (text_at(event, "/action").to_owned(), time)
        });
        around.events.insert(id.to_owned(), own.collect());
    }
    around
}

/// That a container has ended, though well, while others need it to run.
fn stopped(member: &Member<'_>, members: &[Member<'_>]) -> Option<Finding> {
    let document = &member.subject.document;
    let is_job = label(document, ONE_OFF).eq_ignore_ascii_case("true");
    if is_job || text_at(document, "/State/Status") != "exited" {
        return None;
    }
    let runs = |it: &&Member<'_>| text_at(&it.subject.document, "/State/Status") == "running";
    let mut same = members.iter().filter(|it| it.service == member.service);
    if same.any(|it| runs(&it)) {
        return None;
    }
    let asks = members.iter().filter(|it| it.service != member.service);
    let asks = asks.filter(|it| {
        let mut needs = it.needs.iter();
        needs.any(|need| {
            need.service == member.service && need.condition != "service_completed_successfully"
        })
    });
    let asks: BTreeSet<&str> = asks.map(|it| it.service).collect();
    if asks.is_empty() {
        return None;
    }
    let asks: Vec<&str> = asks.into_iter().collect();
    let code = document.pointer("/State/ExitCode").unwrap_or(&Value::Null);
    Some(Finding {
        severity: Severity::Critical,
        container: member.subject.name.clone(),
        service: None,
        problem: format!(
            "it does not run, and `{}` depends on it",
            asks.join("`, `")
        ),
        cause: Some("it was stopped, or its command has come to its end".to_owned()),
        evidence: vec![
            format!("State.Status: exited, State.ExitCode: {code}"),
            format!("label {DEPENDS_ON} of `{}`", asks.join("`, `")),
        ],
        next: "start it (docker_compose_start); where it ends again, its command has to stay in the foreground"
            .to_owned(),
    })
}

/// The services that others depend on and that have no container, each with those others.
fn missing<'a>(members: &'a [Member<'_>]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let known: BTreeSet<&str> = members.iter().map(|it| it.service).collect();
    let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for member in members {
        for need in member
            .needs
            .iter()
            .filter(|need| !known.contains(need.service))
        {
            missing
                .entry(need.service)
                .or_default()
                .insert(member.service);
        }
    }
    missing
}

fn absent(service: &str, asks: &BTreeSet<&str>) -> Trouble {
    let asks: Vec<&str> = asks.iter().copied().collect();
    Trouble {
        service: service.to_owned(),
        container: None,
        severity: Severity::Critical,
        problem: format!(
            "it has no container, and `{}` depends on it",
            asks.join("`, `")
        ),
        cause: Some("it was removed, or never made".to_owned()),
        evidence: vec![format!("label {DEPENDS_ON} of `{}`", asks.join("`, `"))],
        next: "bring the project up again (docker_compose_up)".to_owned(),
        after: Vec::new(),
    }
}

/// The services in trouble that a finding follows from: those that its own depends on, and those that
/// what was found speaks of. One that itself depends on this is no reason.
fn followed(
    member: &Member<'_>,
    finding: &Finding,
    troubled: &BTreeSet<&str>,
    members: &[Member<'_>],
) -> Vec<String> {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut next: Vec<&str> = vec![member.service];
    while let Some(service) = next.pop() {
        for of in members.iter().filter(|it| it.service == service) {
            for need in &of.needs {
                if reached.insert(need.service) {
                    next.push(need.service);
                }
            }
        }
    }
    let texts = finding
        .evidence
        .iter()
        .chain(finding.cause.iter())
        .chain([&finding.problem]);
    let texts: Vec<&String> = texts.collect();
    let speaks_of = |service: &str| texts.iter().any(|text| says(text, service));
    let needs_this = |service: &str| {
        let mut others = members.iter().filter(|it| it.service == service);
        others.any(|it| it.needs.iter().any(|need| need.service == member.service))
    };
    let after = troubled.iter().filter(|service| {
        **service != member.service
            && (reached.contains(**service) || speaks_of(service) && !needs_this(service))
    });
    after.map(|service| (*service).to_owned()).collect()
}

/// Whether a text has a service's name as a word of its own.
fn says(text: &str, service: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !service.is_empty()
        && text.match_indices(service).any(|(at, _)| {
            let before = text.get(..at).and_then(|it| it.chars().next_back());
            let after = text.get(at + service.len()..);
            let after = after.and_then(|it| it.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
}

/// That two directories use the same name of a project: each takes the other's containers for orphans.
fn shared_name(containers: &Value) -> Option<Trouble> {
    let mut directories: BTreeMap<&str, &str> = BTreeMap::new();
    for container in items_at(containers, "") {
        let directory = label(container, DIRECTORY);
        if !directory.is_empty() {
            directories
                .entry(directory)
                .or_insert(label(container, SERVICE));
        }
    }
    let (_, service) = directories.iter().nth(1)?;
    let shown: Vec<&str> = directories.keys().copied().take(5).collect();
    Some(Trouble {
        service: (*service).to_owned(),
        container: None,
        severity: Severity::Warning,
        problem: "its containers come from different directories under one project name".to_owned(),
        cause: Some("an `up` in one of them changes or removes what the other made".to_owned()),
        evidence: vec![format!("label {DIRECTORY}: `{}`", shown.join("`, `"))],
        next: "give each directory a project name of its own (`name:` in its file)".to_owned(),
        after: Vec::new(),
    })
}
