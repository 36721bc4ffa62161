//! Says in the log why tokens are refused, as often as an operator reads it: anyone can bring a token, and any number.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many refusals of a while are said.
const MOST: usize = 100;

/// How long that while is.
const WHILE: Duration = Duration::from_secs(60);

/// The refusals of the while that runs.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Option<(Instant, usize)>>);

impl Refusals {
    /// Has one be said, unless there were too many; `say` gets how many of the while before were not, if any.
    pub(super) fn say(&self, say: impl FnOnce(Option<usize>)) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = now.get_or_insert_with(|| (Instant::now(), 0));
        let mut unsaid = 0;
        if since.elapsed() >= WHILE {
            unsaid = count.saturating_sub(MOST);
            (*since, *count) = (Instant::now(), 0);
        }
        *count = count.saturating_add(1);
        let is_said = *count <= MOST;
        drop(now);
        if is_said {
            say((unsaid > 0).then_some(unsaid));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_many_are_said_in_a_while_and_how_many_were_not_in_the_next() {
        let refusals = Refusals::default();
        let mut said = Vec::new();
        for _ in 0..MOST + 7 {
            refusals.say(|unsaid| said.push(unsaid));
        }
        assert_eq!(said, vec![None; MOST]);
        advance(WHILE).await;
        for _ in 0..2 {
            refusals.say(|unsaid| said.push(unsaid));
        }
        assert_eq!(said[MOST..], [Some(7), None]);
    }
}
