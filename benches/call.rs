//! Measures the inner path of a call, one stage after the other; no Engine and no client take part.
//!
//!     cargo bench
//!     cargo bench -- redaction
//!
//! The replies are in the Engine's shape and of its size: a list of fifty containers, the document of
//! one, a log.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a measurement that cannot go on is to fail; criterion's macros write what lacks docs"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mcp_docker::arguments::{Arguments, secrets};
use mcp_docker::call::gate::planned;
use mcp_docker::catalog::{self, Tool};
use mcp_docker::generated::table;
use mcp_docker::output::{self, ProjectionInput};
use mcp_docker::prompt;
use mcp_docker::redaction::Redactor;
use serde_json::{Map, Value, json};

/// The default of `SAFETY_MAX_RESPONSE_BYTES`.
const BUDGET: usize = 40_000;

fn tool(name: &str) -> &'static Tool {
    catalog::find(name).unwrap()
}

fn object(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

/// The parameters of a call, defaults included.
fn params(tool: &'static Tool, arguments: &Map<String, Value>) -> Value {
    let mut arguments = Arguments::new(tool, arguments.clone()).unwrap();
    table::parse(tool, &mut arguments).unwrap().params()
}

/// An item of `GET /containers/json`.
fn listed(number: usize) -> Value {
    json!({
        "Id": format!("{number:064x}"),
        "Names": [format!("/shop-worker-{number}")],
        "Image": "shop/worker:2.14.1",
        "ImageID": format!("sha256:{:064x}", 7),
        "Command": "docker-entrypoint.sh worker --queue default",
        "Created": 1_780_000_000 + number,
        "Ports": [
            { "IP": "0.0.0.0", "PrivatePort": 8080, "PublicPort": 8000 + number, "Type": "tcp" },
            { "IP": "::", "PrivatePort": 8080, "PublicPort": 8000 + number, "Type": "tcp" },
        ],
        "Labels": {
            "com.docker.compose.project": "shop",
            "com.docker.compose.service": "worker",
            "com.docker.compose.config-hash": format!("{:064x}", 11),
            "com.docker.compose.project.working_dir": "/srv/shop",
            "org.opencontainers.image.source": "https://example.com/shop/worker",
        },
        "State": "running",
        "Status": "Up 3 hours (healthy)",
        "HostConfig": { "NetworkMode": "shop_default" },
        "NetworkSettings": { "Networks": { "shop_default": {
            "IPAMConfig": null, "Links": null, "Aliases": null,
            "NetworkID": format!("{:064x}", 13), "EndpointID": format!("{number:064x}"),
            "Gateway": "172.18.0.1", "IPAddress": format!("172.18.0.{number}"), "IPPrefixLen": 16,
            "IPv6Gateway": "", "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0,
            "MacAddress": "02:42:ac:12:00:02", "DriverOpts": null,
        } } },
        "Mounts": [{
            "Type": "volume", "Name": "shop_data", "Source": "/var/lib/docker/volumes/shop_data/_data",
            "Destination": "/data", "Driver": "local", "Mode": "z", "RW": true, "Propagation": "",
        }],
    })
}

/// The document of a container with this many labels of a kilobyte.
fn inspected(labels: usize) -> Value {
    let labels: Map<String, Value> = (0..labels)
        .map(|number| {
            (
                format!("com.example.label-{number}"),
                "x".repeat(1000).into(),
            )
        })
        .collect();
    json!({
        "Id": format!("{:064x}", 5),
        "Created": "2026-01-01T00:00:00.000000000Z",
        "Path": "docker-entrypoint.sh",
        "Args": ["worker", "--queue", "default"],
        "Name": "/shop-worker-5",
        "State": { "Status": "running", "Running": true, "Pid": 4242, "ExitCode": 0, "StartedAt": "2026-01-01T00:00:01Z" },
        "Image": format!("sha256:{:064x}", 7),
        "Config": {
            "Hostname": "shop-worker-5",
            "Env": [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "DATABASE_URL=postgres://shop:hunter2@db:5432/shop",
                "SECRET_KEY=correct-horse-battery-staple",
                "LOG_LEVEL=info",
            ],
            "Image": "shop/worker:2.14.1",
            "Labels": labels,
        },
        "HostConfig": { "Binds": ["/srv/shop:/data:rw"], "NetworkMode": "shop_default", "Memory": 0, "CapAdd": null },
        "Mounts": [{ "Type": "bind", "Source": "/srv/shop", "Destination": "/data", "RW": true }],
    })
}

/// A log of that many lines, of which one in a hundred holds a secret.
fn log(lines: usize) -> String {
    (0..lines)
        .map(|number| match number % 100 {
            0 => format!("2026-01-01T00:00:00Z WARN retrying with password=hunter{number} in 5 s\n"),
            _ => format!("2026-01-01T00:00:00Z INFO worker {number}: took a job of queue default in 12 ms, status=200\n"),
        })
        .collect()
}

fn arguments(c: &mut Criterion) {
    let list = tool("docker_list_containers");
    let create = tool("docker_create_container");
    let of_list = object(json!({ "all": true, "filters": { "status": ["running"] } }));
    let of_create = object(json!({
        "image": "shop/worker:2.14.1",
        "name": "shop-worker-5",
        "command": "worker --queue 'default queue'",
        "environment": { "LOG_LEVEL": "info", "REGION": "eu" },
        "ports": { "8080/tcp": ["127.0.0.1", 8005], "9090": null },
        "volumes": { "shop_data": { "bind": "/data", "mode": "ro" } },
        "restart_policy": "on-failure:3",
        "mem_limit": "512m",
        "labels": { "com.example.team": "shop" },
    }));
    let mut group = c.benchmark_group("arguments");
    group.bench_function("list_containers", |b| {
        b.iter(|| params(list, black_box(&of_list)))
    });
    group.bench_function("create_container", |b| {
        b.iter(|| params(create, black_box(&of_create)))
    });
    group.finish();
}

fn projection(c: &mut Criterion) {
    let tool = tool("docker_list_containers");
    let params = params(tool, &Map::new());
    let reply: Value = (0..50).map(listed).collect();
    let input = ProjectionInput {
        reply: &reply,
        params: &params,
        look: &Value::Null,
    };
    c.bench_function("projection/50 containers", |b| {
        b.iter(|| output::project(&tool.output, black_box(input)));
    });
}

fn redaction(c: &mut Criterion) {
    let redactor = Redactor::new(true);
    let containers: Value = (0..50).map(listed).collect();
    let container = inspected(10);
    let log = log(10_000);
    let mut group = c.benchmark_group("redaction");
    for (name, document) in [
        ("50 containers", containers),
        ("a container's document", container),
    ] {
        group.throughput(Throughput::Bytes(document.to_string().len() as u64));
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                || document.clone(),
                |document| redactor.value(document),
                BatchSize::SmallInput,
            );
        });
    }
    group.throughput(Throughput::Bytes(log.len() as u64));
    group.bench_function("10,000 lines of a log", |b| {
        b.iter(|| redactor.text(black_box(&log)).len())
    });
    let exec = tool("docker_exec_command");
    let environment: Map<String, Value> = (0..30_000)
        .map(|number| {
            let name = format!("NAME_{number}");
            (name, format!("value-{number}-x1y2z3").into())
        })
        .collect();
    let arguments = object(json!({ "container_id": "web", "environment": environment }));
    let knowing = redactor.for_call(secrets(exec, &arguments));
    group.bench_function("10,000 lines, 30,000 known values", |b| {
        b.iter(|| knowing.text(black_box(&log)).len())
    });
    group.throughput(Throughput::Elements(30_000));
    group.bench_function("to get to know 30,000 values", |b| {
        b.iter(|| redactor.for_call(secrets(exec, black_box(&arguments))))
    });
    group.finish();
}

fn budget(c: &mut Criterion) {
    let inspect = tool("docker_inspect_container");
    let mut group = c.benchmark_group("budget");
    for (name, labels) in [("a document that fits", 10), ("a document of 5 MB", 5000)] {
        let result = json!({ "details": inspected(labels) });
        group.throughput(Throughput::Bytes(result.to_string().len() as u64));
        group.bench_function(name, |b| {
            b.iter_batched(
                || result.clone(),
                |result| output::fit(result, &inspect.output, BUDGET),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn render(c: &mut Criterion) {
    let remove = tool("docker_remove_container");
    let params = params(remove, &object(json!({ "container_id": "shop-worker-5" })));
    let look = json!({ "container": inspected(10) });
    let redactor = Redactor::new(true);
    let mut group = c.benchmark_group("render");
    group.bench_function("the plan of a removal", |b| {
        b.iter(|| planned(remove, black_box(&params), black_box(&look), &redactor).unwrap());
    });
    for prompt in catalog::PROMPTS {
        group.bench_function(prompt.name, |b| {
            b.iter(|| prompt::sample(prompt, None).unwrap())
        });
    }
    group.finish();
}

criterion_group!(stages, arguments, projection, redaction, budget, render);
criterion_main!(stages);
