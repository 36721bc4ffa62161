//! Keeps the questions that wait for an answer, a few for each client.
//!
//! Where the answer is to come with another call, the client gets a random handle to the question,
//! which says nothing and cannot be made up; what was asked stays here. Each handle is good for one
//! answer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::confirmation::person::PATIENCE;
use super::principal::Principal;
use crate::engine::policy::Refusal;

/// How many questions of one client may wait: a person who is asked more agrees unread.
const MOST: usize = 3;

/// When a question may have been abandoned, so that it gives way to a new one. Whether somebody still
/// reads it does not show where the answer comes with another call.
const ABANDONED: Duration = Duration::from_secs(60);

/// How many questions may wait for another call at once, of all clients; beyond it the oldest is
/// dropped.
const CAPACITY: usize = 256;

/// What an answer holds for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proposal {
    /// Who was asked.
    pub(super) by: Principal,
    /// The host that the call goes to, where there are several.
    pub(super) host: Option<String>,
    /// The tool.
    pub(super) tool: &'static str,
    /// The parameters, with their defaults.
    pub(super) params: Value,
    /// What the plan is bound to.
    pub(super) binding: Value,
}

/// What is known of a handle that came back.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    /// It waited for an answer.
    Open(Proposal),
    /// It waited too long.
    Expired,
    /// It was never given out, or not to whoever brings it, or was settled already.
    Unknown,
}

/// The questions that wait.
#[derive(Debug, Default)]
pub(crate) struct Questions(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    /// Those whose answer comes with another call, by their handles.
    elsewhere: HashMap<String, (Instant, Proposal)>,
    /// Whose the others are.
    here: Vec<Principal>,
}

/// Leave to put one question to the person behind a client.
#[derive(Debug)]
pub(super) struct Leave<'a> {
    questions: &'a Questions,
    by: Principal,
}

impl Questions {
    /// Gives leave to ask. It counts as a question that waits until it is dropped.
    ///
    /// # Errors
    /// As many as may wait do.
    pub(super) fn leave(&self, by: &Principal) -> Result<Leave<'_>, Refusal> {
        let mut waiting = self.waiting();
        if waiting.count(by) >= MOST && !waiting.drop_abandoned(by) {
            return Err(Refusal(format!(
                "{MOST} questions to the person behind this client wait for an answer already, so this one was not \
                 asked and nothing was done: try again once they have answered one"
            )));
        }
        waiting.here.push(by.clone());
        Ok(Leave {
            questions: self,
            by: by.clone(),
        })
    }

    /// Keeps a question and gives the handle to it.
    pub(super) fn ask(&self, proposal: Proposal) -> String {
        let handle = Uuid::new_v4().simple().to_string();
        let open = &mut self.waiting().elsewhere;
        if open.len() >= CAPACITY {
            let oldest = open.iter().min_by_key(|(_, (since, _))| *since);
            if let Some(oldest) = oldest.map(|(handle, _)| handle.clone()) {
                open.remove(&oldest);
            }
        }
        open.insert(handle.clone(), (Instant::now(), proposal));
        handle
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the question out, whatever the answer is, unless it was put to someone else.
    pub(super) fn settle(&self, handle: &str, by: &Principal) -> Asked {
        let open = &mut self.waiting().elsewhere;
        if open
            .get(handle)
            .is_some_and(|(_, proposal)| proposal.by != *by)
        {
            return Asked::Unknown;
        }
        match open.remove(handle) {
            Some((since, proposal)) if since.elapsed() < PATIENCE => Asked::Open(proposal),
            Some(_) => Asked::Expired,
            None => Asked::Unknown,
        }
    }

    /// Lets nothing hold any more for a question that was answered, whatever came of the answer.
    pub(crate) fn withdraw(&self, handle: &str, by: &Principal) {
        self.settle(handle, by);
    }
}

impl Waiting {
    fn count(&self, by: &Principal) -> usize {
        let elsewhere = self.elsewhere.values();
        let open = elsewhere.filter(|(since, proposal)| {
            proposal.by == *by && (..PATIENCE).contains(&since.elapsed())
        });
        open.count() + self.here.iter().filter(|other| *other == by).count()
    }

    /// Drops the oldest question of a client that it may have abandoned, if there is one.
    fn drop_abandoned(&mut self, by: &Principal) -> bool {
        let open = self.elsewhere.iter();
        let abandoned = open.filter(|(_, (since, proposal))| {
            proposal.by == *by && (ABANDONED..PATIENCE).contains(&since.elapsed())
        });
        let oldest = abandoned.min_by_key(|(_, (since, _))| *since);
        let Some(oldest) = oldest.map(|(handle, _)| handle.clone()) else {
            return false;
        };
        self.elsewhere.remove(&oldest);
        true
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let here = &mut self.questions.waiting().here;
        if let Some(at) = here.iter().position(|other| *other == self.by) {
            here.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn proposal(name: &str) -> Proposal {
        Proposal {
            by: Principal::operator(),
            host: None,
            tool: "docker_remove_volume",
            params: json!({ "volume_name": name }),
            binding: json!([name]),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handle_is_good_for_one_answer_within_five_minutes() {
        let questions = Questions::default();
        let handle = questions.ask(proposal("a"));
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Open(proposal("a"))
        );
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Unknown
        );

        let handle = questions.ask(proposal("a"));
        tokio::time::advance(PATIENCE - Duration::from_secs(1)).await;
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Open(proposal("a"))
        );

        let handle = questions.ask(proposal("a"));
        tokio::time::advance(PATIENCE).await;
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Expired
        );
    }

    /// The read-only token cannot even make such a call, so that the front door does not show that
    /// the token counts.
    #[tokio::test]
    async fn only_who_was_asked_can_answer() {
        let (questions, operator) = (Questions::default(), Principal::operator());
        let handle = questions.ask(proposal("a"));
        let in_a_session = Principal {
            session: Some("1".into()),
            ..Principal::operator()
        };
        for other in [Principal::stranger(), in_a_session] {
            assert_eq!(questions.settle(&handle, &other), Asked::Unknown);
        }
        assert_eq!(
            questions.settle(&handle, &operator),
            Asked::Open(proposal("a"))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_question_gives_way_to_new_ones() {
        let questions = Questions::default();
        let first = questions.ask(proposal("first"));
        tokio::time::advance(Duration::from_millis(1)).await;
        let handles: Vec<String> = (0..CAPACITY)
            .map(|_| questions.ask(proposal("x")))
            .collect();
        assert_eq!(
            questions.settle(&first, &Principal::operator()),
            Asked::Unknown
        );
        for handle in handles {
            assert_eq!(
                questions.settle(&handle, &Principal::operator()),
                Asked::Open(proposal("x"))
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_has_few_questions_and_abandoned_ones_do_not_keep_it_waiting() {
        let (questions, operator) = (Questions::default(), Principal::operator());
        let first = questions.ask(proposal("first"));
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = questions.ask(proposal("second"));
        let here = questions.leave(&operator).unwrap();
        questions.leave(&operator).unwrap_err();
        questions.leave(&Principal::stranger()).unwrap();
        drop(here);
        let here = questions.leave(&operator).unwrap();
        questions.leave(&operator).unwrap_err();

        tokio::time::advance(ABANDONED - Duration::from_secs(1)).await;
        let new = questions.leave(&operator).unwrap();
        assert_eq!(questions.settle(&first, &operator), Asked::Unknown);
        questions.leave(&operator).unwrap_err();
        drop((new, here));
        assert_eq!(
            questions.settle(&second, &operator),
            Asked::Open(proposal("second")),
            "only as many as have to give way"
        );

        for name in ["a", "b", "c"] {
            questions.ask(proposal(name));
        }
        tokio::time::advance(PATIENCE).await;
        let all = [(); MOST].map(|()| questions.leave(&operator).unwrap());
        questions.leave(&operator).unwrap_err();
        drop(all);
    }
}
