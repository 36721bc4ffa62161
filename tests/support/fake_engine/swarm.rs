//! A swarm of two nodes, with what Engine 20.10 tells of one.

use serde_json::{Value, json};

use super::{FakeEngine, Reply, frame};

/// The manager that is asked.
pub const MANAGER: &str = "hvp2y0v5uuoh1jzuqmmtbq7jm";
/// A worker.
pub const WORKER: &str = "w0o2vd0ef5rqbi5w1tjcxbd6k";
/// The service `shop_web`, of two replicas.
pub const SERVICE: &str = "1xzcsbmjvhofb0ty9m9ttxaj4";
/// The secret `shop_db`.
pub const SECRET: &str = "s3c0f4ca8avxvz9jzzqjrp4ih";
/// The config `shop_app`.
pub const CONFIG: &str = "c0nf1g9ds0ze3kmv29jx4d4jf";

impl FakeEngine {
    /// Answers as the manager of a swarm with a worker and the service `shop_web`.
    pub fn with_swarm(self) -> Self {
        let done = || Reply::empty(200);
        let named = |id: &str, name: &str| {
            json!({
                "ID": id, "Version": { "Index": 11 },
                "CreatedAt": "2026-01-01T10:00:00.1Z", "UpdatedAt": "2026-01-01T10:00:00.1Z",
                "Spec": { "Name": name, "Labels": { "com.docker.stack.namespace": "shop" } },
            })
        };
        let (secret, mut config) = (named(SECRET, "shop_db"), named(CONFIG, "shop_app"));
        config["Spec"]["Data"] = "bGlzdGVuIDgwCg==".into();
        let nodes = [node(MANAGER, "m1", true), node(WORKER, "w1", false)];
        self.on("GET /services", json!([service()]))
            .on("GET /services/*", service())
            .on(
                "GET /services/*/logs",
                Reply::chunks([record(1, MANAGER, "ready\n")]),
            )
            .on(
                "POST /services/create",
                Reply::json(201, &json!({ "ID": SERVICE })),
            )
            .on("POST /services/*/update", json!({ "Warnings": null }))
            .on("DELETE /services/*", done())
            .on("GET /nodes", json!(nodes))
            .on("GET /nodes/*", nodes[1].clone())
            .on("POST /nodes/*/update", done())
            .on("GET /tasks", json!([task(1, MANAGER), task(2, WORKER)]))
            .on("GET /tasks/*", task(1, MANAGER))
            .on("GET /secrets", json!([secret]))
            .on("GET /secrets/*", secret)
            .on(
                "POST /secrets/create",
                Reply::json(201, &json!({ "ID": SECRET })),
            )
            .on("DELETE /secrets/*", Reply::empty(204))
            .on("GET /configs", json!([config]))
            .on("GET /configs/*", config)
            .on(
                "POST /configs/create",
                Reply::json(201, &json!({ "ID": CONFIG })),
            )
            .on("DELETE /configs/*", Reply::empty(204))
            .on("GET /info", info())
    }
}

/// What `GET /info` says on a manager.
pub fn info() -> Value {
    json!({
        "ID": "A:B", "Name": "m1", "ServerVersion": "20.10.24",
        "Swarm": {
            "NodeID": MANAGER, "NodeAddr": "10.9.0.1", "LocalNodeState": "active", "ControlAvailable": true, "Error": "",
            "RemoteManagers": [{ "NodeID": MANAGER, "Addr": "10.9.0.1:2377" }], "Nodes": 2, "Managers": 1,
            "Cluster": {
                "ID": "c1u5t3r0000000000000000aa", "Version": { "Index": 10 }, "CreatedAt": "2026-01-01T10:00:00Z",
                "Spec": { "Name": "default", "Labels": {}, "EncryptionConfig": { "AutoLockManagers": false } },
                "RootRotationInProgress": false, "DataPathPort": 4789,
            },
        },
    })
}

/// A node as an inspect and a list show it.
pub fn node(id: &str, name: &str, manages: bool) -> Value {
    let mut node = json!({
        "ID": id, "Version": { "Index": 9 },
        "CreatedAt": "2026-01-01T10:00:00Z", "UpdatedAt": "2026-01-01T10:00:00Z",
        "Spec": { "Labels": {}, "Role": if manages { "manager" } else { "worker" }, "Availability": "active" },
        "Description": {
            "Hostname": name, "Platform": { "Architecture": "x86_64", "OS": "linux" },
            "Resources": { "NanoCPUs": 2_000_000_000_i64, "MemoryBytes": 4_000_000_000_i64 },
            "Engine": { "EngineVersion": "20.10.24" },
        },
        "Status": { "State": "ready", "Addr": "10.9.0.1" },
    });
    if manages {
        node["ManagerStatus"] =
            json!({ "Leader": true, "Reachability": "reachable", "Addr": "10.9.0.1:2377" });
    }
    node
}

/// The service `shop_web`.
pub fn service() -> Value {
    let mut service = json!({
        "ID": SERVICE, "Version": { "Index": 21 },
        "CreatedAt": "2026-01-01T10:00:00Z", "UpdatedAt": "2026-01-01T10:00:00Z",
        "Spec": {
            "Name": "shop_web", "Labels": { "com.docker.stack.namespace": "shop" },
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "web:1@sha256:0", "Isolation": "default",
                    "Secrets": [{ "SecretID": SECRET, "SecretName": "shop_db", "File": { "Name": "db", "UID": "0", "GID": "0", "Mode": 292 } }],
                },
                "Resources": { "Limits": {}, "Reservations": {} },
                "RestartPolicy": { "Condition": "any", "MaxAttempts": 0 },
                "Placement": {}, "ForceUpdate": 0, "Runtime": "container",
            },
            "Mode": { "Replicated": { "Replicas": 2 } },
            "EndpointSpec": { "Mode": "vip" },
        },
        "Endpoint": { "Spec": {}, "Ports": [
            { "Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress" },
        ] },
        "UpdateStatus": { "State": "completed" },
    });
    let mut previous = service["Spec"].clone();
    previous["TaskTemplate"]["ContainerSpec"]["Image"] = "web:0@sha256:0".into();
    service["PreviousSpec"] = previous;
    service
}

/// A record of what a task of it wrote on a node, as its log has it where details are asked for.
pub fn record(slot: u64, node: &str, text: &str) -> Vec<u8> {
    let details = format!(
        "com.docker.swarm.node.id={node},com.docker.swarm.service.id={SERVICE},com.docker.swarm.task.id={}",
        task_id(slot)
    );
    frame(
        1,
        &format!("2026-01-01T10:00:0{slot}.000000000Z {details} {text}"),
    )
}

fn task_id(slot: u64) -> String {
    format!("t{slot}sk00000000000000000000")
}

/// A running task of it.
pub fn task(slot: u64, node: &str) -> Value {
    json!({
        "ID": task_id(slot), "Version": { "Index": 30 },
        "CreatedAt": "2026-01-01T10:00:00Z", "UpdatedAt": "2026-01-01T10:00:05Z",
        "Labels": {}, "Spec": { "ContainerSpec": { "Image": "web:1@sha256:0" } },
        "ServiceID": SERVICE, "Slot": slot, "NodeID": node, "DesiredState": "running",
        "Status": {
            "Timestamp": "2026-01-01T10:00:05Z", "State": "running", "Message": "started",
            "ContainerStatus": { "ContainerID": format!("{slot:064}"), "PID": 100, "ExitCode": 0 },
            "PortStatus": {},
        },
    })
}
