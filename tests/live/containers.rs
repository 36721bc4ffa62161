//! `docker_list_containers`, `docker_inspect_container` and `docker_container_stats`.

use serde_json::json;

use crate::docker::{self, Container, WAIT, docker, image, inspect, unique};
use crate::session::Session;

/// The item says what `docker ps` says, by the names of the contract.
#[tokio::test]
async fn a_running_container_is_listed_with_its_ports_and_age() {
    let Some(session) = Session::start().await else {
        return;
    };
    let flags = ["run", "-d", "-p", "127.0.0.1::80", "--expose", "81"];
    let container = Container::with("ports", &flags, WAIT);

    let result = session
        .ok(
            "docker_list_containers",
            json!({"filters": {"name": container.name}}),
        )
        .await;

    assert_eq!(result["count"], 1);
    assert_eq!(result["total"], 1);
    assert_eq!(result["truncated"], false);
    let item = &result["containers"][0];
    assert_eq!(item["id"], container.id()[..12]);
    assert_eq!(item["name"], container.name.as_str());
    assert_eq!(item["image"], image());
    assert_eq!(item["state"], "running");
    assert!(item["status"].as_str().unwrap().starts_with("Up"));
    let format = ["ps", "--format", "{{.Ports}}", "--filter"];
    let filter = format!("name={}", container.name);
    let expected = docker(&[&format[..], &[&filter]].concat());
    let ports: Vec<_> = item["ports"].as_array().unwrap().iter().collect();
    let written: Vec<_> = ports.iter().map(|port| port.as_str().unwrap()).collect();
    assert_eq!(written.join(", "), expected);
    let created: jiff::Timestamp = item["created"].as_str().unwrap().parse().unwrap();
    let engine: jiff::Timestamp = inspect(&container.name)["Created"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(created.as_second(), engine.as_second());
    assert!(item.get("labels").is_none(), "labels are off by default");
    assert!(item.get("compose").is_none(), "absent keys are left out");
}

/// Stopped containers are asked for; labels are asked for; both in their string forms too.
#[tokio::test]
async fn all_labels_and_compose_names_are_shown_when_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let flags = [
        "create",
        "--label",
        "com.docker.compose.project=shop",
        "--label",
        "com.docker.compose.service=web",
    ];
    let container = Container::with("compose", &flags, WAIT);
    let filters = json!({"name": [container.name]});

    let without = session
        .ok("docker_list_containers", json!({"filters": filters}))
        .await;
    assert_eq!(without["count"], 0, "a stopped container needs `all`");

    let with = session
        .ok(
            "docker_list_containers",
            json!({"filters": filters.to_string(), "all": "true", "labels": true}),
        )
        .await;
    let item = &with["containers"][0];
    assert_eq!(item["state"], "created");
    assert_eq!(item["compose"], "shop/web");
    assert_eq!(item["labels"]["com.docker.compose.project"], "shop");
}

/// `limit` cuts the list, never the count of what matched.
#[tokio::test]
async fn a_limited_list_is_ordered_by_name_and_says_what_it_left_out() {
    let Some(session) = Session::start().await else {
        return;
    };
    let label = unique("label");
    let flags = ["create", "--label", label.as_str()];
    let containers = ["b", "c", "a"].map(|what| Container::with(what, &flags, WAIT));
    let mut names: Vec<_> = containers.iter().map(|c| c.name.clone()).collect();
    names.sort();

    let result = session
        .ok(
            "docker_list_containers",
            json!({"all": true, "limit": 2, "filters": {"label": label}}),
        )
        .await;

    let listed: Vec<_> = result["containers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, names[..2]);
    assert_eq!(result["count"], 2);
    assert_eq!(result["total"], 3);
    assert_eq!(result["truncated"], true);
}

#[tokio::test]
async fn a_list_refuses_what_it_does_not_know() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tool = "docker_list_containers";
    session
        .refuses(
            tool,
            json!({"filter": {"name": "x"}}),
            &["`filter`", "`filters`"],
        )
        .await;
    session
        .refuses(tool, json!({"limit": 0}), &["limit", "1000"])
        .await;
    session
        .refuses(tool, json!({"all": "perhaps"}), &["all"])
        .await;
    session
        .refuses(
            tool,
            json!({"filters": {"colour": "red"}}),
            &["filter", "colour"],
        )
        .await;
}

#[tokio::test]
async fn an_inspect_gives_the_whole_document_or_the_chosen_fields() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::with("inspect", &["run", "-d", "--label", "a.b=c"], WAIT);
    let tool = "docker_inspect_container";

    let whole = session
        .ok(tool, json!({"container_id": container.name}))
        .await;
    assert_eq!(whole["details"]["Id"], container.id());
    assert_eq!(whole["details"]["Config"]["Cmd"][2], WAIT);

    let chosen = session
        .ok(
            tool,
            json!({
                "container_id": format!("/{}", container.name),
                "fields": ["State.Running", "Config.Labels.a.b", "State.Nonsense"],
            }),
        )
        .await;
    assert_eq!(
        chosen["details"],
        json!({"State": {"Running": true}, "Config": {"Labels": {"a.b": "c"}}})
    );
    assert_eq!(chosen["missing"], json!(["State.Nonsense"]));
}

#[tokio::test]
async fn an_inspect_names_the_container_that_is_not_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tool = "docker_inspect_container";
    session.knows_none(tool, "container_id", "container").await;
    for reference in ["../images/json", "a/b", "a?b", "a%2e", "", "a\nb"] {
        session
            .refuses(tool, json!({"container_id": reference}), &["container_id"])
            .await;
    }
    session.refuses(tool, json!({}), &["container_id"]).await;
}

/// The figures are those of the Engine: the limit exactly, the rest within reason.
/// A loop that gets a fifth of a CPU, measured by two at the same time.
#[tokio::test]
async fn stats_agree_with_those_of_docker() {
    let Some(session) = Session::start().await else {
        return;
    };
    let flags = ["run", "-d", "--cpus", "0.2", "-m", "64m"];
    let container = Container::with("agree", &flags, "while :; do :; done");
    let name = container.name.clone();
    let witness = tokio::task::spawn_blocking(move || {
        let format = "{{.CPUPerc}} {{.MemPerc}} {{.PIDs}}";
        docker::docker(&["stats", "--no-stream", "--format", format, &name])
    });

    let result = session
        .ok(
            "docker_container_stats",
            json!({"container_id": container.name}),
        )
        .await;

    let witness = witness.await.unwrap();
    let figures: Vec<f64> = witness
        .split_whitespace()
        .map(|figure| figure.trim_end_matches('%').parse().unwrap())
        .collect();
    let stats = &result["stats"];
    let cpu = stats["cpu_percent"].as_f64().unwrap();
    assert!((cpu - figures[0]).abs() < 10.0, "{stats} is not {witness}");
    let memory = stats["memory"]["percent"].as_f64().unwrap();
    assert!(
        (memory - figures[1]).abs() < 5.0,
        "{stats} is not {witness}"
    );
    assert_eq!(stats["pids"].as_f64(), Some(figures[2]), "{witness}");
}

#[tokio::test]
async fn stats_give_what_a_busy_container_uses() {
    let Some(session) = Session::start().await else {
        return;
    };
    let flags = ["run", "-d", "-m", "64m"];
    let container = Container::with("stats", &flags, "while :; do :; done");

    let result = session
        .ok(
            "docker_container_stats",
            json!({"container_id": container.name}),
        )
        .await;

    assert_eq!(result["container_id"], container.id());
    let stats = &result["stats"];
    assert!(stats["cpu_percent"].as_f64().unwrap() > 1.0, "{stats}");
    assert!(stats["online_cpus"].as_u64().unwrap() >= 1, "{stats}");
    assert_eq!(stats["memory"]["limit"], 64 * 1024 * 1024);
    let usage = stats["memory"]["usage"].as_u64().unwrap();
    assert!((1..64 * 1024 * 1024).contains(&usage), "{stats}");
    assert!(stats["pids"].as_u64().unwrap() >= 1, "{stats}");

    let raw = session
        .ok(
            "docker_container_stats",
            json!({"container_id": container.name, "raw": true}),
        )
        .await;
    assert!(raw["stats"]["precpu_stats"].is_object(), "{raw}");
    assert_eq!(raw["stats"]["id"], container.id());
}

#[tokio::test]
async fn stats_of_a_container_that_is_stopped_or_absent_say_so() {
    let Some(session) = Session::start().await else {
        return;
    };
    let tool = "docker_container_stats";
    let stopped = Container::finished("stopped", "true");
    session
        .refuses(
            tool,
            json!({"container_id": stopped.name}),
            &["not running"],
        )
        .await;
    session.knows_none(tool, "container_id", "container").await;
    session
        .refuses(
            tool,
            json!({"container_id": stopped.name, "raw": 3}),
            &["raw"],
        )
        .await;
}
