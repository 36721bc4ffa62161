//! Protects `SAFETY_ALLOWED_TOOLS` and `SAFETY_DENIED_TOOLS`: what they leave out is neither listed
//! nor called, and a name that is none stops the start.

use mcp_docker::catalog::TOOLS;
use serde_json::json;

use super::{arguments, refusal, session};
use crate::support::client::{RawClient, command};

const ALLOWED: &str = "SAFETY_ALLOWED_TOOLS";
const DENIED: &str = "SAFETY_DENIED_TOOLS";

/// The filters, and which tools they leave.
type Row = (&'static str, &'static str, fn(&str) -> bool);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("docker_version", "", |it| it == "docker_version"),
    ("docker_list_*", "", is_list),
    (" docker_list_* ,, docker_version, ", "", |it| is_list(it) || it == "docker_version"),
    (r#"["docker_version", "docker_list_volume?"]"#, "", |it| ["docker_version", "docker_list_volumes"].contains(&it)),
    // Deny wins.
    ("docker_list_*", "*_images,docker_list_volumes", |it| is_list(it) && !it.ends_with("_images") && it != "docker_list_volumes"),
    ("*", "docker_*_*,docker_events,docker_healthcheck", |it| is_one_word(it) && !["docker_events", "docker_healthcheck"].contains(&it)),
    ("docker_version", "*", |_| false),
    ("", "docker_exec_command", |it| it != "docker_exec_command"),
    // Unset means all, and empty means unset.
    ("", "", |_| true),
    (" , ", "[]", |_| true),
    ("${user_config.allowed_tools}", "${user_config.denied_tools}", |_| true),
];

fn is_list(tool: &str) -> bool {
    tool.starts_with("docker_list_")
}

fn is_one_word(tool: &str) -> bool {
    tool.matches('_').count() == 1
}

#[tokio::test]
async fn what_a_filter_leaves_out_is_neither_listed_nor_called() {
    for &(allowed, denied, left) in ROWS {
        let everything = [
            ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
            ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
            (ALLOWED, allowed),
            (DENIED, denied),
        ];
        let (client, engine) = session(&everything).await;
        let listed = client.list_tools().await;
        for tool in TOOLS {
            let is_left = left(tool.name);
            let is_listed = listed.iter().any(|it| it.name == tool.name);
            assert_eq!(is_listed, is_left, "{allowed:?} {denied:?}: {}", tool.name);
            if is_left {
                continue;
            }
            let given = arguments(tool.examples[0].args, "/srv/web");
            let text = refusal(tool.name, &client.call(tool.name, given).await);
            let by = if text.contains(DENIED) {
                denied
            } else {
                allowed
            };
            assert!(text.contains(ALLOWED) != text.contains(DENIED), "{text}");
            assert!(!by.is_empty(), "{text}");
        }
        assert!(engine.seen().is_empty(), "{:?}", engine.requests());
        client.stop().await;
    }
}

/// A tool that is allowed by its name is still one of its tier.
#[tokio::test]
async fn a_filter_allows_nothing_that_the_tier_refuses() {
    let settings = [(ALLOWED, "docker_remove_container,docker_version")];
    let (client, engine) = session(&settings).await;
    let given = json!({ "container_id": "web" });
    let text = refusal("", &client.call("docker_remove_container", given).await);
    assert!(
        text.contains("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true"),
        "{text}"
    );
    assert!(engine.seen().is_empty());
    client.stop().await;
}

#[tokio::test]
async fn a_tool_that_is_left_out_is_known_and_one_that_is_none_is_not() {
    let mut client = RawClient::session("2025-11-25", &[(DENIED, "docker_exec_command")]).await;
    for (name, known) in [
        ("docker_exec_command", true),
        ("docker_exec_comand", false),
        ("exec_command", false),
        ("DOCKER_EXEC_COMMAND", false),
    ] {
        let params =
            json!({ "name": name, "arguments": { "container_id": "web", "command": "id" } });
        let answer = client.request(1, "tools/call", params).await;
        if known {
            assert_eq!(answer["result"]["isError"], true, "{answer}");
        } else {
            assert_eq!(answer["error"]["code"], -32602, "{answer}");
            let text = answer["error"]["message"].as_str().unwrap();
            assert!(
                text.contains("did you mean `docker_exec_command`?"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn a_name_or_glob_of_no_tool_stops_the_start_and_names_the_nearest() {
    for (filter, stray, near) in [
        (
            "docker_version,docker_exec_comand",
            "docker_exec_comand",
            Some("docker_exec_command"),
        ),
        ("exec_command", "exec_command", Some("docker_exec_command")),
        // Spelt another way it would refuse nothing, and nobody would know.
        (
            "DOCKER_EXEC_COMMAND",
            "DOCKER_EXEC_COMMAND",
            Some("docker_exec_command"),
        ),
        ("docker_lst_*", "docker_lst_*", None),
        (
            "docker exec_command",
            "docker exec_command",
            Some("docker_exec_command"),
        ),
        ("podman_*", "podman_*", None),
        ("!docker_version", "!docker_version", None),
        (
            "docker_version;docker_events",
            "docker_version;docker_events",
            Some("docker_version"),
        ),
        ("\"docker_version\"", "\"docker_version\"", None),
    ] {
        for variable in [ALLOWED, DENIED] {
            let home = tempfile::tempdir().unwrap();
            let ended = command(home.path())
                .env(variable, filter)
                .output()
                .await
                .unwrap();
            let said = String::from_utf8(ended.stderr).unwrap();
            assert_eq!(ended.status.code(), Some(2), "{variable}={filter}: {said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(
                said.contains(&format!("error: {variable}: `{stray}` names no tool")),
                "{said}"
            );
            let advice = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`mcp-docker tools` lists all".to_owned(),
            };
            assert!(said.contains(&advice), "{said}");
        }
    }
}
