//! Looks at what results say of what the Engine tells, and of what it does not.

pub(crate) mod disk;
mod objects;
mod running;

use serde_json::Value;

use crate::support::exchange::{UNASKED, outcome};
use crate::support::fake_engine::FakeEngine;

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// The result of a call that a client makes; it has to succeed.
async fn result(engine: &FakeEngine, tool: &str, arguments: Value) -> Value {
    let result = outcome(&engine.address(), &UNASKED, tool, arguments).await;
    result.unwrap()
}
