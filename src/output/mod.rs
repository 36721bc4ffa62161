//! stub
use serde_json::Value;
use crate::catalog::Output;
/// p
pub fn project(_output: &Output, reply: &Value, _params: &Value, _look: &Value) -> Value { reply.clone() }
/// f
pub fn fit(result: Value, _budget: usize) -> Value { result }
