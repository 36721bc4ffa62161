//! Finds what is wrong with a service of a swarm: where its tasks cannot begin, cannot stay, or were lost.
//!
//! The swarm tries for ever, and what it tells of a service is how many of its tasks should run. Why they do not
//! stands in tasks that are over, so the newest of these tell; of a service whose tasks all run, they are history.

mod constraints;
mod meaning;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

pub(super) use constraints::constraints;
use meaning::{Meaning, REFUSALS, UNSUITABLE, meaning};

use super::diagnosis::{Finding, Severity, short};
use super::{exit, items_at, number_at, text_at, texts_at};
use crate::ordered;

/// How long ago a task may have ended for others of its service to be likely to.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// How many tasks that ended of late are a loop.
const LOOP: usize = 3;

/// How many pieces of evidence a finding has.
const MOST: usize = 4;

/// A task, past or present, by the names that lists give.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Attempt {
    pub(crate) slot: Option<i64>,
    pub(crate) node: String,
    /// Nobody can hear of its node.
    pub(crate) node_lost: bool,
    pub(crate) state: String,
    pub(crate) desired: String,
    pub(crate) error: String,
    pub(crate) exit_code: Option<i64>,
    /// Since when it is in its state, as lists write it.
    pub(crate) since: String,
}

/// What was seen of a service.
struct Seen<'a> {
    name: &'a str,
    service: &'a Value,
    tasks: &'a [Attempt],
    now: Option<Timestamp>,
    running: i64,
    wanted: i64,
}

impl Attempt {
    fn time(&self) -> Option<Timestamp> {
        self.since.parse().ok()
    }

    fn runs(&self) -> bool {
        self.state == "running" && self.desired == "running" && !self.node_lost
    }

    fn is_wanted(&self) -> bool {
        self.desired == "running"
    }

    /// It ended, or never began, though nobody wanted that.
    fn broke(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "rejected")
    }
}

/// The same, from the items of a list of tasks.
pub(super) fn listed(service: &Value, tasks: &Value, now: Option<Timestamp>) -> Vec<Finding> {
    let attempts = items_at(tasks, "").map(|task| Attempt::deserialize(task).unwrap_or_default());
    let attempts: Vec<Attempt> = attempts.collect();
    findings(service, &attempts, now)
}

/// What is wrong with a service, from its document and its tasks: that which keeps its tasks from running first.
pub(crate) fn findings(service: &Value, tasks: &[Attempt], now: Option<Timestamp>) -> Vec<Finding> {
    let running = tasks.iter().filter(|task| task.runs()).count();
    let wanted = number_at(service, "/Spec/Mode/Replicated/Replicas");
    let all = tasks.iter().filter(|task| task.is_wanted()).count();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let seen = Seen {
        name: text_at(service, "/Spec/Name"),
        service,
        tasks,
        now,
        running: count(running),
        wanted: wanted.unwrap_or_else(|| count(all)),
    };
    let mut found: Vec<Finding> = Vec::new();
    found.extend(seen.unsuitable());
    found.extend(seen.broken());
    found.extend(seen.update());
    found.extend(seen.lost());
    if found.is_empty() {
        found.extend(seen.few());
    }
    ordered::sort_by_key(&mut found, |finding| finding.severity);
    found
}

impl Seen<'_> {
    fn lacks(&self) -> bool {
        self.running < self.wanted
    }

    /// Of a job, tasks that did their work are none that it lacks.
    fn is_job(&self) -> bool {
        let mode = self.service.pointer("/Spec/Mode");
        let has = |key| mode.is_some_and(|mode| mode.get(key).is_some());
        has("ReplicatedJob") || has("GlobalJob")
    }

    fn severity(&self) -> Severity {
        match self.running {
            0 if self.wanted > 0 => Severity::Critical,
            _ if self.lacks() => Severity::Critical,
            _ => Severity::Warning,
        }
    }

    /// A finding of the service itself, with how many of its tasks run.
    fn finding(&self, severity: Severity, problem: &str) -> Finding {
        let mut found = Finding::of_service(self.name, severity, problem);
        if !self.is_job() {
            let count = format!("{} of {} tasks run", self.running, self.wanted);
            found.evidence.push(count);
        }
        found
    }

    fn told(&self, severity: Severity, meaning: Meaning) -> Finding {
        let (_, problem, cause, next) = meaning;
        Finding {
            cause: Some(cause.to_owned()),
            next: next.to_owned(),
            ..self.finding(severity, problem)
        }
    }

    /// That tasks wait for a node.
    fn unsuitable(&self) -> Option<Finding> {
        let waits = |task: &&Attempt| task.is_wanted() && task.state == "pending";
        let task = self
            .tasks
            .iter()
            .filter(waits)
            .find(|task| !task.error.is_empty())?;
        let mut found = self.told(Severity::Critical, meaning(&UNSUITABLE, &task.error));
        found.evidence.push(self.line(task));
        let constraints = texts_at(self.service, "/Spec/TaskTemplate/Placement/Constraints");
        found.evidence.extend(
            constraints
                .take(MOST)
                .map(|it| short(&format!("constraint: {it}"))),
        );
        let reserved = self
            .service
            .pointer("/Spec/TaskTemplate/Resources/Reservations");
        let reserved = reserved.filter(|_| task.error.contains("resources"));
        found
            .evidence
            .extend(reserved.map(|it| short(&format!("reserved for each task: {it}"))));
        Some(found)
    }

    /// That tasks end as soon as they begin, or never begin.
    fn broken(&self) -> Option<Finding> {
        let newest = self.newest_broken()?;
        let late = self.late(newest);
        // One that is updated or was rolled back has its say there.
        if !self.lacks() && (!late || self.is_after_update()) {
            return None;
        }
        let same = self.tasks.iter().filter(|task| {
            task.state == newest.state
                && task.exit_code == newest.exit_code
                && task.error == newest.error
        });
        let same: Vec<&Attempt> = same.collect();
        if !self.lacks() && same.len() < LOOP {
            return None;
        }
        let mut found = match newest.state.as_str() {
            "rejected" => self.told(self.severity(), meaning(&REFUSALS, &newest.error)),
            _ => self.ended(newest),
        };
        found.evidence.push(self.line(newest));
        let nodes: BTreeSet<&str> = same.iter().map(|task| task.node.as_str()).collect();
        let nodes: Vec<&str> = nodes
            .into_iter()
            .filter(|it| !it.is_empty())
            .take(MOST)
            .collect();
        if same.len() > 1 && !nodes.is_empty() {
            let times = format!("so it went {} times, on {}", same.len(), nodes.join(", "));
            found.evidence.push(times);
        }
        Some(found)
    }

    /// That tasks end by themselves, and what their exit code means.
    fn ended(&self, task: &Attempt) -> Finding {
        // What the runtime could not start has no exit code of its own.
        let starting = meaning(&REFUSALS, &task.error);
        match task.exit_code {
            Some(code) if code != 0 => Finding {
                cause: Some(format!("exit code {code}: {}", exit::meaning(Some(code)))),
                next: format!(
                    "read what it wrote (docker_service_logs, service `{}`), then mend the image or its settings \
                     (docker_update_service)",
                    self.name
                ),
                ..self.finding(
                    self.severity(),
                    "its tasks end again and again, whichever node they are on",
                )
            },
            _ if !starting.0.is_empty() => self.told(self.severity(), starting),
            _ => Finding {
                cause: Some("the error says why".to_owned()),
                next: format!(
                    "read what it wrote (docker_service_logs, service `{}`)",
                    self.name
                ),
                ..self.finding(self.severity(), "its tasks fail")
            },
        }
    }

    /// That an update did not come to its end.
    fn update(&self) -> Option<Finding> {
        let state = text_at(self.service, "/UpdateStatus/State");
        let (severity, problem, next) = match state {
            "paused" => (
                Severity::Critical,
                "its update is paused: some tasks are new, some old",
                "mend the cause and update again (docker_update_service), or go back (docker_rollback_service)",
            ),
            "rollback_paused" => (
                Severity::Critical,
                "the rollback of its update is paused as well",
                "mend the cause and update the service (docker_update_service)",
            ),
            "rollback_started" => (
                Severity::Warning,
                "its last update failed and is being rolled back",
                "mend the cause before the next update",
            ),
            "rollback_completed" => (
                Severity::Warning,
                "its last update failed and was rolled back: it runs as it did before",
                "mend the cause before the next update",
            ),
            _ => return None,
        };
        let mut found = self.finding(severity, problem);
        let broken = self.newest_broken();
        found.cause = broken.map(|task| self.why(task));
        found.evidence.push(format!("UpdateStatus.State: {state}"));
        let message = text_at(self.service, "/UpdateStatus/Message");
        if !message.is_empty() {
            found
                .evidence
                .push(short(&format!("UpdateStatus.Message: {message}")));
        }
        found.evidence.extend(broken.map(|task| self.line(task)));
        found.next = next.to_owned();
        Some(found)
    }

    /// That nodes are gone on which it ran.
    fn lost(&self) -> Option<Finding> {
        let lost = self.tasks.iter().filter(|task| task.node_lost);
        let lost: Vec<&Attempt> = lost.filter(|task| task.state == "running").collect();
        let nodes: BTreeSet<&str> = lost.iter().map(|task| task.node.as_str()).collect();
        if nodes.is_empty() {
            return None;
        }
        let nodes: Vec<&str> = nodes.into_iter().take(MOST).collect();
        let problem = format!("{} cannot be heard of", nodes.join(", "));
        let mut found = self.finding(self.severity(), &problem);
        found.cause = Some("the machine is down, or cut off from the managers".to_owned());
        found.evidence.push(format!(
            "{} of its tasks ran there; the swarm starts others elsewhere",
            lost.len()
        ));
        found.next = "bring the node back, or look at it (docker_list_nodes)".to_owned();
        Some(found)
    }

    /// That fewer tasks run than should, and nothing says why.
    fn few(&self) -> Option<Finding> {
        if self.is_job() {
            return None;
        }
        if self.wanted == 0 {
            let mut found = self.finding(Severity::Notice, "it is to have no tasks");
            found.next = "scale it up where it should run (docker_scale_service)".to_owned();
            return Some(found);
        }
        if !self.lacks() {
            return None;
        }
        let mut found = self.finding(Severity::Warning, "fewer of its tasks run than should");
        let others = self
            .tasks
            .iter()
            .filter(|task| task.is_wanted() && !task.runs());
        found
            .evidence
            .extend(others.take(MOST).map(|task| self.line(task)));
        found.next = "look again in a moment: tasks may still be starting".to_owned();
        Some(found)
    }

    fn newest_broken(&self) -> Option<&Attempt> {
        let broken = self.tasks.iter().filter(|task| task.broke());
        broken.max_by_key(|task| task.time())
    }

    fn late(&self, task: &Attempt) -> bool {
        let ago = self
            .now
            .zip(task.time())
            .map(|(now, since)| now.duration_since(since));
        ago.is_some_and(|ago| ago < LATE)
    }

    fn is_after_update(&self) -> bool {
        let state = text_at(self.service, "/UpdateStatus/State");
        state == "paused" || state.starts_with("rollback")
    }

    fn why(&self, task: &Attempt) -> String {
        match (task.state.as_str(), task.exit_code) {
            ("rejected", _) => {
                let (_, problem, ..) = meaning(&REFUSALS, &task.error);
                format!("{problem} ({})", short(&task.error))
            }
            (_, Some(code)) if code != 0 => {
                format!(
                    "its tasks end with exit code {code}: {}",
                    exit::meaning(Some(code))
                )
            }
            _ => short(&task.error),
        }
    }

    /// A task, as a piece of evidence.
    fn line(&self, task: &Attempt) -> String {
        let slot = task.slot.filter(|slot| *slot > 0);
        let slot = slot.map_or(String::new(), |slot| format!(".{slot}"));
        let node = match task.node.as_str() {
            "" => String::new(),
            node => format!(" on {node}"),
        };
        let error = match task.error.as_str() {
            "" => String::new(),
            error => format!(": {error}"),
        };
        short(&format!(
            "task {}{slot}{node}: {}{error}",
            self.name, task.state
        ))
    }
}
