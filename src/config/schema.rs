//! Makes from the rows what editors know of the configuration file, and a file to begin with.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::file::settable;
use super::keys::{HOSTS, SECRETS, SETTINGS, TIERS, host_keys};
use super::value::Field;
use super::variable::Variable;
use crate::ordered::object;

/// The name of the schema beside the file that it is for.
pub const SCHEMA_NAME: &str = "mcp-docker.schema.json";

/// The JSON schema of the configuration file.
pub fn schema() -> Value {
    let settings = settable();
    let mut properties =
        object(settings.map(|variable| (variable.name.to_owned(), property(variable))));
    properties.insert(HOSTS.to_owned(), hosts());
    properties.insert(SECRETS.to_owned(), secrets());
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The configuration file of mcp-docker",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(variable: &Variable) -> Value {
    let mut property = kind(&variable.field);
    if let Some(members) = property.as_object_mut() {
        members.insert("description".to_owned(), variable.doc.into());
        members.extend(default(variable).map(|default| ("default".to_owned(), default)));
    }
    property
}

/// The values that are accepted, as far as a schema can say it.
fn kind(field: &Field) -> Value {
    let list = |item: Value| json!({ "type": ["array", "string"], "items": item });
    match field {
        Field::Switch(_) => json!({ "type": "boolean" }),
        Field::Number(_, range) => {
            json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
        }
        Field::Seconds(_, range) => {
            json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() })
        }
        Field::Address(_) => {
            json!({ "type": "string", "pattern": "^(|(unix|npipe|tcp|http|https|ssh)://.+)$" })
        }
        Field::Scope(_) => json!({
            "type": "string",
            "pattern": "^(|[Aa][Ll][Ll]|[Mm][Ii][Nn][Ee]|project:[A-Za-z0-9][A-Za-z0-9_.-]*|label:[^=\\s]+=\\S+)$",
        }),
        Field::Url(_) => json!({ "type": "string", "pattern": "^(|https?://.+)$" }),
        Field::Scopes(_) => list(json!({
            "type": "string",
            "pattern": "^[!#-\\[\\]-~]+=(safe|moderate|destructive)$",
        })),
        Field::Token(_) => json!({ "type": "string", "pattern": "^[!-~]*$" }),
        Field::Level(_) | Field::Fallback(_) => {
            // In any case, of which two are usual; an empty one is none.
            let words = field.words().iter();
            let words = words.flat_map(|word| [(*word).to_owned(), word.to_lowercase()]);
            let words: BTreeSet<String> = words.chain([String::new()]).collect();
            json!({ "enum": words })
        }
        Field::Toolsets(_) => list(json!({ "enum": field.words() })),
        Field::Paths(_) => {
            list(json!({ "type": "string", "pattern": "^([/\\\\]|[A-Za-z]:[/\\\\])" }))
        }
        Field::Names(_) => list(json!({ "type": "string", "minLength": 1 })),
        _ => json!({ "type": "string" }),
    }
}

/// The default as the file has it.
fn default(variable: &Variable) -> Option<Value> {
    let text = variable.default_text()?;
    match variable.field {
        Field::Switch(_) | Field::Number(..) | Field::Seconds(..) => {
            serde_json::from_str(&text).ok()
        }
        Field::Toolsets(_) => Some(text.split(',').collect()),
        _ => Some(text.into()),
    }
}

fn hosts() -> Value {
    let variable = |key: &str| {
        let (_, name) = SETTINGS.iter().find(|(known, _)| *known == key)?;
        settable().find(|variable| variable.name == *name)
    };
    let properties = host_keys().map(|key| {
        let property = match (key, variable(key)) {
            ("address", Some(variable)) => described(kind(&variable.field), "Address of the Engine."),
            ("context", Some(variable)) => described(kind(&variable.field), "Docker context that leads to it."),
            ("timeout", Some(variable)) => described(kind(&variable.field), "Time for this Engine to answer; unset, `DOCKER_TIMEOUT`."),
            ("scope", Some(variable)) => described(
                kind(&variable.field),
                "The objects that calls may change here; one other than `all` takes the place of `SAFETY_SCOPE`.",
            ),
            ("default", _) => described(json!({ "type": "boolean" }), "Calls that name no host go here."),
            (_, Some(variable)) => described(kind(&variable.field), variable.doc),
            (_, None) => described(
                json!({ "enum": TIERS.map(|tier| tier.name()) }),
                "The highest tier that calls may have here; loosens nothing that the server does not allow.",
            ),
        };
        (key.to_owned(), property)
    });
    let properties: Map<String, Value> = object(properties);
    let host = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "oneOf": [{ "required": ["address"] }, { "required": ["context"] }],
    });
    json!({
        "type": "object",
        "description": "Engines by the names that calls choose them by.",
        "patternProperties": { "^(?!env$)[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$": host },
        "additionalProperties": false,
    })
}

fn secrets() -> Value {
    let texts = |doc| {
        let item = json!({ "type": "string", "minLength": 1 });
        described(json!({ "type": "array", "items": item }), doc)
    };
    json!({
        "type": "object",
        "description": "Where each secret may go, by its name.",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "images": texts("Globs of the images whose containers may get it."),
                "projects": texts("Compose projects whose containers may get it."),
            },
            "additionalProperties": false,
        },
    })
}

fn described(mut schema: Value, doc: &str) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), doc.into());
    }
    schema
}

/// A file to begin with: every setting as a comment with its default, or a value such as it takes.
pub fn example() -> String {
    let mut text = format!(
        "#:schema {SCHEMA_NAME}\n\
         # Settings of mcp-docker. Flags and the environment are stronger, a `.env` is weaker. What stands behind a `#`\n\
         # without a blank is a setting: take the sign away, and it is in force. `mcp-docker config` shows what is.\n"
    );
    let mut section = None;
    for variable in settable() {
        if section != Some(variable.section) {
            section = Some(variable.section);
            text.push_str(&format!("\n# {}\n", variable.section.title()));
        }
        let value = default(variable).unwrap_or_else(|| sample(variable));
        let (name, doc) = (variable.name, variable.doc);
        text.push_str(&format!("\n# {doc}\n#{name} = {value}\n"));
    }
    text.push_str(HOSTS_AND_SECRETS);
    text
}

const HOSTS_AND_SECRETS: &str = r#"
# Several Engines, by the names that calls choose them by: each has an `address` or a `context`.

#[hosts.local]
#address = "unix:///var/run/docker.sock"
#default = true

#[hosts.nas]
#address = "ssh://me@nas"
#tier = "safe"
#scope = "project:media"

#[hosts.cloud]
#address = "tcp://docker.example.com:2376"
#tls_verify = true
#cert_path = "cloud"
#timeout = 20

# Where secrets may go, by their names.

#[secrets.db]
#images = ["postgres"]
#projects = ["shop"]
"#;

/// A value such as a variable without a default takes.
fn sample(variable: &Variable) -> Value {
    match variable.field {
        Field::Address(_) => json!("unix:///var/run/docker.sock"),
        Field::Path(..) => json!(format!("/path/to/{}", variable.placeholder.to_lowercase())),
        Field::Url(_) if variable.name.ends_with("_ISSUER") => json!("https://id.example.com"),
        Field::Url(_) => json!("https://docker.example.com/mcp"),
        Field::Scopes(_) => json!(["docker:read=safe", "docker:write=moderate"]),
        Field::Paths(_) => json!(["/srv/data"]),
        Field::Names(_) if variable.name.ends_with("_TOOLS") => json!(["docker_list_*"]),
        Field::Names(_) => json!(["example.com"]),
        _ => json!(variable.placeholder.to_lowercase()),
    }
}
