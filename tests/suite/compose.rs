//! Tests the tools of the toolset `compose`: what they make of labels and of files.

mod changes;
mod down;
mod exec;
mod losses;
mod rooms;
mod runs;
mod write;

use std::fs;

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::workplace::workplace;

const LS: &str = "docker_compose_ls";
const PS: &str = "docker_compose_ps";
const VALIDATE: &str = "docker_compose_validate";

/// A container of a service, with labels beside.
fn container(id: &str, project: &str, service: &str, state: &str, more: Value) -> Value {
    let mut labels = json!({
        "com.docker.compose.project": project, "com.docker.compose.service": service,
        "com.docker.compose.project.working_dir": "/srv/shop",
    });
    for (label, value) in more.as_object().unwrap() {
        labels[format!("com.docker.compose.{label}")] = value.clone();
    }
    let port = json!({ "IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp" });
    let ports = if service == "web" {
        json!([port])
    } else {
        Value::Null
    };
    json!({
        "Id": id, "Names": [format!("/{project}_{service}_{id}")], "Image": format!("{service}:1"),
        "State": state, "Labels": labels, "Ports": ports,
    })
}

/// An Engine with a project that runs, one that is over, and a container of nobody's.
fn engine() -> FakeEngine {
    let second = json!({ "container-number": "2", "project.config_files": "/srv/shop/a.yaml,/srv/shop/b.yaml" });
    let first = json!({ "container-number": "1", "project.config_files": "/srv/shop/a.yaml,-" });
    let state = |state: Value| json!({ "State": state, "RestartCount": 3 });
    FakeEngine::start()
        .on(
            "GET /containers/json",
            json!([
                container("3", "shop", "web", "running", second),
                container("2", "shop", "web", "exited", first),
                container("4", "shop", "db", "running", json!({})),
                container("5", "shop", "db", "exited", json!({ "oneoff": "True" })),
                container("6", "old", "job", "exited", json!({})),
                { "Id": "7", "Names": ["/lone"], "State": "running", "Labels": null },
            ]),
        )
        .on(
            "GET /containers/2/json",
            state(json!({ "Status": "exited", "ExitCode": 137 })),
        )
        .on(
            "GET /containers/3/json",
            state(
                json!({ "Status": "running", "ExitCode": 0, "Health": { "Status": "unhealthy" } }),
            ),
        )
        .on(
            "GET /containers/4/json",
            state(json!({ "Status": "running", "Health": { "Status": "none" } })),
        )
        .on(
            "GET /containers/5/json",
            Reply::error(404, "No such container: 5"),
        )
}

#[tokio::test]
async fn projects_are_known_by_the_labels_of_their_containers() {
    let shop = json!({
        "name": "shop", "services": ["db", "web"], "running": 2, "total": 3,
        "files": ["/srv/shop/a.yaml", "/srv/shop/b.yaml"], "directory": "/srv/shop",
    });
    let old = json!({
        "name": "old", "services": ["job"], "running": 0, "total": 1, "files": [], "directory": "/srv/shop",
    });
    let running = given(&engine(), LS, json!({})).await;
    assert_eq!(running, json!({ "projects": [shop] }));
    let all = given(&engine(), LS, json!({ "all": true })).await;
    assert_eq!(all, json!({ "projects": [old, shop] }));
    let none = FakeEngine::start().on("GET /containers/json", json!([]));
    assert_eq!(given(&none, LS, json!({})).await, json!({ "projects": [] }));
}

#[tokio::test]
async fn the_services_of_a_project_are_shown_in_order_of_service_and_number() {
    let db = json!({
        "service": "db", "container": "shop_db_4", "state": "running", "health": null, "exit_code": null,
        "restarts": 3, "ports": "", "image": "db:1",
    });
    let first = json!({
        "service": "web", "container": "shop_web_2", "state": "exited", "health": null, "exit_code": 137,
        "restarts": 3, "ports": "0.0.0.0:8080->80/tcp", "image": "web:1",
    });
    let second = json!({
        "service": "web", "container": "shop_web_3", "state": "running", "health": "unhealthy", "exit_code": null,
        "restarts": 3, "ports": "0.0.0.0:8080->80/tcp", "image": "web:1",
    });
    let shop = given(&engine(), PS, json!({ "project_name": "shop" })).await;
    assert_eq!(shop, json!({ "services": [db, first, second] }));
    let running = json!({ "project_name": "shop", "services": ["web"], "all": false });
    assert_eq!(
        given(&engine(), PS, running).await,
        json!({ "services": [second] })
    );
}

#[tokio::test]
async fn a_project_or_service_that_is_not_there_is_told_what_is() {
    let text = failed(&engine(), PS, json!({ "project_name": "shopp" })).await;
    assert!(
        text.contains("no such project: `shopp`; did you mean `shop`?"),
        "{text}"
    );
    let unknown = json!({ "project_name": "shop", "services": ["cache"] });
    let text = failed(&engine(), PS, unknown).await;
    assert!(
        text.contains("no such service: `cache`; there are `db`, `web`"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_wrong_in_files_is_told_apart_from_what_is_refused() {
    let folder = workplace();
    let engine = FakeEngine::start().on("GET /info", json!({ "DockerRootDir": "/data/docker" }));
    let asked = |more: Value| {
        let mut asked = json!({ "project_directory": folder.path() });
        for (key, value) in more.as_object().unwrap() {
            asked[key] = value.clone();
        }
        asked
    };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let found = given(&engine, VALIDATE, asked(json!({}))).await;
    assert_eq!(found["valid"], false);
    assert_eq!(found["errors"][0]["file"], "project_directory");

    write(
        "compose.yaml",
        "services:\n  web: {image: a, privileged: true, env_file: x.env}\n",
    );
    let found = given(&engine, VALIDATE, asked(json!({}))).await;
    let at = |list: &str| {
        let items = found[list].as_array().unwrap().iter();
        let at = items.map(|it| format!("{}:{} {}", it["file"], it["line"], it["at"]));
        at.collect::<Vec<_>>()
    };
    assert_eq!(
        at("errors"),
        [r#""compose.yaml":2 "services.web.env_file""#]
    );
    assert_eq!(
        at("refused"),
        [r#""compose.yaml":2 "services.web.privileged""#]
    );

    write("other.yml", "services: {web: {image: a}}\n");
    let files = json!({ "files": ["other.yml"], "project_name": "shop", "profiles": ["dev"] });
    let found = given(&engine, VALIDATE, asked(files)).await;
    assert_eq!(
        (&found["valid"], &found["refused"]),
        (&json!(true), &json!([]))
    );
    for (more, said) in [
        (
            json!({ "files": ["/etc/passwd"] }),
            "lies outside of the project directory",
        ),
        (json!({ "files": ["-"] }), "is Compose's own input"),
        (
            json!({ "files": ["other.yml"], "project_name": "--x" }),
            "is no name of a project",
        ),
        (
            json!({ "files": ["other.yml"], "profiles": ["-x"] }),
            "is no name of a profile",
        ),
        (json!({ "files": ["--file=/etc/passwd"] }), "is not there"),
    ] {
        let found = given(&engine, VALIDATE, asked(more)).await.to_string();
        assert!(found.contains(said), "{found}");
    }
    for directory in ["/etc", "srv", "/nonexistent/project"] {
        let wrong = json!({ "project_directory": directory });
        let engine =
            FakeEngine::start().on("GET /info", json!({ "DockerRootDir": "/data/docker" }));
        let (tool, text) = (VALIDATE, wrong.to_string());
        let said = crate::one_call::call(&engine, tool, wrong).await;
        let is_refused = said.is_error == Some(true);
        let found = said.structured_content.unwrap_or_default();
        assert!(is_refused || found["valid"] == false, "{text}: {found}");
    }
}
