//! Three Engines at once, by a socket, by TLS and by SSH, beside one that hangs and one that is not there.

use rmcp::model::{ReadResourceRequestParams, ResourceContents};

use super::ssh::Sshd;
use super::{Instant, Session, Value, free_port, fs, json, session};
use crate::authority::{Authority, For};
use crate::daemon::Daemon;
use crate::docker::{self, Container, WAIT, not_run, unique};

/// How long the one that hangs may take, in seconds.
const TIMEOUT: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_for_its_engine_and_one_that_hangs_is_in_nobodys_way() {
    if !docker::wanted() {
        return;
    }
    let authority = Authority::new("several");
    let port = free_port();
    let server = authority.folder(For::Loopback);
    let flags = super::tls::flags(&server, port);
    let daemon = match Daemon::start(&flags.each_ref().map(String::as_str)) {
        Ok(daemon) => daemon,
        Err(why) => return not_run(&format!("several Engines: {why}")),
    };
    let sshd = Sshd::start();
    // It takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = authority.folder(For::Client);
    let here = std::env::var("DOCKER_HOST").unwrap_or("unix:///var/run/docker.sock".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let text = format!(
        "DOCKER_TIMEOUT = {TIMEOUT}\nMCP_DOCKER_TOOLSETS = [\"default\", \"insight\"]\n\
         SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS = true\nSAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE = false\n\
         [hosts.here]\naddress = {here:?}\ndefault = true\n\
         [hosts.tls]\naddress = \"https://127.0.0.1:{port}\"\ncert_path = {:?}\n\
         [hosts.ssh]\naddress = {:?}\ntier = \"safe\"\n\
         [hosts.silent]\naddress = \"http://{}\"\n\
         [hosts.absent]\naddress = \"unix:///nonexistent/docker.sock\"\n",
        client.path(),
        sshd.url,
        silent.local_addr().unwrap(),
    );
    fs::write(&file, text).unwrap();
    let settings = [
        ("MCP_DOCKER_CONFIG", file.to_str().unwrap()),
        ("PATH", &sshd.path),
    ];
    let session = session(&settings).await;

    let container = Container::running("several", &format!("echo here; {WAIT}"));
    container.has_logged("here");
    of_all(&session, &container.name).await;
    of_one(&session, &container).await;
    session.close().await;
    drop(daemon);
}

fn names_on(result: &Value, host: &str) -> Vec<String> {
    let items = result["containers"].as_array().unwrap().iter();
    let here = items.filter(|item| item["host"] == host);
    here.map(|item| item["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn of_all(session: &Session, name: &str) {
    let begun = Instant::now();
    let all = session.ok(
        "docker_list_containers",
        json!({ "host": "*", "limit": 1000 }),
    );
    let meanwhile = async {
        let list = session
            .ok("docker_list_containers", json!({ "host": "tls" }))
            .await;
        (list, begun.elapsed())
    };
    let (result, (_, other)) = tokio::join!(all, meanwhile);
    let all = begun.elapsed();
    eprintln!("all hosts: {all:?}; another host meanwhile: {other:?}");
    assert!(other < all, "the other call waited for the one that hangs");
    for (host, expected) in [("here", true), ("ssh", true), ("tls", false)] {
        assert_eq!(
            names_on(&result, host).iter().any(|it| it == name),
            expected,
            "{host}"
        );
    }
    let failed = result["failed"].as_array().unwrap().iter();
    let mut failed: Vec<_> = failed
        .map(|it| format!("{} {}", it["host"], it["kind"]))
        .collect();
    failed.sort();
    assert_eq!(
        failed,
        ["\"absent\" \"unreachable\"", "\"silent\" \"timeout\""]
    );

    let begun = Instant::now();
    let resources = session.client.list_all_resources().await.unwrap();
    eprintln!("resources of all hosts: {:?}", begun.elapsed());
    let logs = |host: &str| format!("container://logs/{name}?host={host}");
    for (host, expected) in [("here", true), ("ssh", true), ("tls", false)] {
        let listed = resources.iter().any(|it| it.uri == logs(host));
        assert_eq!(listed, expected, "{host}");
    }
    for host in ["here", "ssh"] {
        let read = ReadResourceRequestParams::new(logs(host));
        let contents = session
            .client
            .read_resource(read)
            .await
            .unwrap()
            .contents
            .remove(0);
        let ResourceContents::TextResourceContents { text, .. } = contents else {
            panic!("{contents:?}")
        };
        assert_eq!(text, "here");
    }
}

/// A container of the same name on two Engines, changed and removed on one.
async fn of_one(session: &Session, container: &Container) {
    let on = |host: &str| json!({ "container_id": container.name, "host": host });
    let made = json!({
        "image": docker::image(), "name": container.name, "command": ["sleep", "600"], "host": "tls",
    });
    session.ok("docker_create_container", made).await;
    session.ok("docker_start_container", on("tls")).await;
    let ids = async |host| {
        session.ok("docker_inspect_container", on(host)).await["details"]["Id"].clone()
    };
    let (tls, here) = (ids("tls").await, ids("here").await);
    assert_ne!(tls, here);
    assert_eq!(ids("ssh").await, here, "the same Engine by another way");
    session
        .refuses("docker_stop_container", on("ssh"), &["[hosts.ssh]"])
        .await;
    let mut removal = on("tls");
    removal["force"] = true.into();
    session.ok("docker_remove_container", removal).await;
    session.fails("docker_inspect_container", on("tls")).await;
    assert_eq!(container.state(), "running");

    let volume = unique("several");
    let given = |host: &str| json!({ "volume_name": volume, "host": host });
    session
        .ok(
            "docker_create_volume",
            json!({ "name": volume, "host": "tls" }),
        )
        .await;
    session.fails("docker_inspect_volume", given("here")).await;
    session.ok("docker_remove_volume", given("tls")).await;
}
