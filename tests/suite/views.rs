//! Pages on which results can be looked at: who is told of them, and what they are.

use mcp_docker::catalog::{self, TOOLS, Tier};
use serde_json::{Value, json};

use crate::support::client::{EVERYTHING, RawClient};
use crate::support::exchange::assert_done;
use crate::support::fake_engine::FakeEngine;

const UI: &str = "io.modelcontextprotocol/ui";
const PAGE: &str = "text/html;profile=mcp-app";
const ALLOWED: (&str, &str) = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true");
const VERSIONS: [&str; 2] = ["2025-11-25", "2026-07-28"];

/// A session of a client that declares this, in either era of the protocol.
struct Session {
    client: RawClient,
    version: &'static str,
    declares: Value,
}

impl Session {
    async fn open(version: &'static str, declares: Value, env: &[(&str, &str)]) -> Self {
        let mut client = RawClient::start(env);
        if version < "2026" {
            client.initialize_with(version, declares.clone()).await;
        }
        Self {
            client,
            version,
            declares,
        }
    }

    async fn request(&mut self, method: &str, mut params: Value) -> Value {
        if self.version >= "2026" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.version,
                "io.modelcontextprotocol/clientCapabilities": self.declares,
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            });
        }
        self.client.request(1, method, params).await
    }

    /// What is told of the tools, and who may keep it.
    async fn tools(&mut self) -> (Vec<Value>, Value) {
        let answer = self.request("tools/list", json!({})).await;
        let result = &answer["result"];
        let tools = result["tools"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        (tools.clone(), result["cacheScope"].clone())
    }

    /// The page at an address.
    async fn page(&mut self, uri: &str) -> Value {
        let answer = self.request("resources/read", json!({ "uri": uri })).await;
        let contents = answer["result"]["contents"].as_array();
        let contents = contents.unwrap_or_else(|| panic!("{answer}"));
        assert_eq!(contents.len(), 1, "{answer}");
        contents[0].clone()
    }
}

fn apps() -> Value {
    json!({ "extensions": { UI: { "mimeTypes": [PAGE] } } })
}

/// A client that shows pages and asks by forms, so that it needs no panel.
fn both() -> Value {
    let mut both = apps();
    both["elicitation"] = json!({});
    both
}

/// The address of the page that is told of a tool.
fn page_of(tool: &Value) -> Option<&str> {
    tool["_meta"]["ui"]["resourceUri"].as_str()
}

fn name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap()
}

#[tokio::test]
async fn a_view_is_a_line_of_meta_and_nothing_else() {
    for version in VERSIONS {
        let (plain, scope) = Session::open(version, json!({}), &[EVERYTHING])
            .await
            .tools()
            .await;
        assert_eq!(scope, "public");
        assert!(!json!(plain).to_string().contains("ui://"));
        for declares in [apps(), both()] {
            let mut session = Session::open(version, declares, &[EVERYTHING]).await;
            let (mut with_views, scope) = session.tools().await;
            assert_eq!(scope, "private");
            for tool in &mut with_views {
                let view = catalog::find(name(tool)).unwrap().view;
                let page = page_of(tool).map(str::to_owned);
                assert_eq!(page.is_some(), view.is_some(), "{tool}");
                let (Some(view), Some(page)) = (view, page) else {
                    continue;
                };
                let begins = format!("ui://mcp-docker/{}-", view.name());
                assert!(page.starts_with(&begins), "{page}");
                // Nested, and as it was said at first; both a model and a page may call it.
                assert_eq!(tool["_meta"]["ui"], json!({ "resourceUri": page }));
                assert_eq!(tool["_meta"]["ui/resourceUri"], page);
                let meta = tool["_meta"].as_object_mut().unwrap();
                meta.retain(|key, _| !key.starts_with("ui"));
                if meta.is_empty() {
                    tool.as_object_mut().unwrap().remove("_meta");
                }
            }
            assert_eq!(with_views, plain);
        }
    }
}

/// Where a person agrees by a panel, both are told, each of its own tools.
#[tokio::test]
async fn views_stand_beside_the_panel() {
    let mut session = Session::open("2025-11-25", apps(), &[EVERYTHING, ALLOWED]).await;
    let (tools, _) = session.tools().await;
    assert!(tools.iter().any(|tool| name(tool) == "docker_approve"));
    for tool in TOOLS {
        let told = tools.iter().find(|it| name(it) == tool.name).unwrap();
        let page = page_of(told).unwrap_or_default();
        let panel = page.starts_with("ui://mcp-docker/approve-");
        assert_eq!(panel, tool.plan.is_some(), "{}", tool.name);
        assert_eq!(
            !panel && !page.is_empty(),
            tool.view.is_some(),
            "{}",
            tool.name
        );
    }
}

#[tokio::test]
async fn every_list_of_resources_is_the_same_with_and_without_views() {
    let engine = FakeEngine::start().on(
        "GET /containers/json",
        json!([{ "Id": "1".repeat(64), "Names": ["/web"], "State": "running" }]),
    );
    let address = engine.address();
    let env = [("DOCKER_BASE_URL", address.as_str())];
    for version in VERSIONS {
        for method in ["resources/list", "resources/templates/list", "prompts/list"] {
            let mut lists = Vec::new();
            for declares in [json!({}), apps(), both()] {
                let mut session = Session::open(version, declares, &env).await;
                lists.push(session.request(method, json!({})).await["result"].clone());
            }
            lists.dedup();
            assert_eq!(lists.len(), 1, "{method}: {lists:?}");
            assert!(!lists[0].to_string().contains("ui://"), "{}", lists[0]);
        }
    }
}

#[tokio::test]
async fn a_server_says_that_it_has_pages_to_who_shows_them() {
    for (declares, denied, says) in [
        (apps(), "", true),
        (both(), "", true),
        (json!({ "elicitation": {} }), "", false),
        // Neither has one then.
        (both(), "docker_*", false),
    ] {
        let mut client = RawClient::start(&[("SAFETY_DENIED_TOOLS", denied)]);
        let answer = client.initialize_with("2025-11-25", declares.clone()).await;
        let said = answer["result"]["capabilities"]["extensions"][UI].is_object();
        assert_eq!(said, says, "{declares} {denied}: {answer}");
    }
}

/// A page would have nothing to show.
#[tokio::test]
async fn what_is_not_allowed_or_not_on_has_no_view() {
    let denied = ("SAFETY_DENIED_TOOLS", "docker_container_logs");
    let mut session = Session::open("2026-07-28", both(), &[denied]).await;
    let (tools, _) = session.tools().await;
    let viewed: Vec<&str> = tools
        .iter()
        .filter(|it| page_of(it).is_some())
        .map(name)
        .collect();
    assert_eq!(viewed, ["docker_container_stats", "docker_system_df"]);
    // One that only reads has them all.
    let read_only = ("SAFETY_ALLOW_MODERATE_OPERATIONS", "false");
    let mut session = Session::open("2026-07-28", both(), &[read_only, EVERYTHING]).await;
    let (tools, _) = session.tools().await;
    let viewed = tools.iter().filter(|it| page_of(it).is_some()).count();
    assert_eq!(
        viewed,
        TOOLS.iter().filter(|tool| tool.view.is_some()).count()
    );
}

#[tokio::test]
async fn a_page_is_one_document_that_reaches_nothing() {
    for version in VERSIONS {
        let mut session = Session::open(version, both(), &[EVERYTHING]).await;
        let (tools, _) = session.tools().await;
        let pages: Vec<String> = tools
            .iter()
            .filter_map(page_of)
            .map(str::to_owned)
            .collect();
        assert_eq!(pages.len(), 4, "{pages:?}");
        for uri in pages {
            let page = session.page(&uri).await;
            assert_eq!(page["uri"], uri);
            assert_eq!(page["mimeType"], PAGE);
            assert_eq!(
                page["_meta"]["ui"],
                json!({ "csp": {}, "prefersBorder": true })
            );
            let text = page["text"].as_str().unwrap();
            assert!(text.starts_with("<!doctype html>"), "{uri}");
            let policy = "content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\"";
            assert_eq!(text.matches("Content-Security-Policy").count(), 1, "{uri}");
            assert!(text.contains(policy), "{uri}");
            assert!(text.len() < 30_000, "{uri}: {}", text.len());
            // What would load something, or take a text for a document or a program.
            for part in [
                "<link",
                "src=",
                "url(",
                "@import",
                "fetch(",
                "XMLHttpRequest",
                "WebSocket",
                "EventSource",
                "import(",
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "Function(",
                "localStorage",
                "onclick",
                "javascript:",
            ] {
                assert!(!text.contains(part), "{uri}: {part}");
            }
            let addresses = text.match_indices("http").map(|(at, _)| &text[at..]);
            for address in
                addresses.filter(|it| it.starts_with("http://") || it.starts_with("https://"))
            {
                // A name that nobody asks for.
                assert!(
                    address.starts_with("http://www.w3.org/2000/svg\""),
                    "{uri}: {}",
                    &address[..40]
                );
            }
        }
    }
}

/// What a page calls by itself changes nothing, and is what the tools of its view are called.
#[tokio::test]
async fn a_page_calls_safe_tools_alone_and_knows_its_own() {
    let mut session = Session::open("2025-11-25", both(), &[EVERYTHING]).await;
    let (tools, _) = session.tools().await;
    for tool in &tools {
        let Some(uri) = page_of(tool) else { continue };
        let page = session.page(uri).await;
        let text = page["text"].as_str().unwrap();
        let words = text.split(|c: char| !c.is_ascii_lowercase() && c != '_');
        let named: Vec<&str> = words.filter(|word| word.starts_with("docker_")).collect();
        assert!(named.contains(&name(tool)), "{uri}: {named:?}");
        for named in named {
            let tier = catalog::find(named).map(|tool| tool.tier);
            assert_eq!(tier, Some(Tier::Safe), "{uri}: {named}");
        }
    }
}

/// A client may show an old result again, and has kept the address.
#[tokio::test]
async fn an_older_address_gives_the_page_of_today_and_no_other_gives_any() {
    let mut session = Session::open("2025-11-25", both(), &[]).await;
    let (tools, _) = session.tools().await;
    let now = tools.iter().find_map(page_of).unwrap().to_owned();
    let text = session.page(&now).await["text"].clone();
    let (kind, _) = now.rsplit_once('-').unwrap();
    let old = session.page(&format!("{kind}-0000000000000000")).await;
    assert_eq!(old["text"], text);
    for uri in [
        kind,
        "ui://mcp-docker/nothing-0",
        "ui://other/stats-0",
        "ui://mcp-docker/",
    ] {
        let answer = session
            .request("resources/read", json!({ "uri": uri }))
            .await;
        assert!(answer["error"].is_object(), "{uri}: {answer}");
    }
}

/// What a page asks is a call as every other.
#[tokio::test]
async fn a_call_of_a_page_is_a_line_of_the_audit_log() {
    let engine = FakeEngine::start().on("GET /system/df", json!({ "Images": [] }));
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit");
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", address.as_str()),
        ("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap()),
    ];
    let mut session = Session::open("2025-11-25", both(), &env).await;
    for _ in 0..2 {
        let params = json!({ "name": "docker_system_df", "arguments": {} });
        assert_done(&session.request("tools/call", params).await);
    }
    let text = std::fs::read_to_string(&log).unwrap();
    let tools = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["tool"].clone());
    assert_eq!(tools.collect::<Vec<_>>(), ["docker_system_df"; 2]);
}
