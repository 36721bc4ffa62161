//! Makes the result of a call from what the Engine replied, as the catalogue's record says.
//!
//! [`project`] picks and rewrites; [`fit`] then keeps the result within the byte budget. Neither
//! can fail: what a reply lacks becomes the empty value of its type, so that a result always
//! matches the tool's output schema.

use serde_json::Value;

use crate::catalog::Output;
use crate::ordered::object;
use field::{field_value, nothing, wanted};
use hinted::HINT;

mod budget;
mod document;
mod empty;
mod field;
mod hinted;
mod list;
mod merged;
mod ports;
mod reading;
mod shape;
mod source;
pub(crate) mod text;
mod tokens;

pub(crate) use budget::cost_of;
pub use budget::fit;
pub use hinted::Hinted;
pub(crate) use list::beyond_limit;
pub use merged::{HOST, HOSTS, apart, merged};
pub(crate) use ports::displayed as ports;
pub(crate) use reading::read;
pub use source::{ProjectionInput, value_of};

/// The result of a call, not yet cut to the budget.
pub fn project(output: &Output, input: ProjectionInput<'_>) -> Value {
    match output {
        Output::Fields(fields) => {
            let fields = fields.iter().filter(|field| wanted(field, input));
            let members = fields.map(|field| {
                let value = field_value(field, input).unwrap_or_else(|| nothing(field));
                (field.key.to_owned(), value)
            });
            object(members.chain(hint(input))).into()
        }
        Output::List(list) => list::project(list, input),
        Output::Document(key) => document::project(key, input),
    }
}

/// What an operation that left something out says of it.
fn hint(input: ProjectionInput<'_>) -> Option<(String, Value)> {
    let hint = input.reply.get(HINT)?;
    Some((HINT.to_owned(), hint.clone()))
}

#[cfg(test)]
mod tests;
