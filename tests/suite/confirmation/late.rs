//! Answers that do not come, or come too late. The clock is the test's.

use std::time::Duration;

use mcp_docker::call::gate::{Answer, Person, Principal, Reply, Via};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{CallError, Caller, Runtime};
use mcp_docker::catalog::{self, Tool};
use mcp_docker::config::{Config, SafetyConfig};
use mcp_docker::generated::table;

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
