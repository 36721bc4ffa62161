//! Keeps what an operation gives within the budget of one result.

use crate::call::Call;

/// What a result may take beside its texts or items: its other keys and the message around it.
pub(super) const ENVELOPE: usize = 1024;

/// The bytes of minified JSON that a result's texts or items may take together.
pub(super) fn budget(call: &Call<'_>) -> usize {
    call.config
        .safety
        .max_response_bytes
        .saturating_sub(ENVELOPE)
}

/// What a result that the budget cut says of how to get the rest.
pub(super) fn advice(call: &Call<'_>, advice: &str) -> String {
    let most = call.config.safety.max_response_bytes;
    format!("not all of it fits ({most} bytes at most): {advice}")
}
