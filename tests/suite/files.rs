//! Tests the tools of the toolset `files` against what containers and Engines have at their worst.

mod lies;
mod listed;
mod paths;
mod texts;
mod volumes;
mod written;

use serde_json::{Value, json};

use crate::one_call::{failed, given};
use crate::support::fake_engine::FakeEngine;
use crate::support::files::{Files, Node, file, files};

const LIST: &str = "docker_list_files";
const READ: &str = "docker_read_file";

/// What the container is known by.
const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// An Engine with a container of these files.
fn engine(files: Files) -> FakeEngine {
    FakeEngine::start()
        .on(
            "GET /containers/*/json",
            json!({ "Id": ID, "Name": "/web", "HostConfig": {}, "Mounts": [] }),
        )
        .with_files(files)
}

fn of(path: &str) -> Value {
    json!({ "container_id": "web", "path": path })
}

/// What reading a file gives, with more arguments.
async fn read(engine: &FakeEngine, path: &str, more: Value) -> Value {
    let mut arguments = of(path);
    let all = arguments.as_object_mut().unwrap();
    all.extend(more.as_object().unwrap().clone());
    given(engine, READ, arguments).await
}
