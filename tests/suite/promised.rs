//! Holds the catalogue to what clients were promised: these tools, prompts and resources are there
//! and stay as they are, whatever else comes.
//!
//! What is added to the catalogue needs no place here. A line is taken away or changed only together
//! with the promise.

use mcp_docker::catalog::{self, PROMPTS, RESOURCES, TOOLS};

use crate::golden;

/// The tools, by their toolsets.
const PROMISED_TOOLS: [(&str, &str); 5] = [
    (
        "containers",
        "container_logs container_stats create_container exec_command inspect_container \
         list_containers remove_container restart_container start_container stop_container",
    ),
    (
        "images",
        "build_image image_history inspect_image list_images prune_images pull_image push_image \
         remove_image tag_image",
    ),
    (
        "networks",
        "connect_container create_network disconnect_container inspect_network list_networks \
         remove_network",
    ),
    (
        "system",
        "events healthcheck system_df system_info system_prune version",
    ),
    (
        "volumes",
        "create_volume inspect_volume list_volumes prune_volumes remove_volume",
    ),
];

/// The prompts and their arguments; `!` marks those that are required.
const PROMISED_PROMPTS: [(&str, &str); 5] = [
    ("debug_networking", "container_id! target_host"),
    ("generate_compose", "container_id service_description"),
    ("optimize_container", "container_id!"),
    ("security_audit", "container_id"),
    ("troubleshoot_container", "container_id!"),
];

/// The URI templates of the resources and what is in them.
const PROMISED_RESOURCES: [(&str, &str); 5] = [
    ("compose://config/{project_name}", "application/json"),
    ("compose://logs/{project_name}/{service_name}", "text/plain"),
    ("compose://services/{project_name}", "application/json"),
    ("container://logs/{container_id}", "text/plain"),
    ("container://stats/{container_id}", "application/json"),
];

#[test]
fn every_promised_tool_is_there() {
    for (toolset, names) in PROMISED_TOOLS {
        for name in names.split(' ') {
            let tool = catalog::find(&format!("docker_{name}"));
            assert_eq!(tool.map(|it| it.toolset), Some(toolset), "{name}");
        }
    }
}

/// How far a tool may go is decided on purpose: who reviews a change of this file agrees to it.
#[test]
fn every_tool_goes_as_far_as_was_agreed() {
    let lines = TOOLS
        .iter()
        .map(|tool| format!("{} {}\n", tool.name, tool.tier.name()));
    golden::check("tests/golden/tiers.txt", &lines.collect::<String>());
}

/// A client that fills in a form by heart knows these arguments and no other.
#[test]
fn every_promised_prompt_is_there_and_wants_nothing_new() {
    for (name, arguments) in PROMISED_PROMPTS {
        let prompt = PROMPTS.iter().find(|prompt| prompt.name == name);
        let prompt = prompt.unwrap_or_else(|| panic!("`{name}` is gone"));
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let takes: Vec<String> = prompt
            .arguments
            .iter()
            .map(|it| format!("{}{}", it.name, if it.required { "!" } else { "" }))
            .filter(|it| it.ends_with('!') || arguments.contains(&&**it))
            .collect();
        assert_eq!(takes, arguments, "{name}");
    }
}

#[test]
fn every_promised_resource_is_there() {
    for (template, mime_type) in PROMISED_RESOURCES {
        let resource = RESOURCES.iter().find(|it| it.template == template);
        let found = resource.map(|it| it.content.mime_type());
        assert_eq!(found, Some(mime_type), "{template}");
    }
}
