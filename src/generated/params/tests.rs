//! Holds the schema of each type of parameter to what reads it.

use std::collections::BTreeMap;

use fastrand::Rng;
use jsonschema::Validator;
use serde_json::{Map, json};

use super::*;

/// How many values of each type.
const VALUES: usize = 1000;

/// Words of which some type makes something, and words of which none does.
const WORDS: &[&str] = &[
    "web",
    "db-1",
    "shop_data",
    "alpine",
    "alpine:3.20",
    "ghcr.io/o/n:1",
    "latest",
    "linux/arm64",
    "TERM",
    "SIGHUP",
    "linux",
    "10.0.0.2",
    "::1",
    "fd00::1",
    "^ERROR",
    "a|b",
    "15m",
    "now",
    "2026-01-02T03:04:05Z",
    "1767323045",
    "all",
    "100",
    "512m",
    "1.5g",
    "0",
    "80",
    "80/tcp",
    "53/udp",
    "8080:80",
    "/srv/data",
    "/data:ro",
    "/run:size=64m",
    "data:/data:ro",
    "db:10.0.0.2",
    "up:host-gateway",
    "1024:2048",
    "device=0,1",
    "no",
    "always",
    "on-failure:3",
    "unless-stopped",
    "HUP",
    "SIGTERM",
    "sleep 1",
    "echo \"a b\"",
    "NAME=value",
    "true",
    "false",
    "",
    " ",
    "../etc",
    "a b",
    "(",
    "\u{202e}x",
    "{\"a\":\"b\"}",
    "[\"a\"]",
    "none",
    "exited",
    "unheard of",
];
const KEYS: &[&str] = &[
    "80",
    "80/tcp",
    "53/udp",
    "/srv/data",
    "shop_data",
    "name",
    "status",
    "label",
    "NAME",
    "nofile",
    "core",
    "test",
    "interval",
    "timeout",
    "retries",
    "start_period",
    "bind",
    "mode",
    "a b",
    "",
];

/// The types whose schema says all of what is read; of the others it says the JSON type.
const WHOLE: [&str; 6] = [
    "boolean", "integer", "seconds", "number", "string", "string[]",
];

#[test]
fn a_schema_and_what_reads_its_values_agree() {
    for (name, schema, read) in READERS {
        let schema: Value = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut random = Rng::with_seed(7);
        let mut counts = BTreeMap::new();
        for number in 0..VALUES {
            // Half are what the schema describes, half are anything.
            let value = match number % 2 {
                0 => described(&schema, &mut random),
                _ => anything(&mut random, 2),
            };
            let kind = agree(name, &validator, read, &value);
            *counts.entry(kind).or_insert(0) += 1;
        }
        let seen = |kind| counts.get(kind).copied().unwrap_or(0);
        assert!(seen("described and read") >= 5, "{name}: {counts:?}");
        assert!(seen("refused") >= 10, "{name}: {counts:?}");
    }
}

/// What becomes of a value; fails where the schema promises something else.
fn agree(
    name: &str,
    validator: &Validator,
    read: &fn(Value) -> Result<Value, Mismatch>,
    value: &Value,
) -> &'static str {
    let described = validator.is_valid(value);
    match read(value.clone()) {
        Ok(taken) => {
            assert!(
                validator.is_valid(&taken) || is_wider(name, &taken),
                "`{name}` takes {value} on as {taken}, which its schema does not describe"
            );
            if described {
                "described and read"
            } else {
                "read all the same"
            }
        }
        Err(wrong) => {
            assert!(
                !(described && WHOLE.contains(&name)),
                "`{name}` refuses {value}, which its schema describes: {wrong:?}"
            );
            "refused"
        }
    }
}

/// What has a form in JSON that clients refuse in a schema, lists of types, and is described by its
/// commonest.
fn is_wider(name: &str, taken: &Value) -> bool {
    match name {
        "time" | "tail" | "size" | "swap" | "gpus" => taken.is_number(),
        // A volume without a name has no key in an object.
        "mounts" => taken.is_array(),
        // A line for a shell is taken on as the Engine has it.
        "healthcheck" => taken["test"].is_array(),
        _ => false,
    }
}

fn described(schema: &Value, random: &mut Rng) -> Value {
    match schema["type"].as_str() {
        Some("string") => json!(random.choice(WORDS)),
        Some("integer") => json!(random.i64(-10..100_000)),
        Some("number") => json!(random.f64() * 1e6),
        Some("boolean") => json!(random.bool()),
        Some("array") => (0..random.usize(0..3))
            .map(|_| described(&schema["items"], random))
            .collect(),
        Some("object") => {
            let item = &schema["additionalProperties"];
            let mut members = Map::new();
            for _ in 0..random.usize(0..3) {
                let key = (*random.choice(KEYS).unwrap()).to_owned();
                let value = match (&schema["properties"][&key], item) {
                    (known @ Value::Object(_), _) | (_, known @ Value::Object(_)) => {
                        described(known, random)
                    }
                    _ => anything(random, 1),
                };
                members.insert(key, value);
            }
            members.into()
        }
        other => panic!("no values of {other:?}"),
    }
}

fn anything(random: &mut Rng, depth: usize) -> Value {
    match random.usize(0..if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(-10..100_000)),
        3 => json!(random.f64() * 1e6),
        4 => json!(random.choice(WORDS)),
        5 => (0..random.usize(0..3))
            .map(|_| anything(random, depth - 1))
            .collect(),
        _ => (0..random.usize(0..3))
            .map(|_| {
                let key = (*random.choice(KEYS).unwrap()).to_owned();
                (key, anything(random, depth - 1))
            })
            .collect::<Map<_, _>>()
            .into(),
    }
}
