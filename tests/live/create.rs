//! `docker_create_container`: every parameter, seen in the Engine's own document.

use serde_json::{Value, json};

use crate::docker::{Container, Object, docker, image, inspect};
use crate::session::Session;

/// Creates a container from the test image with these arguments and gives the Engine's document.
async fn create(session: &Session, container: &Container, mut arguments: Value) -> Value {
    arguments["name"] = json!(container.name);
    arguments["image"] = json!(image());
    let result = session.ok("docker_create_container", arguments).await;
    assert_eq!(result["name"], container.name.as_str());
    assert_eq!(result["container_id"], container.id());
    assert!(result["warnings"].is_array());
    inspect(&container.name)
}

#[tokio::test]
async fn the_process_is_as_asked() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::named("process");
    let document = create(
        &session,
        &container,
        json!({
            "entrypoint": ["sh", "-c"],
            "command": "'echo \"$A\"' more",
            "environment": {"A": "b=c; d\ne", "N": "1"},
            "user": "nobody",
            "workdir": "/tmp",
            "hostname": "quiet",
            "labels": {"team": "blue"},
            "tty": true,
            "init": true,
        }),
    )
    .await;
    let config = &document["Config"];
    assert_eq!(config["Entrypoint"], json!(["sh", "-c"]));
    assert_eq!(config["Cmd"], json!(["echo \"$A\"", "more"]));
    let environment = config["Env"].as_array().unwrap();
    assert!(
        environment.contains(&json!("A=b=c; d\ne")),
        "{environment:?}"
    );
    assert!(environment.contains(&json!("N=1")), "{environment:?}");
    assert_eq!(config["User"], "nobody");
    assert_eq!(config["WorkingDir"], "/tmp");
    assert_eq!(config["Hostname"], "quiet");
    assert_eq!(config["Labels"]["team"], "blue");
    assert_eq!(config["Tty"], true);
    assert_eq!(document["HostConfig"]["Init"], true);
}

#[tokio::test]
async fn the_limits_and_privileges_are_as_asked() {
    let settings = [("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true")];
    let Some(session) = Session::with(&settings).await else {
        return;
    };
    let container = Container::named("limits");
    let document = create(
        &session,
        &container,
        json!({
            "mem_limit": "64MB",
            "cpus": 0.5,
            "cpu_shares": 512,
            "cap_add": ["SYS_TIME"],
            "cap_drop": ["NET_RAW"],
            "privileged": true,
            "read_only": true,
            "restart_policy": "on-failure:3",
        }),
    )
    .await;
    let host = &document["HostConfig"];
    assert_eq!(host["Memory"], 64 * 1024 * 1024);
    assert_eq!(host["NanoCpus"], 500_000_000);
    assert_eq!(host["CpuShares"], 512);
    // Engines differ in whether they keep the prefix `CAP_`.
    for (key, capability) in [("CapAdd", "SYS_TIME"), ("CapDrop", "NET_RAW")] {
        let capabilities = host[key].as_array().unwrap();
        assert_eq!(capabilities.len(), 1);
        assert!(capabilities[0].as_str().unwrap().ends_with(capability));
    }
    assert_eq!(host["Privileged"], true);
    assert_eq!(host["ReadonlyRootfs"], true);
    assert_eq!(
        host["RestartPolicy"],
        json!({"Name": "on-failure", "MaximumRetryCount": 3})
    );
}

#[tokio::test]
async fn health_check_and_surroundings_are_as_asked() {
    // Graphics cards reach into the host where nothing else says so.
    let settings = [("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", "true")];
    let Some(session) = Session::with(&settings).await else {
        return;
    };
    let network = Object::new("network");
    let container = Container::named("surroundings");
    let document = create(
        &session,
        &container,
        json!({
            "healthcheck": {
                "test": "true", "interval": "1m30s", "timeout": "5s", "retries": 4, "start_period": "500ms",
            },
            "network": network.name,
            "network_aliases": ["db"],
            "shm_size": "32 MB",
            "tmpfs": ["/scratch:size=1m"],
            "ulimits": {"nofile": "512:1024"},
            "extra_hosts": ["other:192.0.2.7"],
            "dns": ["192.0.2.53"],
            "gpus": "device=0,1",
            "stop_signal": "SIGINT",
            "volumes": "/cache",
        }),
    )
    .await;
    let config = &document["Config"];
    assert_eq!(
        config["Healthcheck"],
        json!({
            "Test": ["CMD-SHELL", "true"], "Interval": 90_000_000_000_i64, "Timeout": 5_000_000_000_i64,
            "Retries": 4, "StartPeriod": 500_000_000,
        })
    );
    assert_eq!(config["StopSignal"], "SIGINT");
    assert!(config["Volumes"]["/cache"].is_object());
    let host = &document["HostConfig"];
    assert_eq!(host["ShmSize"], 32 << 20);
    assert_eq!(host["Tmpfs"], json!({"/scratch": "size=1m"}));
    assert_eq!(
        host["Ulimits"],
        json!([{"Name": "nofile", "Soft": 512, "Hard": 1024}])
    );
    assert_eq!(host["ExtraHosts"], json!(["other:192.0.2.7"]));
    assert_eq!(host["Dns"], json!(["192.0.2.53"]));
    let request = &host["DeviceRequests"][0];
    assert_eq!(request["DeviceIDs"], json!(["0", "1"]));
    assert_eq!(request["Capabilities"], json!([["gpu"]]));
    let aliases = &document["NetworkSettings"]["Networks"][&network.name]["Aliases"];
    assert!(
        aliases.as_array().unwrap().contains(&json!("db")),
        "{aliases}"
    );
}

#[tokio::test]
async fn the_health_check_and_the_entrypoint_of_an_image_can_be_taken_away() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::named("bare");
    let document = create(
        &session,
        &container,
        json!({"healthcheck": {"test": "none"}, "entrypoint": "", "command": "true"}),
    )
    .await;
    assert_eq!(document["Config"]["Healthcheck"]["Test"], json!(["NONE"]));
    // Engines differ in what they show of one that is empty.
    let entrypoint = document["Config"]["Entrypoint"].as_array();
    assert!(entrypoint.is_none_or(|words| words.iter().all(|word| word == "")));
}

#[tokio::test]
async fn ports_are_published_as_the_cli_would() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::named("spelt");
    let document = create(
        &session,
        &container,
        json!({"ports": ["127.0.0.1:18090:80/udp", "18100-18101:90-91", "18081:80", "18082:80", "18200-18210:99"]}),
    )
    .await;
    let bindings = &document["HostConfig"]["PortBindings"];
    let ports = |key: &str| -> Vec<Value> {
        let bindings = bindings[key].as_array().unwrap();
        bindings.iter().map(|it| it["HostPort"].clone()).collect()
    };
    assert_eq!(ports("80/tcp"), ["18081", "18082"]);
    assert_eq!(ports("80/udp"), ["18090"]);
    assert_eq!(
        (ports("90/tcp"), ports("91/tcp")),
        (vec![json!("18100")], vec![json!("18101")])
    );
    assert_eq!(ports("99/tcp"), ["18200-18210"]);
}

#[tokio::test]
async fn every_restart_policy_reaches_the_engine() {
    let Some(session) = Session::start().await else {
        return;
    };
    for policy in ["no", "always", "unless-stopped", "on-failure"] {
        let container = Container::named(policy);
        let document = create(&session, &container, json!({"restart_policy": policy})).await;
        assert_eq!(document["HostConfig"]["RestartPolicy"]["Name"], policy);
    }
}

#[tokio::test]
async fn ports_are_published_or_only_exposed() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::named("ports");
    let document = create(
        &session,
        &container,
        json!({"ports": {
            "80": 18080,
            "81/tcp": ["127.0.0.1", 18081],
            "82/udp": null,
            "83": 0,
        }}),
    )
    .await;
    let bindings = &document["HostConfig"]["PortBindings"];
    assert_eq!(bindings["80/tcp"][0]["HostPort"], "18080");
    assert_eq!(
        bindings["81/tcp"],
        json!([{"HostIp": "127.0.0.1", "HostPort": "18081"}])
    );
    assert!(bindings["82/udp"][0].is_null(), "exposed, not published");
    let exposed = document["Config"]["ExposedPorts"].as_object().unwrap();
    for port in ["80/tcp", "81/tcp", "82/udp", "83/tcp"] {
        assert!(exposed.contains_key(port), "{port} is not exposed");
    }
}

/// Zero is a free port of the host, chosen when the container starts.
#[tokio::test]
async fn port_zero_is_a_free_host_port() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::named("free");
    create(
        &session,
        &container,
        json!({"ports": {"80": ["127.0.0.1", 0]}}),
    )
    .await;
    docker(&["start", &container.name]);
    let published = docker(&["port", &container.name, "80/tcp"]);
    let port: u16 = published.rsplit(':').next().unwrap().parse().unwrap();
    assert!(
        port > 0 && published.starts_with("127.0.0.1:"),
        "{published}"
    );
}

#[tokio::test]
async fn volumes_are_mounted_by_name_or_by_host_path() {
    let Some(session) = Session::start().await else {
        return;
    };
    let volume = Object::new("volume");
    let directory = crate::workplace::workplace();
    let path = directory.path().canonicalize().unwrap();
    let path = path.to_str().unwrap();
    let container = Container::named("mounts");
    let mut volumes = json!({});
    volumes[&volume.name] = json!({"bind": "/data", "mode": "ro"});
    volumes[path] = json!({"bind": "/host"});
    // As a string too, because models send both.
    let arguments = json!({"volumes": volumes.to_string()});

    let document = create(&session, &container, arguments).await;

    let mounts = document["Mounts"].as_array().unwrap();
    let at = |destination: &str| {
        mounts
            .iter()
            .find(|mount| mount["Destination"] == destination)
            .unwrap_or_else(|| panic!("nothing is mounted at {destination}: {mounts:?}"))
    };
    assert_eq!(at("/data")["Type"], "volume");
    assert_eq!(at("/data")["Name"], volume.name.as_str());
    assert_eq!(at("/data")["RW"], false);
    assert_eq!(at("/host")["Type"], "bind");
    assert_eq!(at("/host")["Source"], path);
    assert_eq!(at("/host")["RW"], true);
}

#[tokio::test]
async fn the_container_joins_the_network_and_leaves_when_done() {
    let Some(session) = Session::start().await else {
        return;
    };
    let network = Object::new("network");
    let container = Container::named("joined");
    let document = create(
        &session,
        &container,
        json!({"network": network.name, "remove": true}),
    )
    .await;
    assert_eq!(document["HostConfig"]["NetworkMode"], network.name.as_str());
    assert!(document["NetworkSettings"]["Networks"][&network.name].is_object());
    assert_eq!(document["HostConfig"]["AutoRemove"], true);
    drop(container);
}

/// An image that is there is not pulled, and the platform it has is accepted.
#[tokio::test]
async fn an_image_that_is_there_is_used_as_it_is() {
    let Some(session) = Session::start().await else {
        return;
    };
    let format = "{{.Os}}/{{.Architecture}}";
    let platform = docker(&["image", "inspect", "--format", format, &image()]);
    let container = Container::named("platform");
    let arguments = json!({"platform": platform, "pull": "missing"});
    let document = create(&session, &container, arguments).await;
    assert_eq!(
        document["Image"],
        docker(&["image", "inspect", "--format", "{{.Id}}", &image()])
    );
}

/// Without a name the Engine chooses one, and the result says which.
#[tokio::test]
async fn a_container_without_a_name_gets_one() {
    let Some(session) = Session::start().await else {
        return;
    };
    let result = session
        .ok("docker_create_container", json!({"image": image()}))
        .await;
    let id = result["container_id"].as_str().unwrap().to_owned();
    let container = Container { name: id };
    let document = inspect(&container.name);
    let name = document["Name"].as_str().unwrap();
    assert_eq!(result["name"], name.trim_start_matches('/'));
}
