//! Makes of a request that bollard built one that the Engine understands, before anything judges it.

use bollard::BollardRequest;
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use serde_json::Value;

use super::error::EngineError;

/// The request as it is to be judged and sent.
pub(super) fn mended(request: BollardRequest) -> Result<BollardRequest, EngineError> {
    match request.uri().path() {
        "/networks/create" => mend_network(request),
        _ => Ok(request),
    }
}

/// The body that a request has as a whole, which it keeps; none where it is a stream.
pub(super) fn whole_body(request: &mut BollardRequest) -> Option<Bytes> {
    request.body().size_hint().exact()?;
    let empty = bollard::body_full(Bytes::new());
    let body = std::mem::replace(request.body_mut(), empty);
    let body = body.collect().now_or_never()?.ok()?.to_bytes();
    *request.body_mut() = bollard::body_full(body.clone());
    Some(body)
}

/// Without `CheckDuplicate`, which bollard has no field for, an Engine before API 1.44 makes a second
/// network of a name that is in use.
fn mend_network(mut request: BollardRequest) -> Result<BollardRequest, EngineError> {
    let body = whole_body(&mut request).ok_or_else(|| unmended("its body cannot be read"))?;
    // What is no object is refused when it is judged.
    if let Ok(Value::Object(mut network)) = serde_json::from_slice(&body) {
        network.insert("CheckDuplicate".to_owned(), Value::Bool(true));
        *request.body_mut() = bollard::body_full(Value::Object(network).to_string().into());
    }
    Ok(request)
}

fn unmended(why: &str) -> EngineError {
    EngineError::NotSent(format!("the request was not sent: {why}"))
}
