//! Which way a destructive call is agreed to: of every tool of every toolset, by what the client declares, what the
//! operator chose and the version of the protocol.

use futures_util::future::join_all;
use mcp_docker::catalog::{self, TOOLS, Tier};

use super::panel::panels;
use super::*;
use crate::docs::section;
use crate::plan::{calls, engine};
use crate::support::client::EVERYTHING;

const PLAN: (&str, &str) = ("SAFETY_CONFIRMATION_FALLBACK", "plan");
const WAIVED: (&str, &str) = ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false");
const FORBIDDEN: (&str, &str) = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "false");
const READ_ONLY: (&str, &str) = ("SAFETY_ALLOW_MODERATE_OPERATIONS", "false");

/// The way that a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The client asks the person by a form.
    Form,
    /// The client shows the person a panel.
    Panel,
    /// The model calls twice.
    Twice,
    /// It was not made, because nobody can be asked.
    Refused,
    /// It was not made, because the operator does not allow it.
    Forbidden,
    /// It was made and nobody asked.
    AtOnce,
}

impl Way {
    /// The words of the table.
    fn told(self) -> &'static str {
        match self {
            Self::Form => "a form asks",
            Self::Panel => "a panel asks",
            Self::Twice => "the model calls twice",
            Self::Refused => "refused: nobody can be asked",
            Self::Forbidden => "refused: not allowed",
            Self::AtOnce => "done at once",
        }
    }

    /// How many such calls may be made one after the other: few of those that wait for an answer.
    fn at_once(self) -> usize {
        match self {
            Self::Form | Self::Panel | Self::Twice => 3,
            Self::Refused | Self::Forbidden | Self::AtOnce => usize::MAX,
        }
    }
}

/// What the operator set, beside that destructive calls are allowed, and how the table says it.
const SETTINGS: [(&str, &[(&str, &str)]); 6] = [
    ("nothing else", &[]),
    ("`SAFETY_CONFIRMATION_FALLBACK=plan`", &[PLAN]),
    (
        "`SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE=false`",
        &[WAIVED],
    ),
    ("both", &[PLAN, WAIVED]),
    (
        "`SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=false`, and both",
        &[FORBIDDEN, PLAN, WAIVED],
    ),
    (
        "`SAFETY_ALLOW_MODERATE_OPERATIONS=false`, and both",
        &[READ_ONLY, PLAN, WAIVED],
    ),
];

const VERSIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];

/// What a client declares, in words and as it does, and what becomes of its calls in each of the settings.
fn rows() -> [(&'static str, Value, [Way; 6]); 7] {
    use Way::{AtOnce, Forbidden, Form, Panel, Refused, Twice};
    let asked = |way| [way, way, AtOnce, AtOnce, Forbidden, Forbidden];
    let nobody = [Refused, Twice, AtOnce, AtOnce, Forbidden, Forbidden];
    let with = |elicitation: Value| {
        let mut both = panels();
        both["elicitation"] = elicitation;
        both
    };
    [
        ("elicitation", json!({ "elicitation": {} }), asked(Form)),
        (
            "elicitation by a form and by an address",
            json!({ "elicitation": { "form": {}, "url": {} } }),
            asked(Form),
        ),
        ("elicitation, MCP Apps", with(json!({})), asked(Form)),
        ("MCP Apps", panels(), asked(Panel)),
        (
            "elicitation by an address alone, MCP Apps",
            with(json!({ "url": {} })),
            asked(Panel),
        ),
        (
            "elicitation by an address alone",
            json!({ "elicitation": { "url": {} } }),
            nobody,
        ),
        ("neither", json!({}), nobody),
    ]
}

/// The way by which this came of a call.
#[track_caller]
fn way(answer: &Value) -> Way {
    let result = &answer["result"];
    let asks = answer["method"] == "elicitation/create";
    if asks || result["resultType"] == "input_required" {
        return Way::Form;
    }
    if result["_meta"]["io.mcp-docker/approval"]["nonce"].is_string() {
        let keys: Vec<_> = result["structuredContent"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(keys, ["plan"], "{answer}");
        return Way::Panel;
    }
    if result["isError"] != true {
        return Way::AtOnce;
    }
    let text = failure(answer);
    assert!(text.contains("nothing was done"), "{answer}");
    if text.contains("which this server does not allow") {
        return Way::Forbidden;
    }
    match text.contains("`confirmation`: \"") {
        true => Way::Twice,
        false => Way::Refused,
    }
}

/// A call of each destructive tool that loses something.
fn losing() -> Vec<(&'static str, Value)> {
    let mut losing = calls();
    losing.retain(|(name, _)| catalog::find(name).unwrap().tier == Tier::Destructive);
    losing.dedup_by_key(|(name, _)| *name);
    let all = TOOLS.iter().filter(|tool| tool.tier == Tier::Destructive);
    assert_eq!(losing.len(), all.count());
    losing
}

/// Makes a few calls by a client of that version with those capabilities, and gives what comes of each first.
async fn first(
    version: &str,
    capabilities: &Value,
    settings: &[(&str, &str)],
    calls: &[(&'static str, Value)],
) -> Vec<Way> {
    let engine = engine("1.41")
        .on("DELETE /*", Reply::empty(204))
        .on("POST /*", json!({}));
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str()), ALLOWED, EVERYTHING];
    env.extend(settings);
    let mut client = RawClient::start(&env);
    if version < "2026" {
        client.initialize_with(version, capabilities.clone()).await;
    }
    let changes = || {
        let requests = engine.requests();
        requests.iter().filter(|it| !it.starts_with("GET ")).count()
    };
    let mut ways = Vec::new();
    for (at, (tool, arguments)) in calls.iter().enumerate() {
        let before = changes();
        let mut params = json!({ "name": tool, "arguments": arguments });
        if version >= "2026" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": capabilities,
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            });
        }
        client
            .send(json!({ "jsonrpc": "2.0", "id": at, "method": "tools/call", "params": params }))
            .await;
        let answer = async {
            loop {
                let message = client.receive().await;
                if message.get("method").is_some() || message["id"] == at {
                    return message;
                }
            }
        };
        // Some wait for what they removed to be gone.
        let change = async {
            while changes() == before {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Way::AtOnce
        };
        ways.push(tokio::select! {
            biased;
            way = change => way,
            // What the Engine said to a change is none of this test's.
            message = answer => if changes() > before { Way::AtOnce } else { way(&message) },
        });
    }
    ways
}

/// Every cell of the table, for every destructive tool of the catalogue, in a version of the protocol.
async fn holds(version: &str) {
    let losing = losing();
    for (declares, capabilities, ways) in rows() {
        let made = SETTINGS.iter().zip(ways).map(|((_, settings), way)| {
            let (capabilities, losing) = (&capabilities, &losing);
            async move {
                for calls in losing.chunks(way.at_once()) {
                    let ways = first(version, capabilities, settings, calls).await;
                    let tools: Vec<&str> = calls.iter().map(|(tool, _)| *tool).collect();
                    let what = format!("{version}, {declares}, {settings:?}, {tools:?}");
                    assert_eq!(ways, vec![way; calls.len()], "{what}");
                }
            }
        });
        join_all(made).await;
    }
}

#[tokio::test]
async fn the_table_of_ways_holds_for_every_tool_in_2025_06_18() {
    holds(VERSIONS[0]).await;
}

#[tokio::test]
async fn the_table_of_ways_holds_for_every_tool_in_2025_11_25() {
    holds(VERSIONS[1]).await;
}

#[tokio::test]
async fn the_table_of_ways_holds_for_every_tool_in_2026_07_28() {
    holds(VERSIONS[2]).await;
}

#[test]
fn the_chapter_on_approval_has_the_table() {
    let rows = rows();
    let titles = rows.iter().map(|(declares, ..)| *declares);
    let titles: Vec<&str> = ["the operator set"].into_iter().chain(titles).collect();
    let mut table = format!(
        "| {} |\n|{}\n",
        titles.join(" | "),
        "---|".repeat(titles.len())
    );
    for (at, (set, _)) in SETTINGS.iter().enumerate() {
        let cells: Vec<&str> = rows.iter().map(|(.., ways)| ways[at].told()).collect();
        table.push_str(&format!("| {set} | {} |\n", cells.join(" | ")));
    }
    let tools = losing().into_iter().map(|(tool, _)| format!("`{tool}`"));
    let tools = tools.collect::<Vec<_>>().join(", ");
    table.push_str(&format!(
        "\nSo it is in the versions {} of the protocol, of each of these tools: {tools}.\n",
        VERSIONS.join(", ")
    ));
    section("docs/approval.md", "ways", &table);
}
