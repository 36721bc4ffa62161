//! The one path that every call takes, with a tool of the test's own: what it replies is redacted
//! before anything is picked from it, what it says and what is made of its reply once more.

use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mcp_docker::call::Operation;
use mcp_docker::call::gate::{Person, Principal, Via};
use mcp_docker::call::progress::{Progress, Report};
use mcp_docker::call::{Call, CallError, Caller, Runtime};
use mcp_docker::catalog::{Deadline, Field, Hints, Kind, Output, Path, Root, Source, Tier, Tool};
use mcp_docker::config::Config;
use serde_json::{Map, Value, json};

const PASSWORD: Path = path(&["password"]);
// What stands beside each other in them is a secret only when it is joined.
const LEFT: Path = path(&["left"]);
const RIGHT: Path = path(&["right"]);

const fn path(segments: &'static [&'static str]) -> Path {
    Path {
        root: Root::Reply,
        segments,
    }
}

const fn field(key: &'static str, source: Source) -> Field {
    Field {
        key,
        source,
        kind: Kind::String,
        nullable: false,
        shape: None,
        when: None,
    }
}

static TOOL: Tool = Tool {
    name: "test_secrets",
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
    output: Output::Fields(&[
        field("picked", Source::Path(PASSWORD)),
        field("joined", Source::Join(&[LEFT, RIGHT], "=")),
    ]),
    plan: None,
    deadline: Deadline::Standard,
    examples: &[],
};

struct Secrets;

impl Operation for Secrets {
    fn params(&self) -> Value {
        json!({})
    }

    fn run<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>> {
        call.progress.report(1.0, None, "with TOKEN=planted-1");
        let reply = json!({ "password": "planted-2", "left": "TOKEN", "right": "planted-3" });
        std::future::ready(Ok(reply)).boxed()
    }
}

#[tokio::test]
async fn a_secret_is_seen_before_and_after_the_selection_and_in_progress() {
    let said: Arc<Mutex<Vec<Report>>> = Arc::default();
    let heard = Arc::clone(&said);
    let progress = Progress::to(move |report| {
        heard.lock().unwrap().push(report);
        std::future::ready(()).boxed()
    });
    let runtime = Runtime::new(Config::default(), |_, _| Ok(Box::new(Secrets)));

    let caller = Caller {
        principal: Principal::operator(),
        via: Via::CommandLine,
        progress,
        person: Person::Nobody(""),
    };
    let result = runtime.call(&TOOL, Map::new(), caller).await.unwrap();

    let picked = result["picked"].as_str().unwrap();
    assert!(picked.starts_with("[REDACTED:"), "{result}");
    let joined = result["joined"].as_str().unwrap();
    assert!(joined.starts_with("TOKEN=[REDACTED:"), "{result}");
    let said = said.lock().unwrap();
    let last = &said.last().expect("a report").message;
    assert!(last.starts_with("with TOKEN=[REDACTED:"), "{last}");
}
