//! `docker_diagnose`: what is found in situations, with the evidence for it, and that nothing is found
//! where all is well.

mod situations;
mod well;
mod whole;

use serde_json::{Value, json};

use super::call;
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const DIAGNOSE: &str = "docker_diagnose";

/// A container: its name and what its document says beside what all say.
#[derive(Clone)]
struct Made {
    name: &'static str,
    document: Value,
    log: &'static str,
    /// The ports of the host that lead to it.
    ports: Vec<i64>,
}

impl Made {
    /// One that runs on the network `shop`, under its name.
    fn new(name: &'static str) -> Self {
        let document = json!({
            "Id": format!("{name}0id"), "Name": format!("/{name}"), "Path": "/app", "Args": ["--serve"],
            "State": { "Status": "running", "Running": true, "Pid": 0, "ExitCode": 0, "Error": "", "OOMKilled": false,
                "StartedAt": "2026-05-01T10:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z" },
            "RestartCount": 0,
            "HostConfig": { "NetworkMode": "shop", "RestartPolicy": { "Name": "no" }, "PortBindings": {}, "Memory": 0 },
            "Config": { "Tty": false, "Env": ["PATH=/bin"], "Hostname": "c0ffee" },
            "NetworkSettings": { "Ports": {}, "Networks": { "shop": { "Aliases": [name] } } },
            "Mounts": [],
        });
        Self {
            name,
            document,
            log: "",
            ports: Vec::new(),
        }
    }

    /// The same with that value at a place of its document.
    fn with(mut self, pointer: &str, value: Value) -> Self {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        self.document.pointer_mut(parent).unwrap()[key] = value;
        self
    }

    fn state(self, status: &str, code: i64) -> Self {
        self.with("/State/Status", json!(status))
            .with(
                "/State/Running",
                json!(status == "running" || status == "restarting"),
            )
            .with("/State/ExitCode", json!(code))
            .with("/State/FinishedAt", json!("2026-05-01T10:05:00Z"))
    }

    fn log(self, log: &'static str) -> Self {
        Self { log, ..self }
    }

    fn env(self, entry: &str) -> Self {
        self.with("/Config/Env", json!([entry]))
    }

    fn on(self, networks: &[&str]) -> Self {
        let name = self.name;
        let networks = networks
            .iter()
            .map(|it| ((*it).to_owned(), json!({ "Aliases": [name] })));
        self.with(
            "/NetworkSettings/Networks",
            Value::Object(networks.collect()),
        )
    }

    /// With a health check that fails.
    fn unhealthy(self, test: &str, code: i64, output: &str) -> Self {
        let health = json!({ "Status": "unhealthy", "FailingStreak": 4, "Log": [{ "ExitCode": code, "Output": output }] });
        self.with("/State/Health", health).with(
            "/Config/Healthcheck",
            json!({ "Test": ["CMD-SHELL", test], "Timeout": 5_000_000_000_i64 }),
        )
    }

    fn listed(&self) -> Value {
        let at = |pointer: &str| self.document.pointer(pointer).unwrap().clone();
        let ports = self.ports.iter();
        let ports: Value = ports
            .map(|port| json!({ "PublicPort": port, "PrivatePort": 80, "Type": "tcp" }))
            .collect();
        json!({
            "Id": at("/Id"), "Names": [at("/Name")], "State": at("/State/Status"), "Ports": ports,
            "NetworkSettings": { "Networks": at("/NetworkSettings/Networks") },
        })
    }
}

fn engine(containers: &[Made]) -> FakeEngine {
    let list: Value = containers.iter().map(Made::listed).collect();
    let engine = FakeEngine::start()
        .on("GET /containers/json", list)
        .on(
            "GET /info",
            json!({ "Name": "elsewhere", "KernelVersion": "0" }),
        )
        .on("GET /events", Reply::empty(200))
        .on("GET /containers/*/stats", json!({}));
    engine.set_now("2026-05-01T10:10:00Z");
    containers.iter().fold(engine, |engine, made| {
        let lines = made.log.lines();
        let lines: Vec<Vec<u8>> = lines
            .map(|line| frame(2, &format!("2026-05-01T10:04:00.000000000Z {line}\n")))
            .collect();
        engine
            .on(
                &format!("GET /containers/{}0id/json", made.name),
                made.document.clone(),
            )
            .on(
                &format!("GET /containers/{}0id/logs", made.name),
                Reply::chunks(lines),
            )
    })
}

async fn diagnosed(engine: &FakeEngine, arguments: Value) -> Value {
    let result = call(engine, DIAGNOSE, arguments).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}
