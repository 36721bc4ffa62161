//! Holds the resource files to the tools they name, and the generator to saying what is wrong.

use std::fs;
use std::path::Path;

use mcp_docker::catalog::{Content, RESOURCES, Tier};
use serde_json::{Value, json};

use crate::generator::cases::{each_has_its_message, name};
use crate::generator::{Source, whole};

const BAD: &str = "tests/generator/bad_resources";

/// The bad file beside those that the project has.
fn sources(case: &Path) -> Vec<Source> {
    let mut sources = whole();
    sources.push(Source {
        path: format!("catalog/resources/{}.toml", name(case)),
        text: fs::read_to_string(case).unwrap(),
    });
    sources
}

#[test]
fn every_mistake_in_a_resource_has_its_message() {
    each_has_its_message(BAD, sources);
}

/// What a resource sends its tool is what the tool takes, and what it reads is there.
#[test]
fn every_resource_fits_its_tool() {
    for resource in RESOURCES {
        let tool = resource.tool;
        assert_eq!(tool.tier, Tier::Safe, "{}", resource.name);
        let mut args: Value = serde_json::from_str(resource.args).unwrap();
        for variable in resource.variables {
            let mut params = tool.params.iter();
            let is_list = params.any(|it| it.name == variable.param && it.kind == "string[]");
            args[variable.param] = if is_list {
                json!(["web"])
            } else {
                "web".into()
            };
        }
        let schema = tool.input_schema().into();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&args), "{}: {args}", resource.name);
        let (key, wanted) = match resource.content {
            Content::Text(key) => (key, "string"),
            Content::Lines(key, _) => (key, "array"),
            Content::Json => continue,
        };
        let result: Value = serde_json::from_str(tool.output_schema).unwrap();
        let kind = &result["properties"][key]["type"];
        assert_eq!(kind, wanted, "{}: {key}", resource.name);
    }
}
