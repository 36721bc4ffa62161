//! A Compose project of seven services, brought up, changed and scaled by the Compose that is there; the results
//! are the same whichever it is.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::compose::chosen;
use crate::docker::{WAIT, docker, image};
use crate::projects::Project;
use crate::session::{Session, says};
use crate::workplace::workplace;

const UP: &str = "docker_compose_up";

/// The project on the disk.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn new(compose: &str) -> Self {
        let files = Self(workplace());
        files.write(compose);
        files
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, compose: &str) {
        let compose = compose.replace("IMAGE", &image()).replace("WAIT", WAIT);
        fs::write(self.path().join("compose.yaml"), compose).unwrap();
    }

    pub(crate) fn of(&self, project: &Project, more: Value) -> Value {
        let mut arguments =
            json!({ "project_directory": self.path(), "project_name": project.name });
        for (key, value) in more.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        arguments
    }
}

const SEVEN: &str = r#"
x-app: &app { image: IMAGE, command: ["sh", "-c", "WAIT"], networks: [back] }
services:
  db:
    <<: *app
    environment: { LEVEL: "${LEVEL:-low}", PRICE: "5$$" }
    volumes: ["data:/data"]
    healthcheck: { test: ["CMD", "test", "-e", "/bin"], interval: 1s }
  migrate:
    <<: *app
    command: ["sh", "-c", "echo done > /data/migrated"]
    volumes: ["data:/data"]
    depends_on: { db: { condition: service_healthy } }
  web:
    build: { context: web, args: { WHICH: first } }
    command: ["sh", "-c", "WAIT"]
    ports: ["127.0.0.1::80"]
    networks: { front: { aliases: [www] }, back: {} }
    configs: [motd, { source: app, target: /etc/app.conf }]
    secrets: [password]
    depends_on:
      migrate: { condition: service_completed_successfully }
  cache: { <<: *app, tmpfs: [/run/cache] }
  worker: { <<: *app, scale: 2, depends_on: [cache] }
  mail: { <<: *app, networks: { back: { aliases: [smtp] } } }
  debug: { <<: *app, profiles: [debug] }
networks: { front: {}, back: {} }
volumes: { data: {} }
configs: { motd: { content: "welcome to ${LEVEL:-low}\n" }, app: { file: ./app.conf } }
secrets: { password: { file: ./password.txt } }
"#;

fn seven() -> Files {
    let files = Files::new(SEVEN);
    fs::create_dir(files.path().join("web")).unwrap();
    let dockerfile = format!("FROM {}\nARG WHICH\nLABEL which=$WHICH\n", image());
    fs::write(files.path().join("web/Dockerfile"), dockerfile).unwrap();
    fs::write(files.path().join("app.conf"), "port 80\n").unwrap();
    fs::write(files.path().join("password.txt"), "opensesame\n").unwrap();
    fs::write(files.path().join(".env"), "LEVEL=high\n").unwrap();
    files
}

/// The values of one key of the services, by their containers.
fn all<'a>(result: &'a Value, key: &str) -> Vec<&'a Value> {
    let services = result["services"].as_array().unwrap();
    services.iter().map(|it| &it[key]).collect()
}

#[tokio::test]
async fn seven_services_come_up_change_and_are_scaled() {
    let Some(session) = Session::with(&[("MCP_DOCKER_TOOLSETS", "all")]).await else {
        return;
    };
    let _ = chosen();
    let (files, project) = (seven(), Project::new("seven"));
    let name = |of: &str| format!("{}-{of}", project.name);
    let names = |of: &[&str]| json!(of.iter().map(|it| name(it)).collect::<Vec<_>>());
    let containers = [
        "cache-1",
        "db-1",
        "mail-1",
        "migrate-1",
        "web-1",
        "worker-1",
        "worker-2",
    ];

    let foretold = session
        .ok(UP, files.of(&project, json!({ "dry_run": true })))
        .await;
    assert_eq!(foretold["created"], names(&containers));
    let up = session.ok(UP, files.of(&project, json!({}))).await;
    let made = up["created"].as_array().unwrap();
    for what in containers.map(name) {
        assert!(made.contains(&json!(what)), "{what}: {made:?}");
    }
    for what in ["network", "volume"] {
        let is_what = |it: &&Value| it.as_str().unwrap().starts_with(what);
        assert_eq!(
            made.iter().filter(is_what).count(),
            if what == "volume" { 1 } else { 2 }
        );
    }
    for nothing in ["recreated", "started", "removed", "failed"] {
        assert_eq!(up[nothing], json!([]), "{nothing}: {up}");
    }
    let states: Vec<&str> = all(&up, "state")
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    let running = "running";
    assert_eq!(
        states,
        [
            running, running, running, "exited", running, running, running
        ]
    );
    assert_eq!(up["services"][1]["health"], "healthy", "{up}");
    let web = name("web-1");
    let files_of_web = docker(&[
        "exec",
        &web,
        "cat",
        "/motd",
        "/etc/app.conf",
        "/run/secrets/password",
    ]);
    assert_eq!(files_of_web, "welcome to high\nport 80\nopensesame");
    let db = name("db-1");
    assert_eq!(docker(&["exec", &db, "cat", "/data/migrated"]), "done");
    assert_eq!(
        docker(&["exec", &db, "sh", "-c", "echo $LEVEL $PRICE"]),
        "high 5$"
    );

    // Nothing has changed but that a job is run again, as Compose does.
    let again = session.ok(UP, files.of(&project, json!({}))).await;
    assert_eq!(
        (&again["created"], &again["recreated"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(again["started"], names(&["migrate-1"]));

    let built = session
        .ok(
            "docker_compose_build",
            files.of(&project, json!({ "services": ["web"] })),
        )
        .await;
    assert_eq!(built["services"][0]["image"], name("web"), "{built}");
    let resolved = session
        .ok(
            "docker_compose_config",
            files.of(&project, json!({ "services": ["db"] })),
        )
        .await;
    assert_eq!(
        resolved["config"]["services"]["db"]["environment"]["LEVEL"],
        "high"
    );
    session.close().await;
}

const THREE: &str = r#"
x-app: &app { image: IMAGE, command: ["sh", "-c", "WAIT"], network_mode: none }
services:
  cache: { <<: *app, tmpfs: [/run/cache] }
  worker: { <<: *app, scale: 2, depends_on: [cache] }
  mail: { <<: *app }
  debug: { <<: *app, profiles: [debug] }
"#;

#[tokio::test]
async fn changed_services_are_recreated_and_fewer_are_asked_about() {
    let Some(session) = Session::with(&[("MCP_DOCKER_TOOLSETS", "all")]).await else {
        return;
    };
    let (files, project) = (Files::new(THREE), Project::new("three"));
    let name = |of: &str| format!("{}-{of}", project.name);
    let names = |of: &[&str]| json!(of.iter().map(|it| name(it)).collect::<Vec<_>>());
    let up = session.ok(UP, files.of(&project, json!({}))).await;
    let created = ["cache-1", "mail-1", "worker-1", "worker-2"];
    assert_eq!(up["created"], names(&created));

    files.write(&THREE.replace("/run/cache", "/run/other"));
    let foretold = session
        .ok(
            UP,
            files.of(&project, json!({ "dry_run": true, "services": ["cache"] })),
        )
        .await;
    let changed = session
        .ok(UP, files.of(&project, json!({ "services": ["cache"] })))
        .await;
    for told in [foretold, changed] {
        assert_eq!(told["recreated"], names(&["cache-1"]), "{told}");
        assert_eq!(
            (&told["created"], &told["removed"]),
            (&json!([]), &json!([]))
        );
    }

    let scaled = session
        .ok(
            "docker_compose_scale",
            files.of(&project, json!({ "replicas": { "worker": 3 } })),
        )
        .await;
    assert_eq!(scaled["services"].as_array().unwrap().len(), 3);
    let refused = session
        .fails(
            "docker_compose_scale",
            files.of(&project, json!({ "replicas": { "worker": 1 } })),
        )
        .await;
    says(
        &refused,
        &[
            &name("worker-2"),
            &name("worker-3"),
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS",
        ],
    );

    session.close().await;

    let [allowed, unasked] = Session::DESTRUCTIVE;
    let session = Session::with(&[allowed, unasked, ("MCP_DOCKER_TOOLSETS", "all")])
        .await
        .unwrap();
    let fewer = session
        .ok(
            "docker_compose_scale",
            files.of(&project, json!({ "replicas": { "worker": 1 } })),
        )
        .await;
    assert_eq!(all(&fewer, "container"), [&json!(name("worker-1"))]);
    // The profile is off: its service is none of the project's orphans.
    files.write(&THREE.replace("  mail: {", "  post: {"));
    let orphan = session
        .ok(
            UP,
            files.of(
                &project,
                json!({ "remove_orphans": true, "services": ["cache"] }),
            ),
        )
        .await;
    assert_eq!(orphan["removed"], names(&["mail-1"]));
    session.close().await;
}

const SICK: &str = r#"
services:
  db:
    image: IMAGE
    command: ["sh", "-c", "echo no such table; WAIT"]
    healthcheck: { test: ["CMD-SHELL", "echo probe says no; exit 1"], interval: 1s, retries: 1 }
  web:
    image: IMAGE
    command: ["sh", "-c", "WAIT"]
    depends_on: { db: { condition: service_healthy } }
"#;

#[tokio::test]
async fn what_failed_is_named_with_the_reason_and_with_what_is_left() {
    let Some(session) = Session::with(&[("MCP_DOCKER_TOOLSETS", "all")]).await else {
        return;
    };
    let (files, project) = (Files::new(SICK), Project::new("sick"));
    let text = session.fails(UP, files.of(&project, json!({}))).await;
    let (db, network) = (
        format!("{}-db-1", project.name),
        format!("network {}_default", project.name),
    );
    says(
        &text,
        &[
            "service `db`",
            "is unhealthy",
            "probe says no",
            &db,
            &network,
            "docker_compose_down",
        ],
    );

    let ends = "services: { job: { image: IMAGE, command: [sh, -c, 'echo cannot open; exit 3'] } }";
    files.write(ends);
    let up = session.ok(UP, files.of(&project, json!({}))).await;
    assert_eq!(up["failed"][0]["service"], "job", "{up}");
    says(&up["failed"].to_string(), &["ended with 3", "cannot open"]);
    assert!(
        up["hint"].as_str().unwrap().contains("docker_compose_down"),
        "{up}"
    );
    session.close().await;
}
