//! Does what takes long to compute so that it holds up nobody else.
//!
//! Whoever computes on a worker of the runtime polls nothing meanwhile: no other call goes on, no
//! message is read and no deadline passes. What grows with the size of an argument, a reply or an
//! output is therefore computed here, where another thread takes the worker's place.

use serde_json::Value;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// As many bytes are redacted within about a millisecond; to bring in another thread pays from there on.
const LONG: usize = 64 << 10;

/// Does work on that many bytes.
pub(crate) fn compute<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let is_long = bytes >= LONG;
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) if is_long => block_in_place(work),
        _ => work(),
    }
}

/// About as many bytes as a document takes as JSON.
pub(crate) fn size(document: &Value) -> usize {
    match document {
        Value::String(text) => text.len() + 3,
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 2,
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| key.len() + 4 + size(value));
            members.sum::<usize>() + 2
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Of one worker, which is all there is, other tasks get their share while something computes.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_long_computation_leaves_the_worker_to_others() {
        let (send, receive) = std::sync::mpsc::channel();
        let patience = Duration::from_secs(20);
        let computing =
            tokio::spawn(async move { compute(LONG, || receive.recv_timeout(patience)) });
        let other = tokio::spawn(async move { send.send(()) });
        assert!(computing.await.unwrap().is_ok());
        assert!(other.await.unwrap().is_ok());
    }

    #[test]
    fn the_size_of_a_document_is_about_that_of_its_json() {
        let items: Vec<Value> = (0..100)
            .map(|at| serde_json::json!({ "name": format!("item {at}"), "on": true, "more": [at, null] }))
            .collect();
        let document = Value::from(items);
        let length = document.to_string().len();
        assert!((length / 2..length * 2).contains(&size(&document)));
    }
}
