//! Protects what the operator allows: no call of a refused tool reaches the Engine, and what clients
//! are told of a tool agrees with what becomes of it.

mod door;
mod filters;
mod successor;

use std::fs;

use mcp_docker::catalog::{self, TOOLS, Tier};
use rmcp::model::CallToolResult;
use serde_json::Value;

use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::FakeEngine;

const MODERATE: &str = "SAFETY_ALLOW_MODERATE_OPERATIONS";
const DESTRUCTIVE: &str = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
const CONFIRMATION: &str = "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE";

/// A server's settings, and which variables its refusals of the tools that change something and of
/// those that lose something name; none where they are allowed.
type Row = (
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
    &'static [&'static str],
);

const ROWS: &[Row] = &[
    (&[], &[], &[DESTRUCTIVE]),
    (
        &[(MODERATE, "false")],
        &[MODERATE],
        &[MODERATE, DESTRUCTIVE],
    ),
    (&[(DESTRUCTIVE, "true"), (CONFIRMATION, "false")], &[], &[]),
    // Read-only means it.
    (
        &[
            (MODERATE, "false"),
            (DESTRUCTIVE, "true"),
            (CONFIRMATION, "false"),
        ],
        &[MODERATE],
        &[MODERATE],
    ),
    // Nothing but the tier decides: to waive the question allows nothing.
    (&[(CONFIRMATION, "false")], &[], &[DESTRUCTIVE]),
];

/// Which variables a refusal of a tool of this tier names; `tests/golden/tiers.txt` holds which tool
/// is of which.
fn missing(tier: Tier, (_, changing, losing): &Row) -> &'static [&'static str] {
    match tier {
        Tier::Safe => &[],
        Tier::Moderate => changing,
        Tier::Destructive => losing,
    }
}

/// A session with a server that has these settings, and its Engine, which has nothing.
async fn session(settings: &[(&str, &str)]) -> (Client, FakeEngine) {
    let engine = FakeEngine::start();
    let address = engine.address();
    let own = [
        EVERYTHING,
        ("DOCKER_BASE_URL", &*address),
        // One that examples name.
        ("MCP_DOCKER_SECRET_DB", "an-example-of-a-secret"),
    ];
    let settings = [&own[..], settings].concat();
    (Client::start(&settings).await, engine)
}

/// The arguments of a tool's first example, with a build context that exists.
fn arguments(args: &str, context: &str) -> Value {
    serde_json::from_str(&args.replace("/srv/web", context)).unwrap()
}

/// Why a call was refused; fails where it was not.
fn refusal(tool: &str, result: &CallToolResult) -> String {
    assert_eq!(result.is_error, Some(true), "{tool}: {result:?}");
    format!("{:?}", result.content)
}

#[tokio::test]
async fn a_refused_tool_sends_nothing_and_names_the_variable_that_would_allow_it() {
    let context = crate::wire::context();
    for row in ROWS {
        let settings = row.0;
        let (client, engine) = session(settings).await;
        for tool in TOOLS {
            let missing = missing(tool.tier, row);
            let before = engine.seen().len();
            let given = arguments(tool.examples[0].args, context.path().to_str().unwrap());
            let result = client.call(tool.name, given).await;

            let sent = engine.seen().len() - before;
            if missing.is_empty() {
                // Files are looked at before the Engine is asked anything.
                let is_of_files = tool.params.iter().any(|it| it.name == "project_directory");
                assert!(
                    sent > 0 || is_of_files,
                    "{} with {settings:?} was not tried: {result:?}",
                    tool.name
                );
                continue;
            }
            let text = refusal(tool.name, &result);
            assert_eq!(
                sent,
                0,
                "{} with {settings:?}: {:?}",
                tool.name,
                engine.requests()
            );
            assert!(text.contains("nothing was done"), "{text}");
            for variable in [MODERATE, DESTRUCTIVE] {
                assert_eq!(
                    text.contains(&format!("{variable}=true")),
                    missing.contains(&variable),
                    "{} with {settings:?}: {text}",
                    tool.name
                );
            }
        }
        client.stop().await;
    }
}

#[tokio::test]
async fn hints_agree_with_the_tier_and_a_refused_tool_says_that_it_is() {
    for row in ROWS {
        let settings = row.0;
        let (client, _engine) = session(settings).await;
        let tools = client.list_tools().await;
        assert_eq!(tools.len(), TOOLS.len());
        for tool in tools {
            let known = catalog::find(&tool.name).unwrap();
            let hints = tool.annotations.unwrap();
            let safe = known.tier == Tier::Safe;
            assert_eq!(hints.read_only_hint, Some(safe), "{}", tool.name);
            // A command in a container is of a lower tier, and can lose anything in it.
            let destructive = known.hints.destructive;
            assert_eq!(hints.destructive_hint, Some(destructive), "{}", tool.name);

            let refused = !missing(known.tier, row).is_empty();
            let said = tool.description.unwrap().ends_with("Not allowed here.");
            assert_eq!(said, refused, "{} with {settings:?}", tool.name);
        }
        client.stop().await;
    }
}

/// Hidden is not allowed: who knows the name gets the same refusal.
#[tokio::test]
async fn a_refused_tool_can_be_left_out_of_the_list_and_is_refused_all_the_same() {
    for row in ROWS {
        let settings = [row.0, &[("SAFETY_HIDE_REFUSED", "true")]].concat();
        let (client, engine) = session(&settings).await;
        let listed = client.list_tools().await;
        for tool in TOOLS {
            let allowed = missing(tool.tier, row).is_empty();
            let is_listed = listed.iter().any(|it| it.name == tool.name);
            assert_eq!(is_listed, allowed, "{} with {settings:?}", tool.name);
            if !allowed {
                let given = arguments(tool.examples[0].args, "/srv/web");
                let text = refusal(tool.name, &client.call(tool.name, given).await);
                assert!(text.contains("=true"), "{text}");
            }
        }
        assert!(engine.seen().is_empty(), "{:?}", engine.requests());
        client.stop().await;
    }
}

/// Whoever wrote a `.env` into a repository is not the operator.
#[tokio::test]
async fn an_env_file_in_the_working_directory_allows_nothing() {
    let engine = FakeEngine::start();
    let everything =
        format!("{DESTRUCTIVE}=true\n{CONFIRMATION}=false\nSAFETY_CONFIRMATION_FALLBACK=plan\n");
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".env"), everything).unwrap();
    let call = |flags: &[&str]| {
        let mut command = crate::support::client::command(home.path());
        command
            .args(flags)
            .args(["call", "remove_container", "container_id=web"]);
        command.env("DOCKER_BASE_URL", engine.address());
        async move { String::from_utf8(command.output().await.unwrap().stderr).unwrap() }
    };
    let said = call(&[]).await;
    assert!(
        said.contains("error: `docker_remove_container` is destructive"),
        "{said}"
    );
    assert!(said.contains(&format!("{DESTRUCTIVE}=true")), "{said}");
    assert!(engine.seen().is_empty(), "{:?}", engine.requests());

    call(&["--env-file", ".env"]).await;
    assert!(!engine.seen().is_empty(), "the operator may name the file");
}
