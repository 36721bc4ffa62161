//! Clients that ask by no form, but show panels: the plan is the result, and the panel brings the answer.

use super::*;

const UI: &str = "io.modelcontextprotocol/ui";
const APPROVAL: &str = "io.mcp-docker/approval";
const PAGE: &str = "text/html;profile=mcp-app";

/// What a client declares that shows panels.
pub(super) fn panels() -> Value {
    json!({ "extensions": { UI: { "mimeTypes": [PAGE] } } })
}

/// A session of such a client, in either era of the protocol.
struct Panels {
    client: RawClient,
    version: &'static str,
}

impl Panels {
    async fn open(engine: &Engine, version: &'static str, settings: &[(&str, &str)]) -> Self {
        let mut client = engine.server(settings);
        if version < "2026" {
            client.initialize_with(version, panels()).await;
        }
        Self { client, version }
    }

    async fn request(&mut self, method: &str, mut params: Value) -> Value {
        if self.version >= "2026" {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.version,
                "io.modelcontextprotocol/clientCapabilities": panels(),
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            });
        }
        self.client.request(1, method, params).await
    }

    async fn call(&mut self, params: Value) -> Value {
        self.request("tools/call", params).await
    }

    /// Makes a call and gives the handle of its plan.
    async fn planned(&mut self, params: Value) -> String {
        nonce(&self.call(params).await)
    }

    async fn approve(&mut self, nonce: &str, approve: bool) -> Value {
        let arguments = json!({ "nonce": nonce, "approve": approve });
        self.call(json!({ "name": "docker_approve", "arguments": arguments }))
            .await
    }

    async fn tools(&mut self) -> Value {
        self.request("tools/list", json!({})).await["result"].clone()
    }
}

/// The handle that came with a plan, and with nothing that a model reads.
fn nonce(answer: &Value) -> String {
    let result = &answer["result"];
    assert_ne!(result["isError"], true, "{answer}");
    let plan = &result["structuredContent"]["plan"];
    assert!(plan["text"].is_string(), "{answer}");
    let nonce = result["_meta"][APPROVAL]["nonce"].as_str().unwrap();
    assert!(nonce.len() >= 32, "{nonce}");
    for read in [&result["structuredContent"], &result["content"]] {
        assert!(!read.to_string().contains(nonce), "{answer}");
    }
    nonce.to_owned()
}

const VERSIONS: [&str; 3] = ["2025-06-18", "2025-11-25", "2026-07-28"];

#[tokio::test]
async fn the_panel_s_answer_removes_what_was_shown_once() {
    for version in VERSIONS {
        let engine = Engine::start();
        let mut client = Panels::open(&engine, version, &[]).await;
        let first = client.call(remove("web")).await;
        let nonce = nonce(&first);
        let said = first["result"]["content"][0]["text"].as_str().unwrap();
        let plan = &first["result"]["structuredContent"]["plan"];
        for part in ["Remove container", "web", "shop:1", "exited"] {
            assert!(said.contains(part), "no `{part}`: {said}");
            assert!(plan["text"].as_str().unwrap().contains(part), "{first}");
        }
        assert!(said.starts_with("Nothing was done yet."), "{said}");
        assert_eq!(engine.gone(), [""; 0]);

        let done = client.approve(&nonce, true).await;
        assert_done(&done);
        engine.assert_only_gone("web");
        for again in [true, false] {
            let replayed = client.approve(&nonce, again).await;
            assert!(
                failure(&replayed).contains("answered already"),
                "{replayed}"
            );
        }
        engine.assert_only_gone("web");
    }
}

#[tokio::test]
async fn the_panel_s_no_removes_nothing_for_good() {
    let engine = Engine::start();
    let mut client = Panels::open(&engine, "2025-11-25", &[]).await;
    let nonce = client.planned(remove("web")).await;
    let declined = client.approve(&nonce, false).await;
    assert!(failure(&declined).contains("declined"), "{declined}");
    let late = client.approve(&nonce, true).await;
    assert!(failure(&late).contains("answered already"), "{late}");
    assert_eq!(engine.gone(), [""; 0]);
}

#[tokio::test]
async fn a_repeated_call_says_what_became_of_it_and_the_next_asks_anew() {
    let engine = Engine::start();
    let mut client = Panels::open(&engine, "2026-07-28", &[]).await;
    let declined = client.planned(remove("web")).await;
    client.approve(&declined, false).await;
    let told = client.call(remove("web")).await;
    assert!(failure(&told).contains("the person declined"), "{told}");

    let agreed = client.planned(remove("web")).await;
    assert_done(&client.approve(&agreed, true).await);
    let told = client.call(remove("web")).await;
    assert_done(&told);
    let text = told["result"]["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("the person agreed to it, and it was done"),
        "{text}"
    );
    assert!(text.contains("Nothing was done now"), "{text}");
    assert!(told["result"]["_meta"].get(APPROVAL).is_none(), "{told}");
    engine.assert_only_gone("web");

    // Another call was answered by none of these.
    client.planned(remove("db")).await;
    client.planned(remove("web")).await;
}

#[tokio::test]
async fn a_model_that_calls_the_panel_s_tool_itself_comes_to_nothing() {
    let engine = Engine::start();
    let mut client = Panels::open(&engine, "2026-07-28", &[]).await;
    let nonce = client.planned(remove("web")).await;
    for (arguments, part) in [
        (json!({}), "only the panel"),
        (json!({ "approve": true }), "only the panel"),
        (json!({ "nonce": null, "approve": true }), "only the panel"),
        (json!({ "nonce": nonce }), "only the panel"),
        (
            json!({ "nonce": nonce, "approve": "true" }),
            "only the panel",
        ),
        (
            json!({ "nonce": nonce, "approve": true, "tool": "x" }),
            "only the panel",
        ),
        (
            json!({ "nonce": "", "approve": true }),
            "no plan of this client",
        ),
        (
            json!({ "nonce": nonce.to_uppercase(), "approve": true }),
            "no plan of this client",
        ),
        (
            json!({ "nonce": nonce[1..], "approve": true }),
            "no plan of this client",
        ),
    ] {
        let params = json!({ "name": "docker_approve", "arguments": arguments });
        let refused = client.call(params).await;
        assert!(failure(&refused).contains(part), "{arguments}: {refused}");
    }
    // Nor does what answers for a person elsewhere.
    let mut confirmed = remove("web");
    confirmed["requestState"] = json!(nonce);
    confirmed["inputResponses"] = json!({ "confirmation": { "action": "accept", "content": {} } });
    client.planned(confirmed).await;
    assert_eq!(engine.gone(), [""; 0]);
    assert_done(&client.approve(&nonce, true).await);
    engine.assert_only_gone("web");
}

#[tokio::test]
async fn what_changed_meanwhile_is_asked_again_by_another_handle() {
    for version in VERSIONS {
        let engine = Engine::start();
        let mut client = Panels::open(&engine, version, &[]).await;
        let first = client.planned(remove("web")).await;
        engine.change();
        let changed = client.approve(&first, true).await;
        let second = nonce(&changed);
        assert_ne!(first, second);
        let result = &changed["result"];
        assert_eq!(result["_meta"][APPROVAL]["changed"], true, "{changed}");
        let plan = result["structuredContent"]["plan"]["text"].as_str();
        assert!(plan.unwrap().starts_with("Remove container"), "{changed}");
        let stale = client.approve(&first, true).await;
        assert!(failure(&stale).contains("asked anew"), "{stale}");
        assert_eq!(engine.gone(), [""; 0]);
        assert_done(&client.approve(&second, true).await);
        engine.assert_only_gone("web");
    }
}

/// The handle is used up by an answer that came to nothing, and what was asked waits for no other.
#[tokio::test]
async fn an_approval_that_failed_holds_for_nothing_any_more() {
    let engine = Engine::start();
    let mut client = Panels::open(&engine, "2026-07-28", &[]).await;
    let mut last = String::new();
    for name in ["a-absent", "b-absent", "c-absent"] {
        last = client.planned(remove(name)).await;
        engine.absent.store(true, Ordering::SeqCst);
        let failed = client.approve(&last, true).await;
        assert!(failure(&failed).contains("no such container"), "{failed}");
        engine.absent.store(false, Ordering::SeqCst);
    }
    let mut again = remove("c-absent");
    again["requestState"] = json!(last);
    again["inputResponses"] = json!({ "confirmation": { "action": "accept" } });
    again["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
    });
    let again = client.client.request(1, "tools/call", again).await;
    assert!(failure(&again).contains("used already"), "{again}");
    assert_eq!(engine.gone(), [""; 0]);
    // As many questions may wait as failed.
    client.planned(remove("web")).await;
}

#[tokio::test]
async fn two_panels_at_once_each_have_their_answer() {
    let engine = Engine::start();
    let mut client = Panels::open(&engine, "2026-07-28", &[]).await;
    let web = client.planned(remove("web")).await;
    let db = client.planned(remove("db")).await;
    failure(&client.approve(&web, false).await);
    assert_done(&client.approve(&db, true).await);
    engine.assert_only_gone("db");
}

#[tokio::test]
async fn one_line_of_the_audit_log_says_what_the_person_agreed_to() {
    let engine = Engine::start();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit");
    let settings = [("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap())];
    let mut client = Panels::open(&engine, "2025-11-25", &settings).await;
    let nonce = client.planned(remove("web")).await;
    client.approve(&nonce, true).await;
    client.approve(&nonce, true).await;
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains(&nonce), "{text}");
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["tool"], "docker_remove_container", "{line}");
        assert_eq!(
            line["arguments"],
            json!({ "container_id": "web" }),
            "{line}"
        );
        let word = |key: &str| line[key].as_str().unwrap().to_owned();
        (word("decision"), word("result"))
    });
    let expected = [
        ("asked", "failed"),
        ("confirmed", "ok"),
        ("refused", "failed"),
    ];
    let expected = expected.map(|(decision, result)| (decision.to_owned(), result.to_owned()));
    assert_eq!(lines.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_list_names_the_page_that_is_there_to_be_read() {
    for version in ["2025-11-25", "2026-07-28"] {
        let engine = Engine::start();
        let mut client = Panels::open(&engine, version, &[]).await;
        let list = client.tools().await;
        assert_eq!(list["cacheScope"], "private", "{list}");
        let tools = list["tools"].as_array().unwrap();
        let find = |name: &str| tools.iter().find(|tool| tool["name"] == name).unwrap();
        let ui = &find("docker_remove_container")["_meta"]["ui"];
        assert_eq!(ui["visibility"], json!(["model"]), "{ui}");
        let uri = ui["resourceUri"].as_str().unwrap();
        assert!(uri.starts_with("ui://mcp-docker/approve-"), "{uri}");
        let approve = &find("docker_approve")["_meta"]["ui"];
        assert_eq!(approve["visibility"], json!(["app"]), "{approve}");
        for tool in tools {
            let names = tool["_meta"]["ui"]["visibility"] == json!(["model"]);
            let destroys = tool["annotations"]["destructiveHint"] == true;
            assert!(!names || destroys, "{tool}");
        }

        let read = client
            .request("resources/read", json!({ "uri": uri }))
            .await;
        let [page] = &read["result"]["contents"].as_array().unwrap()[..] else {
            panic!("{read}");
        };
        assert_eq!(page["mimeType"], PAGE);
        assert_eq!(page["uri"], uri);
        assert_eq!(page["_meta"]["ui"]["csp"], json!({}), "{page}");
        let text = page["text"].as_str().unwrap();
        assert!(text.starts_with("<!doctype html>"), "{text}");
        assert!(text.contains("default-src 'none'"), "{text}");
    }
}

#[tokio::test]
async fn who_shows_no_panel_sees_nothing_of_it() {
    let engine = Engine::start();
    let other = json!({ "extensions": { UI: { "mimeTypes": ["text/html"] } } });
    let mut lists = Vec::new();
    for capabilities in [json!({}), json!({ "elicitation": {} }), other] {
        let mut client = engine.server(&[]);
        let answer = client
            .initialize_with("2025-11-25", capabilities.clone())
            .await;
        let declared = answer["result"]["capabilities"].get("extensions");
        assert_eq!(declared, None, "{capabilities}");
        let list = client.request(1, "tools/list", json!({})).await;
        assert!(!list.to_string().contains("docker_approve"), "{list}");
        assert!(!list.to_string().contains("ui://"), "{list}");
        lists.push(list.to_string());
        let params =
            json!({ "name": "docker_approve", "arguments": { "nonce": "x", "approve": true } });
        let unknown = client.request(2, "tools/call", params).await;
        let text = unknown["error"]["message"].as_str().unwrap();
        assert!(text.contains("unknown tool `docker_approve`"), "{unknown}");
    }
    lists.dedup();
    assert_eq!(lists.len(), 1);

    let mut client = engine.server(&[]);
    let answer = client.initialize_with("2025-11-25", panels()).await;
    assert_eq!(
        answer["result"]["capabilities"]["extensions"][UI],
        json!({}),
        "{answer}"
    );
}
