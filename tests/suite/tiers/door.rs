//! The door knows the tier of the call it serves, whatever the call's tool sends: tools that are in no
//! catalogue, because what they do contradicts what they say.

use std::time::Duration;

use bollard::models::{ContainerCreateBody, ExecConfig};
use bollard::query_parameters::CreateContainerOptions;
use futures_util::future::BoxFuture;
use mcp_docker::arguments::Arguments;
use mcp_docker::call::gate::Access;
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{Call, CallError, ErrorKind, Look, Operation, Runtime};
use mcp_docker::catalog::Tool;
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::engine::{Engine, Request, record};
use mcp_docker::params::InvalidArgument;
use mcp_docker::redaction::Redactor;
use serde_json::json;

use super::*;
use crate::support::fake_engine::Reply;
use crate::support::own_tool::{operator, tool};

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

static SAFE: Tool = tool("docker_safe", Tier::Safe);
static MODERATE: Tool = tool("docker_moderate", Tier::Moderate);
static DESTRUCTIVE: Tool = tool("docker_destructive", Tier::Destructive);
static LOOKS: Tool = tool("docker_looks", Tier::Moderate);
static MAKES: Tool = tool("docker_makes", Tier::Moderate);
static CARRIES: Tool = Tool {
    carrier: true,
    task: false,
    ..tool("docker_carries", Tier::Safe)
};

/// What a tool does, by its name.
struct Does(&'static str);

fn stop() -> Request {
    record(|docker| async move { docker.stop_container("web", None).await }).unwrap()
}

fn remove(id: &'static str) -> Request {
    record(|docker| async move { docker.remove_container(id, None).await }).unwrap()
}

fn start_exec(id: &'static str) -> Request {
    record(|docker| async move { docker.start_exec(id, None).await }).unwrap()
}

/// Makes a container and an exec in it, starts the one and removes the other.
async fn make(engine: &Engine) -> Result<Value, CallError> {
    let body = ContainerCreateBody::default();
    let create = record(|docker| async move {
        docker
            .create_container(None::<CreateContainerOptions>, body)
            .await
    })?;
    engine.json(create).await?;
    let exec = record(|docker| async move { docker.create_exec(ID, ExecConfig::default()).await })?;
    engine.json(exec).await?;
    engine.json(start_exec("e1")).await?;
    Ok(engine.json(remove(ID)).await?)
}

impl Operation for Does {
    fn params(&self) -> Value {
        json!({})
    }

    fn look<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Look, CallError>> {
        Box::pin(async move {
            if self.0 == LOOKS.name {
                call.engine.json(stop()).await?;
            }
            Ok(Look::default())
        })
    }

    fn run<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>> {
        Box::pin(async move {
            if self.0 == MAKES.name {
                return make(&call.engine).await;
            }
            Ok(call.engine.json(stop()).await?)
        })
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as every tool's arguments are read"
)]
fn parse(tool: &Tool, _: &mut Arguments) -> Result<Box<dyn Operation>, InvalidArgument> {
    Ok(Box::new(Does(tool.name)))
}

fn fake() -> FakeEngine {
    FakeEngine::start()
        .on("POST /containers/web/stop", Reply::empty(204))
        .on(
            "POST /containers/create",
            Reply::json(201, &json!({ "Id": ID })),
        )
        .on(
            "GET /containers/*/json",
            json!({ "Id": ID, "Name": "/web", "HostConfig": {} }),
        )
        .on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": "e1" })),
        )
        .on("POST /exec/*/start", Reply::empty(200))
        .on("DELETE /containers/*", Reply::empty(204))
}

fn runtime(engine: &FakeEngine, safety: SafetyConfig) -> Runtime {
    let config = Config {
        docker: engine.config(),
        safety,
        ..Config::default()
    };
    Runtime::new(config, parse)
}

fn allowing(moderate: bool, destructive: bool) -> SafetyConfig {
    SafetyConfig {
        allow_moderate: moderate,
        allow_destructive: destructive,
        require_confirmation: false,
        ..SafetyConfig::default()
    }
}

/// The door of a call past everything that comes before it, for a client who reaches so far.
fn door(runtime: &Runtime, tool: &'static Tool, access: Access, agreed: bool) -> Engine {
    let (operation, redactor) = (Does(tool.name), Redactor::new(true));
    let mut call = runtime.begin(tool, &operation, access, Progress::none(), redactor);
    if agreed {
        call.agreed();
    }
    call.engine.with_deadline(Duration::from_secs(10))
}

#[tokio::test]
async fn the_door_refuses_what_is_more_than_the_call_may_do() {
    let (full, read_only) = (Access::Full, Access::ReadOnly);
    let any = || allowing(true, true);
    for (tool, safety, access, agreed, request, words) in [
        (&SAFE, any(), full, true, stop(), "safe tool"),
        (&SAFE, any(), full, true, remove("web"), "safe tool"),
        (&MODERATE, any(), full, true, remove("web"), "moderate tool"),
        (&MODERATE, any(), full, false, stop(), "only looks so far"),
        (
            &DESTRUCTIVE,
            any(),
            full,
            false,
            remove("web"),
            "only looks so far",
        ),
        (&MODERATE, any(), read_only, true, stop(), "token"),
        (&DESTRUCTIVE, any(), read_only, true, remove("web"), "token"),
        (
            &MODERATE,
            allowing(false, true),
            full,
            true,
            stop(),
            "SAFETY_ALLOW_MODERATE_OPERATIONS=true",
        ),
        (
            &DESTRUCTIVE,
            allowing(true, false),
            full,
            true,
            remove("web"),
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true",
        ),
        (
            &MODERATE,
            any(),
            full,
            true,
            start_exec("foreign"),
            "not one that this call made",
        ),
    ] {
        let engine = fake();
        let runtime = runtime(&engine, safety);
        let what = format!("{}: {request:?}", tool.name);
        let door = door(&runtime, tool, access, agreed);
        let error = CallError::from(door.json(request).await.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Refused, "{what}: {error}");
        assert!(error.to_string().contains(words), "{what}: {error}");
        assert!(
            error.to_string().contains("was not sent"),
            "{what}: {error}"
        );
        assert!(engine.seen().is_empty(), "{what}: {:?}", engine.requests());
    }
}

#[tokio::test]
async fn the_door_lets_pass_what_the_call_may_do() {
    for (tool, request) in [
        (&MODERATE, stop()),
        (&DESTRUCTIVE, stop()),
        (&DESTRUCTIVE, remove("web")),
    ] {
        let engine = fake();
        let runtime = runtime(&engine, allowing(true, true));
        let door = door(&runtime, tool, Access::Full, true);
        door.json(request).await.unwrap();
        assert_eq!(engine.requests().len(), 1);
    }
}

/// An Engine that is asked for no call at all only answers questions.
#[tokio::test]
async fn an_engine_that_serves_no_call_only_reads() {
    let engine = fake();
    let error = Engine::new(&engine.config()).json(stop()).await;
    assert!(error.unwrap_err().to_string().contains("changes something"));
    assert!(engine.seen().is_empty());
}

async fn call(runtime: &Runtime, tool: &'static Tool) -> Result<Value, CallError> {
    runtime
        .call(tool, serde_json::Map::new(), operator(Progress::none()))
        .await
}

#[tokio::test]
async fn a_tool_that_does_more_than_it_says_is_refused_on_the_path_of_every_call() {
    let engine = fake();
    let runtime = runtime(&engine, allowing(true, true));
    for (tool, words) in [(&SAFE, "safe tool"), (&LOOKS, "only looks so far")] {
        let error = call(&runtime, tool).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(engine.seen().is_empty(), "{:?}", engine.requests());
    }
    call(&runtime, &MODERATE).await.unwrap();
    assert_eq!(engine.requests(), ["POST /containers/web/stop"]);
}

#[tokio::test]
async fn what_the_call_made_itself_it_may_remove_and_another_call_may_not() {
    let engine = fake();
    let runtime = runtime(&engine, allowing(true, false));
    call(&runtime, &MAKES).await.unwrap();
    let removed = format!("DELETE /containers/{ID}");
    let gone = |engine: &FakeEngine| {
        let requests = engine.requests();
        requests
            .iter()
            .filter(|it| it.starts_with(&removed))
            .count()
    };
    assert_eq!(gone(&engine), 1, "{:?}", engine.requests());
    assert!(
        engine
            .requests()
            .iter()
            .any(|it| it == "POST /exec/e1/start")
    );

    for request in [remove(ID), start_exec("e1")] {
        let door = door(&runtime, &MAKES, Access::Full, true);
        let error = door.json(request).await.unwrap_err();
        assert!(error.to_string().contains("was not sent"), "{error}");
    }
    assert_eq!(gone(&engine), 1);
}

fn create() -> Request {
    let body = ContainerCreateBody::default();
    record(|docker| async move {
        let options = None::<CreateContainerOptions>;
        docker.create_container(options, body).await
    })
    .unwrap()
}

fn start() -> Request {
    record(|docker| async move { docker.start_container(ID, None).await }).unwrap()
}

/// A safe tool that may have a carrier makes it where moderate calls are allowed, to everybody concerned, and
/// does nothing with it but remove it.
#[tokio::test]
async fn a_safe_tool_makes_a_carrier_only_where_moderate_calls_are_allowed() {
    for (tool, moderate, access, words) in [
        (
            &CARRIES,
            false,
            Access::Full,
            "SAFETY_ALLOW_MODERATE_OPERATIONS=true",
        ),
        (&CARRIES, true, Access::ReadOnly, "token"),
        (&SAFE, true, Access::Full, "safe tool"),
    ] {
        let engine = fake();
        let runtime = runtime(&engine, allowing(moderate, false));
        let error = door(&runtime, tool, access, true).json(create()).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(engine.seen().is_empty(), "{:?}", engine.requests());
    }

    let engine = fake();
    let runtime = runtime(&engine, allowing(true, false));
    let carries = door(&runtime, &CARRIES, Access::Full, true);
    let error = carries.json(remove(ID)).await.unwrap_err().to_string();
    assert!(error.contains("safe tool"), "{error}");
    carries.json(create()).await.unwrap();
    for request in [start(), stop(), remove("web")] {
        let error = carries.json(request).await.unwrap_err().to_string();
        assert!(error.contains("safe tool"), "{error}");
    }
    carries.json(remove(ID)).await.unwrap();
    let requests = engine.requests();
    let changes = requests.iter().filter(|it| !it.starts_with("GET "));
    let removed = format!("DELETE /containers/{ID}");
    assert_eq!(
        changes.collect::<Vec<_>>(),
        ["POST /containers/create", &removed]
    );
}
