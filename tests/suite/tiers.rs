//! Protects what the operator allows: no call of a refused tool reaches the Engine, and what clients
//! are told of a tool agrees with what becomes of it.

mod filters;

use std::fs;

use mcp_docker::catalog::TOOLS;
use rmcp::model::CallToolResult;
use serde_json::Value;

use crate::support::client::Client;
use crate::support::fake_engine::FakeEngine;

const MODERATE: &str = "SAFETY_ALLOW_MODERATE_OPERATIONS";
const DESTRUCTIVE: &str = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
const CONFIRMATION: &str = "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE";

/// How far each tool may go, as users and their clients were promised.
const SAFE: &str = "list_containers inspect_container container_logs container_stats list_images \
    inspect_image image_history list_networks inspect_network list_volumes inspect_volume system_info \
    system_df version events healthcheck";
const CHANGING: &str = "exec_command create_container start_container stop_container \
    restart_container pull_image build_image push_image tag_image create_network connect_container \
    disconnect_container create_volume";
const LOSING: &str = "remove_container remove_image prune_images remove_network remove_volume \
    prune_volumes system_prune";

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

fn is_in(names: &str, tool: &str) -> bool {
    names
        .split_whitespace()
        .any(|name| tool == format!("docker_{name}"))
}

/// A session with a server that has these settings, and its Engine, which has nothing.
async fn session(settings: &[(&str, &str)]) -> (Client, FakeEngine) {
    let engine = FakeEngine::start();
    let address = engine.address();
    let settings = [&[("DOCKER_BASE_URL", &*address)], settings].concat();
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
    let context = tempfile::tempdir().unwrap();
    fs::write(context.path().join("Dockerfile"), "FROM scratch").unwrap();
    for (settings, changing, losing) in ROWS {
        let (client, engine) = session(settings).await;
        for tool in TOOLS {
            let missing = match tool.name {
                name if is_in(SAFE, name) => &[][..],
                name if is_in(CHANGING, name) => *changing,
                name if is_in(LOSING, name) => *losing,
                name => panic!("{name} has no place in the matrix"),
            };
            let before = engine.seen().len();
            let given = arguments(tool.examples[0].args, context.path().to_str().unwrap());
            let result = client.call(tool.name, given).await;

            let sent = engine.seen().len() - before;
            if missing.is_empty() {
                assert!(
                    sent > 0,
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

#[test]
fn every_tool_has_one_place_in_the_matrix() {
    let places = [SAFE, CHANGING, LOSING].map(|names| names.split_whitespace().count());
    assert_eq!(places, [16, 13, 7]);
}

#[tokio::test]
async fn hints_agree_with_the_tier_and_a_refused_tool_says_that_it_is() {
    for (settings, changing, losing) in ROWS {
        let (client, _engine) = session(settings).await;
        let tools = client.list_tools().await;
        assert_eq!(tools.len(), TOOLS.len());
        for tool in tools {
            let hints = tool.annotations.unwrap();
            let (safe, loses) = (is_in(SAFE, &tool.name), is_in(LOSING, &tool.name));
            assert_eq!(hints.read_only_hint, Some(safe), "{}", tool.name);
            // A command in a container can do anything in it.
            let destructive = loses || tool.name == "docker_exec_command";
            assert_eq!(hints.destructive_hint, Some(destructive), "{}", tool.name);

            let refused = match (safe, loses) {
                (true, _) => false,
                (_, true) => !losing.is_empty(),
                (_, false) => !changing.is_empty(),
            };
            let said = tool.description.unwrap().ends_with("Not allowed here.");
            assert_eq!(said, refused, "{} with {settings:?}", tool.name);
        }
        client.stop().await;
    }
}

/// Hidden is not allowed: who knows the name gets the same refusal.
#[tokio::test]
async fn a_refused_tool_can_be_left_out_of_the_list_and_is_refused_all_the_same() {
    for (settings, changing, losing) in ROWS {
        let settings = [*settings, &[("SAFETY_HIDE_REFUSED", "true")]].concat();
        let (client, engine) = session(&settings).await;
        let listed = client.list_tools().await;
        for tool in TOOLS {
            let allowed = is_in(SAFE, tool.name)
                || is_in(CHANGING, tool.name) && changing.is_empty()
                || is_in(LOSING, tool.name) && losing.is_empty();
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
