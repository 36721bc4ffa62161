//! Makes JSON objects of members.

use serde_json::{Map, Value};

/// The object of these members; of several with one name the last. To collect them would sort them first,
/// with code of its own for each place that does.
pub(crate) fn object(members: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    object.extend(members);
    object
}
