//! What looks at an Engine: every safe tool, the resources, prompts and completions, each with the host that is meant.

use std::path::Path;
use std::time::Duration;

use mcp_docker::catalog::{PROMPTS, TOOLS, Tier};
use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, CompletionContext, Reference, Resource, ResourceContents,
};

use super::same::{Same, spoken};
use super::{Audit, Instant, ReadResourceRequestParams, Session, Several, Value, json};
use crate::exchange::prompt;
use crate::workplace::workplace;

/// The most that a host is waited for.
const SOON: Duration = Duration::from_secs(60);

/// Everything is on.
const EVERYTHING: &str = "MCP_DOCKER_TOOLSETS = [\"all\"]";

/// What tells no Engine from another: sums, and what holds of files or of registries.
const ALIKE: [&str; 7] = [
    "docker_system_df",
    "docker_search_images",
    "docker_check_updates",
    "docker_wait",
    "docker_compose_config",
    "docker_compose_validate",
    "docker_image_sbom",
];

/// What a registry or a scanner says, where none is reached or there: an error of the right place.
const UNANSWERED: [&str; 2] = ["docker_search_images", "docker_image_vulnerabilities"];

/// Each safe tool with what it is asked; those of a swarm apart.
fn questions(same: &Same<'_>, files: &Path) -> Vec<(&'static str, Value)> {
    let (name, image) = (&same.name, same.image());
    let container = json!({ "container_id": name });
    let project = json!({ "project_name": name });
    let of_files = json!({ "project_directory": files });
    vec![
        (
            "docker_list_containers",
            json!({ "filters": { "name": name } }),
        ),
        ("docker_inspect_container", container.clone()),
        ("docker_container_logs", container.clone()),
        ("docker_container_stats", container.clone()),
        (
            "docker_list_images",
            json!({ "filters": { "reference": image } }),
        ),
        ("docker_inspect_image", json!({ "image": image })),
        ("docker_image_history", json!({ "image": image })),
        (
            "docker_list_networks",
            json!({ "filters": { "name": name } }),
        ),
        ("docker_inspect_network", json!({ "network_id": name })),
        (
            "docker_list_volumes",
            json!({ "filters": { "name": name }, "labels": true }),
        ),
        ("docker_inspect_volume", json!({ "volume_name": name })),
        ("docker_version", json!({})),
        ("docker_system_info", json!({})),
        ("docker_system_df", json!({})),
        ("docker_healthcheck", json!({})),
        (
            "docker_events",
            json!({ "since": "1h", "filters": { "container": name } }),
        ),
        (
            "docker_list_files",
            json!({ "container_id": name, "path": "/" }),
        ),
        (
            "docker_read_file",
            json!({ "container_id": name, "path": "/place" }),
        ),
        ("docker_container_changes", container.clone()),
        ("docker_container_top", container),
        (
            "docker_search_logs",
            json!({ "containers": [name], "grep": "spoken" }),
        ),
        (
            "docker_diagnose",
            json!({ "filters": { "label": same.label() } }),
        ),
        (
            "docker_disk_usage",
            json!({ "kind": "containers", "limit": 200 }),
        ),
        ("docker_list_ports", json!({})),
        ("docker_check_updates", json!({ "containers": [name] })),
        ("docker_search_images", json!({ "term": "busybox" })),
        ("docker_image_sbom", json!({ "image": image })),
        (
            "docker_image_vulnerabilities",
            json!({ "image": image, "scanner": "grype" }),
        ),
        (
            "docker_wait",
            json!({ "for": "running", "containers": [name] }),
        ),
        ("docker_compose_ls", json!({ "all": true })),
        ("docker_compose_ps", project.clone()),
        ("docker_compose_logs", project),
        ("docker_compose_config", of_files.clone()),
        ("docker_compose_validate", of_files),
    ]
}

/// The same of a swarm, of which the second Engine is.
fn of_a_swarm(service: &str, node: &str) -> Vec<(&'static str, Value)> {
    let of_service = json!({ "service_id": service });
    vec![
        ("docker_swarm_info", json!({})),
        ("docker_list_nodes", json!({})),
        ("docker_inspect_node", json!({ "node_id": node })),
        ("docker_list_services", json!({})),
        ("docker_inspect_service", of_service.clone()),
        ("docker_service_logs", of_service),
        ("docker_list_tasks", json!({})),
        ("docker_list_stacks", json!({})),
        ("docker_list_configs", json!({})),
        ("docker_list_secrets", json!({})),
    ]
}

fn at(host: &str, mut arguments: Value) -> Value {
    arguments["host"] = host.into();
    arguments
}

#[tokio::test(flavor = "multi_thread")]
async fn every_safe_tool_looks_at_the_host_that_is_named_and_is_recorded_with_it() {
    let Some(several) = Several::start(EVERYTHING, "") else {
        return;
    };
    let same = Same::of_projects(&several);
    let folder = workplace();
    let compose = format!("services: {{ web: {{ image: '{}' }} }}", same.image());
    std::fs::write(folder.path().join("compose.yaml"), compose).unwrap();
    let questions = questions(&same, folder.path());
    let of_swarm = of_a_swarm("", "");
    for tool in TOOLS.iter().filter(|tool| tool.tier == Tier::Safe) {
        let mut asked = questions.iter().chain(&of_swarm);
        assert!(
            asked.any(|(name, _)| *name == tool.name),
            "{} is not asked",
            tool.name
        );
    }

    let audit = Audit::new();
    let path = audit.path();
    let scanners = crate::scan::scanners();
    let programs = format!("{}:{}", scanners.display(), several.sshd.path);
    let settings = [("MCP_DOCKER_AUDIT_LOG", path.as_str()), ("PATH", &programs)];
    let session = several.session(&settings).await;
    for host in ["here", "tls", "ssh"] {
        for (tool, arguments) in &questions {
            let given = at(host, arguments.clone());
            if UNANSWERED.contains(tool) {
                session.call(tool, given).await;
            } else {
                let result = session.ok(tool, given).await.to_string();
                if !ALIKE.contains(tool) && told_apart(tool, &result) {
                    same.is_of(host, tool, &result);
                }
            }
            let lines = audit.lines();
            let recorded: Vec<_> = lines.iter().map(|it| (&it["tool"], &it["host"])).collect();
            assert_eq!(recorded, [(&json!(tool), &json!(host))], "{lines:?}");
        }
    }

    resources(&session, &same).await;
    completions(&session, &same).await;
    let node = swarm(&several, &same.name);
    for (tool, arguments) in of_a_swarm(&same.name, &node) {
        session.ok(tool, at("tls", arguments.clone())).await;
        if tool != "docker_swarm_info" {
            let said = session.fails(tool, at("here", arguments)).await;
            assert!(said.contains("swarm"), "{tool}: {said}");
        }
    }
    prompts(&session, &same).await;
    session.close().await;
}

/// Whether a result has to be of one Engine: a list of ports may be empty.
fn told_apart(tool: &str, result: &str) -> bool {
    tool != "docker_list_ports" || result.contains("spoken")
}

/// Has the second Engine be a swarm with a service; its node.
fn swarm(several: &Several, service: &str) -> String {
    let listen = format!("127.0.0.1:{}", super::free_port());
    let flags = ["--advertise-addr", "127.0.0.1", "--listen-addr", &listen];
    several.docker("tls", &[&["swarm", "init"][..], &flags].concat());
    let image = crate::docker::image();
    let create = [
        "service",
        "create",
        "--detach",
        "--no-resolve-image",
        "--name",
        service,
    ];
    several.docker("tls", &[&create[..], &[&image, "sleep", "600"]].concat());
    several.docker("tls", &["info", "--format", "{{.Swarm.NodeID}}"])
}

/// Those about a container, a project or a service; one about files alone is of no Engine.
async fn prompts(session: &Session, same: &Same<'_>) {
    for host in ["here", "tls", "ssh"] {
        for known in PROMPTS {
            let mut arguments = json!({ "host": host });
            let key = known
                .arguments
                .iter()
                .map(|argument| argument.name)
                .find(|name| ["container_id", "project_name", "service"].contains(name))
                .unwrap_or_else(|| panic!("{} is about nothing", known.name));
            if key == "service" && host != "tls" {
                continue;
            }
            arguments[key] = same.name.clone().into();
            let text = prompt(session.client.peer(), known.name, arguments)
                .await
                .unwrap();
            let named = if host == "here" {
                text.clone()
            } else {
                text.replace('\\', "")
            };
            assert!(
                named.contains(&format!("`host` = `{host}`")),
                "{}: {text}",
                known.name
            );
            let other = if host == "tls" {
                spoken("here")
            } else {
                spoken("tls")
            };
            assert!(!text.contains(&other), "{} of {host}: {text}", known.name);
            if known.name == "troubleshoot_container" {
                same.is_of(host, known.name, &text);
            }
        }
    }
}

/// The resources of all hosts; one that does not answer soon is left out of a list.
async fn listed(session: &Session) -> Vec<Resource> {
    let begun = Instant::now();
    loop {
        let listed = session.client.list_all_resources().await.unwrap();
        let of = |host| listed.iter().any(|it| it.uri.ends_with(host));
        if ["?host=here", "?host=tls", "?host=ssh"].into_iter().all(of) {
            return listed;
        }
        assert!(begun.elapsed() < SOON, "a host is not listed: {listed:?}");
    }
}

async fn resources(session: &Session, same: &Same<'_>) {
    let listed = listed(session).await;
    for host in ["here", "tls", "ssh"] {
        for uri in [
            format!("container://logs/{}", same.name),
            format!("container://stats/{}", same.name),
            format!("compose://services/{}", same.name),
            format!("compose://logs/{}/web", same.name),
        ] {
            let uri = format!("{uri}?host={host}");
            assert!(listed.iter().any(|it| it.uri == uri), "{uri} is not listed");
            let read = ReadResourceRequestParams::new(uri.as_str());
            let mut read = session.client.read_resource(read).await.unwrap();
            let ResourceContents::TextResourceContents { text, .. } = read.contents.remove(0)
            else {
                panic!("{uri} is no text");
            };
            same.is_of(host, &uri, &text);
        }
        let alone = |of: &str| format!("container://logs/{}?host={host}", same.alone(of));
        for (of, expected) in [("here", host != "tls"), ("tls", host == "tls")] {
            let uri = alone(of);
            assert_eq!(listed.iter().any(|it| it.uri == uri), expected, "{uri}");
        }
    }
}

async fn completions(session: &Session, same: &Same<'_>) {
    for host in ["here", "tls", "ssh"] {
        let mut expected = vec![same.name.clone(), same.alone(host)];
        expected.sort();
        for (of, argument) in [
            (
                Reference::for_resource("container://logs/{container_id}{?host}"),
                "container_id",
            ),
            (
                Reference::for_resource("compose://services/{project_name}{?host}"),
                "project_name",
            ),
            (
                Reference::for_prompt("troubleshoot_container"),
                "container_id",
            ),
            (
                Reference::for_prompt("troubleshoot_compose_stack"),
                "project_name",
            ),
        ] {
            let typed = ArgumentInfo::new(argument, same.name.as_str());
            let mut params = CompleteRequestParams::new(of, typed);
            params.context = Some(CompletionContext::with_arguments(
                [("host".to_owned(), host.to_owned())].into(),
            ));
            let mut found = session
                .client
                .complete(params)
                .await
                .unwrap()
                .completion
                .values;
            found.sort();
            assert_eq!(found, expected, "{argument} of {host}");
        }
        let typed = ArgumentInfo::new("host", &host[..2]);
        let params = CompleteRequestParams::new(Reference::for_prompt("security_audit"), typed);
        let found = session
            .client
            .complete(params)
            .await
            .unwrap()
            .completion
            .values;
        assert_eq!(found, [host]);
    }
}
