//! The tools of `catalog/networks/`.

use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, eventually, inspect, run, unique};
use crate::session::{Session, says};

/// The Engine's own document of a network.
fn document(name: &str) -> Value {
    serde_json::from_str::<Value>(&docker(&["network", "inspect", name])).unwrap()[0].take()
}

/// The network of that name in the Engine's document of a container.
fn endpoint(container: &Container, network: &Object) -> Value {
    inspect(&container.name)["NetworkSettings"]["Networks"][&network.name].take()
}

/// A subnet that no other test asks for.
fn subnet() -> String {
    let process = std::process::id();
    format!("10.{}.{}", 100 + process / 256 % 100, process % 256)
}

#[tokio::test]
async fn networks_are_listed_by_name_with_their_labels_when_asked() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (one, label) = (Object::claim("network"), unique("label"));
    docker(&[
        "network",
        "create",
        "--internal",
        "--label",
        &label,
        &one.name,
    ]);

    let tool = "docker_list_networks";
    let filters = json!({"label": label});
    let listed = session
        .ok(tool, json!({"filters": filters, "labels": true}))
        .await;
    assert_eq!(listed["total"], 1);
    let item = &listed["networks"][0];
    let id = document(&one.name)["Id"].as_str().unwrap().to_owned();
    assert_eq!(
        *item,
        json!({"id": id[..12], "name": one.name, "driver": "bridge", "scope": "local", "internal": true, "labels": {label: ""}})
    );

    let all = session.ok(tool, json!({"limit": 1000})).await;
    let names: Vec<&str> = all["networks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(names.contains(&"bridge") && names.contains(&&*one.name));
    assert_eq!(all["networks"][0].get("labels"), None);

    session
        .refuses(tool, json!({"filters": {"colour": "red"}}), &["colour"])
        .await;
    session
        .refuses(tool, json!({"limit": 0}), &["limit", "1000"])
        .await;
}

#[tokio::test]
async fn an_inspect_shows_a_network_or_names_the_one_that_is_not_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (tool, one) = ("docker_inspect_network", Object::new("network"));
    let whole = session.ok(tool, json!({"network_id": one.name})).await;
    assert_eq!(whole["details"]["Id"], document(&one.name)["Id"]);
    let chosen = session
        .ok(
            tool,
            json!({"network_id": one.name, "fields": ["Driver", "Nothing"]}),
        )
        .await;
    assert_eq!(chosen["details"], json!({"Driver": "bridge"}));
    assert_eq!(chosen["missing"], json!(["Nothing"]));

    session
        .knows_none(tool, "network_id", "no such network")
        .await;
    session
        .refuses(tool, json!({"network_id": "../volumes"}), &["network_id"])
        .await;
}

#[tokio::test]
async fn a_network_is_created_as_asked() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (one, subnet) = (Object::claim("network"), subnet());
    let ipam = json!({"Driver": "default", "Config": [{"Subnet": format!("{subnet}.0/25"), "IPRange": format!("{subnet}.64/26"), "Gateway": format!("{subnet}.1")}]});
    // Models send objects as text, too.
    let arguments = json!({
        "name": one.name, "internal": true, "labels": {"a": "b"}, "ipam": ipam.to_string(),
        "options": {"com.docker.network.bridge.enable_icc": "false"},
    });
    let made = session.ok("docker_create_network", arguments).await;

    let made_so = document(&one.name);
    assert_eq!(
        made,
        json!({"network_id": made_so["Id"], "name": one.name, "warnings": []})
    );
    assert_eq!(made_so["IPAM"]["Config"], ipam["Config"]);
    assert_eq!(made_so["Internal"], true);
    assert_eq!(made_so["Labels"], json!({"a": "b"}));
    assert_eq!(
        made_so["Options"]["com.docker.network.bridge.enable_icc"],
        "false"
    );
}

#[tokio::test]
async fn a_network_that_cannot_be_created_says_why() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (tool, one) = ("docker_create_network", Object::new("network"));
    let taken = session.fails(tool, json!({"name": one.name})).await;
    says(
        &taken,
        &["already exists", &one.name, "docker_remove_network"],
    );
    let ids = docker(&[
        "network",
        "ls",
        "-q",
        "--filter",
        &format!("name=^{}$", one.name),
    ]);
    assert_eq!(ids.lines().count(), 1, "no second one of the name");

    let subnet = document(&one.name)["IPAM"]["Config"][0]["Subnet"].clone();
    let other = Object::claim("network");
    let ipam = json!({"Config": [{"Subnet": subnet}]});
    let overlap = session
        .fails(tool, json!({"name": other.name, "ipam": ipam}))
        .await;
    says(&overlap, &["overlaps", "docker_inspect_network"]);

    let ipam = json!({"Config": [{"Subnett": "10.0.0.0/24"}]});
    let misspelt = session
        .fails(tool, json!({"name": other.name, "ipam": ipam}))
        .await;
    says(&misspelt, &["ipam", "`Config.Subnett`"]);
    assert!(run(&["network", "inspect", &other.name]).is_err());
}

#[tokio::test]
async fn a_container_is_connected_and_disconnected_running_or_not() {
    let Some(session) = Session::start().await else {
        return;
    };
    let network = Object::claim("network");
    let subnet = format!("{}.128/25", subnet());
    docker(&["network", "create", "--subnet", &subnet, &network.name]);
    let (running, stopped) = (
        Container::running("joins", WAIT),
        Container::created("joins"),
    );
    let address = subnet.replace("128/25", "200");

    for container in [&running, &stopped] {
        let both = json!({"network_id": network.name, "container_id": container.name});
        let mut arguments = both.clone();
        arguments["aliases"] = json!(["pg"]);
        if container.name == running.name {
            arguments["ipv4_address"] = json!(address);
        }
        let connected = session.ok("docker_connect_container", arguments).await;
        let id = document(&network.name)["Id"].clone();
        assert_eq!(
            connected,
            json!({"network_id": id, "container_id": container.id(), "status": "connected"})
        );
        let aliases = endpoint(container, &network)["Aliases"].clone();
        assert!(
            aliases.as_array().unwrap().contains(&json!("pg")),
            "{aliases}"
        );

        let disconnected = session.ok("docker_disconnect_container", both).await;
        assert_eq!(
            disconnected,
            json!({"network_id": id, "container_id": container.id(), "status": "disconnected"})
        );
        assert_eq!(endpoint(container, &network), Value::Null);
    }
}

#[tokio::test]
async fn what_is_missing_is_named_for_what_it_is() {
    let Some(session) = Session::start().await else {
        return;
    };
    let (network, container, absent) = (
        Object::new("network"),
        Container::created("alone"),
        unique("absent"),
    );
    for tool in ["docker_connect_container", "docker_disconnect_container"] {
        let no_container = json!({"network_id": network.name, "container_id": absent});
        session
            .refuses(tool, no_container, &["no such container", &absent])
            .await;
        let no_network = json!({"network_id": absent, "container_id": container.name});
        session
            .refuses(tool, no_network, &["no such network", &absent])
            .await;
        session
            .refuses(tool, json!({"network_id": network.name}), &["container_id"])
            .await;
    }
    let both = json!({"network_id": network.name, "container_id": container.name});
    session
        .refuses(
            "docker_disconnect_container",
            both.clone(),
            &["not connected"],
        )
        .await;
    let mut misaddressed = both;
    misaddressed["ipv4_address"] = json!("10.0.0.256");
    session
        .refuses("docker_connect_container", misaddressed, &["ipv4_address"])
        .await;
}

#[tokio::test]
async fn a_container_that_is_connected_already_says_so() {
    let Some(session) = Session::start().await else {
        return;
    };
    let network = Object::new("network");
    let container = Container::with("twice", &["run", "-d", "--network", &network.name], WAIT);
    let both = json!({"network_id": network.name, "container_id": container.name});
    let refusal = session.fails("docker_connect_container", both).await;
    says(&refusal, &["already exists", "docker_disconnect_container"]);
}

#[tokio::test]
async fn a_network_goes_when_nothing_runs_on_it() {
    let Some(session) = Session::with(&Session::DESTRUCTIVE).await else {
        return;
    };
    let (tool, network) = ("docker_remove_network", Object::new("network"));
    let id = document(&network.name)["Id"].clone();
    let on_it = ["run", "-d", "--network", &network.name];
    let container = Container::with("holds", &on_it, WAIT);
    let stopped = Container::with("idle", &["create", "--network", &network.name], WAIT);
    let by_name = json!({"network_id": network.name});

    let refusal = session.fails(tool, by_name.clone()).await;
    says(
        &refusal,
        &[
            "active endpoints",
            &container.name,
            "docker_disconnect_container",
        ],
    );
    assert!(!refusal.contains(&stopped.name), "{refusal}");

    docker(&["network", "disconnect", &network.name, &container.name]);
    assert_eq!(
        session.ok(tool, by_name.clone()).await,
        json!({"network_id": id})
    );
    session
        .refuses(tool, by_name, &["no such network", &network.name])
        .await;
    session
        .refuses(tool, json!({"network_id": "bridge"}), &["pre-defined"])
        .await;
}

/// The Engine says no more than that it is not connected, with the status of a failure of its own.
#[tokio::test]
async fn a_container_between_two_restarts_is_said_to_be_and_can_be_stopped_first() {
    let Some(session) = Session::start().await else {
        return;
    };
    let network = Object::new("network");
    let command = [
        "run",
        "-d",
        "--restart",
        "always",
        "--network",
        &network.name,
    ];
    let container = Container::with("restarting", &command, "exit 1");
    // Each pause is twice as long as the last.
    eventually("a long pause between two restarts", || {
        let now = inspect(&container.name);
        now["RestartCount"].as_u64() >= Some(6) && now["State"]["Restarting"] == true
    });
    let tool = "docker_disconnect_container";
    let arguments = json!({"network_id": network.name, "container_id": container.name});
    let text = session.fails(tool, arguments.clone()).await;
    says(&text, &["between two restarts", "docker_stop_container"]);
    session
        .ok(
            "docker_stop_container",
            json!({"container_id": container.name}),
        )
        .await;
    session.ok(tool, arguments).await;
    assert_eq!(endpoint(&container, &network), Value::Null);
}

#[tokio::test]
async fn a_log_that_the_engine_does_not_keep_is_said_to_be_by_its_driver() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::with("unlogged", &["run", "-d", "--log-driver", "none"], WAIT);
    let arguments = json!({"container_id": container.name});
    let text = session.fails("docker_container_logs", arguments).await;
    says(&text, &["log driver `none`", "`json-file`"]);
}
