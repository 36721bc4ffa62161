//! Reads the JSON of a program more strictly than an Engine does, which merges what stands there twice and
//! takes a key in any case, of other alphabets too.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::engine::policy::known::Shape;

/// The object that a body is; says what is wrong with one whose meaning is not plain.
pub(super) fn read(body: &[u8], shape: &Shape) -> Result<Map<String, Value>, String> {
    let value = serde_json::from_slice(body).map(|Unique(value)| value);
    let value = value.map_err(|error| format!("its body is not plain JSON: {error}"))?;
    shape
        .check(&value)
        .map_err(|key| format!("its body has `{key}`, which is not on the list of known keys"))?;
    match value {
        Value::Object(object) => Ok(object),
        _ => Err("its body is no JSON object".to_owned()),
    }
}

/// A value in which no object has a key twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                let key: String = key.escape_debug().take(60).collect();
                return Err(A::Error::custom(format_args!(
                    "it has the key `{key}` twice"
                )));
            }
            let Unique(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::policy::known::{CONTAINER, EXEC, NETWORK, VOLUME};

    /// What an Engine makes of each of them was tried: all are privileged, or have no masked paths, or run as
    /// another than the first key says.
    #[test]
    fn what_an_engine_reads_otherwise_than_it_is_written_is_refused() {
        for body in [
            r#"{"HostConfig":{"Privileged":true},"HostConfig":{"Init":true}}"#,
            r#"{"HostConfig":{"Privileged":true,"Privileged":false}}"#,
            r#"{"HostConfig":{},"HostConfig":null}"#,
            r#"{"HostConfig":{"Init":true},"hostconfig":{"Privileged":true}}"#,
            r#"{"hostconfig":{"privileged":true}}"#,
            r#"{"HOSTCONFIG":{}}"#,
            r#"{"ho\u017ftconfig":{"Privileged":true}}"#,
            r#"{"HostConfig":{"maskedpaths":[]}}"#,
            r#"{"HostConfig":{"\u0050rivileged":true,"Privileged":false}}"#,
            r#"{"HostConfig":{"Mounts":[{"Type":"volume","type":"bind","Source":"/"}]}}"#,
            r#"{"HostConfig":{"Mounts":[{"Type":"volume","Type":"bind","Source":"/"}]}}"#,
            r#"{"HostConfig":{"LogConfig":{"Type":"json-file","Config":{"a":"1","a":"2"}}}}"#,
            r#"{"Labels":{"a":"1","a":"2"}}"#,
            r#"{"NetworkingConfig":{"EndpointsConfig":{"n":{"driveropts":{}}}}}"#,
            r#"{"Unknown":null}"#,
            r#"{"Cmd":{"Privileged":true}}"#,
            r#"{"Cmd":["a",{"Privileged":true}]}"#,
            r#"{"ExposedPorts":{"80/tcp":{"x":1}}}"#,
            r#"{"HostConfig":[{"Privileged":true}]}"#,
            r#"{"HostConfig":{}} {"HostConfig":{"Privileged":true}}"#,
            r#"{"HostConfig":{}}]"#,
            r#"[]"#,
            r#"null"#,
            r#""#,
            r#"{"Image":"\ud800"}"#,
        ] {
            assert!(read(body.as_bytes(), &CONTAINER).is_err(), "{body}");
        }
        for (body, shape) in [
            (r#"{"Name":"a","name":"b"}"#, &NETWORK),
            (r#"{"ConfigFrom":{"network":"host"}}"#, &NETWORK),
            (r#"{"Name":"a","driveropts":{"type":"none"}}"#, &VOLUME),
            (r#"{"Cmd":["a"],"privileged":true}"#, &EXEC),
        ] {
            assert!(read(body.as_bytes(), shape).is_err(), "{body}");
        }
    }

    #[test]
    fn what_is_plain_is_read_as_it_is_written() {
        let body = r#"{"Cmd":["a","ä\n"],"Env":null,"Entrypoint":"sh","StopTimeout":-1,"Labels":{"Cmd":"x","cmd":"y"},"ExposedPorts":{"80/tcp":{}},"HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"80"}]},"NanoCpus":18446744073709551615}}"#;
        let read = read(body.as_bytes(), &CONTAINER).unwrap();
        let as_serde_reads: Map<String, Value> = serde_json::from_str(body).unwrap();
        assert_eq!(read, as_serde_reads);
    }

    #[test]
    fn a_key_is_named_and_no_value_is() {
        let body = br#"{"Env":["PASSWORD=hunter2"],"env":["PASSWORD=hunter2"]}"#;
        let error = read(body, &CONTAINER).unwrap_err();
        assert!(
            error.contains("`env`") && !error.contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn a_depth_without_end_is_refused() {
        let body = format!(
            r#"{{"Cmd":{}{}}}"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(read(body.as_bytes(), &CONTAINER).is_err());
    }
}
