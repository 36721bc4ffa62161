//! Keeps the tasks there are, each for whoever made its call, until some time after its end.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rmcp::model::{DetailedTask, InputRequest, InputResponses, Task, TaskPayload, TaskStatus};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::call::gate::Principal;
use crate::erased;

/// How many tasks of one client may run at once.
pub(super) const MOST_RUNNING: usize = 10;

/// How many of one client's are kept, with those that are over.
pub(super) const MOST_KEPT: usize = 100;

/// How long a result is kept at least.
pub(super) const KEPT: Duration = Duration::from_secs(600);

/// How often a client may well ask, in milliseconds.
const POLL_MS: u64 = 1000;

/// The tasks there are; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks(Arc<Mutex<HashMap<Arc<str>, Entry>>>);

#[derive(Debug)]
struct Entry {
    owner: Principal,
    begun: Instant,
    task: Task,
    ttl: Duration,
    /// What came of it, once it is over.
    over: Option<TaskPayload>,
    questions: BTreeMap<String, (InputRequest, oneshot::Sender<Value>)>,
    /// How many were put so far: no name of one is another's.
    asked: usize,
    cancel: CancellationToken,
}

/// Why there is no place for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// As many as may run do.
    Running,
    /// As many are kept as may be.
    Kept,
}

/// A task that is to run, or runs; clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    tasks: Tasks,
    id: Arc<str>,
}

impl Tasks {
    /// A place for another task of that client, whose call takes no longer than that.
    pub(crate) fn place(&self, owner: &Principal, longest: Duration) -> Result<Place, NoPlace> {
        let mut all = self.all();
        let own = || all.values().filter(|entry| entry.is_of(owner));
        if own().filter(|entry| entry.over.is_none()).count() >= MOST_RUNNING {
            return Err(NoPlace::Running);
        }
        if own().count() >= MOST_KEPT {
            return Err(NoPlace::Kept);
        }
        let id: Arc<str> = Uuid::new_v4().to_string().into();
        let now = now();
        let mut task = Task::new(&*id, TaskStatus::Working, now.clone(), now);
        task.poll_interval_ms = Some(POLL_MS);
        let entry = Entry {
            owner: owner.clone(),
            begun: Instant::now(),
            task,
            ttl: longest.saturating_add(KEPT),
            over: None,
            questions: BTreeMap::new(),
            asked: 0,
            cancel: CancellationToken::new(),
        };
        all.insert(Arc::clone(&id), entry);
        drop(all);
        Ok(Place {
            tasks: self.clone(),
            id,
        })
    }

    /// How a task stands; none where this client has no such task.
    pub(super) fn get(&self, id: &str, owner: &Principal) -> Option<DetailedTask> {
        self.of(id, owner, |entry| entry.told())
    }

    /// Hands answers on to the questions that wait for them, and passes over the others.
    pub(super) fn answer(&self, id: &str, owner: &Principal, said: InputResponses) -> Option<()> {
        self.of(id, owner, |entry| {
            for (name, answer) in said {
                if let Some((_, asked)) = entry.questions.remove(&name) {
                    // Whoever asked may have given up.
                    let _ = asked.send(answer);
                    entry.touch();
                }
            }
        })
    }

    /// Ends a task, if it is not over.
    pub(super) fn cancel(&self, id: &str, owner: &Principal) -> Option<()> {
        self.of(id, owner, |entry| entry.cancel.cancel())
    }

    /// Ends and forgets what is a client's that does not come again.
    pub(super) fn forget(&self, owner: &Principal) {
        self.all().retain(|_, entry| {
            let stays = !entry.is_of(owner);
            if !stays {
                entry.cancel.cancel();
            }
            stays
        });
    }

    fn of<T>(&self, id: &str, owner: &Principal, with: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let mut all = self.all();
        let entry = all.get_mut(id).filter(|entry| entry.is_of(owner))?;
        Some(with(entry))
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Arc<str>, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Does the work beside everything else, and gives what the client is told of the task. The call is
    /// dropped where the task is cancelled.
    pub(crate) fn run(self, work: impl Future<Output = TaskPayload> + Send + 'static) -> Task {
        let told = self.with(|entry| (entry.told().task, entry.cancel.clone()));
        let (task, cancel) = told.unwrap_or_default();
        erased::spawn(async move {
            let over = tokio::select! {
                // The call first, so that one that is cancelled before it begins has its line in the audit.
                biased;
                over = work => over,
                () = cancel.cancelled() => TaskPayload::Cancelled,
            };
            if let Some(end) = self.with(|entry| entry.end(over)) {
                sleep_until(end).await;
                self.tasks.all().remove(&self.id);
            }
        });
        task
    }

    /// Says how far the task is.
    pub(crate) fn say(&self, message: String) {
        self.with(|entry| {
            entry.task.status_message = Some(message);
            entry.touch();
        });
    }

    /// Puts a question to the client, and waits for the answer.
    pub(crate) async fn ask(&self, name: &str, question: InputRequest) -> Option<Value> {
        let (sender, answer) = oneshot::channel();
        let name = self.with(|entry| {
            entry.asked += 1;
            let name = match entry.asked {
                1 => name.to_owned(),
                more => format!("{name}-{more}"),
            };
            entry.questions.insert(name.clone(), (question, sender));
            entry.touch();
            name
        })?;
        let _open = Open { place: self, name };
        answer.await.ok()
    }

    fn with<T>(&self, with: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        self.tasks.all().get_mut(&self.id).map(with)
    }
}

/// A question that nobody waits for any more is taken back when this is dropped.
struct Open<'a> {
    place: &'a Place,
    name: String,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.place.with(|entry| entry.questions.remove(&self.name));
    }
}

impl Entry {
    fn is_of(&self, owner: &Principal) -> bool {
        self.owner == *owner
    }

    fn touch(&mut self) {
        self.task.last_updated_at = now();
    }

    /// Closes the task and says until when it is kept.
    fn end(&mut self, over: TaskPayload) -> Instant {
        self.ttl = self.lives();
        self.over = Some(over);
        self.touch();
        self.begun + self.ttl
    }

    /// How long it lives, from its beginning on: longer than its call, however long that takes.
    fn lives(&self) -> Duration {
        match self.over {
            None => self.ttl.max(self.begun.elapsed().saturating_add(KEPT)),
            Some(_) => self.ttl,
        }
    }

    /// How it stands, as a client is told.
    fn told(&self) -> DetailedTask {
        let mut task = self.task.clone();
        task.ttl_ms = u64::try_from(self.lives().as_millis()).ok();
        let payload = match &self.over {
            Some(over) => over.clone(),
            None if self.questions.is_empty() => TaskPayload::Working,
            None => {
                let asked = self.questions.iter();
                let asked = asked.map(|(name, (question, _))| (name.clone(), question.clone()));
                TaskPayload::InputRequired {
                    input_requests: asked.collect(),
                }
            }
        };
        DetailedTask::new(task, payload)
    }
}

fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use serde_json::Map;

    use super::*;

    const LONG: Duration = Duration::from_secs(630);

    fn done() -> TaskPayload {
        TaskPayload::Completed { result: Map::new() }
    }

    /// It is known for ten minutes after its call could have ended, and not a moment longer.
    #[tokio::test(start_paused = true)]
    async fn a_task_lives_as_long_as_its_call_may_take_and_ten_minutes() {
        let (tasks, owner) = (Tasks::default(), Principal::operator());
        let task = tasks.place(&owner, LONG).unwrap().run(async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            done()
        });
        assert_eq!(task.ttl_ms, Some(1_230_000));
        let of = |seconds| {
            let (tasks, owner, id) = (tasks.clone(), owner.clone(), task.task_id.clone());
            async move {
                tokio::time::sleep_until(
                    tokio::time::Instant::now() + Duration::from_secs(seconds),
                )
                .await;
                tasks.get(&id, &owner).map(|task| task.status())
            }
        };
        assert_eq!(of(0).await, Some(TaskStatus::Working));
        assert_eq!(of(6).await, Some(TaskStatus::Completed));
        assert_eq!(of(1223).await, Some(TaskStatus::Completed));
        assert_eq!(of(2).await, None);
    }

    /// A stream that goes on has no end that is known beforehand: what it gives is kept nevertheless.
    #[tokio::test(start_paused = true)]
    async fn a_call_that_takes_longer_is_not_ended_and_its_result_is_kept() {
        let (tasks, owner) = (Tasks::default(), Principal::operator());
        let task = tasks.place(&owner, LONG).unwrap().run(async {
            tokio::time::sleep(Duration::from_secs(5000)).await;
            done()
        });
        tokio::time::sleep(Duration::from_secs(4999)).await;
        let at_work = tasks.get(&task.task_id, &owner).unwrap();
        assert_eq!(at_work.status(), TaskStatus::Working);
        assert_eq!(at_work.task.ttl_ms, Some(5_599_000));
        tokio::time::sleep(Duration::from_secs(600)).await;
        let over = tasks.get(&task.task_id, &owner).unwrap();
        assert_eq!(over.status(), TaskStatus::Completed);
        assert_eq!(over.task.ttl_ms, Some(5_600_000));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(tasks.get(&task.task_id, &owner), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_over_counts_as_kept_and_not_as_running() {
        let (tasks, owner) = (Tasks::default(), Principal::operator());
        for _ in 0..MOST_KEPT - 1 {
            tasks.place(&owner, LONG).unwrap().run(async { done() });
            tokio::task::yield_now().await;
        }
        tasks.place(&owner, LONG).unwrap().run(pending());
        assert_eq!(tasks.place(&owner, LONG).unwrap_err(), NoPlace::Kept);
        tasks.place(&Principal::stranger(), LONG).unwrap();
        tokio::time::sleep(LONG + KEPT).await;
        tokio::task::yield_now().await;
        for _ in 1..MOST_RUNNING {
            tasks.place(&owner, LONG).unwrap().run(pending());
        }
        assert_eq!(tasks.place(&owner, LONG).unwrap_err(), NoPlace::Running);
    }
}
