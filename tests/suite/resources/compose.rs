//! The resources of Compose projects and their services.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::{LEGACY, MODERN, ask, open};
use crate::support::client::EVERYTHING;
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::{FakeEngine, Reply, frame};
use crate::support::workplace::workplace;

fn labels(project: &str, service: &str) -> Value {
    json!({ "com.docker.compose.project": project, "com.docker.compose.service": service })
}

fn listed(id: &str, project: &str, service: &str, state: &str) -> Value {
    json!({
        "Id": id, "Names": [format!("/{project}-{service}-{id}")], "State": state, "Image": "a",
        "Labels": labels(project, service),
    })
}

fn inspected(id: &str) -> Value {
    json!({
        "Id": id, "Name": "/x", "Config": { "Tty": false }, "HostConfig": {},
        "State": { "Status": "running", "Running": true, "StartedAt": "2026-01-01T10:00:00Z" },
    })
}

/// An Engine with two projects, and a container of nobody's.
fn engine() -> FakeEngine {
    let line = |text: &str| frame(1, &format!("2026-01-01T10:00:00.000000000Z {text}\n"));
    FakeEngine::start()
        .on(
            "GET /info",
            json!({ "SystemTime": "2026-01-01T10:00:00.25Z" }),
        )
        .on(
            "GET /containers/json",
            json!([
                listed("1", "shop", "web", "running"),
                listed("2", "shop", "web", "running"),
                listed("3", "shop", "db", "exited"),
                listed("4", "old", "job", "exited"),
                { "Id": "5", "Names": ["/lone"], "State": "running", "Labels": null },
            ]),
        )
        .on("GET /containers/1/json", inspected("1"))
        .on("GET /containers/2/json", inspected("2"))
        .on("GET /containers/3/json", inspected("3"))
        .on("GET /containers/1/logs", Reply::chunks([line("one")]))
        .on(
            "GET /containers/2/logs",
            Reply::chunks([line("password=hunter2-and-more")]),
        )
}

#[tokio::test]
async fn each_project_and_each_service_is_listed_where_the_toolset_is_on() {
    let engine = engine();
    let address = engine.address();
    for era in [LEGACY, MODERN] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
        let list = ask(&mut client, era, 1, "resources/list", json!({})).await;
        let uris = list["result"]["resources"].as_array().unwrap().iter();
        let mut uris: Vec<_> = uris.map(|it| it["uri"].as_str().unwrap()).collect();
        uris.retain(|uri| {
            uri.starts_with("compose://services/") || uri.starts_with("compose://logs/")
        });
        uris.sort_unstable();
        assert_eq!(
            uris,
            [
                "compose://logs/old/job",
                "compose://logs/shop/db",
                "compose://logs/shop/web",
                "compose://services/old",
                "compose://services/shop",
            ]
        );
    }
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let list = ask(&mut client, LEGACY, 1, "resources/list", json!({})).await;
    assert!(!list.to_string().contains("compose://"), "{list}");
    let uri = json!({ "uri": "compose://services/shop" });
    let refused = ask(&mut client, LEGACY, 2, "resources/read", uri).await;
    let text = refused["error"]["message"].as_str().unwrap();
    assert!(text.contains("MCP_DOCKER_TOOLSETS"), "{text}");
}

#[tokio::test]
async fn what_is_read_is_what_the_tools_give() {
    let engine = engine();
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
    let mut read = async |uri: &str| {
        let uri = json!({ "uri": uri });
        ask(&mut client, LEGACY, 1, "resources/read", uri).await
    };
    let answer = read("compose://services/shop").await;
    let services = &answer["result"]["contents"][0];
    assert_eq!(services["mimeType"], "application/json");
    let services: Value = serde_json::from_str(services["text"].as_str().unwrap()).unwrap();
    assert_eq!(services["services"].as_array().unwrap().len(), 3);

    let answer = read("compose://logs/shop/%77eb").await;
    let logs = &answer["result"]["contents"][0];
    assert_eq!(logs["mimeType"], "text/plain");
    let text = logs["text"].as_str().unwrap();
    assert!(text.starts_with("one\npassword=[REDACTED:"), "{text}");

    for (uri, code, said) in [
        ("compose://services/shopp", -32002, "did you mean `shop`?"),
        (
            "compose://logs/shop/cache",
            -32002,
            "no such service: `cache`",
        ),
        (
            "compose://logs/nobody/web",
            -32002,
            "no such project: `nobody`",
        ),
        (
            "compose://logs/shop",
            -32002,
            "compose://logs/{project_name}/{service_name}",
        ),
        ("compose://services/", -32602, "project_name"),
    ] {
        let answer = read(uri).await;
        let error = &answer["error"];
        assert_eq!(error["code"], code, "{uri}: {answer}");
        assert!(
            error["message"].as_str().unwrap().contains(said),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn projects_and_their_services_are_completed() {
    let engine = engine();
    let address = engine.address();
    let logs =
        json!({ "type": "ref/resource", "uri": "compose://logs/{project_name}/{service_name}" });
    let services = json!({ "type": "ref/resource", "uri": "compose://services/{project_name}" });
    let prompt = json!({ "type": "ref/prompt", "name": "troubleshoot_compose_stack" });
    for era in [LEGACY, MODERN] {
        let mut client = open(era, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
        for (reference, argument, context, expected) in [
            (&services, "project_name", json!({}), json!(["old", "shop"])),
            (&logs, "project_name", json!({}), json!(["old", "shop"])),
            (
                &logs,
                "service_name",
                json!({}),
                json!(["db", "job", "web"]),
            ),
            (
                &logs,
                "service_name",
                json!({ "project_name": "shop" }),
                json!(["db", "web"]),
            ),
            (&prompt, "project_name", json!({}), json!(["old", "shop"])),
        ] {
            let params = json!({
                "ref": reference, "argument": { "name": argument, "value": "" },
                "context": { "arguments": context },
            });
            let answer = ask(&mut client, era, 1, "completion/complete", params).await;
            let values = &answer["result"]["completion"]["values"];
            assert_eq!(values, &expected, "{argument}: {answer}");
        }
        let params = json!({ "ref": logs, "argument": { "name": "service", "value": "" } });
        let answer = ask(&mut client, era, 2, "completion/complete", params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

/// The files are those that the labels name, and what Compose makes of them is shown without secrets.
#[cfg(unix)]
#[tokio::test]
async fn what_compose_makes_of_the_files_of_a_project_is_read() {
    let folder = workplace();
    std::fs::write(
        folder.path().join("own.yaml"),
        "services: {web: {image: a}}\n",
    )
    .unwrap();
    let made_from = |id: &str, project: &str, directory: &Path, files: &str| {
        let mut container = listed(id, project, "web", "running");
        let label = |name: &str| format!("com.docker.compose.project.{name}");
        container["Labels"][label("working_dir")] = json!(directory);
        container["Labels"][label("config_files")] = json!(directory.join(files));
        container
    };
    let engine = engine()
        .on("GET /info", json!({ "DockerRootDir": "/data/docker" }))
        .on(
            "GET /containers/json",
            json!([
                made_from("1", "shop", folder.path(), "own.yaml"),
                made_from("2", "shop", folder.path(), "own.yaml"),
                made_from("3", "shop", Path::new("/nowhere"), "other.yaml"),
                made_from("4", "evil", Path::new("/etc"), "passwd"),
                listed("5", "bare", "web", "running"),
            ]),
        );
    let model = r#"{"name":"NAME","services":{"web":{"image":"a","environment":{"DB_PASSWORD":"hunter2-and-more"}}}}"#;
    let compose = FakeCompose::with(model, "");
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("DOCKER_CONFIG", compose.settings()),
        EVERYTHING,
    ];
    let mut client = open(LEGACY, &env).await;
    let mut read = async |project: &str| {
        let uri = json!({ "uri": format!("compose://config/{project}") });
        ask(&mut client, LEGACY, 1, "resources/read", uri).await
    };
    let answer = read("shop").await;
    let text = answer["result"]["contents"][0]["text"].as_str();
    let text = text.unwrap_or_else(|| panic!("{answer}"));
    let shown: Value = serde_json::from_str(text).unwrap();
    assert_eq!(shown["config"]["name"], "shop", "{shown}");
    let password = &shown["config"]["services"]["web"]["environment"]["DB_PASSWORD"];
    assert!(
        password.as_str().unwrap().starts_with("[REDACTED:"),
        "{shown}"
    );
    for (project, said) in [
        ("nobody", "no such project: `nobody`"),
        ("bare", "do not say where its files are"),
        ("evil", "/etc"),
    ] {
        let answer = read(project).await;
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(said), "{answer}");
    }
    assert_eq!(read("nobody").await["error"]["code"], -32002);
    let list = ask(&mut client, LEGACY, 2, "resources/list", json!({})).await;
    assert!(
        list.to_string().contains("\"compose://config/shop\""),
        "{list}"
    );
}

fn event(action: &str, project: &str, service: &str) -> String {
    let actor = json!({ "ID": "9", "Attributes": labels(project, service) });
    json!({ "Type": "container", "Action": action, "Actor": actor }).to_string()
}

/// Only what happens to the project itself is told, whichever container it is.
#[tokio::test]
async fn what_happens_to_the_containers_of_a_project_is_told() {
    let engine = engine().on(
        "GET /events",
        Reply::chunks([
            event("start", "old", "job"),
            event("exec_start: true", "shop", "web"),
            event("die", "shop", "web"),
        ])
        .every(Duration::from_millis(300))
        .then_hang(),
    );
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
    let uri = json!({ "uri": "compose://services/shop" });
    let answer = ask(&mut client, LEGACY, 1, "resources/subscribe", uri.clone()).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
    let told = client.receive().await;
    assert_eq!(told["params"], uri, "{told}");
    let asked = |line: &String| line.starts_with("GET /containers/json?") && line.contains("label");
    assert_eq!(
        engine.requests().iter().filter(|it| asked(it)).count(),
        2,
        "{:?}",
        engine.requests()
    );
    let unknown = json!({ "uri": "compose://services/nobody" });
    let answer = ask(&mut client, LEGACY, 2, "resources/subscribe", unknown).await;
    assert_eq!(answer["error"]["code"], -32002, "{answer}");
    drop(client);
    engine.all_closed().await;
}

/// All of its containers are followed, and no other.
#[tokio::test]
async fn what_a_service_writes_is_told() {
    let silent = || Reply::chunks::<Vec<u8>>([]).then_hang();
    let lines = [frame(1, "x\n"), frame(1, "y\n")];
    let engine = engine()
        .on("GET /events", silent())
        .on("GET /containers/1/logs", silent())
        .on(
            "GET /containers/2/logs",
            Reply::chunks(lines)
                .every(Duration::from_millis(300))
                .then_hang(),
        );
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address), EVERYTHING]).await;
    let uri = json!({ "uri": "compose://logs/shop/web" });
    ask(&mut client, LEGACY, 1, "resources/subscribe", uri.clone()).await;
    let told = client.receive().await;
    assert_eq!(told["params"], uri, "{told}");
    engine.asked("GET /containers/1/logs").await;
    let other = |it: &String| it.starts_with("GET /containers/3/logs");
    assert!(!engine.requests().iter().any(other));
    drop(client);
    engine.all_closed().await;
}
