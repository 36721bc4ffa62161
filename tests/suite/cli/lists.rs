//! What the program says of itself to other programs.

use mcp_docker::catalog::{PROMPTS, RESOURCES};
use mcp_docker::config::TOOLSETS;

use super::*;

#[test]
fn tools_is_the_catalogue_as_json_on_a_pipe() {
    let all = json(&run(&["tools"]));
    let names: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| &tool["name"])
        .collect();
    let expected: Vec<_> = TOOLS.iter().map(|tool| tool.name).collect();
    assert_eq!(names, expected);

    for tool in all.as_array().unwrap() {
        let of = TOOLSETS.iter().find(|it| tool["toolset"] == it.name);
        assert_eq!(tool["on"], of.unwrap().default, "{tool}");
    }
    let chosen = json(&run(&["--toolsets", "all", "tools", "container_top"]));
    assert_eq!(chosen["on"], true, "{chosen}");

    for name in ["stop_container", "docker_stop_container"] {
        let one = json(&run(&["tools", name]));
        assert_eq!(one["name"], "docker_stop_container");
        assert_eq!(one["tier"], "moderate");
        assert_eq!(one["inputSchema"]["type"], "object");
        assert_eq!(one["outputSchema"]["type"], "object");
        assert!(one["examples"][0]["arguments"].is_object());
    }
}

/// What is off is listed all the same, as what it is.
#[test]
fn prompts_and_resources_say_whether_they_are_on() {
    for (choice, on) in [("default", true), ("images", false)] {
        for command in ["prompt", "resource"] {
            let all = json(&run(&["--toolsets", choice, command]));
            let all = all.as_array().unwrap();
            let expected = match command {
                "prompt" => PROMPTS.len(),
                _ => RESOURCES.len(),
            };
            assert_eq!(all.len(), expected, "{command}");
            for one in all.iter().filter(|it| it["toolset"] == "containers") {
                assert_eq!(one["on"], on, "{choice}: {one}");
            }
            assert!(all.iter().any(|it| it["on"] == on), "{choice}: {all:?}");
        }
    }
}

#[test]
fn prompts_are_listed_as_json_on_a_pipe() {
    let all = json(&run(&["prompt"]));
    let debug = &all[0];
    assert_eq!(debug["name"], "debug_networking");
    let arguments = debug["arguments"].as_array().unwrap();
    let names: Vec<_> = arguments
        .iter()
        .map(|it| (&it["name"], &it["required"]))
        .collect();
    assert_eq!(
        names,
        [
            (&Value::from("container_id"), &Value::from(true)),
            (&Value::from("target_host"), &Value::from(false)),
        ]
    );
}
