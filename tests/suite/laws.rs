//! Holds the whole table of tools to laws that no single file can keep.

use std::collections::BTreeSet;
use std::fs;

use mcp_docker::catalog::{Output, TOOLS, Tier, Tool};
use mcp_docker::config::{TOOLSETS, Toolsets};
use serde_json::{Value, json};

use crate::golden;

fn schema(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn input_schema(tool: &Tool) -> Value {
    tool.input_schema().into()
}

#[test]
fn names_are_unique_and_fit_every_client() {
    let mut names = BTreeSet::new();
    for tool in TOOLS {
        assert!(names.insert(tool.name), "{} is there twice", tool.name);
        assert!(tool.name.len() <= 64, "{} is too long", tool.name);
        assert!(
            tool.name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '_'),
            "{}",
            tool.name
        );
    }
}

#[test]
fn tools_are_in_the_order_of_their_files() {
    let sources: Vec<_> = TOOLS.iter().map(|tool| tool.source).collect();
    assert!(sources.is_sorted(), "{sources:?}");
}

#[test]
fn every_parameter_is_documented_in_a_sentence() {
    for (tool, param) in TOOLS
        .iter()
        .flat_map(|tool| tool.params.iter().map(move |param| (tool, param)))
    {
        let doc = param.doc;
        assert!(
            doc.starts_with(|c: char| c.is_uppercase() || c == '`') && doc.ends_with('.'),
            "{}: {doc}",
            tool.name
        );
    }
}

#[test]
fn every_tool_has_an_example() {
    for tool in TOOLS {
        assert!(!tool.examples.is_empty(), "{}", tool.name);
    }
}

#[test]
fn every_example_and_every_default_fits_its_schema() {
    for tool in TOOLS {
        let validator = jsonschema::validator_for(&input_schema(tool)).unwrap();
        for example in tool.examples {
            let args = schema(example.args);
            assert!(validator.is_valid(&args), "{}: {args}", tool.name);
            for param in tool.params.iter().filter(|param| param.required) {
                let mut args = args.clone();
                args.as_object_mut().unwrap().remove(param.name);
                assert!(
                    !validator.is_valid(&args),
                    "{} without {}",
                    tool.name,
                    param.name
                );
            }
        }
        let properties = &input_schema(tool)["properties"];
        for param in tool.params.iter().filter(|param| param.default.is_some()) {
            let property = &properties[param.name];
            let validator = jsonschema::validator_for(property).unwrap();
            let at = format!("{}.{}", tool.name, param.name);
            assert!(validator.is_valid(&property["default"]), "{at}");
            // A number stands there as text where a word is possible too.
            let (shown, used) = (&property["default"], param.default.unwrap());
            assert!(*shown == schema(used) || shown == used, "{at}");
        }
    }
}

#[test]
fn hints_agree_with_the_tier() {
    for tool in TOOLS {
        match tool.tier {
            Tier::Safe => assert!(
                !tool.hints.destructive && tool.plan.is_none(),
                "{} is safe and destructive",
                tool.name
            ),
            Tier::Moderate => assert!(
                tool.hints.destructive || tool.plan.is_none(),
                "{} has a plan",
                tool.name
            ),
            Tier::Destructive => assert!(
                tool.hints.destructive && tool.plan.is_some(),
                "{}",
                tool.name
            ),
        }
    }
}

/// Clients and the providers of models refuse a whole list over one schema they do not take: a list
/// of types, a combinator, a reference, a boolean in the place of a schema, a node without a type.
#[test]
fn schemas_are_plain() {
    for tool in TOOLS {
        let (input, output) = (input_schema(tool), schema(tool.output_schema));
        are_plain(tool.name, &input, &output);
    }
}

pub(crate) fn are_plain(tool: &str, input: &Value, output: &Value) {
    assert_eq!(input["type"], "object", "{tool}");
    assert!(input["properties"].is_object(), "{tool}");
    plain(tool, input, &|kind| kind.is_string());

    assert_eq!(output["type"], "object", "{tool}");
    // A value of a result may be unknown.
    plain(tool, output, &|kind| {
        kind.is_string()
            || kind
                .as_array()
                .is_some_and(|it| it.len() == 2 && it[1] == "null")
    });
}

/// The keywords that a schema may hold, each known to every client.
const KEYWORDS: [&str; 10] = [
    "type",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "enum",
    "default",
    "description",
    "minimum",
    "maximum",
];

fn plain(at: &str, schema: &Value, one_type: &dyn Fn(&Value) -> bool) {
    let members = schema
        .as_object()
        .unwrap_or_else(|| panic!("{at}: {schema}"));
    assert!(one_type(&schema["type"]), "{at}: {}", schema["type"]);
    for (keyword, value) in members {
        let at = format!("{at}.{keyword}");
        assert!(KEYWORDS.contains(&&**keyword), "{at}");
        match keyword.as_str() {
            "properties" => {
                for (name, schema) in value.as_object().unwrap() {
                    plain(&format!("{at}.{name}"), schema, one_type);
                }
            }
            "items" | "additionalProperties" => plain(&at, value, one_type),
            _ => {}
        }
    }
    if schema["type"] == "array" {
        assert!(members.contains_key("items"), "{at} is an array of what?");
    }
    if let Some(values) = schema["enum"].as_array() {
        assert_eq!(schema["type"], "string", "{at}");
        assert!(values.iter().all(Value::is_string), "{at}");
    }
    let properties = schema["properties"].as_object();
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = required.as_str().unwrap();
        assert!(
            properties.is_some_and(|it| it.contains_key(name)),
            "{at} requires {name}"
        );
    }
}

#[test]
fn every_result_key_is_promised() {
    for tool in TOOLS {
        let schema = schema(tool.output_schema);
        let required: Vec<&str> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        match &tool.output {
            Output::Fields(fields) => assert!(
                fields.iter().all(|field| required.contains(&field.key)),
                "{}",
                tool.name
            ),
            Output::List(list) => assert!(
                [list.key, "count", "total", "truncated"]
                    .iter()
                    .all(|key| required.contains(key))
            ),
            Output::Document(key) => assert_eq!(required, [*key], "{}", tool.name),
        }
    }
}

/// A safe tool that may make a container is an exception, of which each has to be argued.
#[test]
fn tools_that_may_have_a_carrier_are_few() {
    let carriers = TOOLS.iter().filter(|tool| tool.carrier);
    let names: Vec<&str> = carriers.map(|tool| tool.name).collect();
    assert_eq!(names, ["docker_list_files", "docker_read_file"]);
}

/// How many bytes a toolset that is off by default may add to what a client is shown.
const BUDGETS: [(&str, usize); 6] = [
    ("compose", 10_000),
    ("files", 2_500),
    ("insight", 6_000),
    ("lifecycle", 10_000),
    ("scan", 1_500),
    ("swarm", 16_000),
];

/// A client's context is small.
#[test]
fn the_whole_list_is_small() {
    // As JSON, like all that a client is sent.
    let bytes = |tool: &&'static Tool| {
        let shown = json!({
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": input_schema(tool),
        });
        (shown.to_string().len(), tool.output_schema.len())
    };
    let sum = |toolsets: &Toolsets| {
        let tools = TOOLS.iter().filter(|it| toolsets.has(Some(it.toolset)));
        tools
            .map(bytes)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    let (shown, results) = sum(&Toolsets::default());
    assert!(
        shown <= 24_000,
        "{shown} bytes of names, descriptions and input schemas"
    );
    assert!(
        shown + results <= 40_000,
        "{results} bytes of output schemas"
    );
    for toolset in TOOLSETS.iter().filter(|it| !it.default) {
        let name = toolset.name;
        let budget = BUDGETS.iter().find(|(of, _)| *of == name);
        let (_, budget) = budget.unwrap_or_else(|| panic!("`{name}` has no budget"));
        let (shown, _) = sum(&Toolsets::named([name]).unwrap());
        assert!(shown <= *budget, "{name}: {shown} bytes");
    }
}

/// What bollard's models lack cannot be checked, so every such name is seen here, with its reason.
#[test]
fn unmodelled_names_are_few_and_have_a_reason() {
    let mut list = "# Names that Engines send and bollard's models lack; nothing checks that they are right.\n".to_owned();
    let mut files = Vec::new();
    for folder in fs::read_dir(golden::at_root("catalog")).unwrap() {
        let folder = folder.unwrap().path();
        let entries = fs::read_dir(&folder).into_iter().flatten();
        files.extend(entries.map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|it| it == "toml"));
    files.sort();
    assert!(files.len() > TOOLS.len());
    for file in files {
        let table: toml::Table = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let path = file.strip_prefix(golden::at_root("")).unwrap();
        let models = table.get("unmodelled").and_then(toml::Value::as_table);
        for (model, names) in models.into_iter().flatten() {
            for (name, entry) in names.as_table().unwrap() {
                let because = entry["because"].as_str().unwrap();
                let until = entry.get("until").and_then(toml::Value::as_str);
                let until = until.map_or(String::new(), |until| format!(", until {until}"));
                list.push_str(&format!(
                    "{}: {model}.{name}{until}: {because}\n",
                    path.display()
                ));
            }
        }
    }
    golden::check("tests/golden/unmodelled.txt", &list);
}
