//! Protects the MCP surface over stdio: every protocol version, and every way a client can be
//! wrong, early or gone.

use rmcp::model::ProtocolVersion;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};

use crate::support::client::{Client, RawClient};

/// An address where no Engine is.
const ABSENT: &str = "unix:///nonexistent/docker.sock";
const NO_ENGINE: &[(&str, &str)] = &[("DOCKER_BASE_URL", ABSENT)];

const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const MODERN: &str = "2026-07-28";

/// The metadata that every request carries from 2026-07-28 on, beside what `params` holds.
fn modern(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    params
}

fn code(answer: &Value) -> i64 {
    answer["error"]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("not an error: {answer}"))
}

#[tokio::test]
async fn every_version_with_a_handshake_is_spoken() {
    for version in LEGACY {
        let mut client = RawClient::start(NO_ENGINE);
        let answer = client.initialize(version).await;
        let result = &answer["result"];
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "mcp-docker");
        assert!(result["capabilities"]["tools"].is_object(), "{result}");
        assert!(result["instructions"].is_string(), "{result}");

        let list = client.request(1, "tools/list", json!({})).await;
        assert!(
            !list["result"]["tools"].as_array().unwrap().is_empty(),
            "{list}"
        );
        assert!(
            list["result"].get("resultType").is_none(),
            "unknown to {version}: {list}"
        );
        assert!(
            list["result"].get("_meta").is_none(),
            "unknown to {version}: {list}"
        );
        assert_eq!(
            client.request(2, "ping", json!({})).await["result"],
            json!({})
        );
    }
}

#[tokio::test]
async fn an_unknown_version_is_answered_with_the_newest_that_has_a_handshake() {
    for version in ["1999-01-01", MODERN] {
        let answer = RawClient::start(NO_ENGINE).initialize(version).await;
        assert_eq!(
            answer["result"]["protocolVersion"], "2025-11-25",
            "asked for {version}"
        );
    }
}

#[tokio::test]
async fn the_version_without_a_handshake_is_spoken() {
    let mut client = RawClient::start(NO_ENGINE);
    let discovered = client
        .request(1, "server/discover", modern(json!({})))
        .await;
    let discovered = &discovered["result"];
    for version in LEGACY.into_iter().chain([MODERN]) {
        let versions = discovered["supportedVersions"].as_array().unwrap();
        assert!(
            versions.contains(&json!(version)),
            "{version} is missing: {versions:?}"
        );
    }

    let list = client.request(2, "tools/list", modern(json!({}))).await;
    for result in [discovered, &list["result"]] {
        assert_eq!(result["resultType"], "complete");
        assert!(result["ttlMs"].as_u64() > Some(0), "{result}");
        assert_eq!(result["cacheScope"], "public");
    }
    let call = json!({"name": "docker_healthcheck"});
    let call = client.request(3, "tools/call", modern(call)).await;
    for result in [discovered, &list["result"], &call["result"]] {
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        assert_eq!(server["name"], "mcp-docker", "{result}");
    }

    for removed in ["ping", "logging/setLevel"] {
        let answer = client
            .request(4, removed, modern(json!({"level": "info"})))
            .await;
        assert_eq!(code(&answer), -32601, "{removed}");
    }
    assert_eq!(
        code(&client.request(5, "tools/list", json!({})).await),
        -32602,
        "no metadata"
    );
    let mut params = modern(json!({}));
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2999-01-01");
    assert_eq!(
        code(&client.request(6, "tools/list", params).await),
        -32022,
        "unknown version"
    );
}

#[tokio::test]
async fn real_clients_of_both_eras_list_and_call() {
    let modern = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::LATEST],
    };
    for lifecycle in [ClientLifecycleMode::Initialize, modern] {
        let client = Client::start_as(lifecycle, NO_ENGINE).await;
        assert!(!client.list_tools().await.is_empty());
        let result = client.call("docker_healthcheck", json!({})).await;
        assert_eq!(result.structured_content.unwrap()["healthy"], false);
        client.stop().await;
    }
}

#[tokio::test]
async fn the_list_says_everything_of_each_tool_and_is_the_same_each_time() {
    let mut lists = Vec::new();
    for _ in 0..2 {
        let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
        lists.push(client.request(1, "tools/list", json!({})).await);
    }
    assert_eq!(lists[0], lists[1]);
    for tool in lists[0]["result"]["tools"].as_array().unwrap() {
        for key in ["name", "title", "description"] {
            assert!(tool[key].is_string(), "no `{key}`: {tool}");
        }
        for key in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[key]["type"], "object", "`{key}` is none: {tool}");
        }
        let annotations = &tool["annotations"];
        assert_eq!(annotations["title"], tool["title"]);
        for key in [
            "readOnlyHint",
            "destructiveHint",
            "idempotentHint",
            "openWorldHint",
        ] {
            assert!(annotations[key].is_boolean(), "no `{key}`: {tool}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_refused_because_there_is_one_page() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let answer = client
        .request(1, "tools/list", json!({"cursor": "2"}))
        .await;
    assert_eq!(code(&answer), -32602);
}

#[tokio::test]
async fn a_result_is_sent_as_structure_and_as_the_same_text() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let call = json!({"name": "docker_healthcheck", "arguments": {}});
    let answer = client.request(1, "tools/call", call).await;
    let result = &answer["result"];
    assert_eq!(result["isError"], false);
    let content = result["content"].as_array().unwrap();
    assert_eq!(content.len(), 1, "{result}");
    assert_eq!(content[0]["text"], result["structuredContent"].to_string());
}

#[tokio::test]
async fn a_call_without_an_engine_fails_in_words_for_the_model() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let call = json!({"name": "docker_list_containers", "arguments": {}});
    let answer = client.request(1, "tools/call", call).await;
    let result = &answer["result"];
    assert_eq!(result["isError"], true, "{answer}");
    assert!(result.get("structuredContent").is_none(), "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("/nonexistent/docker.sock"),
        "names no address: {text}"
    );
}

#[tokio::test]
async fn an_unknown_tool_is_a_protocol_error_that_names_the_nearest() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let answer = client
        .request(1, "tools/call", json!({"name": "docker_list_container"}))
        .await;
    assert_eq!(code(&answer), -32602);
    let text = answer["error"]["message"].as_str().unwrap();
    assert!(text.contains("`docker_list_container`"), "{text}");
    assert!(text.contains("`docker_list_containers`"), "{text}");
}

#[tokio::test]
async fn an_unknown_method_is_not_found_and_an_unknown_notification_is_passed_over() {
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    for method in [
        "tools/destroy",
        "logging/setLevel",
        "notifications/initialized",
    ] {
        let answer = client.request(1, method, json!({"level": "info"})).await;
        assert_eq!(code(&answer), -32601, "{method}");
    }
    client
        .send(json!({"jsonrpc": "2.0", "method": "notifications/unheard_of"}))
        .await;
    client
        .send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {}}))
        .await;
    assert_eq!(
        client.request(2, "ping", json!({})).await["result"],
        json!({})
    );
}

/// Lines that are no message, by the code and the id of the error they get.
fn malformed() -> Vec<(&'static [u8], i64, Value)> {
    let groups: [(i64, Value, &[&[u8]]); 5] = [
        (
            -32700,
            Value::Null,
            &[
                b"",
                b" \t\r",
                b"hello",
                br#"{"jsonrpc":"2.0","id":7,"method":"pi"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"ping"} {}"#,
                b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\xff\"}",
            ],
        ),
        (
            -32600,
            Value::Null,
            &[
                b"null",
                b"17",
                br#""ping""#,
                b"[]",
                br#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#,
                b"{}",
                br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
                br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
                // A broken reply: its id is the server's, not one the client waits for.
                br#"{"jsonrpc":"2.0","id":7,"result":{},"error":{}}"#,
            ],
        ),
        (
            -32600,
            json!(7),
            &[
                br#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#,
                br#"{"jsonrpc":2.0,"id":7,"method":"ping"}"#,
                br#"{"jsonrpc":"2.0","id":7}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":7}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"ping","params":7}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"ping","params":{"_meta":7}}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}"#,
            ],
        ),
        (-32600, json!("x"), &[br#"{"id":"x","method":"ping"}"#]),
        // Messages, but their params do not fit the method.
        (
            -32602,
            json!(7),
            &[
                br#"{"jsonrpc":"2.0","id":7,"method":"initialize"}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"initialize","params":{}}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"tools/call"}"#,
                br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{}}"#,
            ],
        ),
    ];
    let lines = groups
        .into_iter()
        .flat_map(|(code, id, lines)| lines.iter().map(move |line| (*line, code, id.clone())));
    lines.collect()
}

async fn refuses_malformed_lines(client: &mut RawClient) {
    for (line, expected, id) in malformed() {
        client.send_bytes(&[line, b"\n"].concat()).await;
        let answer = client.receive().await;
        let line = String::from_utf8_lossy(line);
        assert_eq!(code(&answer), expected, "{line:?} got {answer}");
        assert_eq!(answer.get("id"), Some(&id), "{line:?} got {answer}");
        assert_eq!(answer["jsonrpc"], "2.0");
        assert!(
            !answer["error"]["message"].as_str().unwrap().is_empty(),
            "{line:?}"
        );
        assert_eq!(
            client.request(1, "ping", json!({})).await["result"],
            json!({}),
            "{line:?}"
        );
    }
}

#[tokio::test]
async fn a_malformed_line_gets_an_error_and_the_session_goes_on() {
    let mut client = RawClient::start(NO_ENGINE);
    refuses_malformed_lines(&mut client).await;
    client.initialize("2025-11-25").await;
    refuses_malformed_lines(&mut client).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

#[tokio::test]
async fn malformed_lines_in_one_go_are_each_answered_in_order() {
    let mut client = RawClient::start(NO_ENGINE);
    let all: Vec<u8> = malformed()
        .iter()
        .flat_map(|(line, ..)| [line, &b"\n"[..]].concat())
        .collect();
    client.send_bytes(&all).await;
    client.close_stdin();
    let ended = client.ended().await;
    let codes: Vec<i64> = ended.rest.iter().map(code).collect();
    let expected: Vec<i64> = malformed().into_iter().map(|(_, code, _)| code).collect();
    assert_eq!(codes, expected);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

#[tokio::test]
async fn a_line_of_sixteen_mebibytes_is_read_and_a_longer_one_refused() {
    const LIMIT: usize = 16 * 1024 * 1024;
    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    let mut line = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.to_vec();
    let ping = line.clone();
    line.resize(LIMIT, b' ');
    line.push(b'\n');
    client.send_bytes(&line).await;
    assert_eq!(client.receive().await["id"], 1);

    // The next message comes in the same breath, and must not wait for another.
    let long = [vec![b'x'; LIMIT + 1], b"\n".to_vec(), ping, b"\n".to_vec()].concat();
    client.send_bytes(&long).await;
    let refused = client.receive().await;
    assert_eq!((code(&refused), &refused["id"]), (-32600, &Value::Null));
    assert_eq!(client.receive().await["id"], 1);
}

#[tokio::test]
async fn a_client_may_open_with_what_is_no_request() {
    let mut client = RawClient::start(NO_ENGINE);
    for stray in [
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/unheard_of"}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
        json!({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}}),
    ] {
        client.send(stray).await;
    }
    assert_eq!(
        client.request(1, "ping", json!({})).await["result"],
        json!({})
    );
    assert_eq!(
        code(&client.request(2, "tools/list", json!({})).await),
        -32602
    );
    assert!(client.initialize("2025-06-18").await["result"].is_object());
    assert!(client.request(3, "tools/list", json!({})).await["result"].is_object());
}

#[tokio::test]
async fn a_second_initialize_is_answered_and_keeps_to_its_own_answer() {
    let mut client = RawClient::session("2024-11-05", NO_ENGINE).await;
    let again = client.initialize(MODERN).await;
    assert_eq!(again["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(
        client.request(1, "ping", json!({})).await["result"],
        json!({})
    );
}

#[tokio::test]
async fn the_end_of_input_ends_the_server_in_every_state() {
    let discover = json!({
        "jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": modern(json!({})),
    });
    let list = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": modern(json!({})),
    });
    let stray = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    for (state, input, answers) in [
        ("before anything", String::new(), 0),
        ("after a stray notification", format!("{stray}\n"), 0),
        ("after a probe", format!("{discover}\n"), 1),
        ("in a session", format!("{list}\n"), 1),
        ("after a last line without its end", format!("{list}"), 1),
        ("within a line", "{\"jsonrpc\":".to_owned(), 1),
        (
            "within a line of a session",
            format!("{list}\n{{\"jsonrpc\":"),
            2,
        ),
    ] {
        let mut client = RawClient::start(NO_ENGINE);
        client.send_bytes(input.as_bytes()).await;
        client.close_stdin();
        let ended = client.ended().await;
        assert_eq!(ended.code, Some(0), "{state}: {}", ended.log);
        assert_eq!(ended.rest.len(), answers, "{state}: {:?}", ended.rest);
    }

    let mut client = RawClient::session("2025-11-25", NO_ENGINE).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(
        (ended.code, ended.rest),
        (Some(0), vec![]),
        "after initialize: {}",
        ended.log
    );
}

#[tokio::test]
async fn a_client_that_stops_reading_ends_the_server() {
    let open = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    for session in [false, true] {
        let mut client = RawClient::start(NO_ENGINE);
        if session {
            client.initialize("2025-11-25").await;
        }
        client.close_stdout();
        client.send(open.clone()).await;
        let ended = client.ended().await;
        assert_eq!(ended.code, Some(0), "session: {session}: {}", ended.log);
    }
}

/// What needs a socket or a signal of Unix.
#[cfg(unix)]
mod unix {
    use std::time::Duration;

    use serde_json::json;
    use tempfile::TempDir;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::{UnixListener, UnixStream};
    use tokio::time::timeout;

    use super::{NO_ENGINE, RawClient};

    const PATIENCE: Duration = Duration::from_secs(30);

    /// An Engine that takes connections and never says a word.
    struct SilentEngine {
        listener: UnixListener,
        url: String,
        _dir: TempDir,
    }

    impl SilentEngine {
        fn start() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("docker.sock");
            let listener = UnixListener::bind(&path).unwrap();
            Self {
                listener,
                url: format!("unix://{}", path.display()),
                _dir: dir,
            }
        }

        /// The next connection, which shows that a call is under way.
        async fn accept(&self) -> UnixStream {
            timeout(PATIENCE, self.listener.accept())
                .await
                .unwrap()
                .unwrap()
                .0
        }

        /// A session with a call that waits for this Engine, and the call's connection.
        async fn waiting_call(&self) -> (RawClient, UnixStream) {
            let env = [("DOCKER_BASE_URL", self.url.as_str())];
            let mut client = RawClient::session("2025-11-25", &env).await;
            let call = json!({"name": "docker_list_containers", "arguments": {}});
            let request =
                json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call});
            client.send(request).await;
            (client, self.accept().await)
        }
    }

    fn signal(client: &RawClient, name: &str) {
        let pid = client.pid().to_string();
        let kill = std::process::Command::new("kill")
            .args(["-s", name, &pid])
            .status();
        assert!(kill.unwrap().success());
    }

    #[tokio::test]
    async fn a_slow_call_holds_nothing_up() {
        let engine = SilentEngine::start();
        let (mut client, _connection) = engine.waiting_call().await;
        assert_eq!(
            client.request(1, "ping", json!({})).await["result"],
            json!({})
        );
        assert!(client.request(2, "tools/list", json!({})).await["result"].is_object());
    }

    #[tokio::test]
    async fn a_cancelled_call_lets_go_of_the_engine_and_is_not_answered() {
        let engine = SilentEngine::start();
        let (mut client, mut connection) = engine.waiting_call().await;
        let cancelled = json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7},
        });
        client.send(cancelled).await;
        let mut sent = Vec::new();
        timeout(PATIENCE, connection.read_to_end(&mut sent))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(client.request(1, "ping", json!({})).await["id"], 1);
        client.close_stdin();
        let ended = client.ended().await;
        assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
    }

    #[tokio::test]
    async fn a_call_that_runs_at_the_end_of_input_is_still_answered() {
        let engine = SilentEngine::start();
        let (mut client, connection) = engine.waiting_call().await;
        client.close_stdin();
        drop((connection, engine));
        let ended = client.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        assert_eq!(ended.rest.len(), 1, "{:?}", ended.rest);
        assert_eq!(ended.rest[0]["id"], 7);
    }

    #[tokio::test]
    async fn a_call_that_never_ends_does_not_outlive_its_input_for_long() {
        let engine = SilentEngine::start();
        let (mut client, _connection) = engine.waiting_call().await;
        client.close_stdin();
        let ended = client.ended().await;
        assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
    }

    #[tokio::test]
    async fn a_signal_ends_the_server_while_its_input_is_open() {
        for name in ["TERM", "INT"] {
            let mut client = RawClient::start(NO_ENGINE);
            client.request(1, "ping", json!({})).await;
            signal(&client, name);
            let ended = client.ended().await;
            assert_eq!(
                (ended.code, ended.rest),
                (Some(0), vec![]),
                "{name}: {}",
                ended.log
            );

            let engine = SilentEngine::start();
            let (client, _connection) = engine.waiting_call().await;
            signal(&client, name);
            let ended = client.ended().await;
            assert_eq!(ended.code, Some(0), "{name} during a call: {}", ended.log);
        }
    }
}
