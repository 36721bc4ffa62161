//! Answers that do not come, or come too late. The clock is the test's.

use std::time::Duration;

use mcp_docker::call::gate::{Answer, Person, Principal, Reply, Via};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{CallError, Caller, Runtime};
use mcp_docker::catalog::{self, Tool};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::fleet::Fleet;
use mcp_docker::generated::table;
use mcp_docker::server::Server;
use rmcp::ServiceExt as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};

use super::*;

fn runtime(engine: &Engine) -> Runtime {
    Runtime::new(
        Config {
            docker: engine.fake.config(),
            safety: SafetyConfig {
                allow_destructive: true,
                ..SafetyConfig::default()
            },
            ..Config::default()
        },
        table::parse,
    )
}

async fn call(runtime: &Runtime, person: Person) -> Result<Value, CallError> {
    let tool: &'static Tool = catalog::find("docker_remove_container").unwrap();
    let Value::Object(arguments) = json!({ "container_id": "web" }) else {
        unreachable!()
    };
    let caller = Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress: Progress::none(),
        person,
    };
    runtime.call(tool, arguments, caller).await
}

#[tokio::test]
async fn silence_is_no_consent() {
    let engine = Engine::start();
    let person = Person::Present(Box::new(|_| {
        // From here on time passes as soon as everyone waits.
        tokio::time::pause();
        Box::pin(std::future::pending())
    }));
    let error = call(&runtime(&engine), person).await.unwrap_err();
    assert!(
        error.to_string().contains("none came within 300 s"),
        "{error}"
    );
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn an_answer_to_an_old_question_is_no_consent() {
    let engine = Engine::start();
    let runtime = runtime(&engine);
    for (age, holds) in [(299, true), (301, false)] {
        let before = engine.gone().len();
        let asked = call(&runtime, Person::Away(None)).await;
        let Err(CallError::Unconfirmed(question)) = asked else {
            panic!("not asked: {asked:?}")
        };
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(age)).await;
        tokio::time::resume();
        let reply = Reply {
            state: question.state,
            answer: Answer::Accepted,
        };
        let result = call(&runtime, Person::Away(Some(reply))).await;
        assert_eq!(result.is_ok(), holds, "after {age} s: {result:?}");
        assert_eq!(engine.gone().len(), before + usize::from(holds));
    }
}

/// A client of a server in this process, whose clock is the test's.
struct Near {
    lines: tokio::io::Lines<tokio::io::BufReader<tokio::io::ReadHalf<tokio::io::DuplexStream>>>,
    writer: tokio::io::WriteHalf<tokio::io::DuplexStream>,
}

impl Near {
    async fn open(engine: &Engine) -> Self {
        let config = Config {
            docker: engine.fake.config(),
            safety: SafetyConfig {
                allow_destructive: true,
                ..SafetyConfig::default()
            },
            ..Config::default()
        };
        let server = Server::new(Arc::new(Fleet::new(config, table::parse)));
        let (here, there) = tokio::io::duplex(1 << 20);
        tokio::spawn(async move {
            let running = server.serve(there).await.unwrap();
            running.waiting().await.unwrap();
        });
        let (reader, writer) = tokio::io::split(here);
        let lines = tokio::io::BufReader::new(reader).lines();
        let mut near = Self { lines, writer };
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": super::panel::panels(),
            "clientInfo": { "name": "test", "version": "1" },
        });
        near.request("initialize", params).await;
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        near.send(initialized).await;
        near
    }

    async fn send(&mut self, message: Value) {
        let line = format!("{message}\n");
        self.writer.write_all(line.as_bytes()).await.unwrap();
    }

    async fn request(&mut self, method: &str, params: Value) -> Value {
        self.send(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
            .await;
        let line = self.lines.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

#[tokio::test]
async fn a_panel_s_answer_to_an_old_plan_is_no_consent() {
    let engine = Engine::start();
    let mut client = Near::open(&engine).await;
    for (age, holds) in [(301, false), (299, true)] {
        let plan = client.request("tools/call", remove("web")).await;
        let nonce = &plan["result"]["_meta"]["io.mcp-docker/approval"]["nonce"];
        assert!(nonce.is_string(), "{plan}");
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(age)).await;
        tokio::time::resume();
        let arguments = json!({ "nonce": nonce, "approve": true });
        let params = json!({ "name": "docker_approve", "arguments": arguments });
        let answered = client.request("tools/call", params.clone()).await;
        if holds {
            assert_done(&answered);
            engine.assert_only_gone("web");
        } else {
            assert!(failure(&answered).contains("too old"), "{answered}");
            assert_eq!(engine.gone(), [""; 0]);
            let told = client.request("tools/call", remove("web")).await;
            assert!(failure(&told).contains("too old"), "{told}");
        }
    }
    // What became of it is told for as long as a plan holds.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(301)).await;
    tokio::time::resume();
    let plan = client.request("tools/call", remove("web")).await;
    let nonce = &plan["result"]["_meta"]["io.mcp-docker/approval"]["nonce"];
    assert!(nonce.is_string(), "{plan}");
}
