//! Judges a commit: an image takes on nothing but what the container has.

use form_urlencoded::parse;
use serde_json::{Map, Value};

use super::container::{check_fields, unknown};
use crate::engine::error::EngineError;

/// What a commit may say. `changes` are lines of a Dockerfile.
const KNOWN: &[&str] = &["container", "repo", "tag", "comment", "author", "pause"];

/// The container that a commit is of.
///
/// # Errors
/// The request says more than that, by its query or by settings in its body, or names another.
pub(super) fn container(query: &str, body: &Map<String, Value>) -> Result<String, EngineError> {
    check_fields(body, &[])?;
    let mut container = None;
    for (name, value) in parse(query.as_bytes()) {
        if !KNOWN.contains(&&*name) {
            return Err(unknown(&name));
        }
        if name == "container" && container.replace(value.into_owned()).is_some() {
            return Err(unknown(&name));
        }
    }
    container.ok_or_else(|| unknown("container"))
}
