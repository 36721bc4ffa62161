//! Holds the schema of each type of parameter to what reads it.

use std::collections::BTreeMap;

use fastrand::Rng;
use jsonschema::Validator;
use serde_json::{Map, json};

use super::*;
use crate::catalog::TOOLS;

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
    "cpus",
    "memory",
    "parallelism",
    "order",
    "a b",
    "",
];

/// The types whose schema says all of what is read; of the others it says the JSON type.
const WHOLE: [&str; 8] = [
    "boolean",
    "integer",
    "seconds",
    "number",
    "string",
    "string[]",
    "string_map",
    "variables",
];

type Read = fn(Value) -> Result<Value, Mismatch>;

#[test]
fn a_schema_and_what_reads_its_values_agree() {
    for (name, schema, read) in READERS {
        let schema = match name.starts_with("engine:") {
            true => listed(name),
            false => schema.members().into(),
        };
        if let Err(why) = agree(name, &schema, *read) {
            panic!("{why}");
        }
    }
}

/// What stands for itself among the words of a program is never taken for an option.
#[test]
fn no_value_of_a_type_that_says_so_begins_as_an_option_does() {
    const OPTIONS: [&str; 6] = ["-x", "--", "-", "--file=/etc/passwd", "-1", "-x=3"];
    let begins = |value: &Value| value.as_str().is_some_and(|it| it.starts_with('-'));
    let mut seen = 0;
    for (name, schema, read) in READERS.iter().filter(|it| NO_OPTIONS.contains(&it.0)) {
        let mut random = Rng::with_seed(7);
        let anything = (0..VALUES).map(|_| anything(&mut random, 2));
        let options = OPTIONS.iter().flat_map(|option| {
            let count = json!({ *option: 1 });
            [
                json!(option),
                json!([option]),
                json!(["a", option]),
                count,
                json!({ *option: "a" }),
            ]
        });
        for value in options.chain(anything) {
            let Ok(taken) = read(value.clone()) else {
                continue;
            };
            let is_one = match &taken {
                Value::Array(items) => items.iter().any(begins),
                Value::Object(members) => members.keys().any(|key| key.starts_with('-')),
                Value::Number(number) => number.as_f64() < Some(0.0),
                one => begins(one),
            };
            assert!(!is_one, "`{name}` ({schema:?}) takes {value} on as {taken}");
            seen += 1;
        }
    }
    assert!(seen > 500, "{seen}");
}

/// What clients are told of a parameter of that type.
fn listed(kind: &str) -> Value {
    let mut params = TOOLS.iter().flat_map(|tool| {
        let params = tool.params.iter();
        params.map(|param| (param, tool.input_schema()["properties"][param.name].clone()))
    });
    params.find(|(param, _)| param.kind == kind).unwrap().1
}

/// That a type which says another thing of itself is found out, whichever it is.
#[test]
fn a_schema_of_another_type_is_found_out() {
    const ALL: [Schema; 8] = [
        Schema::Boolean,
        Schema::Integer,
        Schema::Number,
        Schema::String,
        Schema::Array(&Schema::String),
        Schema::Array(&Schema::Integer),
        Schema::Object,
        Schema::Map(&Schema::String),
    ];
    let mut seen = 0;
    for (name, own, read) in READERS {
        for other in ALL {
            // What is said of an object's members may be less than all; that a size is a number is as true.
            let is_less = own.name() == other.name() && own.name() == "object";
            let is_as_true = other.name() != "boolean" && is_wider(name, &example(other));
            if **own == other || is_less || is_as_true {
                continue;
            }
            let agreed = agree(name, &other.members().into(), *read);
            assert!(agreed.is_err(), "`{name}` may say that it reads {other:?}");
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen} schemas");
}

/// A value of that type.
fn example(schema: Schema) -> Value {
    described(&schema.members().into(), &mut Rng::with_seed(7))
}

fn agree(name: &str, schema: &Value, read: Read) -> Result<(), String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    let mut random = Rng::with_seed(7);
    let mut counts = BTreeMap::new();
    for number in 0..VALUES {
        // Half are what the schema describes, half are anything.
        let value = match number % 2 {
            0 => described(schema, &mut random),
            _ => anything(&mut random, 2),
        };
        let kind = agree_on(name, &validator, read, &value)?;
        *counts.entry(kind).or_insert(0) += 1;
    }
    for (kind, least) in [("described and read", 5), ("refused", 10)] {
        if counts.get(kind).copied().unwrap_or(0) < least {
            return Err(format!("{name}: {counts:?}"));
        }
    }
    Ok(())
}

/// What becomes of a value, or that the schema promises something else.
fn agree_on(
    name: &str,
    validator: &Validator,
    read: Read,
    value: &Value,
) -> Result<&'static str, String> {
    let described = validator.is_valid(value);
    match read(value.clone()) {
        Ok(taken) if !validator.is_valid(&taken) && !is_wider(name, &taken) => Err(format!(
            "`{name}` takes {value} on as {taken}, which its schema does not describe"
        )),
        Ok(_) if described => Ok("described and read"),
        Ok(_) => Ok("read all the same"),
        Err(wrong) if described && WHOLE.contains(&name) => Err(format!(
            "`{name}` refuses {value}, which its schema describes: {wrong:?}"
        )),
        Err(_) => Ok("refused"),
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
