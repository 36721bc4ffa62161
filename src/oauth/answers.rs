//! Keeps for a moment what the issuer said of tokens, so that it is not asked anew with every message.
//!
//! Only what opens something is kept: a token that is refused is asked about each time, and made-up ones push
//! nothing out. Tokens are known by their digest, so that none is here to be read.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use tokio::time::Instant;

use super::Grant;

/// How long an answer is good: that long a token goes on that was revoked.
const FRESH: Duration = Duration::from_secs(15);

/// How many are kept; the oldest gives way.
const MOST: usize = 512;

type Digest = [u8; 32];

/// What the issuer said a moment ago.
#[derive(Default)]
pub(super) struct Answers(Mutex<HashMap<Digest, (Grant, Instant)>>);

impl Answers {
    /// What the issuer said of a token, unless that is too long ago or the token ends meanwhile, without the
    /// allowance that clocks are given.
    pub(super) fn of(&self, token: &str, now: u64) -> Option<Grant> {
        let kept = self.lock();
        let (grant, since) = kept.get(&digest_of(token)?)?;
        (is_fresh(*since) && now < grant.expires).then(|| grant.clone())
    }

    /// Notes what the issuer says of a token.
    pub(super) fn keep(&self, token: &str, grant: &Grant) {
        let Some(token) = digest_of(token) else {
            return;
        };
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.retain(|_, (_, since)| is_fresh(*since));
        }
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, (_, since))| *since);
            if let Some(oldest) = oldest.map(|(token, _)| *token) {
                kept.remove(&oldest);
            }
        }
        kept.insert(token, (grant.clone(), Instant::now()));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, (Grant, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_fresh(since: Instant) -> bool {
    since.elapsed() < FRESH
}

fn digest_of(token: &str) -> Option<Digest> {
    digest(&SHA256, token.as_bytes()).as_ref().try_into().ok()
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn grant(expires: u64) -> Grant {
        Grant {
            subject: "alice".to_owned(),
            client: None,
            scopes: Vec::new(),
            expires,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_good_for_a_moment_and_no_longer_than_its_token() {
        let answers = Answers::default();
        answers.keep("a", &grant(100));
        assert_eq!(answers.of("a", 99), Some(grant(100)));
        assert_eq!(answers.of("a", 100), None);
        assert_eq!(answers.of("b", 0), None);
        advance(FRESH).await;
        assert_eq!(answers.of("a", 0), None);
    }

    /// Whoever brings many tokens does not fill the memory.
    #[tokio::test(start_paused = true)]
    async fn no_more_are_kept_than_there_is_room_for_and_the_newest_are() {
        let answers = Answers::default();
        for at in 0..2 * MOST {
            answers.keep(&at.to_string(), &grant(100));
            advance(Duration::from_micros(1)).await;
        }
        assert_eq!(answers.lock().len(), MOST);
        assert_eq!(answers.of("0", 0), None);
        let newest = (2 * MOST - 1).to_string();
        assert!(answers.of(&newest, 0).is_some());
    }
}
