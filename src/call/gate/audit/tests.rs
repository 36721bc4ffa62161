use std::fs;

use futures_util::future::BoxFuture;
use serde_json::json;

use super::*;
use crate::call::Operation;
use crate::call::gate::{Person, Principal};
use crate::call::progress::Progress;
use crate::call::{Call, Caller, Runtime};
use crate::catalog::{Deadline, Hints, Output, Tier};
use crate::config::Config;

/// A tool with a mistake in it, which no tool of the catalogue may have.
static BROKEN: Tool = Tool {
    name: "docker_broken",
    toolset: "system",
    source: "",
    title: "",
    summary: "",
    description: "",
    tier: Tier::Safe,
    hints: Hints {
        destructive: false,
        idempotent: true,
        open_world: false,
    },
    params: &[],
    input_schema: "{}",
    output_schema: "{}",
    output: Output::Document("details"),
    plan: None,
    deadline: Deadline::Standard,
    examples: &[],
};

struct Broken;

impl Operation for Broken {
    fn params(&self) -> Value {
        json!({})
    }

    fn run<'a>(&'a self, _: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>> {
        panic!("a mistake of the server")
    }
}

fn config(folder: &tempfile::TempDir) -> Config {
    let mut config = Config::default();
    config.server.audit_log = Some(folder.path().join("audit.jsonl"));
    config
}

fn text(folder: &tempfile::TempDir) -> String {
    fs::read_to_string(folder.path().join("audit.jsonl")).unwrap()
}

#[tokio::test]
async fn a_panic_is_recorded_as_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new(config(&folder), |_, _| Ok(Box::new(Broken)));
    let caller = Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress: Progress::none(),
        person: Person::Nobody(""),
    };
    let call = runtime.call(&BROKEN, Map::new(), caller);
    assert!(matches!(call.await, Err(CallError::Panicked { .. })));

    let record: Value = serde_json::from_str(&text(&folder)).unwrap();
    assert_eq!(record["result"], "failed", "{record}");
    let error = record["error"].as_str().unwrap();
    assert!(error.contains("a mistake of the server"), "{error}");
}

/// A disk may fill up within a line; the next one is whole all the same.
#[test]
fn a_line_after_a_torn_one_starts_on_its_own() {
    let mut disk = [0; 4];
    assert!(!append_to(&mut &mut disk[..], b"{\"time\":1}\n").unwrap());
    assert!(append_to(&mut Vec::new(), b"{}\n").unwrap());

    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::new(&config(&folder).server);
    fs::write(folder.path().join("audit.jsonl"), disk).unwrap();
    log.torn.store(true, Ordering::Relaxed);
    for _ in 0..2 {
        drop(log.record(
            &BROKEN,
            &Map::new(),
            &Via::CommandLine,
            &Redactor::new(true),
        ));
    }
    let text = text(&folder);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for line in &lines[1..] {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{text}");
    }
}
