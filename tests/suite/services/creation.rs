//! Looks at what a service is made of, and what is told of its tasks.

use super::*;

const CREATE: &str = "docker_create_service";

#[tokio::test]
async fn each_parameter_has_its_place_in_the_body() {
    let engine = engine();
    let arguments = json!({
        "image": "web:1", "name": "shop_web", "replicas": 3, "command": ["serve", "-v"], "environment": { "A": "1" },
        "ports": ["8080:80", "published=53,target=5353,protocol=udp,mode=host", { "target": 443 }],
        "mounts": ["data:/data:ro", "type=tmpfs,target=/run", "type=volume,source=more,dst=/more,readonly"],
        "networks": ["lab"], "constraints": ["node.role==worker"],
        "limits": { "cpus": 0.5, "memory": "512m", "pids": 100 }, "reservations": "cpus=0.25,memory=64m",
        "secrets": ["shop_db", "source=shop_db,target=pw,mode=0400"], "configs": ["shop_app:/etc/app.conf"],
        "labels": { "tier": "front" }, "restart_policy": "on-failure:3",
        "update_config": { "delay": "10s", "order": "start-first", "failure_action": "rollback" },
        "endpoint_mode": "dnsrr", "timeout": 0,
    });
    let result = given(&engine, CREATE, arguments).await;
    let file =
        |name: &str, mode: u32| json!({ "Name": name, "UID": "0", "GID": "0", "Mode": mode });
    let secret = |name: &str, mode: u32| json!({ "SecretID": swarm::SECRET, "SecretName": "shop_db", "File": file(name, mode) });
    let port = |target: u16, protocol: &str, mode: &str| json!({ "Protocol": protocol, "TargetPort": target, "PublishMode": mode });
    let published = |mut port: Value, number: u16| {
        port["PublishedPort"] = json!(number);
        port
    };
    assert_eq!(
        sent(&engine),
        json!({
            "Name": "shop_web", "Labels": { "tier": "front" },
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "web:1", "Args": ["serve", "-v"], "Env": ["A=1"],
                    "Mounts": [
                        { "Type": "volume", "Source": "data", "Target": "/data", "ReadOnly": true },
                        { "Type": "tmpfs", "Target": "/run" },
                        { "Type": "volume", "Source": "more", "Target": "/more", "ReadOnly": true },
                    ],
                    "Secrets": [secret("shop_db", 0o444), secret("pw", 0o400)],
                    "Configs": [{ "ConfigID": swarm::CONFIG, "ConfigName": "shop_app", "File": file("/etc/app.conf", 0o444) }],
                },
                "Networks": [{ "Target": "lab" }],
                "Placement": { "Constraints": ["node.role==worker"] },
                "Resources": {
                    "Limits": { "NanoCPUs": 500_000_000, "MemoryBytes": 536_870_912, "Pids": 100 },
                    "Reservations": { "NanoCPUs": 250_000_000, "MemoryBytes": 67_108_864 },
                },
                "RestartPolicy": { "Condition": "on-failure", "MaxAttempts": 3 },
            },
            "Mode": { "Replicated": { "Replicas": 3 } },
            "UpdateConfig": { "Parallelism": 1, "Delay": 10_000_000_000_i64, "Order": "start-first", "FailureAction": "rollback" },
            "EndpointSpec": { "Mode": "dnsrr", "Ports": [
                published(port(80, "tcp", "ingress"), 8080), published(port(5353, "udp", "host"), 53), port(443, "tcp", "ingress"),
            ] },
        })
    );
    assert_eq!(result["service_id"], swarm::SERVICE);
    assert_eq!(result["running"], 2);
}

#[tokio::test]
async fn a_service_runs_once_or_on_each_node_where_nobody_says_how_often() {
    for (arguments, mode) in [
        (json!({}), json!({ "Replicated": { "Replicas": 1 } })),
        (
            json!({ "replicas": 0 }),
            json!({ "Replicated": { "Replicas": 0 } }),
        ),
        (json!({ "global": true }), json!({ "Global": {} })),
    ] {
        let engine = engine();
        let mut arguments = arguments;
        arguments["image"] = json!("web:1");
        arguments["timeout"] = json!(0);
        given(&engine, CREATE, arguments).await;
        assert_eq!(sent(&engine)["Mode"], mode);
    }
}

#[tokio::test]
async fn it_is_done_once_its_tasks_run_and_stay() {
    let engine = engine()
        .on(SERVICE, service(json!({ "/UpdateStatus": null })))
        .answer(
            TASKS,
            in_turn(vec![
                json!([]),
                json!([task(1, "preparing", "running", "")]),
                json!([
                    task(1, "running", "running", ""),
                    task(2, "starting", "running", "")
                ]),
                json!([
                    task(1, "running", "running", ""),
                    task(2, "running", "running", "")
                ]),
            ]),
        );
    let result = given(&engine, CREATE, json!({ "image": "web:1" })).await;
    let told = [
        &result["running"],
        &result["desired"],
        &result["reason"],
        &result["failed"],
    ];
    assert_eq!(told, [&json!(2), &json!(2), &Value::Null, &json!([])]);
}

/// Longer than a test may take is waited for what can still work, and not for what cannot.
#[tokio::test]
async fn what_keeps_failing_is_told_and_not_waited_for() {
    let engine = engine()
        .on(SERVICE, service(json!({ "/UpdateStatus": null })))
        .on(
            TASKS,
            json!([
                task(1, "rejected", "shutdown", "No such image: nosuch:1"),
                task(2, "rejected", "shutdown", "No such image: nosuch:1"),
                task(1, "failed", "shutdown", "task: non-zero exit (3)"),
                task(1, "preparing", "running", ""),
                task(2, "ready", "running", ""),
            ]),
        );
    let arguments = json!({ "image": "nosuch:1", "timeout": 3600 });
    let result = given(&engine, CREATE, arguments).await;
    assert_eq!(result["running"], 0);
    let failed = result["failed"].to_string();
    for word in [
        "shop_web.1 on w1: rejected: No such image: nosuch:1",
        "shop_web.1 on w1: failed: task: non-zero exit (3)",
    ] {
        assert!(failed.contains(word), "{failed}");
    }
    assert!(
        result["reason"].as_str().unwrap().contains("`failed`"),
        "{result}"
    );
}

#[tokio::test]
async fn what_no_node_suits_says_so() {
    let why = "no suitable node (scheduling constraints not satisfied on 2 nodes)";
    let mut pending = task(1, "pending", "running", why);
    pending["NodeID"] = json!("");
    let engine = engine()
        .on(SERVICE, service(json!({ "/UpdateStatus": null })))
        .on(TASKS, json!([pending]));
    let result = given(&engine, CREATE, json!({ "image": "web:1", "timeout": 1 })).await;
    assert_eq!(
        result["failed"],
        json!([format!("shop_web.1: pending: {why}")])
    );
    assert_eq!(result["running"], 0);
}

#[tokio::test]
async fn a_task_on_a_node_that_is_gone_does_not_run() {
    let mut gone = swarm::node(swarm::WORKER, "w1", false);
    gone["Status"]["State"] = json!("down");
    let engine = engine()
        .on(SERVICE, service(json!({ "/UpdateStatus": null })))
        .on(
            "GET /nodes",
            json!([swarm::node(swarm::MANAGER, "m1", true), gone]),
        );
    let result = given(&engine, CREATE, json!({ "image": "web:1", "timeout": 0 })).await;
    assert_eq!(
        (&result["running"], &result["desired"]),
        (&json!(1), &json!(2))
    );
    assert!(
        result["reason"].as_str().unwrap().contains("1 of 2"),
        "{result}"
    );
}

#[tokio::test]
async fn what_contradicts_itself_or_is_not_there_is_told_before_anything_is_made() {
    for (arguments, word) in [
        (
            json!({ "global": true, "replicas": 2 }),
            "exclude each other",
        ),
        (json!({ "secrets": ["shop_dp"] }), "did you mean `shop_db`"),
        (json!({ "configs": ["nosuch"] }), "no such config"),
        (
            json!({ "secrets": ["source=shop_db,mode=999"] }),
            "mode=0440",
        ),
        (json!({ "reservations": { "pids": 5 } }), "only limited"),
        (json!({ "ports": ["127.0.0.1:80:80"] }), "every address"),
        (json!({ "ports": ["8000-8010:80"] }), "no range"),
        (
            json!({ "ports": ["published=80,targt=80"] }),
            "did you mean `target`",
        ),
        (
            json!({ "mounts": ["type=npipe,source=x,target=/x"] }),
            "one of `bind`",
        ),
        (
            json!({ "mounts": ["type=volume,source=/srv,target=/x"] }),
            "a path is for `type=bind`",
        ),
        (
            json!({ "mounts": ["type=bind,source=data,target=/x"] }),
            "a path of the node",
        ),
        (
            json!({ "mounts": ["type=bind,source=/srv/data,target=/x"] }),
            "any machine of the swarm",
        ),
        (json!({ "networks": ["host"] }), "reaches into the host"),
        (
            json!({ "limits": { "memroy": "1g" } }),
            "did you mean `memory`",
        ),
        (
            json!({ "update_config": { "order": "last" } }),
            "start-first",
        ),
        (json!({ "restart_policy": "none:3" }), "takes no count"),
        (json!({ "endpoint_mode": "host" }), "dnsrr"),
    ] {
        let engine = engine();
        let mut with = arguments.clone();
        with["image"] = json!("web:1");
        let text = failed(&engine, CREATE, with).await;
        assert!(text.contains(word), "{arguments}: {text}");
        assert_eq!(changes(&engine), Vec::<String>::new(), "{arguments}");
    }
}

#[tokio::test]
async fn what_is_made_is_named_where_nobody_can_tell_how_it_is() {
    let engine = engine().on(
        TASKS,
        Reply::error(
            500,
            "rpc error: code = Unknown desc = The swarm does not have a leader.",
        ),
    );
    let text = failed(&engine, CREATE, json!({ "image": "web:1" })).await;
    for word in [swarm::SERVICE, "is not known", "has no leader"] {
        assert!(text.contains(word), "{text}");
    }
    let taken = "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service web already exists";
    let engine = self::engine().on("POST /services/create", Reply::error(409, taken));
    let text = failed(&engine, CREATE, json!({ "image": "web:1", "name": "web" })).await;
    assert!(text.contains("already exists"), "{text}");
}
