//! When keys are fetched, on a clock that the test moves.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use serde_json::json;
use tokio::time::advance;

use super::*;

/// Keys of these names, which are fetched as often as is counted; none where nothing answers.
struct Issuer {
    names: Arc<Mutex<Result<Vec<&'static str>, &'static str>>>,
    fetched: Arc<AtomicUsize>,
}

fn issuer(names: &[&'static str]) -> (Issuer, Arc<Keys>) {
    let issuer = Issuer {
        names: Arc::new(Mutex::new(Ok(names.to_vec()))),
        fetched: Arc::default(),
    };
    let (names, fetched) = (Arc::clone(&issuer.names), Arc::clone(&issuer.fetched));
    let source = move || {
        fetched.fetch_add(1, Ordering::SeqCst);
        let keys = match &*names.lock().unwrap() {
            Ok(names) => {
                let keys = names.iter().map(
                    |name| json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": name }),
                );
                let document = json!({ "keys": keys.collect::<Vec<_>>() });
                read(document.to_string().as_bytes())
            }
            Err(error) => Err((*error).to_owned()),
        };
        async move { keys }.boxed()
    };
    (issuer, Arc::new(Keys::new(Box::new(source))))
}

impl Issuer {
    fn has(&self, names: Result<Vec<&'static str>, &'static str>) {
        *self.names.lock().unwrap() = names;
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

async fn is_known(keys: &Arc<Keys>, kid: &str) -> bool {
    matches!(keys.find(kid).await, Found::Key(_))
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_fetched_at_once_and_one_that_there_is_not_once_in_a_while() {
    let (issuer, keys) = issuer(&["a"]);
    assert!(is_known(&keys, "a").await);
    assert!(is_known(&keys, "a").await);
    assert_eq!(issuer.fetched(), 1);
    for (at, name) in ["b", "c", "d"].into_iter().enumerate() {
        issuer.has(Ok(vec!["a", name]));
        assert!(is_known(&keys, name).await);
        assert_eq!(issuer.fetched(), 2 + at);
    }
    for _ in 0..100 {
        assert!(matches!(keys.find("none").await, Found::Unknown));
    }
    assert_eq!(issuer.fetched(), 5);
    assert!(is_known(&keys, "a").await);
    advance(COOL_DOWN).await;
    issuer.has(Ok(vec!["e"]));
    assert!(is_known(&keys, "e").await);
    assert_eq!(issuer.fetched(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_gone_is_noticed_by_age() {
    let (issuer, keys) = issuer(&["a"]);
    assert!(is_known(&keys, "a").await);
    issuer.has(Ok(vec!["b"]));
    advance(OLD - Duration::from_secs(1)).await;
    assert!(is_known(&keys, "a").await);
    advance(Duration::from_secs(1)).await;
    assert!(!is_known(&keys, "a").await);
    assert_eq!(issuer.fetched(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_stays_good_while_the_issuer_is_away() {
    let (issuer, keys) = issuer(&["a"]);
    issuer.has(Err("away"));
    assert!(matches!(keys.find("a").await, Found::Unavailable(why) if why == "away"));
    assert!(matches!(keys.find("a").await, Found::Unavailable(_)));
    assert_eq!(issuer.fetched(), 1);
    advance(PAUSE).await;
    issuer.has(Ok(vec!["a"]));
    assert!(is_known(&keys, "a").await);
    advance(OLD).await;
    issuer.has(Err("away"));
    assert!(is_known(&keys, "a").await);
    assert_eq!(issuer.fetched(), 3);
}

/// Whoever names a key and leaves would else keep everyone else waiting.
#[tokio::test(start_paused = true)]
async fn whoever_leaves_stops_no_fetch() {
    let (issuer, keys) = issuer(&["a"]);
    let mut left = Box::pin(keys.find("a"));
    assert!(futures_util::poll!(left.as_mut()).is_pending());
    drop(left);
    assert!(is_known(&keys, "a").await);
    assert_eq!(issuer.fetched(), 1);
}

#[test]
fn a_key_has_the_algorithms_of_its_kind_and_others_are_passed_over() {
    let rsa = |more: Value| {
        let mut key = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k" });
        key.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        key
    };
    let ec = |crv: &str| json!({ "kty": "EC", "crv": crv, "x": "AA", "y": "AA", "kid": "k" });
    for (key, algorithms) in [
        (rsa(json!({ "alg": "RS256" })), &[Algorithm::RS256][..]),
        (
            rsa(json!({ "use": "sig", "alg": "PS512" })),
            &[Algorithm::PS512],
        ),
        (ec("P-256"), &[Algorithm::ES256]),
        (ec("P-384"), &[Algorithm::ES384]),
        (
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "k" }),
            &[Algorithm::EdDSA],
        ),
        (rsa(json!({ "alg": "ES256" })), &[]),
        (rsa(json!({ "alg": "RSA-OAEP" })), &[]),
        (rsa(json!({ "alg": "HS256" })), &[]),
        (rsa(json!({ "use": "enc" })), &[]),
        (rsa(json!({ "key_ops": ["encrypt"] })), &[]),
        (rsa(json!({ "kid": null })), &[]),
        (ec("P-521"), &[]),
        (
            json!({ "kty": "OKP", "crv": "X25519", "x": "AA", "kid": "k" }),
            &[],
        ),
        (
            json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "k" }),
            &[],
        ),
        (
            json!({ "kty": "oct", "k": "AA", "kid": "k", "alg": "HS256" }),
            &[],
        ),
        (json!("no key"), &[]),
    ] {
        let set = read(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
        let found = set.get("k").map(|it| it.algorithms.as_slice());
        assert_eq!(found.unwrap_or_default(), algorithms, "{key}");
    }
    let without = read(json!({ "keys": [rsa(json!({}))] }).to_string().as_bytes()).unwrap();
    assert_eq!(without["k"].algorithms.len(), 6);
    assert!(read(b"{}").is_err());
}
