//! Keeps the calls whose plan a panel shows until it brings the answer, and what became of them for a while after.
//!
//! A client that asks by a form makes its call again itself, with the answer; what a panel was given to
//! bring back is a handle alone, so that the call is kept here. What an answer holds for is none
//! of this: the call is confirmed as every other.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rmcp::model::JsonObject;
use serde_json::Value;
use tokio::time::Instant;

use crate::call::gate::{PATIENCE, Principal};
use crate::catalog::Tool;

/// How many calls are kept, of all clients; beyond it the oldest is dropped.
const CAPACITY: usize = 256;

/// How many of one client.
const MOST: usize = 32;

/// The calls that panels show.
#[derive(Debug, Default)]
pub(in crate::server) struct Waiting(Mutex<HashMap<String, Shown>>);

/// A call whose plan a panel shows.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) by: Principal,
    pub(super) tool: &'static Tool,
    /// As they were sent, with the host.
    pub(super) arguments: JsonObject,
    since: Instant,
    became: Became,
}

/// What became of a call.
#[derive(Debug, Clone)]
pub(super) enum Became {
    /// Nobody answered yet.
    Open,
    /// It is being made.
    UnderWay,
    /// It is over; when, how, and whether the model was told.
    Over(Instant, Outcome, bool),
}

/// How a call ended that a person answered.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// It was made, and this is its result.
    Done(Value),
    /// It was not, or not as it should; why.
    Not(String),
}

/// What is known of a handle that came back.
#[derive(Debug)]
pub(super) enum Brought {
    /// The call it stands for, which nobody answered yet.
    Open(Shown),
    /// The call was answered already.
    Answered(Shown),
    /// It stands for nothing, or for nothing of whoever brings it.
    Unknown,
}

impl Waiting {
    /// Keeps a call by the handle that its panel was given.
    pub(super) fn keep(
        &self,
        handle: String,
        by: Principal,
        tool: &'static Tool,
        arguments: JsonObject,
    ) {
        let mut calls = self.calls();
        // What became of a call is of use for as long again.
        calls.retain(|_, it| it.last().elapsed() < PATIENCE * 2);
        let (of_one, all) = (calls.values().filter(|it| it.by == by).count(), calls.len());
        if of_one >= MOST || all >= CAPACITY {
            // One who asks much drops their own, and what was answered goes before what waits.
            let theirs = calls.iter().filter(|(_, it)| of_one < MOST || it.by == by);
            let oldest = theirs.min_by_key(|(_, it)| (it.is_open(), it.since));
            if let Some(oldest) = oldest.map(|(handle, _)| handle.clone()) {
                calls.remove(&oldest);
            }
        }
        let shown = Shown {
            by,
            tool,
            arguments,
            since: Instant::now(),
            became: Became::Open,
        };
        calls.insert(handle, shown);
    }

    /// Takes an answer to the call of that handle; from now on it has one.
    pub(super) fn answer(&self, handle: &str, by: &Principal) -> Brought {
        let mut calls = self.calls();
        let Some(shown) = calls.get_mut(handle).filter(|it| it.by == *by) else {
            return Brought::Unknown;
        };
        let before = shown.clone();
        if !matches!(before.became, Became::Open) {
            return Brought::Answered(before);
        }
        shown.became = Became::UnderWay;
        Brought::Open(before)
    }

    /// Says how an answered call ended.
    pub(super) fn end(&self, handle: &str, outcome: Outcome) {
        if let Some(shown) = self.calls().get_mut(handle) {
            shown.became = Became::Over(Instant::now(), outcome, false);
        }
    }

    /// Drops an answered call that is to be answered anew, by another handle.
    pub(super) fn asked_anew(&self, handle: &str) {
        let outcome = Outcome::Not(
            "what it is about had changed meanwhile, so that the person was asked anew; nothing was done"
                .to_owned(),
        );
        if let Some(shown) = self.calls().get_mut(handle) {
            shown.became = Became::Over(Instant::now(), outcome, true);
        }
    }

    /// What became of the same call of the same client within the last minutes, where a person answered
    /// and the model may not know how it ended. It is told once: another call may be meant to be made.
    pub(super) fn repeated(
        &self,
        by: &Principal,
        tool: &'static Tool,
        arguments: &JsonObject,
    ) -> Option<Became> {
        let mut calls = self.calls();
        let same = calls
            .values_mut()
            .filter(|it| it.by == *by && it.tool.name == tool.name && it.arguments == *arguments);
        let untold = same.filter(|it| match &it.became {
            Became::Open => false,
            Became::UnderWay => true,
            Became::Over(since, _, told) => !told && since.elapsed() < PATIENCE,
        });
        let latest = untold.max_by_key(|it| it.last())?;
        let became = latest.became.clone();
        if let Became::Over(_, _, told) = &mut latest.became {
            *told = true;
        }
        Some(became)
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<String, Shown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    fn is_open(&self) -> bool {
        !matches!(self.became, Became::Over(..))
    }

    fn last(&self) -> Instant {
        match self.became {
            Became::Over(since, ..) => since,
            Became::Open | Became::UnderWay => self.since,
        }
    }

    /// What became of it, in words.
    pub(super) fn said(&self) -> String {
        self.became.said()
    }
}

impl Became {
    /// What became of a call, in words.
    pub(super) fn said(&self) -> String {
        let ago = |since: &Instant| format!("{} s ago", since.elapsed().as_secs());
        match self {
            Self::Open => "nobody answered it yet".to_owned(),
            Self::UnderWay => "the person agreed to it, and it is being made".to_owned(),
            Self::Over(since, Outcome::Done(_), _) => {
                format!("the person agreed to it, and it was done {}", ago(since))
            }
            Self::Over(since, Outcome::Not(why), _) => format!("{}: {why}", ago(since)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::gate::{Access, Owner, Subject};
    use crate::catalog;

    fn somebody(name: &str) -> Principal {
        let subject = Subject {
            issuer: "https://id.example.com".to_owned(),
            subject: name.to_owned(),
            client: None,
        };
        Principal {
            owner: Owner::SignedIn(subject.into()),
            access: Access::Full,
            session: None,
        }
    }

    /// One who asks and declines again and again fills no more than their own part.
    #[tokio::test(start_paused = true)]
    async fn who_asks_much_takes_nobody_s_panel_away() {
        let (waiting, alice, bob) = (Waiting::default(), somebody("alice"), somebody("bob"));
        let tool = catalog::find("docker_remove_container").unwrap();
        let keep = |handle: &str, by: &Principal| {
            waiting.keep(handle.to_owned(), by.clone(), tool, JsonObject::new());
        };
        keep("alice", &alice);
        keep("open", &bob);
        for at in 0..CAPACITY * 2 {
            tokio::time::advance(std::time::Duration::from_millis(1)).await;
            keep(&at.to_string(), &bob);
            waiting.answer(&at.to_string(), &bob);
            waiting.end(&at.to_string(), Outcome::Not("declined".to_owned()));
        }
        assert_eq!(waiting.calls().len(), MOST + 1);
        for (handle, by) in [("alice", &alice), ("open", &bob)] {
            let brought = waiting.answer(handle, by);
            assert!(matches!(brought, Brought::Open(_)), "{handle}: {brought:?}");
        }
    }
}
