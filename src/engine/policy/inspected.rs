//! Reads the inspect of a container.

use serde_json::Value;

/// What is mounted into a container, in the words of its inspect.
pub(super) fn mounts(container: &Value) -> &[Value] {
    let mounts = container.get("Mounts").and_then(Value::as_array);
    mounts.map_or(&[], Vec::as_slice)
}
