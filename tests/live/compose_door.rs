//! What Compose asks goes by the one door: the Engine sees what was judged and recorded, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use mcp_docker::catalog::Tier;
use mcp_docker::config::DockerConfig;
use mcp_docker::engine::relay::{Bounds, Relay as Door, Whose};
use mcp_docker::engine::{Engine, Rights};
use serde_json::{Value, json};

use crate::compose_up::Files;
use crate::docker::{docker, inspect};
use crate::projects::Project;
use crate::relay::Relay;
use crate::session::Session;

const UP: &str = "docker_compose_up";

/// Something to build, something to wait for, a volume, a network and a file that is sent.
const PROJECT: &str = r#"
services:
  db:
    image: IMAGE
    command: ["sh", "-c", "WAIT"]
    volumes: ["data:/data"]
    networks: [back]
  web:
    build: web
    command: ["sh", "-c", "WAIT"]
    networks: [back]
    depends_on: [db]
    configs: [motd]
networks: { back: {} }
volumes: { data: {} }
configs: { motd: { content: "welcome" } }
"#;

fn project() -> Files {
    let files = Files::new(PROJECT);
    fs::create_dir(files.path().join("web")).unwrap();
    let dockerfile = format!("FROM {}\nLABEL a=b\n", crate::docker::image());
    fs::write(files.path().join("web/Dockerfile"), dockerfile).unwrap();
    files
}

/// Brings a project up and looks at it.
pub(crate) async fn comes_up(session: &Session, what: &str) {
    let (files, project) = (project(), Project::new(what));
    let up = session.ok(UP, files.of(&project, json!({}))).await;
    assert_eq!(up["failed"], json!([]), "{up}");
    let web = format!("{}-web-1", project.name);
    assert_eq!(docker(&["exec", &web, "cat", "/motd"]), "welcome");
}

/// The requests that change something, without those to build, which are this server's own.
fn changes(asked: &[String]) -> Vec<&str> {
    let asked = asked.iter().map(String::as_str);
    asked
        .filter(|it| !it.starts_with("GET ") && !it.starts_with("HEAD "))
        .filter(|it| *it != "POST /build")
        .collect()
}

#[tokio::test]
async fn the_engine_sees_what_was_judged_and_recorded_and_nothing_else() {
    if !crate::docker::wanted() {
        return;
    }
    let relay = Relay::open();
    let audit = tempfile::NamedTempFile::new().unwrap();
    let settings = [
        ("DOCKER_HOST", relay.address()),
        ("MCP_DOCKER_TOOLSETS", "default,compose".to_owned()),
        ("MCP_DOCKER_AUDIT_LOG", audit.path().display().to_string()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let session = Session::with(&settings).await.unwrap();
    let (files, project) = (project(), Project::new("door"));
    let up = session.ok(UP, files.of(&project, json!({}))).await;
    session.close().await;
    let asked = relay.asked();

    // Not BuildKit's way around the door, although its client may be there.
    for none in [
        "/grpc", "/session", "/auth", "/commit", "/swarm", "/plugins",
    ] {
        assert!(
            !asked.iter().any(|it| it.contains(none)),
            "{none}: {asked:#?}"
        );
    }
    let containers = docker(&["ps", "-a", "--format", "{{.Names}}"]);
    assert!(!containers.contains("buildx_buildkit"), "{containers}");
    assert_eq!(
        asked.iter().filter(|it| *it == "POST /build").count(),
        1,
        "{asked:#?}"
    );

    // One line of the audit has each object that the Engine was asked to change, and no other.
    let line = fs::read_to_string(audit.path()).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    let line: Value = serde_json::from_str(&line).unwrap();
    let recorded: BTreeSet<&str> = line["ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let id = |name: &str| inspect(name)["Id"].as_str().unwrap().to_owned();
    let names = ["db-1", "web-1"].map(|it| format!("{}-{it}", project.name));
    let mut made: BTreeSet<String> = names.iter().map(|it| id(it)).collect();
    let network = format!("{}_back", project.name);
    made.insert(docker(&[
        "network", "inspect", "--format", "{{.Id}}", &network,
    ]));
    made.insert(format!("{}_data", project.name));
    let made: BTreeSet<&str> = made.iter().map(String::as_str).collect();
    assert_eq!(recorded, made, "{line}");
    let changes = changes(&asked);
    for change in &changes {
        let path: Vec<&str> = change.split('/').skip(1).collect();
        match path.as_slice() {
            ["containers" | "networks" | "volumes", "create"] => {}
            ["containers" | "networks", id, ..] => assert!(made.contains(id), "{change}"),
            other => panic!("{change}: {other:?}"),
        }
    }
    // What is told was done, and what was done is told.
    let creates = changes.iter().filter(|it| it.ends_with("/create")).count();
    assert_eq!(creates, made.len(), "{changes:#?}");
    assert_eq!(up["created"].as_array().unwrap().len(), made.len(), "{up}");
    let starts = changes.iter().filter(|it| it.ends_with("/start")).count();
    assert_eq!(starts, 2, "{changes:#?}");
}

/// What the Engine answers on its socket to a request.
fn asked(socket: &str, path: &str, body: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
    let head = format!(
        "POST /v1.41{path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

/// Bodies that say two things at once: what the Engine makes of them is not what most readers read.
#[tokio::test]
async fn what_the_engine_reads_otherwise_does_not_reach_it_from_a_program() {
    if !crate::docker::wanted() {
        return;
    }
    let host = std::env::var("DOCKER_HOST").unwrap();
    let engine = host.strip_prefix("unix://").unwrap();
    let config = DockerConfig {
        base_url: Some(host.clone()),
        timeout: Duration::from_secs(30),
        ..DockerConfig::default()
    };
    let rights = Rights::of("docker_compose_test", Tier::Moderate);
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds {
        whose: Whose::Project("bodies".to_owned()),
        endpoints: &["POST containers/create"],
    };
    let relay =
        Door::open_in(folder.path(), &Engine::new(&config).serving(rights), bounds).unwrap();
    let socket = relay.address().strip_prefix("unix://").unwrap().to_owned();
    let group = rustix::process::getpgrp().as_raw_nonzero().get();
    let serving = relay.serve(group.try_into().unwrap());
    let image = crate::docker::image();
    let label = r#""Labels":{"com.docker.compose.project":"bodies"}"#;
    for rest in [
        r#""HostConfig":{"Privileged":true},"HostConfig":{"Init":true}"#,
        r#""HostConfig":{"Privileged":true,"Init":true},"hostconfig":{}"#,
        r#""hostconfig":{"privileged":true}"#,
        r#""ho\u017ftconfig":{"Privileged":true}"#,
        r#""HostConfig":{"PRIVILEGED":true}"#,
    ] {
        let body = format!(r#"{{"Image":"{image}",{label},{rest}}}"#);
        let name = crate::docker::unique("bodies");
        let path = format!("/containers/create?name={name}");
        let made = asked(engine, &path, &body);
        assert!(made.starts_with("HTTP/1.1 201 "), "{rest}: {made}");
        let privileged = inspect(&name)["HostConfig"]["Privileged"].clone();
        docker(&["rm", &name]);
        assert_eq!(privileged, true, "{rest}");

        let (socket, path, body) = (socket.clone(), path.clone(), body.clone());
        let refused = tokio::task::spawn_blocking(move || asked(&socket, &path, &body));
        let refused = refused.await.unwrap();
        assert!(!refused.starts_with("HTTP/1.1 2"), "{rest}: {refused}");
        let left = docker(&["ps", "-aq", "--filter", &format!("name={name}")]);
        assert_eq!(left, "", "{rest}");
    }
    let account = serving.end().await;
    assert!(account.done.is_empty(), "{account:?}");
    assert!(!account.refusals.is_empty(), "{account:?}");
}
