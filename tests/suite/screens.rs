//! Compares what a person sees at terminals of 60 to 200 columns with what is committed.
//!
//! No line is wider than the terminal, which would break it within a word.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::golden;
use crate::support::fake_engine::{FakeEngine, Reply, version};
use crate::support::fake_scanner::FakeScanners;
use crate::support::terminal::run_in;

const ID: &str = "4f5c0d1e2a3b4f5c0d1e2a3b4f5c0d1e2a3b4f5c0d1e2a3b4f5c0d1e2a3b4f5c";

const WIDTHS: [u16; 4] = [60, 80, 120, 200];

/// A screen of each width, of a program in this home.
async fn screens(home: &Path, name: &str, words: &str, env: &[(&str, &str)]) {
    for columns in WIDTHS {
        let text = screen(home, columns, words, env, &[]).await;
        golden::check(format!("tests/golden/screens/{name}.{columns}.txt"), &text);
    }
}

/// What is seen at that width, where each line fits.
async fn screen(
    home: &Path,
    columns: u16,
    words: &str,
    env: &[(&str, &str)],
    typed: &[(Duration, &str)],
) -> String {
    let seen = run_in(home, columns, words, env, typed).await;
    let text = strip_ansi_escapes::strip_str(&seen.text);
    let lines = text.lines().map(|line| format!("{}\n", line.trim_end()));
    let text: String = lines.collect();
    for line in text.lines() {
        let width = line.chars().count();
        let one_word = line.split_whitespace().count() == 1;
        assert!(
            width <= columns.into() || one_word,
            "{words} {columns}: {line:?}"
        );
    }
    text
}

async fn at_home(name: &str, words: &str, env: &[(&str, &str)]) {
    screens(tempfile::tempdir().unwrap().path(), name, words, env).await;
}

async fn of(engine: FakeEngine, name: &str, words: &str) {
    let address = engine.address();
    at_home(name, words, &[("DOCKER_BASE_URL", &address)]).await;
}

#[tokio::test]
async fn help() {
    at_home("help", "--help", &[]).await;
    at_home("help-short", "-h", &[]).await;
    at_home("help-call", "call -h", &[]).await;
    at_home("help-tool", "call container_logs --help", &[]).await;
}

#[tokio::test]
async fn prompts() {
    at_home("prompts", "prompt", &[]).await;
    at_home("prompts-off", "prompt --toolsets images", &[]).await;
    at_home("resources", "resource", &[]).await;
    at_home("prompt-help", "prompt debug_networking --help", &[]).await;
    let home = tempfile::tempdir().unwrap();
    for prompt in mcp_docker::catalog::PROMPTS {
        for columns in WIDTHS {
            let words = format!("prompt {} --sample", prompt.name);
            screen(home.path(), columns, &words, &[], &[]).await;
        }
    }
}

/// What is off says so.
#[tokio::test]
async fn tools() {
    at_home("tools", "tools", &[]).await;
    at_home("tool-off", "tools container_top", &[]).await;
}

#[tokio::test]
async fn questions() {
    let container = json!({
        "Id": ID, "Name": "/shop-frontend-1", "HostConfig": {}, "SizeRw": 1_000_000,
        "Config": { "Image": "registry.example/shop/frontend:1.25" },
        "State": { "Status": "running", "Running": true, "StartedAt": "2025-11-25T21:07:56Z" },
        "Mounts": [{ "Type": "volume", "Name": ID, "Destination": "/var/lib/shop" }],
    });
    let engine = FakeEngine::start().on("GET /containers/*/json", container);
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", address.as_str()),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ];
    let words = "call remove_container container_id=shop-frontend-1 force=true volumes=true";
    let home = tempfile::tempdir().unwrap();
    for columns in WIDTHS {
        let typed = [(Duration::from_millis(500), "n\n")];
        let text = screen(home.path(), columns, words, &env, &typed).await;
        // What is typed is shown before it is read or after, as it happens.
        let (question, _) = text.split_once("Do it? [y/N]").unwrap();
        let question = question.trim_start_matches("n\n");
        golden::check(
            format!("tests/golden/screens/question.{columns}.txt"),
            question,
        );
    }
}

#[tokio::test]
async fn doctor() {
    let home = tempfile::tempdir().unwrap();
    let env = [
        ("DOCKER_HOST", "unix:///nowhere/docker.sock"),
        ("MCP_DOCKER_PROMPTS_DIR", "/nowhere/prompts"),
        ("SAFETY_REDACT_SECRETS", "false"),
    ];
    screens(home.path(), "doctor", "doctor", &env).await;
}

/// With several Engines each has a part of its own.
#[tokio::test]
async fn several_engines() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("hosts.toml"), HOSTS).unwrap();
    let env = [
        ("MCP_DOCKER_CONFIG", "hosts.toml"),
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2"),
    ];
    screens(home.path(), "config", "config", &env).await;
    screens(home.path(), "doctor-hosts", "doctor", &env).await;
    let words = "tools --engine nas --toolsets volumes";
    screens(home.path(), "tools-engine", words, &env).await;
}

const HOSTS: &str = "\
DOCKER_TIMEOUT = 7

[hosts.near]
address = 'unix:///nowhere/docker.sock'
default = true

[hosts.nas]
address = 'unix:///nowhere/nas.sock'
tier = 'safe'
scope = 'project:media'
";

#[tokio::test]
async fn errors() {
    let env = [("DOCKER_HOST", "unix:///nowhere/docker.sock")];
    at_home("error-unreachable", "call list_containers", &env).await;
    at_home(
        "error-refused",
        "call remove_container container_id=web",
        &env,
    )
    .await;
    at_home("error-flag", "call list_containers --all", &env).await;
    at_home("error-setting", "tools --docker-timeout soon", &env).await;
}

#[tokio::test]
async fn the_clients_of_this_machine() {
    let home = tempfile::tempdir().unwrap();
    for folder in [".cursor", ".config/Claude", ".config/Code/User"] {
        std::fs::create_dir_all(home.path().join(folder)).unwrap();
    }
    let server = json!({ "command": "/usr/bin/mcp-docker" });
    let file = json!({ "mcpServers": { "mcp-docker": server } }).to_string();
    std::fs::write(home.path().join(".cursor/mcp.json"), file).unwrap();
    screens(home.path(), "install", "install", &[]).await;
}

fn container(name: &str, status: &str, ports: &[(u16, &str)]) -> Value {
    let ports = ports.iter().map(
        |(port, ip)| json!({ "IP": ip, "PrivatePort": port, "PublicPort": port, "Type": "tcp" }),
    );
    json!({
        "Id": ID, "Names": [format!("/{name}")], "Image": "registry.example/shop/frontend:1.25",
        "State": "running", "Status": status, "Created": 1_764_104_876,
        "Ports": ports.collect::<Value>(),
        "Labels": { "com.docker.compose.project": "market", "com.docker.compose.service": "pages" },
    })
}

#[tokio::test]
async fn lists() {
    let containers = json!([
        container(
            "shop-frontend-1",
            "Up 5 minutes (healthy)",
            &[(8443, "0.0.0.0"), (8443, "::")]
        ),
        container(
            "a-name-of-sixty-characters-that-nobody-would-want-to-type-again",
            "Up 2 hours",
            &[(80, "127.0.0.1")]
        ),
    ]);
    of(
        FakeEngine::start().on("GET /containers/json", containers),
        "list_containers",
        "call list_containers",
    )
    .await;
    let image = |tags: Value| json!({ "Id": format!("sha256:{ID}"), "RepoTags": tags, "Size": 12_345_678, "Created": 1_764_104_876, "Containers": 1 });
    let images = json!([
        image(json!([
            "registry.example/shop/frontend:1.25",
            "shop/frontend:latest"
        ])),
        image(json!(["busybox:1"]))
    ]);
    let engine = FakeEngine::start()
        .on("GET /images/json", images)
        .on("GET /containers/json", json!([]));
    of(engine, "list_images", "call list_images limit=1").await;
}

#[tokio::test]
async fn events() {
    let event = |action: &str, attributes: Value| {
        json!({
            "Type": "container", "Action": action, "time": 1_764_104_876,
            "timeNano": 1_764_104_876_000_000_000_u64,
            "Actor": { "ID": ID, "Attributes": attributes },
        })
        .to_string()
    };
    let name = "shop-frontend-1";
    let events = [
        event(
            "start",
            json!({ "name": name, "image": "registry.example/shop/frontend:1.25" }),
        ),
        event(
            "die",
            json!({ "name": name, "image": "registry.example/shop/frontend:1.25", "exitCode": "137", "execDuration": "61" }),
        ),
    ];
    let engine = FakeEngine::start().on("GET /events", Reply::chunks(events));
    of(
        engine,
        "events",
        "call events since=1764104000 until=1764105000",
    )
    .await;
}

#[tokio::test]
async fn disk_usage() {
    let usage = json!({
        "LayersSize": 1_234_567_890,
        "Images": [{ "Id": format!("sha256:{ID}"), "Size": 1_000_000, "SharedSize": 0, "Containers": 0 }],
        "Containers": [], "Volumes": [], "BuildCache": [],
    });
    let engine = FakeEngine::start()
        .on("GET /system/df", usage)
        .on("GET /version", version("1.41"));
    of(engine, "system_df", "call system_df").await;
}

/// The tools of toolsets that are off by default.
#[tokio::test]
async fn what_is_switched_on() {
    let processes = json!({
        "Titles": ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
        "Processes": [
            ["root", "4211", "4190", "0", "10:00", "?", "00:00:00", "nginx: master process nginx -g daemon off;"],
            ["nobody", "4260", "4211", "12", "10:00", "?", "00:07:31", "nginx: worker process"],
        ],
    });
    let engine = FakeEngine::start().on("GET /containers/*/top", processes);
    let words = "call container_top container_id=web --toolsets insight";
    of(engine, "container_top", words).await;

    let ports = [(8443, "0.0.0.0"), (8443, "::"), (9000, "127.0.0.1")];
    let listed = container("shop-frontend-1", "Up 5 minutes", &ports);
    let engine = FakeEngine::start()
        .on("GET /containers/json", json!([listed]))
        .on("GET /info", json!({ "Name": "elsewhere" }));
    of(engine, "list_ports", "call list_ports --toolsets insight").await;

    let found = json!([
        { "name": "registry.example/team/database", "description": "A database for every shop, with replication and backups",
          "star_count": 9312, "is_official": false, "is_automated": false },
        { "name": "database", "description": "", "star_count": 12, "is_official": true, "is_automated": false },
    ]);
    let engine = FakeEngine::start().on("GET /images/search", found);
    let words = "call search_images term=database --toolsets insight";
    of(engine, "search_images", words).await;

    let engine = FakeEngine::start().with_swarm();
    let address = engine.address();
    let env = [("DOCKER_BASE_URL", address.as_str())];
    for tool in ["list_services", "list_nodes", "list_tasks", "swarm_info"] {
        at_home(tool, &format!("call {tool} --toolsets swarm"), &env).await;
    }
}

/// What a scanner found, worst first.
#[tokio::test]
async fn what_an_image_has() {
    let engine = FakeEngine::start().on("GET /images/web:1/json", json!({ "Id": "sha256:1" }));
    let address = engine.address();
    let scanners = FakeScanners::new().writing("trivy", "trivy.json");
    let path = format!("{}:{}", scanners.path(), std::env::var("PATH").unwrap());
    let env = [("DOCKER_BASE_URL", address.as_str()), ("PATH", &path)];
    let words = "call image_vulnerabilities image=web:1 --toolsets scan";
    at_home("image_vulnerabilities", words, &env).await;
}
