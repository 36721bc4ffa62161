//! Keeps the questions that wait for an answer in another call.
//!
//! A client gets a random handle to the question, which says nothing and cannot be made up; what
//! was asked stays here. Each handle is good for one answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::Principal;
use super::confirmation::PATIENCE;

/// How many questions may wait at once; beyond it the oldest is dropped.
const CAPACITY: usize = 256;

/// What an answer holds for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Matter {
    /// Who was asked.
    pub(super) by: Principal,
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
    Open(Matter),
    /// It waited too long.
    Expired,
    /// It was never given out, or not to whoever brings it, or was settled already.
    Unknown,
}

/// The questions that wait, by their handles.
#[derive(Debug, Default)]
pub(crate) struct Questions(Mutex<HashMap<String, (Instant, Matter)>>);

impl Questions {
    /// Keeps a question and gives the handle to it.
    pub(super) fn ask(&self, matter: Matter) -> String {
        let handle = Uuid::new_v4().simple().to_string();
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= CAPACITY {
            let oldest = open.iter().min_by_key(|(_, (since, _))| *since);
            if let Some(oldest) = oldest.map(|(handle, _)| handle.clone()) {
                open.remove(&oldest);
            }
        }
        open.insert(handle.clone(), (Instant::now(), matter));
        handle
    }

    /// Takes the question out, whatever the answer is, unless it was put to someone else.
    pub(super) fn settle(&self, handle: &str, by: &Principal) -> Asked {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.get(handle).is_some_and(|(_, matter)| matter.by != *by) {
            return Asked::Unknown;
        }
        match open.remove(handle) {
            Some((since, matter)) if since.elapsed() < PATIENCE => Asked::Open(matter),
            Some(_) => Asked::Expired,
            None => Asked::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn matter(name: &str) -> Matter {
        Matter {
            by: Principal::operator(),
            tool: "docker_remove_volume",
            params: json!({ "volume_name": name }),
            binding: json!([name]),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_handle_is_good_for_one_answer_within_five_minutes() {
        let questions = Questions::default();
        let handle = questions.ask(matter("a"));
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Open(matter("a"))
        );
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Unknown
        );

        let handle = questions.ask(matter("a"));
        tokio::time::advance(PATIENCE - Duration::from_secs(1)).await;
        assert_eq!(
            questions.settle(&handle, &Principal::operator()),
            Asked::Open(matter("a"))
        );

        let handle = questions.ask(matter("a"));
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
        let handle = questions.ask(matter("a"));
        let in_a_session = Principal {
            session: Some("1".into()),
            ..Principal::operator()
        };
        for other in [Principal::stranger(), in_a_session] {
            assert_eq!(questions.settle(&handle, &other), Asked::Unknown);
        }
        assert_eq!(
            questions.settle(&handle, &operator),
            Asked::Open(matter("a"))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_question_gives_way_to_new_ones() {
        let questions = Questions::default();
        let first = questions.ask(matter("first"));
        tokio::time::advance(Duration::from_millis(1)).await;
        let handles: Vec<String> = (0..CAPACITY).map(|_| questions.ask(matter("x"))).collect();
        assert_eq!(
            questions.settle(&first, &Principal::operator()),
            Asked::Unknown
        );
        for handle in handles {
            assert_eq!(
                questions.settle(&handle, &Principal::operator()),
                Asked::Open(matter("x"))
            );
        }
    }
}
