//! Holds the resource files to the tools they name, and the generator to saying what is wrong.

use std::fs;

use mcp_docker::catalog::{Content, RESOURCES, Tier};
use serde_json::Value;

use crate::generator::{Source, generate, read};
use crate::golden;

const BAD: &str = "tests/generator/bad_resources";

/// The files that the project has, by their paths in it.
fn catalogue() -> Vec<Source> {
    let root = golden::at_root("");
    let mut sources = read(&root.join("catalog")).unwrap();
    sources.extend(read(&root.join("prompts")).unwrap());
    for source in &mut sources {
        let inside = source.path.strip_prefix(root.to_str().unwrap()).unwrap();
        source.path = inside.trim_start_matches('/').to_owned();
    }
    sources
}

/// The mistakes in each bad file, beside the files that the project has.
#[test]
fn every_mistake_in_a_resource_has_its_message() {
    let cases = read(&golden::at_root(BAD)).unwrap();
    assert!(cases.len() >= 10);
    let mut goldens = Vec::new();
    for case in cases {
        let stem = case.path.rsplit('/').next().unwrap().replace(".toml", "");
        let mut sources = catalogue();
        sources.push(Source {
            path: format!("catalog/resources/{stem}.toml"),
            text: case.text,
        });
        let Err(diagnostics) = generate(&sources) else {
            panic!("`{stem}` was accepted")
        };
        let text = format!("{}\n", diagnostics.join("\n\n"));
        golden::check(format!("{BAD}/{stem}.stderr"), &text);
        goldens.push(format!("{stem}.stderr"));
    }
    for entry in fs::read_dir(golden::at_root(BAD)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            name.ends_with(".toml") || goldens.contains(&name),
            "{name} has no case"
        );
    }
}

/// What a resource sends its tool is what the tool takes, and what it reads is there.
#[test]
fn every_resource_fits_its_tool() {
    for resource in RESOURCES {
        let tool = resource.tool;
        assert_eq!(tool.tier, Tier::Safe, "{}", resource.name);
        let mut args: Value = serde_json::from_str(resource.args).unwrap();
        args[resource.variable] = "web".into();
        let schema: Value = serde_json::from_str(tool.input_schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&args), "{}: {args}", resource.name);
        if let Content::Text(key) = resource.content {
            let result: Value = serde_json::from_str(tool.output_schema).unwrap();
            let kind = &result["properties"][key]["type"];
            assert_eq!(kind, "string", "{}: {key}", resource.name);
        }
    }
}
