//! Holds the bytes that leave to those that were judged.

use std::sync::{Arc, Mutex};

use http::HeaderMap;
use mcp_docker::call::gate::{Person, Principal, Via};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{Caller, Runtime};
use mcp_docker::catalog::TOOLS;
use mcp_docker::config::Toolsets;
use mcp_docker::engine::policy::{Observer, Passed};
use mcp_docker::generated::table;

use super::*;
use crate::support::fake_engine::Seen;
use crate::wire;

/// What was judged, in order.
#[derive(Debug, Default)]
struct Verdicts(Mutex<Vec<Passed>>);

impl Observer for Verdicts {
    fn passed(&self, request: Passed) {
        self.0.lock().unwrap().push(request);
    }
}

impl Verdicts {
    /// Takes the verdict that a request was sent by.
    fn take(&self, seen: &Seen) -> Option<Passed> {
        let mut passed = self.0.lock().unwrap();
        let is_it =
            |passed: &Passed| passed.method.as_str() == seen.method && passed.target == seen.target;
        let is_same = |passed: &Passed| passed.body.as_ref().is_none_or(|body| *body == seen.body);
        let place = passed.iter().position(|it| is_it(it) && is_same(it))?;
        Some(passed.remove(place))
    }
}

/// A context and a file of images are all that is sent as a stream.
fn is_a_stream(seen: &Seen) -> bool {
    let streams = ["/build?", "/images/load?"];
    streams.iter().any(|it| seen.target.starts_with(it))
}

/// The headers, but for those that HTTP itself adds, which say nothing of what is asked.
fn headers(all: &HeaderMap) -> Vec<(&str, &[u8])> {
    let of_http = ["host", "content-length", "transfer-encoding"];
    let pairs = all
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()));
    let mut pairs: Vec<_> = pairs.filter(|(name, _)| !of_http.contains(name)).collect();
    pairs.sort_unstable();
    pairs
}

#[tokio::test]
async fn the_bytes_of_every_example_are_those_that_were_judged() {
    let context = wire::context();
    let (mut sent, mut bodies) = (0, 0);
    // This process has no Compose of the test's own.
    for tool in TOOLS.iter().filter(|tool| !wire::runs_a_program(tool)) {
        for example in tool.examples {
            let engine = wire::engine();
            let config = Config {
                docker: engine.config(),
                safety: SafetyConfig {
                    allow_destructive: true,
                    require_confirmation: false,
                    toolsets: Toolsets::all(),
                    ..SafetyConfig::default()
                },
                ..Config::default()
            };
            let verdicts = Arc::new(Verdicts::default());
            let runtime = Runtime::new(config, table::parse).observed_by(verdicts.clone());
            // Another process has the secret that it names.
            if tool.params.iter().any(|param| param.by_name) {
                continue;
            }
            let args = context.path().to_str().unwrap();
            let args = example.args.replace(wire::CONTEXT, args);
            let caller = Caller {
                principal: Principal::operator(),
                via: Via::CommandLine,
                progress: Progress::none(),
                person: Person::Nobody(""),
            };

            let result = runtime
                .call(tool, serde_json::from_str(&args).unwrap(), caller)
                .await;

            let what = format!("{}: {}", tool.source, example.title);
            assert!(result.is_ok(), "{what}: {result:?}");
            for seen in engine.seen() {
                let Some(judged) = verdicts.take(&seen) else {
                    panic!("{what}: {} was not judged so: {verdicts:?}", seen.line());
                };
                assert_eq!(headers(&seen.headers), headers(&judged.headers), "{what}");
                assert_eq!(judged.body.is_none(), is_a_stream(&seen), "{what}");
                sent += 1;
                bodies += usize::from(judged.body.is_some_and(|body| !body.is_empty()));
            }
            assert_eq!(
                *verdicts.0.lock().unwrap(),
                [],
                "{what}: judged and not sent"
            );
        }
    }
    assert!(sent > 100 && bodies > 5, "{sent} requests, {bodies} bodies");
}

/// A network is made under the field that has the Engine look for another of its name.
#[tokio::test]
async fn what_mends_a_request_runs_before_it_is_judged() {
    let fake = engine();
    let verdicts = Arc::new(Verdicts::default());
    let policy = Policy::default().observed_by(verdicts.clone());
    let request = NetworkCreateRequest {
        name: "lab".into(),
        ..Default::default()
    };
    let request = record(|docker| async move { docker.create_network(request).await });
    let engine = fake.door().with_policy(policy);
    engine.json(request.unwrap()).await.unwrap();

    let seen = fake.seen().pop().unwrap();
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body["CheckDuplicate"], true);
    assert_eq!(verdicts.take(&seen).unwrap().body.unwrap(), seen.body);
}
