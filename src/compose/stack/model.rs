//! Reads what `docker stack config` prints, which is YAML and not all of what a stack is made of.

use serde_json::{Number, Value};

use super::ignored::{is_left_out, warnings};
use crate::compose::document::Document;
use crate::compose::yaml::{Entry, Kind, Node, read};
use crate::computing::compute;
use crate::ordered::object;

/// A stack as it would be deployed.
#[derive(Debug)]
pub struct StackModel {
    /// What `docker stack` made of the files, without what it passes over. Each `$` in it is doubled.
    pub document: Document,
    /// What it passes over.
    pub warnings: Vec<String>,
}

/// Reads the model that `docker stack config` printed.
///
/// # Errors
/// It is no YAML of a Compose file.
pub fn read_stack(printed: &[u8]) -> Result<StackModel, String> {
    let text = str::from_utf8(printed).map_err(|error| error.to_string())?;
    let file = compute(text.len(), || read(text)).map_err(|fault| fault.text)?;
    let services = file.get("services").map(Node::entries).unwrap_or_default();
    let warnings = services
        .iter()
        .flat_map(|entry| warnings(&entry.key, &entry.value));
    let warnings = warnings.collect();
    let top = file.entries().iter();
    let sections = top.filter(|section| !section.key.starts_with("x-"));
    let model = members(sections, |section| match section.key.as_str() {
        "services" => members(section.value.entries().iter(), |service| {
            let settings = service.value.entries().iter();
            let settings = settings.filter(|setting| !is_left_out(&setting.key));
            members(settings, |setting| value(&setting.value))
        }),
        _ => value(&section.value),
    });
    Ok(StackModel {
        document: Document::of(model),
        warnings,
    })
}

fn members<'a>(entries: impl Iterator<Item = &'a Entry>, of: impl Fn(&'a Entry) -> Value) -> Value {
    let members = entries.map(|entry| (entry.key.clone(), of(entry)));
    object(members).into()
}

/// A part as the JSON that `docker stack` reads the same from; it does fill in what stands behind a single `$`.
fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Map(entries) => members(entries.iter(), |entry| value(&entry.value)),
        Kind::List(items) => items.iter().map(value).collect(),
        Kind::Text { .. } if node.is_null() => Value::Null,
        Kind::Text { text, plain } => {
            let literal = || if *plain { literal(text) } else { None };
            literal().unwrap_or_else(|| Value::String(text.replace('$', "$$")))
        }
    }
}

/// What a scalar without quotes is, where it is no text, as `docker stack` itself writes such.
fn literal(text: &str) -> Option<Value> {
    match text {
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let whole = text.parse::<i64>().map(Number::from);
    let whole = whole.or_else(|_| text.parse::<u64>().map(Number::from));
    let number = whole.ok().or_else(|| Number::from_f64(text.parse().ok()?));
    number.map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_model_is_read_as_docker_stack_prints_it() {
        let printed = r#"version: "3.8"
services:
  web:
    build:
      context: .
    cap_add:
      - SYS_ADMIN
    command:
      - sh
      - -c
      - echo $HOME
    deploy:
      replicas: 2
      update_config:
        max_failure_ratio: 0.3
      resources:
        limits:
          cpus: "0.5"
    environment:
      A: "1"
      D: |
        multi
        line
      E: inf
      F: null
      G: 1e3x
    env_file:
      - e.env
    image: nginx:$TAG
    privileged: true
    x-note: a
secrets:
  s1:
    file: /srv/s.txt
x-foo:
  a: b
"#;
        let read = read_stack(printed.as_bytes()).unwrap();
        let expected = json!({
            "version": "3.8",
            "services": { "web": {
                "cap_add": ["SYS_ADMIN"],
                "command": ["sh", "-c", "echo $$HOME"],
                "deploy": {
                    "replicas": 2,
                    "update_config": { "max_failure_ratio": 0.3 },
                    "resources": { "limits": { "cpus": "0.5" } },
                },
                "environment": { "A": "1", "D": "multi\nline\n", "E": "inf", "F": null, "G": "1e3x" },
                "image": "nginx:$$TAG",
            } },
            "secrets": { "s1": { "file": "/srv/s.txt" } },
        });
        assert_eq!(read.document.value(), &expected);
        assert_eq!(
            read.warnings,
            [
                "services.web.build is ignored in a stack; build the image first (docker_build_image)",
                "services.web.privileged is ignored in a stack",
            ]
        );
        assert!(read_stack(b"a: [").is_err() && read_stack(b"\xff").is_err());
    }
}
