//! Reads a document in the Engine's own shape, as one of bollard's models.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::json::{self, clip};
use super::parameter::{Mismatch, Parameter};
use super::schema::Schema;

/// A bollard model. Its own reader drops keys it does not know, so a misspelt one would go unnoticed;
/// here it is refused.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct EngineModel<T>(pub T);

impl<T: DeserializeOwned + Serialize> Parameter for EngineModel<T> {
    const SCHEMA: Schema = Schema::Object;

    fn parse(value: Value) -> Result<Self, Mismatch> {
        let given = Value::Object(json::object(value)?);
        let model: T = serde_json::from_value(given.clone())
            .map_err(|error| Mismatch::Reason(without_values(&error.to_string())))?;
        let kept = serde_json::to_value(&model)
            .map_err(|_| Mismatch::because("the Engine's model cannot hold it"))?;
        let mut lost = Vec::new();
        collect_lost(&given, &kept, "", &mut lost);
        if lost.is_empty() {
            Ok(Self(model))
        } else {
            Err(Mismatch::Reason(format!(
                "the Engine does not know {}; keys are spelt as in its API, such as `Driver`",
                lost.join(", ")
            )))
        }
    }
}

/// Names the keys that a document lost on its way through a model.
fn collect_lost(given: &Value, kept: &Value, path: &str, lost: &mut Vec<String>) {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => {
            for (key, value) in given {
                let path = if path.is_empty() {
                    clip(key, 40)
                } else {
                    format!("{path}.{}", clip(key, 40))
                };
                match kept.get(key) {
                    Some(kept) => collect_lost(value, kept, &path, lost),
                    // A null is dropped even from a key that is known.
                    None if value.is_null() => {}
                    None => lost.push(format!("`{path}`")),
                }
            }
        }
        (Value::Array(given), Value::Array(kept)) => {
            for (given, kept) in given.iter().zip(kept) {
                collect_lost(given, kept, path, lost);
            }
        }
        _ => {}
    }
}

/// serde's message without the value that it quotes, which may be secret.
fn without_values(error: &str) -> String {
    if error.starts_with("missing field") {
        return format!("it has a {error}");
    }
    match error.rsplit_once(", expected ") {
        Some((_, wanted)) => {
            format!("it holds a value of the wrong type where the Engine wants {wanted}")
        }
        None => "it holds a value that the Engine does not take".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use bollard::models::Ipam;
    use serde_json::json;

    use super::*;

    fn reason(given: Value) -> String {
        match EngineModel::<Ipam>::parse(given) {
            Err(Mismatch::Reason(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_engines_own_shape_is_read() {
        let given = json!({"Driver": "default", "Config": [{"Subnet": "10.9.0.0/24", "Gateway": "10.9.0.1"}]});
        let ipam = EngineModel::<Ipam>::parse(given.clone()).unwrap();
        assert_eq!(serde_json::to_value(&ipam).unwrap(), given);
        assert_eq!(
            EngineModel::<Ipam>::parse(json!(given.to_string())).unwrap(),
            ipam
        );
        assert!(EngineModel::<Ipam>::parse(json!({"Driver": null})).is_ok());
    }

    #[test]
    fn misspelt_keys_are_named_at_any_depth() {
        let reason = reason(json!({"driver": "x", "Config": [{"Subnet": "a"}, {"Subnett": "b"}]}));
        assert!(reason.contains("`Config.Subnett`, `driver`"), "{reason}");
    }

    #[test]
    fn wrong_types_are_told_without_the_value() {
        let reason = reason(json!({"Config": "hunter2"}));
        assert!(reason.contains("sequence"), "{reason}");
        assert!(!reason.contains("hunter2"), "{reason}");
        assert_eq!(EngineModel::<Ipam>::parse(json!([])), Err(Mismatch::Kind));
    }
}
