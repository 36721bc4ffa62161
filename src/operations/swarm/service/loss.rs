//! Finds what a change of a service takes away without something in its place: tasks above the new number.

use serde::Serialize;
use serde_json::{Map, Value};

use super::current::{Current, replicas};

/// A service before a change, and what it would lose by it.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    pub(crate) services: Vec<Losing>,
    #[serde(skip)]
    pub(super) current: Current,
}

/// A service that is to have fewer tasks.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Losing {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) from: u64,
    pub(crate) to: u64,
    notes: [String; 1],
}

impl Plan {
    /// The plan for a service that is to have so many tasks.
    pub(super) fn new(current: Current, to: Option<u64>) -> Self {
        let losing = match (current.replicas(), to) {
            (Some(from), Some(to)) if to < from => {
                let tasks = if from == 1 { "task" } else { "tasks" };
                Some(Losing {
                    id: current.id.clone(),
                    name: current.name().to_owned(),
                    from,
                    to,
                    notes: [format!("{} of its {from} {tasks} would go", from - to)],
                })
            }
            _ => None,
        };
        Self {
            services: Vec::from_iter(losing),
            current,
        }
    }

    /// Whether a service that changed meanwhile would lose no more than was shown.
    pub(super) fn covers(&self, now: &Current, spec: &Map<String, Value>) -> bool {
        let lost = |from: Option<u64>, to: Option<u64>| match (from, to) {
            (Some(from), Some(to)) => from.saturating_sub(to),
            _ => 0,
        };
        let shown = self.services.iter();
        let shown: u64 = shown.map(|it| it.from.saturating_sub(it.to)).sum();
        lost(now.replicas(), replicas(spec)) <= shown
    }
}
