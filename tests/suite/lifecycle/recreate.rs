//! Looks at what happens to a container that is made anew, and when.

use super::*;

const RECREATE: &str = "docker_recreate_container";
const NEW: &str = "5c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// A container of an image that brings `PATH`, a port and a label.
fn web(change: Value) -> Value {
    let mut web = json!({
        "Id": ID, "Name": "/web", "Image": "sha256:0", "State": { "Status": "running", "Running": true }, "Mounts": [
            { "Type": "volume", "Name": "0f0f", "Destination": "/cache", "RW": true },
            { "Type": "volume", "Name": "data", "Destination": "/data", "RW": true },
        ],
        "Config": {
            "Image": "web:1", "Hostname": &ID[..12], "Env": ["PATH=/bin", "A=1"], "Cmd": ["serve"], "Entrypoint": null,
            "ExposedPorts": { "80/tcp": {} }, "Labels": { "of": "image", "own": "x" }, "Volumes": { "/cache": {} },
            "MacAddress": "02:42:ac:11:00:99",
        },
        "HostConfig": {
            "Binds": ["data:/data"], "NetworkMode": "lab", "Memory": 1000, "MemorySwap": 2000, "Runtime": "runc",
            "MaskedPaths": ["/proc/kcore"], "CgroupnsMode": "host", "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 },
        },
        "NetworkSettings": { "Networks": {
            "lab": { "Aliases": ["shop", &ID[..12]], "IPAMConfig": { "IPv4Address": "10.0.0.7" }, "IPAddress": "10.0.0.7", "MacAddress": "02:42:ac:11:00:99" },
            "back": { "Aliases": ["depot"], "MacAddress": "02:42:ac:12:00:02" },
        } },
    });
    for (pointer, value) in change.as_object().unwrap() {
        *web.pointer_mut(pointer).unwrap() = value.clone();
    }
    web
}

/// An Engine with that container, on which the new one is in that state.
fn engine(old: Value, state: Value) -> FakeEngine {
    let mut new = old.clone();
    new["Id"] = json!(NEW);
    new["State"] = state;
    let image = json!({ "Id": "sha256:0", "Config": {
        "Env": ["PATH=/bin"], "Cmd": ["serve"], "ExposedPorts": { "80/tcp": {} }, "Labels": { "of": "image" },
    } });
    FakeEngine::start()
        .on("GET /info", json!({ "DockerRootDir": "/data/docker" }))
        .on("GET /containers/json", json!([]))
        .on(
            "GET /volumes/*",
            json!({ "Name": "data", "Driver": "local" }),
        )
        .on(
            "GET /networks/*",
            json!({ "Id": "1", "Name": "lab", "Driver": "bridge" }),
        )
        .on("POST /containers/*", Reply::empty(204))
        .on(
            "POST /containers/create",
            Reply::json(201, &json!({ "Id": NEW })),
        )
        .on("POST /containers/*/wait", json!({ "StatusCode": 0 }))
        .on("POST /containers/*/update", json!({ "Warnings": null }))
        .on("POST /networks/*/connect", Reply::empty(200))
        .on("DELETE /containers/*", Reply::empty(204))
        .on("GET /images/*/json", image)
        .on("GET /containers/*/json", old)
        .on(&format!("GET /containers/{NEW}/json"), new)
}

/// What was changed, with `OLD` and `NEW` for the ids.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    requests.retain(|request| !request.starts_with("GET ") && !request.contains("/wait?"));
    let named = |request: String| request.replace(ID, "OLD").replace(NEW, "NEW");
    requests.into_iter().map(named).collect()
}

fn runs() -> Value {
    json!({ "Status": "running" })
}

const REPLACED: [&str; 7] = [
    "POST /containers/create?platform=",
    "POST /networks/back/connect",
    "POST /containers/OLD/stop",
    "POST /containers/OLD/update",
    "POST /containers/OLD/rename?name=web-previous",
    "POST /containers/NEW/rename?name=web",
    "POST /containers/NEW/start",
];

const BACK: [&str; 4] = [
    "DELETE /containers/NEW?v=false&force=true&link=false",
    "POST /containers/OLD/rename?name=web",
    "POST /containers/OLD/update",
    "POST /containers/OLD/start",
];

#[tokio::test]
async fn the_new_one_is_as_the_old_one_but_for_what_changes() {
    let engine = engine(web(json!({})), runs());
    let arguments = json!({ "container_id": "web", "environment": { "A": "2" }, "mem_limit": 5000, "ports": { "80": 8081 } });
    let result = given(&engine, RECREATE, arguments).await;
    let expected = json!({
        "container_id": NEW, "previous": "web-previous", "rolled_back": false, "reason": null, "warnings": [],
    });
    assert_eq!(result, expected);
    assert_eq!(changes(&engine), REPLACED);
    let bodies = engine.bodies();
    let expected = json!({
        "Image": "web:1", "Env": ["A=2"], "ExposedPorts": { "80/tcp": {} }, "Labels": { "own": "x" }, "Volumes": { "/cache": {} },
        "HostConfig": {
            "Binds": ["data:/data", "0f0f:/cache"], "NetworkMode": "lab", "Memory": 5000,
            "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 }, "PortBindings": { "80/tcp": [{ "HostPort": "8081" }] },
        },
        "NetworkingConfig": { "EndpointsConfig": { "lab": { "Aliases": ["shop"], "IPAMConfig": { "IPv4Address": "10.0.0.7" }, "MacAddress": "02:42:ac:11:00:99" } } },
    });
    assert_eq!(bodies[0], expected);
    assert_eq!(
        bodies[1],
        json!({ "Container": NEW, "EndpointConfig": { "Aliases": ["depot"] } })
    );
    assert_eq!(bodies[2]["RestartPolicy"]["Name"], "no");
}

#[tokio::test]
async fn where_the_new_one_does_not_stay_the_old_one_is_back() {
    let exited = json!({ "Status": "exited", "ExitCode": 5 });
    let log = json!([{ "Output": "no route\n" }]);
    let unhealthy = json!({ "Status": "running", "Health": { "Status": "unhealthy", "Log": log } });
    let starting = json!({ "Status": "running", "Health": { "Status": "starting" } });
    for (state, reason) in [
        (exited, "exit code 5"),
        (unhealthy, "no route"),
        (starting, "not healthy after 1 s"),
    ] {
        let engine = engine(web(json!({})), state);
        let arguments = json!({ "container_id": "web", "health_timeout": 1 });
        let result = given(&engine, RECREATE, arguments).await;
        assert_eq!(result["rolled_back"], true, "{result}");
        assert_eq!(
            (&result["container_id"], &result["previous"]),
            (&json!(ID), &json!(null))
        );
        assert!(
            result["reason"].as_str().unwrap().contains(reason),
            "{result}"
        );
        assert_eq!(changes(&engine), [&REPLACED[..], &BACK[..]].concat());
        let policy = engine.bodies().pop().unwrap()["RestartPolicy"]["Name"].take();
        assert_eq!(policy, "always");
    }
}

/// How it is now says nothing of how it ended.
#[tokio::test]
async fn of_one_that_was_started_again_it_is_told_how_it_ended() {
    let mut new = web(json!({}));
    new["Id"] = json!(NEW);
    new["RestartCount"] = json!(1);
    new["State"] = json!({ "Status": "running", "ExitCode": 0 });
    let engine = engine(web(json!({})), runs())
        .on("POST /containers/*/wait", json!({ "StatusCode": 5 }))
        .on(&format!("GET /containers/{NEW}/json"), new);
    let result = given(&engine, RECREATE, json!({ "container_id": "web" })).await;
    let reason = result["reason"].as_str().unwrap();
    assert!(
        reason.contains("exit code 5 and was started again"),
        "{result}"
    );
}

#[tokio::test]
async fn what_may_not_be_is_refused_before_the_old_one_is_touched() {
    let compose =
        json!({ "com.docker.compose.project": "shop", "com.docker.compose.service": "web" });
    for (change, part) in [
        (json!({ "/Config/Labels": compose }), "docker_compose_up"),
        (
            json!({ "/HostConfig/Memory": 1, "/HostConfig/Binds": ["/etc:/x"] }),
            "/etc",
        ),
        (
            json!({ "/State/Status": "paused" }),
            "docker_unpause_container",
        ),
        (json!({ "/HostConfig/NetworkMode": "host" }), "`network`"),
    ] {
        let engine = engine(web(change.clone()), runs());
        let text = failed(&engine, RECREATE, json!({ "container_id": "web" })).await;
        assert!(text.contains(part), "{change}: {text}");
        assert_eq!(changes(&engine), [""; 0], "{change}");
    }
    let mut fleeting = web(json!({}));
    fleeting["HostConfig"]["AutoRemove"] = json!(true);
    let engine = engine(fleeting, runs());
    let text = failed(&engine, RECREATE, json!({ "container_id": "web" })).await;
    assert!(text.contains("--rm"), "{text}");
    assert_eq!(changes(&engine), [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_read_as_a_whole_is_not_made_anew() {
    for change in [
        json!({ "/HostConfig/RestartPolicy/Name": "sometimes" }),
        json!({ "/HostConfig/Binds": { "/data": "data" } }),
        json!({ "/Config/Env": "A=1" }),
        json!({ "/NetworkSettings/Networks/back": { "DriverOpts": ["a"] } }),
    ] {
        let engine = engine(web(change.clone()), runs());
        let text = failed(&engine, RECREATE, json!({ "container_id": "web" })).await;
        assert!(
            text.contains("in a form that is not known"),
            "{change}: {text}"
        );
        assert_eq!(changes(&engine), [""; 0], "{change}");
    }
}

/// A container may be created on a network by the beginning of its id.
#[tokio::test]
async fn the_network_that_it_was_created_on_is_known_by_its_name_before_its_id() {
    for (mode, main) in [("ab", "ab"), ("cd", "lab")] {
        let networks = json!({
            "ab": { "NetworkID": "cc01", "Aliases": ["shop"] }, "lab": { "NetworkID": "cd02", "Aliases": ["depot"] },
            "aa": { "NetworkID": "ab03" }, "zoo": { "NetworkID": "ab04" },
        });
        let change =
            json!({ "/HostConfig/NetworkMode": mode, "/NetworkSettings/Networks": networks });
        let engine = engine(web(change), runs());
        given(&engine, RECREATE, json!({ "container_id": "web" })).await;
        let body = engine.bodies().remove(0);
        let on = &body["NetworkingConfig"]["EndpointsConfig"];
        let on: Vec<&String> = on.as_object().unwrap().keys().collect();
        assert_eq!(on, [main]);
        let mut joined = changes(&engine);
        joined.retain(|request| request.ends_with("/connect"));
        let others = ["aa", "ab", "lab", "zoo"]
            .into_iter()
            .filter(|it| *it != main);
        let others: Vec<String> = others
            .map(|it| format!("POST /networks/{it}/connect"))
            .collect();
        assert_eq!(joined, others);
    }
}

/// The Engine would choose another runtime, so that somebody chose this one.
#[tokio::test]
async fn what_somebody_chose_is_judged() {
    let old = web(json!({ "/HostConfig/Runtime": "unconfined" }));
    let new = {
        let mut new = old.clone();
        new["Id"] = json!(NEW);
        new["HostConfig"]["Runtime"] = json!("runc");
        new
    };
    let engine = engine(old, runs()).on(&format!("GET /containers/{NEW}/json"), new);
    let text = failed(&engine, RECREATE, json!({ "container_id": "web" })).await;
    assert!(text.contains("Runtime"), "{text}");
    let made_and_gone = ["POST /containers/create?platform=", BACK[0]];
    assert_eq!(changes(&engine), made_and_gone);
}

#[tokio::test]
async fn an_old_one_that_cannot_be_stopped_stays_and_the_new_one_goes() {
    let stop = format!("POST /containers/{ID}/stop");
    let engine = engine(web(json!({})), runs()).on(
        &stop,
        Reply::error(
            500,
            "tried to kill container, but did not receive an exit event",
        ),
    );
    let text = failed(&engine, RECREATE, json!({ "container_id": "web" })).await;
    assert!(text.contains("did not receive an exit event"), "{text}");
    assert_eq!(changes(&engine), [&REPLACED[..3], &BACK[..1]].concat());
}

/// The Engine may have stopped it, and only did not come to say so.
#[tokio::test]
async fn an_old_one_whose_stop_brought_no_answer_is_started_again() {
    let stop = format!("POST /containers/{ID}/stop");
    let engine = engine(web(json!({})), runs()).on(&stop, Reply::die());
    let result = given(&engine, RECREATE, json!({ "container_id": "web" })).await;
    assert_eq!(result["rolled_back"], true, "{result}");
    let back = [BACK[0], BACK[3]];
    assert_eq!(changes(&engine), [&REPLACED[..3], &back[..]].concat());
}

/// The same of its name: it is looked at before it is given back.
#[tokio::test]
async fn an_old_one_whose_renaming_brought_no_answer_has_its_name() {
    let rename = format!("POST /containers/{ID}/rename?name=web-previous");
    for (name, back) in [("/web", &[][..]), ("/web-previous", &BACK[1..2])] {
        let engine = engine(web(json!({})), runs()).on(&rename, Reply::die()).on(
            &format!("GET /containers/{ID}/json"),
            web(json!({ "/Name": name })),
        );
        let result = given(&engine, RECREATE, json!({ "container_id": "web" })).await;
        assert_eq!(result["rolled_back"], true, "{result}");
        let all = [&REPLACED[..5], &BACK[..1], back, &BACK[2..]].concat();
        assert_eq!(changes(&engine), all, "{name}");
    }
}

#[tokio::test]
async fn where_the_old_one_does_not_come_back_the_way_is_told() {
    let start = format!("POST /containers/{ID}/start");
    let gone = Reply::error(500, "no space left on device");
    let exited = json!({ "Status": "exited", "ExitCode": 5 });
    let engine = engine(web(json!({})), exited).on(&start, gone);
    let text = failed(&engine, RECREATE, json!({ "container_id": "web" })).await;
    for part in [
        "exit code 5",
        "no space left",
        "docker_rename_container",
        "docker_start_container",
        "always",
        ID,
    ] {
        assert!(text.contains(part), "no {part}: {text}");
    }
}

#[tokio::test]
async fn a_cancelled_recreation_leaves_one_of_the_two_running() {
    use crate::support::client::RawClient;
    let stop = format!("POST /containers/{ID}/stop");
    let slow = Reply::empty(204).after(std::time::Duration::from_millis(300));
    let engine = engine(web(json!({})), runs()).on(&stop, slow);
    let address = engine.address();
    let settings = [("DOCKER_BASE_URL", address.as_str()), EVERYTHING];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    let arguments = json!({ "container_id": "web" });
    client
        .send(crate::support::exchange::call(7, RECREATE, arguments))
        .await;
    engine.asked(&stop).await;
    let cancelled = json!({ "requestId": 7 });
    let message =
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled });
    client.send(message).await;
    engine.asked(&format!("POST /containers/{NEW}/start")).await;
    assert_eq!(changes(&engine), REPLACED);
}
