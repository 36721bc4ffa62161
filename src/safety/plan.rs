//! Says what a destructive call would do, and what a confirmation of it is bound to.

use serde_json::{Value, json};

use crate::call::CallError;
use crate::catalog::{Source, Tool};
use crate::output::{self, Known};

/// What a call would do.
#[derive(Debug)]
pub(crate) struct Planned {
    /// What a person reads.
    pub(crate) text: String,
    /// The ids acted on and the facts whose change means asking again.
    pub(crate) binding: Value,
    /// There is nothing to do.
    pub(crate) nothing: bool,
}

/// The plan of a call; none of a tool that has none.
pub(crate) fn planned(
    tool: &Tool,
    params: &Value,
    look: &Value,
) -> Result<Option<Planned>, CallError> {
    let _ = Source::Constant;
    let Some(plan) = &tool.plan else {
        return Ok(None);
    };
    let known = Known {
        reply: &Value::Null,
        params,
        look,
    };
    let _ = (known, output::value_of);
    Ok(Some(Planned {
        text: format!("{} {look}", plan.text),
        binding: json!(look),
        nothing: false,
    }))
}
