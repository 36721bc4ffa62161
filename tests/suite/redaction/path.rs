//! The one path that every call takes, with a tool of the test's own: what it replies is redacted
//! before anything is picked from it, what it says and what is made of its reply once more.

use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use mcp_docker::call::Operation;
use mcp_docker::call::progress::{Progress, Report};
use mcp_docker::call::{Call, CallError, Runtime};
use mcp_docker::catalog::{Field, FieldType, Output, Path, Root, Source, Tier, Tool};
use mcp_docker::config::Config;
use serde_json::{Map, Value, json};

use crate::support::own_tool::{operator, tool};

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
        kind: FieldType::String,
        nullable: false,
        shape: None,
        when: None,
    }
}

static TOOL: Tool = Tool {
    output: Output::Fields(&[
        field("picked", Source::Path(PASSWORD)),
        field("joined", Source::Join(&[LEFT, RIGHT], "=")),
    ]),
    ..tool("test_secrets", Tier::Safe)
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

    let result = runtime
        .call(&TOOL, Map::new(), operator(progress))
        .await
        .unwrap();

    let picked = result["picked"].as_str().unwrap();
    assert!(picked.starts_with("[REDACTED:"), "{result}");
    let joined = result["joined"].as_str().unwrap();
    assert!(joined.starts_with("TOKEN=[REDACTED:"), "{result}");
    let said = said.lock().unwrap();
    let last = &said.last().expect("a report").message;
    assert!(last.starts_with("with TOKEN=[REDACTED:"), "{last}");
}
