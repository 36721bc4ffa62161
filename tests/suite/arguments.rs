//! Sends the arguments of every example in each form that clients and models give them.
//!
//! A schema names one type for each parameter; what is accepted is wider.

use mcp_docker::catalog::{TOOLS, Tool};
use mcp_docker::params::Arguments;
use serde_json::{Map, Value, json};

/// The parameters as the tool read them, or why it refused.
pub(crate) fn read(tool: &'static Tool, arguments: &Map<String, Value>) -> Result<Value, String> {
    let read = Arguments::new(tool, arguments.clone());
    let parsed = read.and_then(|mut arguments| (tool.parse)(&mut arguments));
    parsed
        .map(|operation| operation.params())
        .map_err(|refusal| refusal.to_string())
}

/// Every argument of every example, with the other arguments of it.
fn each_argument(check: impl Fn(&'static Tool, &Map<String, Value>, &str, &Value)) {
    let mut seen = 0;
    for tool in TOOLS {
        for example in tool.examples {
            let arguments: Map<String, Value> = serde_json::from_str(example.args).unwrap();
            for (name, value) in &arguments {
                check(tool, &arguments, name, value);
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen} arguments");
}

fn with(arguments: &Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    let mut arguments = arguments.clone();
    arguments.insert(name.to_owned(), value);
    arguments
}

#[test]
fn every_value_but_text_may_be_a_string_that_holds_it() {
    each_argument(|tool, arguments, name, value| {
        if !value.is_string() {
            let text = with(arguments, name, json!(value.to_string()));
            assert_eq!(
                read(tool, &text),
                read(tool, arguments),
                "{}.{name}: {value}",
                tool.name
            );
        }
    });
}

#[test]
fn an_array_of_one_may_be_its_only_string() {
    each_argument(|tool, arguments, name, value| {
        if let Some([Value::String(one)]) = value.as_array().map(Vec::as_slice) {
            let text = with(arguments, name, json!(one));
            assert_eq!(
                read(tool, &text),
                read(tool, arguments),
                "{}.{name}",
                tool.name
            );
        }
    });
}
