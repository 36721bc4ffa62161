//! Compose projects, made by hand as old versions made them and by Compose itself: `docker_compose_exec` and
//! `docker_compose_down`, which leaves nothing, and the resources of projects.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::client::RawClient;
use crate::compose::chosen;
use crate::docker::{WAIT, docker, image, inspect, run, unique, wanted};
use crate::session::{Session, says};
use crate::workplace::workplace;

const EXEC: &str = "docker_compose_exec";
const DOWN: &str = "docker_compose_down";

/// A project that is gone when the test ends.
pub(crate) struct Project {
    pub(crate) name: String,
}

impl Project {
    pub(crate) fn new(what: &str) -> Self {
        Self { name: unique(what) }
    }

    fn label(&self) -> String {
        format!("label=com.docker.compose.project={}", self.name)
    }

    /// What is there of it: containers, networks, volumes, images.
    fn left(&self) -> [Vec<String>; 4] {
        let label = self.label();
        // Built without BuildKit, an image has no such label.
        let name = format!("reference={}*", self.name);
        let lists: [(&[&str], &str); 4] = [
            (&["ps", "-aq"], &label),
            (&["network", "ls", "-q"], &label),
            (&["volume", "ls", "-q"], &label),
            (&["images", "-q"], &name),
        ];
        lists.map(|(list, filter)| {
            let listed = docker(&[list, &["--filter", filter]].concat());
            listed.lines().map(str::to_owned).collect()
        })
    }

    fn everything(&self) -> Value {
        json!({ "project_name": self.name, "volumes": true, "images": "local", "timeout": 1 })
    }

    /// A container with the labels that Compose gives it.
    fn container(&self, verb: &[&str], service: &str, more: &[&str]) -> String {
        let name = format!("{}_{service}_1", self.name);
        let project = format!("com.docker.compose.project={}", self.name);
        let of = format!("com.docker.compose.service={service}");
        let mut args = verb.to_vec();
        args.extend(["--name", &name, "--label", &project, "--label", &of]);
        args.extend(["--label", "com.docker.compose.container-number=1"]);
        args.extend(more);
        let image = image();
        args.extend([&*image, "sh", "-c", WAIT]);
        docker(&args);
        name
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let [containers, networks, volumes, images] = self.left();
        let lists: [(&[&str], Vec<String>); 4] = [
            (&["rm", "-fv"], containers),
            (&["network", "rm"], networks),
            (&["volume", "rm", "-f"], volumes),
            (&["rmi", "-f"], images),
        ];
        for (verb, ids) in lists {
            for id in ids {
                drop(run(&[verb, &[id.as_str()]].concat()));
            }
        }
    }
}

async fn session() -> Option<Session> {
    let [allowed, unasked] = Session::DESTRUCTIVE;
    Session::with(&[allowed, unasked, ("MCP_DOCKER_TOOLSETS", "all")]).await
}

/// Labels and names as Compose 1 wrote them.
#[tokio::test]
async fn a_project_of_an_old_version_is_worked_in_and_removed() {
    let Some(session) = session().await else {
        return;
    };
    let project = Project::new("old-project");
    let of = format!("com.docker.compose.project={}", project.name);
    let network = format!("{}_default", project.name);
    docker(&["network", "create", "--label", &of, &network]);
    docker(&[
        "volume",
        "create",
        "--label",
        &of,
        &format!("{}_data", project.name),
    ]);
    let data = format!("{}_data:/data", project.name);
    let one_off = "com.docker.compose.oneoff=False";
    let db = [
        "--net", &network, "-v", &data, "-v", "/more", "--label", one_off,
    ];
    let db = project.container(&["run", "-d"], "db", &db);
    let needs = "com.docker.compose.depends_on=db:service_started:false";
    project.container(
        &["run", "-d"],
        "web",
        &["--net", &network, "--label", needs, "--label", one_off],
    );
    project.container(&["create"], "orphan", &["--label", one_off]);
    let once = "com.docker.compose.oneoff=True";
    project.container(&["run", "-d"], "once", &["--label", once, "--label", needs]);

    let command =
        json!({ "project_name": project.name, "service": "web", "command": ["echo", "here"] });
    let ran = session.ok(EXEC, command).await;
    assert_eq!(
        (&ran["output"], &ran["exit_code"]),
        (&json!("here\n"), &json!(0))
    );
    let text = session
        .fails(
            EXEC,
            json!({ "project_name": project.name, "service": "orphan", "command": "true" }),
        )
        .await;
    says(&text, &["not running", "docker_start_container"]);

    let mounts = inspect(&db)["Mounts"].clone();
    let anonymous = mounts.as_array().unwrap().iter();
    let mut anonymous = anonymous.filter(|it| it["Destination"] == "/more");
    let anonymous = anonymous.next().unwrap()["Name"]
        .as_str()
        .unwrap()
        .to_owned();
    let gone = session.ok(DOWN, project.everything()).await;
    assert_eq!(gone["failed"], json!([]), "{gone}");
    let counts = ["containers", "networks", "volumes"]
        .map(|kind| gone[format!("removed_{kind}")].as_array().unwrap().len());
    assert_eq!(counts, [4, 1, 2], "{gone}");
    assert_eq!(project.left(), [const { Vec::<String>::new() }; 4]);
    assert!(run(&["volume", "inspect", &anonymous]).is_err());
    let again = session.fails(DOWN, project.everything()).await;
    says(&again, &["no such project"]);
}

fn compose(folder: &Path, project: &Project, args: &[&str]) {
    let program = chosen().unwrap().join("docker-compose");
    let output = Command::new(program)
        .args(["-p", &project.name])
        .args(args)
        .env("DOCKER_BUILDKIT", "0")
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What Compose itself would leave: a profile that is off, an orphan, the container of a `run`.
#[tokio::test]
async fn nothing_is_left_of_a_project_that_compose_made() {
    let Some(session) = session().await else {
        return;
    };
    let (project, folder) = (Project::new("project"), workplace());
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    let image = image();
    let waits = format!("{{image: '{image}', command: ['sh', '-c', \"{WAIT}\"]");
    write(
        "Dockerfile",
        format!("FROM {image}\nCMD [\"sh\", \"-c\", \"{WAIT}\"]\n"),
    );
    write(
        "compose.yaml",
        format!(
            "services:\n  web: {{build: ., depends_on: [db]}}\n  db: {waits}, volumes: ['data:/data', '/more']}}\n  \
             tool: {waits}, profiles: [tools]}}\nvolumes: {{data: {{}}}}\n"
        ),
    );
    write(
        "more.yaml",
        format!("services: {{orphan: {waits}, networks: [back]}}}}\nnetworks: {{back: {{}}}}\n"),
    );
    let all = [
        "-f",
        "compose.yaml",
        "-f",
        "more.yaml",
        "--profile",
        "tools",
        "up",
        "-d",
    ];
    compose(folder.path(), &project, &all);
    compose(folder.path(), &project, &["run", "-d", "web"]);
    let [containers, networks, volumes, images] = project.left();
    assert_eq!(
        [
            containers.len(),
            networks.len(),
            volumes.len(),
            images.len()
        ],
        [5, 2, 1, 1],
        "{containers:?}"
    );
    let gone = session.ok(DOWN, project.everything()).await;
    assert_eq!(gone["failed"], json!([]), "{gone}");
    assert_eq!(
        gone["removed_containers"].as_array().unwrap().len(),
        5,
        "{gone}"
    );
    assert_eq!(
        gone["removed_volumes"].as_array().unwrap().len(),
        2,
        "{gone}"
    );
    assert_eq!(project.left(), [const { Vec::<String>::new() }; 4]);
}

/// The notification for that resource; others are passed over.
async fn notified(client: &mut RawClient, uri: &str) {
    while client.receive().await["params"]["uri"] != uri {}
}

#[tokio::test]
async fn what_a_project_is_and_writes_is_read_and_followed() {
    if !wanted() {
        return;
    }
    let project = Project::new("followed");
    let host = std::env::var("DOCKER_HOST").unwrap();
    let env = [("DOCKER_BASE_URL", &*host), ("MCP_DOCKER_TOOLSETS", "all")];
    let mut client = RawClient::session("2025-11-25", &env).await;
    let web = project.container(&["run", "-d"], "web", &[]);
    let (services, logs) = (
        format!("compose://services/{}", project.name),
        format!("compose://logs/{}/web", project.name),
    );
    let list = client.request(1, "resources/list", json!({})).await;
    for uri in [&services, &logs] {
        assert!(list.to_string().contains(&format!("\"{uri}\"")), "{list}");
        let params = json!({ "uri": uri });
        let answer = client.request(2, "resources/subscribe", params).await;
        assert_eq!(answer["result"], json!({}), "{answer}");
    }
    docker(&["exec", &web, "sh", "-c", "echo 'it wrote' >/proc/1/fd/1"]);
    notified(&mut client, &logs).await;
    let read = client
        .request(3, "resources/read", json!({ "uri": logs }))
        .await;
    assert_eq!(
        read["result"]["contents"][0]["text"], "it wrote\n",
        "{read}"
    );
    docker(&["stop", "-t", "1", &web]);
    notified(&mut client, &services).await;
    let read = client
        .request(4, "resources/read", json!({ "uri": services }))
        .await;
    let text = read["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(text.contains("\"state\":\"exited\""), "{text}");
    docker(&["rm", &web]);
    notified(&mut client, &services).await;
}
