//! What changes something changes it on the host that is named, by its plan, its tier and its scope; what has the same
//! names on the other stays as it was.

use super::same::Same;
use super::{Audit, Session, Several, Value, json};

/// Who removes is asked in two steps.
const PLANNED: &str = "\
MCP_DOCKER_TOOLSETS = [\"default\", \"lifecycle\"]
SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS = true
SAFETY_CONFIRMATION_FALLBACK = \"plan\"
";

/// The second Engine under other rules.
const BOUNDED: &str = "\
[hosts.gentle]
TLS
tier = \"moderate\"
[hosts.scoped]
TLS
scope = \"label:team=a\"
";

/// Stands for the container that one host has alone.
const ALONE: &str = "ALONE";

fn at(host: &str, mut arguments: Value) -> Value {
    arguments["host"] = host.into();
    arguments
}

/// The token of a plan, which names the host first and nothing of the other.
async fn planned(session: &Session, same: &Same<'_>, tool: &'static str, given: &Value) -> String {
    let host = given["host"].as_str().unwrap();
    let text = session.fails(tool, given.clone()).await;
    assert!(
        text.contains(&format!("On host `{host}`: ")),
        "{tool}: {text}"
    );
    let other = if host == "tls" { "here" } else { "tls" };
    let strange = same.marks(other);
    let found = strange.iter().find(|mark| text.contains(mark.as_str()));
    assert_eq!(found, None, "{tool} of {host}: {text}");
    let (_, token) = text
        .rsplit_once("`confirmation`: \"")
        .unwrap_or_else(|| panic!("{tool}: {text}"));
    token.trim_end_matches('"').to_owned()
}

/// What is done to the objects that both have, in an order in which each has something to do.
fn acts(same: &Same<'_>) -> Vec<(&'static str, Value, bool)> {
    let name = &same.name;
    let container = json!({ "container_id": name });
    let ours = json!({ "filters": { "label": same.label() } });
    let all = json!({ "filters": { "label": same.label() }, "all": true });
    let exec = json!({ "container_id": name, "command": ["touch", "/touched"] });
    vec![
        ("docker_exec_command", exec, false),
        (
            "docker_stop_container",
            json!({ "container_id": name, "timeout": 1 }),
            false,
        ),
        ("docker_start_container", container.clone(), false),
        (
            "docker_restart_container",
            json!({ "container_id": name, "timeout": 1 }),
            false,
        ),
        ("docker_pause_container", container.clone(), false),
        ("docker_unpause_container", container.clone(), false),
        ("docker_kill_container", container.clone(), false),
        ("docker_start_container", container.clone(), false),
        ("docker_recreate_container", container.clone(), false),
        ("docker_prune_containers", ours.clone(), true),
        ("docker_prune_networks", ours.clone(), true),
        ("docker_prune_volumes", all, true),
        ("docker_prune_images", ours.clone(), true),
        (
            "docker_stop_container",
            json!({ "container_id": name, "timeout": 1 }),
            false,
        ),
        ("docker_system_prune", ours, true),
        (
            "docker_remove_container",
            json!({ "container_id": same.second(), "force": true }),
            true,
        ),
        (
            "docker_remove_container",
            json!({ "container_id": ALONE, "force": true }),
            true,
        ),
        ("docker_remove_network", json!({ "network_id": name }), true),
        ("docker_remove_volume", json!({ "volume_name": name }), true),
        (
            "docker_remove_image",
            json!({ "image": same.image() }),
            true,
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_the_same_name_on_another_host_stays_as_it_was() {
    let Some(several) = Several::start(PLANNED, BOUNDED) else {
        return;
    };
    let audit = Audit::new();
    let path = audit.path();
    let session = several.session(&[("MCP_DOCKER_AUDIT_LOG", &path)]).await;
    for (host, other) in [("tls", "here"), ("here", "tls")] {
        let same = Same::make(&several);
        for host in ["here", "tls"] {
            same.idle(host);
        }
        for (tool, mut arguments, asks) in acts(&same) {
            let mut strange = "for another call";
            if arguments["container_id"] == ALONE {
                arguments["container_id"] = same.alone(host).into();
                strange = "no such container";
            }
            let (before, others) = (same.state(host), same.state(other));
            let mut given = at(host, arguments.clone());
            if asks {
                // What was agreed to on one host is nothing on the other.
                let token = planned(&session, &same, tool, &given).await;
                let mut elsewhere = at(other, arguments);
                elsewhere["confirmation"] = token.into();
                session.refuses(tool, elsewhere, &[strange]).await;
                assert_eq!(same.state(host), before, "{tool} on {host}");
                given["confirmation"] = planned(&session, &same, tool, &given).await.into();
            }
            let did = session.ok(tool, given).await;
            assert_eq!(same.state(other), others, "{tool} on {host}: {did}");
            if !matches!(tool, "docker_exec_command" | "docker_pause_container") {
                assert_ne!(same.state(host), before, "{tool} on {host}: {did}");
            }
            let lines = audit.lines();
            let last = lines.last().unwrap();
            assert_eq!((&last["tool"], &last["host"]), (&json!(tool), &json!(host)));
            assert_eq!(last["result"], "ok", "{last}");
            for line in &lines {
                let there = [host, other].contains(&line["host"].as_str().unwrap());
                assert!(there, "{line}");
            }
        }
        // Nothing of it is left here, and all there.
        let left = several.docker(
            host,
            &["ps", "-aq", "--filter", &format!("label={}", same.label())],
        );
        assert_eq!(left, "");
        let files = ["exec", &same.name, "ls", "/"];
        assert!(!several.docker(other, &files).contains("touched"));
    }
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tiers_and_scopes_are_those_of_the_host() {
    let Some(several) = Several::start(PLANNED, BOUNDED) else {
        return;
    };
    let session = several.session(&[]).await;
    let same = Same::make(&several);
    let container = json!({ "container_id": same.name });
    let states = || ["here", "tls"].map(|host| same.state(host));
    let before = states();
    // A ceiling, by another way to an Engine on which more is allowed.
    for (tool, host) in [
        ("docker_stop_container", "ssh"),
        ("docker_kill_container", "ssh"),
        ("docker_exec_command", "ssh"),
        ("docker_remove_container", "ssh"),
        ("docker_remove_container", "gentle"),
        ("docker_prune_containers", "gentle"),
        ("docker_system_prune", "gentle"),
    ] {
        let mut given = match tool {
            "docker_prune_containers" | "docker_system_prune" => json!({}),
            _ => container.clone(),
        };
        if tool == "docker_exec_command" {
            given["command"] = "true".into();
        }
        let named = format!("[hosts.{host}]");
        session
            .refuses(tool, at(host, given), &[&named, "nothing was done"])
            .await;
    }
    // A scope, of what nobody labelled so.
    for tool in [
        "docker_stop_container",
        "docker_kill_container",
        "docker_remove_container",
    ] {
        session
            .refuses(tool, at("scoped", container.clone()), &["team=a"])
            .await;
    }
    assert_eq!(states(), before);

    session
        .ok("docker_restart_container", at("gentle", container.clone()))
        .await;
    let [here, _] = states();
    assert_eq!(here, before[0]);
    let made =
        json!({ "image": same.image(), "name": same.alone("scoped"), "command": ["sleep", "600"] });
    session
        .ok("docker_create_container", at("scoped", made))
        .await;
    let label = several.docker(
        "tls",
        &[
            "inspect",
            "--format",
            "{{.Config.Labels.team}}",
            &same.alone("scoped"),
        ],
    );
    assert_eq!(label, "a", "what is made in a scope is of it");
    let ours = json!({ "container_id": same.alone("scoped") });
    session
        .ok("docker_start_container", at("scoped", ours.clone()))
        .await;
    session
        .ok("docker_kill_container", at("scoped", ours))
        .await;
    session.close().await;
}
