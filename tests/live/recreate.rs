//! `docker_recreate_container`.

mod death;

use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, image, inspect, run, unique};
use crate::session::Session;

const ON: [(&str, &str); 1] = [("MCP_DOCKER_TOOLSETS", "default,lifecycle")];
const RECREATE: &str = "docker_recreate_container";

/// Takes the containers away that a recreation of this one leaves.
struct Kept(String);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = run(&["rm", "-f", &self.0]);
    }
}

fn kept(container: &Container) -> Kept {
    Kept(format!("{}-previous", container.name))
}

/// A container with something of everything, on two networks.
fn rich(front: &Object, back: &Object, volume: &Object) -> Container {
    for (network, subnet) in [(front, "10.213.1.0/24"), (back, "10.213.2.0/24")] {
        docker(&["network", "create", "--subnet", subnet, &network.name]);
    }
    docker(&["volume", "create", &volume.name]);
    let container = Container::named("rich");
    let named = format!("{}:/named", volume.name);
    let flags = "--network-alias shop --ip 10.213.1.77 -v /anonymous --mount type=volume,dst=/mounted \
        --tmpfs /run:size=64k -e COLOR=blue -e SIZE=5 --label team=a -m 64m --cpus 0.5 --pids-limit 99 \
        --restart unless-stopped --user 0:0 --workdir /tmp --cap-drop NET_RAW --init --hostname given \
        --add-host up:10.0.0.9 --dns 10.0.0.53 --ulimit nofile=512:1024 --health-interval 1s --stop-timeout 3 \
        --expose 9000 --log-opt max-size=1m";
    let mut command = vec!["run", "-d", "--name", &container.name, "-v", &named];
    command.extend(["--network", &front.name]);
    command.extend(flags.split_whitespace());
    let image = image();
    command.extend(["--health-cmd", "test -e /anonymous/kept", &image]);
    command.extend(["sh", "-c", WAIT]);
    docker(&command);
    docker(&[
        "network",
        "connect",
        "--alias",
        "depot",
        "--ip",
        "10.213.2.77",
        &back.name,
        &container.name,
    ]);
    for place in ["anonymous", "mounted", "named"] {
        docker(&["exec", &container.name, "touch", &format!("/{place}/kept")]);
    }
    container
}

/// The differences between two documents, by their paths; those of a list as a whole.
fn differences(at: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(these), Value::Object(those)) => {
            let keys: std::collections::BTreeSet<&String> =
                these.keys().chain(those.keys()).collect();
            for key in keys {
                let of =
                    |it: &serde_json::Map<String, Value>| it.get(key).cloned().unwrap_or_default();
                differences(&format!("{at}/{key}"), &of(these), &of(those), found);
            }
        }
        // Older Engines write nothing in several ways.
        _ if [one, other]
            .iter()
            .all(|it| [json!(null), json!({}), json!([])].contains(it)) => {}
        _ if one != other => found.push(at.to_owned()),
        _ => {}
    }
}

#[tokio::test]
async fn the_new_one_has_all_that_the_old_one_had() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (front, back, volume) = (
        Object::claim("network"),
        Object::claim("network"),
        Object::claim("volume"),
    );
    let container = rich(&front, &back, &volume);
    let _kept = kept(&container);
    let mut before = inspect(&container.name);
    let result = session
        .ok(RECREATE, json!({ "container_id": container.name }))
        .await;
    assert_eq!(result["rolled_back"], false, "{result}");
    let mut after = inspect(&container.name);
    assert_eq!(result["container_id"], after["Id"]);
    assert_ne!(before["Id"], after["Id"]);
    assert_eq!(after["State"]["Health"]["Status"], "healthy");

    let previous = result["previous"].as_str().unwrap();
    assert_eq!(previous, format!("{}-previous", container.name));
    let old = inspect(previous);
    assert_eq!(
        (&old["Id"], &old["State"]["Status"]),
        (&before["Id"], &json!("exited"))
    );
    assert_eq!(old["HostConfig"]["RestartPolicy"]["Name"], "no");

    for place in ["anonymous", "mounted", "named"] {
        docker(&[
            "exec",
            &container.name,
            "test",
            "-e",
            &format!("/{place}/kept"),
        ]);
    }
    for document in [&mut before, &mut after] {
        // Sorted by where they are; of a volume that was asked for by name the Engine notes a mode.
        let mounts = document["Mounts"].as_array_mut().unwrap();
        mounts.sort_by_key(|mount| mount["Destination"].to_string());
        for mount in mounts {
            mount["Mode"] = json!("");
        }
    }
    let mut found = Vec::new();
    differences("", &before, &after, &mut found);
    found.retain(|path| {
        let of_itself = [
            // What every container has for itself.
            "/Id",
            "/Created",
            "/ExecIDs",
            "/State/",
            "/HostnamePath",
            "/HostsPath",
            "/ResolvConfPath",
            "/LogPath",
            "/GraphDriver/",
            "/NetworkSettings/SandboxID",
            "/NetworkSettings/SandboxKey",
            "/Storage",
            // Its volumes have names now, so that they are the same.
            "/HostConfig/Binds",
            "/HostConfig/Mounts",
        ];
        let of_an_endpoint = ["/EndpointID", "/MacAddress", "/Aliases", "/DNSNames"];
        let endpoint = path.starts_with("/NetworkSettings/Networks/");
        let differs = of_itself.iter().any(|it| path.starts_with(it))
            || endpoint && of_an_endpoint.iter().any(|it| path.ends_with(it));
        !differs
    });
    assert_eq!(found, [""; 0], "{before:#}\n{after:#}");
    for (network, alias) in [(&front, "shop"), (&back, "depot")] {
        let aliases = &after["NetworkSettings"]["Networks"][&network.name]["Aliases"];
        let has = |alias: &str| aliases.as_array().unwrap().iter().any(|it| it == alias);
        assert!(has(alias), "{aliases}");
        let old = before["Id"].as_str().unwrap();
        assert!(!has(&old[..12]), "{aliases}");
    }
}

#[tokio::test]
async fn what_is_asked_for_changes_and_the_rest_stays() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let flags = [
        "run",
        "-d",
        "-e",
        "COLOR=blue",
        "-e",
        "SIZE=5",
        "--label",
        "team=a",
        "-p",
        "127.0.0.1::80",
    ];
    let container = Container::with("changed", &flags, WAIT);
    let _kept = kept(&container);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let changes = json!({
        "container_id": container.name, "environment": { "COLOR": "red", "SHAPE": "round" }, "labels": { "team": "b" },
        "ports": { "80": ["127.0.0.1", port] }, "mem_limit": "64m", "cpus": 0.5, "restart_policy": "always",
        "command": ["sh", "-c", format!("echo new; {WAIT}")],
    });
    let result = session.ok(RECREATE, changes).await;
    assert_eq!(result["rolled_back"], false, "{result}");
    let after = inspect(&container.name);
    let variables: Vec<&str> = after["Config"]["Env"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for variable in ["COLOR=red", "SHAPE=round", "SIZE=5"] {
        assert!(variables.contains(&variable), "{variables:?}");
    }
    assert!(!variables.contains(&"COLOR=blue"), "{variables:?}");
    assert_eq!(after["Config"]["Labels"]["team"], "b");
    let bound = json!([{ "HostIp": "127.0.0.1", "HostPort": port.to_string() }]);
    assert_eq!(after["HostConfig"]["PortBindings"]["80/tcp"], bound);
    assert_eq!(after["HostConfig"]["Memory"], 64 << 20);
    assert_eq!(after["HostConfig"]["NanoCpus"], 500_000_000);
    assert_eq!(after["HostConfig"]["RestartPolicy"]["Name"], "always");
    assert!(docker(&["logs", &container.name]).contains("new"));
}

#[tokio::test]
async fn where_the_new_one_does_not_stay_or_turn_healthy_the_old_one_is_back() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let flags = [
        "run",
        "-d",
        "-e",
        "MODE=good",
        "--restart",
        "unless-stopped",
        "--health-cmd",
        "echo $MODE; [ $MODE = good ]",
        "--health-interval",
        "1s",
        "--health-retries",
        "1",
    ];
    let container = Container::with("back", &flags, WAIT);
    let id = container.id();
    let count = || {
        docker(&["ps", "-aq", "--filter", &format!("name={}", container.name)])
            .lines()
            .count()
    };
    for (change, value, reason) in [
        ("command", json!(["sh", "-c", "exit 5"]), "exit code 5"),
        (
            "command",
            json!(["no-such-program"]),
            "executable file not found",
        ),
        ("environment", json!({ "MODE": "bad" }), "unhealthy"),
    ] {
        let result = session
            .ok(
                RECREATE,
                json!({ "container_id": container.name, change: value }),
            )
            .await;
        assert_eq!(result["rolled_back"], true, "{result}");
        assert_eq!(
            (&result["container_id"], &result["previous"]),
            (&json!(id), &json!(null))
        );
        assert!(
            result["reason"].as_str().unwrap().contains(reason),
            "{result}"
        );
        let back = inspect(&container.name);
        assert_eq!(
            (&back["Id"], &back["State"]["Status"]),
            (&json!(id), &json!("running"))
        );
        assert_eq!(
            back["HostConfig"]["RestartPolicy"]["Name"],
            "unless-stopped"
        );
        assert_eq!(count(), 1, "{reason}");
    }
}

#[tokio::test]
async fn a_container_that_is_somebody_elses_is_not_touched() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    for (flags, words) in [
        (
            &[
                "--label",
                "com.docker.compose.project=shop",
                "--label",
                "com.docker.compose.service=web",
            ][..],
            &["docker_compose_up", "shop", "web"][..],
        ),
        (&["--rm"], &["--rm"]),
        (&["-v", "/etc:/x:ro"], &["`volumes`", "/etc"]),
        (&["--pid", "host"], &["PidMode"]),
    ] {
        let command = [&["run", "-d"], flags].concat();
        let container = Container::with("others", &command, WAIT);
        let before = inspect(&container.name);
        let arguments = json!({ "container_id": container.name });
        session.refuses(RECREATE, arguments, words).await;
        let after = inspect(&container.name);
        assert_eq!(
            before["State"]["StartedAt"], after["State"]["StartedAt"],
            "{flags:?}"
        );
        assert_eq!(after["State"]["Status"], "running", "{flags:?}");
    }
    session
        .knows_none(RECREATE, "container_id", "no such container")
        .await;
}

#[tokio::test]
async fn a_stopped_container_is_made_anew_and_not_started() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let container = Container::created("asleep");
    let (_kept, taken) = (
        kept(&container),
        Container::with(&unique("x"), &["create"], "true"),
    );
    docker(&[
        "rename",
        &taken.name,
        &format!("{}-previous", container.name),
    ]);
    let _second = Kept(format!("{}-previous-2", container.name));
    let labels = json!({ "container_id": container.name, "labels": { "a": "b" } });
    let result = session.ok(RECREATE, labels).await;
    assert_eq!(result["previous"], format!("{}-previous-2", container.name));
    assert_eq!(container.state(), "created");
    assert_eq!(inspect(&container.name)["Config"]["Labels"]["a"], "b");
}

/// Older Engines take none for an endpoint, and newer ones do not tell whether it was asked for.
#[tokio::test]
async fn a_mac_address_that_was_asked_for_stays_where_the_engine_tells_and_takes_it() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let version = docker(&["version", "--format", "{{.Server.Version}}"]);
    let major = version.split('.').next().unwrap().parse().unwrap();
    if !(25..29).contains(&major) {
        return;
    }
    let asked = "02:42:ac:11:00:99";
    let container = Container::with("mac", &["run", "-d", "--mac-address", asked], WAIT);
    let _kept = kept(&container);
    let arguments = json!({ "container_id": container.name });
    let result = session.ok(RECREATE, arguments).await;
    assert_eq!(result["rolled_back"], false, "{result}");
    let after = inspect(&container.name);
    let bridge = &after["NetworkSettings"]["Networks"]["bridge"];
    assert_eq!(bridge["MacAddress"], asked);
}
