//! stub
use crate::catalog::Output;
use serde_json::Value;
/// p
pub fn project(_output: &Output, reply: &Value, _params: &Value, _look: &Value) -> Value {
    reply.clone()
}
/// f
pub fn fit(result: Value, _budget: usize) -> Value {
    result
}
