//! Who made what, and a name that changes hands.

use std::path::PathBuf;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

use super::*;
use crate::docker::{inspect, wanted};

const SERVER: &str = "io.mcp-docker.server";

/// A way to the Engine on which something happens just before a stop is passed on.
struct Interrupted {
    socket: PathBuf,
    task: JoinHandle<()>,
    _directory: TempDir,
}

impl Interrupted {
    fn by(happens: impl Fn() + Clone + Send + 'static) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let engine = std::env::var("DOCKER_HOST").unwrap();
        let engine = engine.strip_prefix("unix://").unwrap().to_owned();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (engine, happens) = (engine.clone(), happens.clone());
                tokio::spawn(async move {
                    let (mut from_client, mut to_client) = client.into_split();
                    let engine = UnixStream::connect(engine).await.unwrap();
                    let (mut from_engine, mut to_engine) = engine.into_split();
                    tokio::spawn(async move { copy(&mut from_engine, &mut to_client).await });
                    let mut piece = vec![0; 64 * 1024];
                    while let Ok(size @ 1..) = from_client.read(&mut piece).await {
                        let piece = &piece[..size];
                        let head = String::from_utf8_lossy(piece);
                        let line = head.lines().next().unwrap_or_default();
                        if line.starts_with("POST ") && line.contains("/stop") {
                            happens();
                        }
                        to_engine.write_all(piece).await.unwrap();
                    }
                });
            }
        });
        Self {
            socket,
            task,
            _directory: directory,
        }
    }
}

impl Drop for Interrupted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A name that leads to another's container by the time that the request comes.
#[tokio::test]
async fn a_name_that_changes_hands_leads_to_nothing_of_anothers() {
    if !wanted() {
        return;
    }
    let owners = Owners::of("owner");
    let [own, other, _] = owners.labels();
    let (own, other) = (container(&own), container(&other));
    let (own_id, other_id) = (own.id(), other.id());
    let (name, others_name, aside) = (own.name.clone(), other.name.clone(), unique("aside"));
    let way = Interrupted::by(move || {
        docker(&["rename", &name, &aside]);
        docker(&["rename", &others_name, &name]);
    });
    let address = format!("unix://{}", way.socket.display());
    let session = owners.session(&[("DOCKER_HOST", &address)]).await.unwrap();
    session
        .call(
            "docker_stop_container",
            json!({ "container_id": own.name, "timeout": 1 }),
        )
        .await;
    assert_eq!(
        inspect(&own.name)["Id"],
        other_id,
        "the name has changed hands"
    );
    let state = |id: &str| inspect(id)["State"]["Status"].clone();
    let states = (state(&own_id), state(&other_id));
    docker(&["rm", "-f", &own_id]);
    docker(&["rename", &other_id, &other.name]);
    assert_eq!(states, (json!("exited"), json!("running")));
}

#[tokio::test]
async fn what_a_user_made_is_of_all_their_servers_and_of_no_others() {
    let (state, others) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = async |state: &TempDir| {
        let state = state.path().to_str().unwrap();
        let mut settings = vec![("SAFETY_SCOPE", "mine"), ("XDG_STATE_HOME", state)];
        settings.extend(Session::DESTRUCTIVE);
        Session::with(&settings).await
    };
    let Some(first) = server(&state).await else {
        return;
    };
    let (second, stranger) = (
        server(&state).await.unwrap(),
        server(&others).await.unwrap(),
    );
    let web = Container::named("mine");
    let create = json!({ "image": image(), "name": web.name, "command": ["sh", "-c", WAIT] });
    first.ok("docker_create_container", create).await;
    let id = fs::read_to_string(state.path().join("mcp-docker/server-id")).unwrap();
    assert_eq!(labels("container", &web.name)[SERVER], id.trim());
    let asked = json!({ "container_id": web.name });
    stranger
        .refuses(
            "docker_start_container",
            asked.clone(),
            &["another user", "SAFETY_SCOPE=mine"],
        )
        .await;
    second.ok("docker_start_container", asked).await;
    let found = container("made=by-hand");
    let asked = json!({ "container_id": found.name });
    second
        .refuses(
            "docker_stop_container",
            asked,
            &["was not made by this server"],
        )
        .await;
    let asked = json!({ "container_id": web.name, "force": true });
    stranger
        .fails("docker_remove_container", asked.clone())
        .await;
    assert!(web.exists());
    second.ok("docker_remove_container", asked).await;
    assert!(!web.exists());
}
