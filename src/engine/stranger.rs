//! Tells from the answer to the first request whether what answers is a Docker Engine at all: an
//! address may lead to any server, and its answers say nothing of Docker.

use bollard::errors::Error;
use serde_json::Value;

use super::address::Address;
use super::error::EngineError;
use super::failure::clip;

/// The failure of `GET /version`, where no Engine would answer like that. One says why it refuses,
/// and knows the path.
pub(super) fn refusal(error: &Error, address: &Address) -> Option<EngineError> {
    let Error::DockerResponseServerError {
        status_code: status,
        message,
    } = error
    else {
        return None;
    };
    let said = match text(message) {
        Some(said) => said.to_owned(),
        None if *status < 400 || *status == 404 => clip(message),
        None => return None,
    };
    // That of Docker Desktop has no Engine behind it for a while.
    let wait = if *status < 500 {
        ""
    } else {
        "see whether Docker is still starting, or "
    };
    Some(stranger(address, &format!("{status} ({said})"), wait))
}

/// Reads the answer to `GET /version`.
pub(super) fn version(reply: &[u8], address: &Address) -> Result<Value, EngineError> {
    let text = String::from_utf8_lossy(reply);
    let wrong = match serde_json::from_slice(reply) {
        Ok(Value::Object(version)) if version.contains_key("ApiVersion") => {
            return Ok(Value::Object(version));
        }
        Ok(_) => "JSON that names no `ApiVersion`",
        Err(_) => self::text(&text).unwrap_or("what is no JSON"),
    };
    Err(stranger(address, &format!("success ({wrong})"), ""))
}

/// What an answer is that says nothing.
fn text(answer: &str) -> Option<&'static str> {
    match answer.trim_start() {
        "" => Some("an empty body"),
        page if page.starts_with('<') => Some("an HTML page"),
        _ => None,
    }
}

fn stranger(address: &Address, answer: &str, wait: &str) -> EngineError {
    EngineError::Stranger {
        address: Box::new(address.clone()),
        answer: answer.to_owned(),
        advice: format!("{wait}{}", address.origin.remedy()),
    }
}
