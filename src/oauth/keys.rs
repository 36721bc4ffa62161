//! Keeps the keys that an issuer signs with, and fetches them anew when they may have changed.
//!
//! A key that is not known may be a new one, and anyone can name one that there never was: a fetch that did not
//! find what it was made for is the last for a while. A key that is gone is noticed by age.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};
use tokio::time::Instant;

use crate::erased;

/// When keys may have changed.
const OLD: Duration = Duration::from_secs(600);

/// How long nothing is fetched after a fetch that did not find what it was made for.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// The same after one that failed, which is nobody's doing.
pub(super) const PAUSE: Duration = Duration::from_secs(2);

/// A key, and the algorithms that it may be used with.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) key: DecodingKey,
    pub(super) algorithms: Vec<Algorithm>,
}

/// The keys of an issuer by what they are called.
pub(super) type KeySet = HashMap<String, Key>;

/// What fetches them.
pub(super) type Source = Box<dyn Fn() -> BoxFuture<'static, Result<KeySet, String>> + Send + Sync>;

/// The keys that are known.
pub(super) struct Keys {
    source: Source,
    known: Mutex<Known>,
    /// Held by whoever fetches; and when that may be done again.
    gate: Arc<Gate<Option<Instant>>>,
}

#[derive(Default)]
struct Known {
    keys: Option<(Arc<KeySet>, Instant)>,
    /// Why there are no newer ones.
    wrong: Option<String>,
}

/// What is known of a key.
#[derive(Debug)]
pub(super) enum Found {
    Key(Key),
    /// The issuer has none of that name.
    Unknown,
    /// Nobody can tell: no keys were ever fetched.
    Unavailable(String),
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            known: Mutex::default(),
            gate: Arc::default(),
        }
    }

    /// The key of that name.
    pub(super) async fn find(self: &Arc<Self>, kid: &str) -> Found {
        match self.known(kid) {
            Some((key, false)) => return Found::Key(key),
            // One at a time; the others go on with what they have.
            Some((_, true)) => {
                if let Ok(gate) = Arc::clone(&self.gate).try_lock_owned() {
                    self.fetch(gate, kid).await;
                }
            }
            None => {
                let gate = Arc::clone(&self.gate).lock_owned().await;
                // Somebody else may have fetched it meanwhile.
                if self.known(kid).is_none() {
                    self.fetch(gate, kid).await;
                }
            }
        }
        if let Some((key, _)) = self.known(kid) {
            return Found::Key(key);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match (&known.keys, &known.wrong) {
            (Some(_), _) => Found::Unknown,
            (None, wrong) => Found::Unavailable(wrong.clone().unwrap_or_default()),
        }
    }

    /// A key, and whether it may have changed.
    fn known(&self, kid: &str) -> Option<(Key, bool)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (keys, since) = known.keys.as_ref()?;
        let key = keys.get(kid)?;
        Some((key.clone(), since.elapsed() >= OLD))
    }

    /// Fetches the keys, unless that was done just now. It is done even where whoever asked has left.
    async fn fetch(self: &Arc<Self>, gate: OwnedMutexGuard<Option<Instant>>, kid: &str) {
        if gate.is_some_and(|next| Instant::now() < next) {
            return;
        }
        let (keys, kid) = (Arc::clone(self), kid.to_owned());
        let fetched = erased::spawn(async move { keys.fetch_now(gate, &kid).await });
        // One that panicked fetched nothing.
        let _ = fetched.await;
    }

    async fn fetch_now(&self, mut next: OwnedMutexGuard<Option<Instant>>, kid: &str) {
        *next = Some(Instant::now() + COOL_DOWN);
        let fetched = (self.source)().await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok(keys) => {
                if keys.contains_key(kid) {
                    *next = None;
                }
                known.keys = Some((Arc::new(keys), Instant::now()));
                known.wrong = None;
            }
            // What is known stays good until there is something better.
            Err(error) => {
                *next = Some(Instant::now() + PAUSE);
                tracing::warn!(%error, "the issuer's keys cannot be fetched");
                known.wrong = Some(error);
            }
        }
    }
}

/// The keys of a document that can be used here; others are passed over.
pub(super) fn read(document: &[u8]) -> Result<KeySet, String> {
    #[derive(Deserialize)]
    struct Document {
        keys: Vec<Value>,
    }
    let document: Document =
        serde_json::from_slice(document).map_err(|error| format!("it is no key set: {error}"))?;
    let keys = document.keys.into_iter();
    let keys = keys.filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    Ok(keys.filter_map(|key| usable(&key)).collect())
}

fn usable(key: &Jwk) -> Option<(String, Key)> {
    let common = &key.common;
    let may_verify = match (&common.public_key_use, &common.key_operations) {
        (Some(PublicKeyUse::Signature) | None, None) => true,
        (Some(PublicKeyUse::Signature) | None, Some(operations)) => {
            operations.contains(&KeyOperations::Verify)
        }
        _ => false,
    };
    // A key has the algorithms of its kind, and where it names one, no other.
    let of_kind: &[Algorithm] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => &[
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::PS256,
            Algorithm::PS384,
            Algorithm::PS512,
        ],
        AlgorithmParameters::EllipticCurve(it) => match it.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(it) => match it.curve {
            EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
            _ => &[],
        },
        _ => &[],
    };
    let named = |algorithm: &Algorithm| {
        let named = common.key_algorithm;
        named.is_none_or(|it| it == KeyAlgorithm::from(*algorithm))
    };
    let algorithms: Vec<Algorithm> = of_kind.iter().copied().filter(named).collect();
    if !may_verify || algorithms.is_empty() {
        return None;
    }
    let name = common.key_id.clone()?;
    let key = DecodingKey::from_jwk(key).ok()?;
    Some((name, Key { key, algorithms }))
}

#[cfg(test)]
mod tests;
