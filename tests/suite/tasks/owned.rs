//! Whose a task is, and how many one client may have.

use super::*;
use crate::support::http::Session;

const TOKEN: &str = "correct-horse";
const READ_ONLY: &str = "battery-staple";
const TOKENS: [(&str, &str); 2] = [
    ("MCP_DOCKER_AUTH_TOKEN", TOKEN),
    ("MCP_DOCKER_READONLY_TOKEN", READ_ONLY),
];

/// All that can be done with a task, for one of that id.
async fn assert_unknown(client: &mut Client, id: &Value) {
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        let params = json!({ "taskId": id, "inputResponses": {} });
        let answer = client.ask(method, params).await;
        assert_eq!(answer["error"]["code"], -32602, "{method}: {answer}");
        let said = format!("unknown task `{}`", id.as_str().unwrap());
        assert_eq!(answer["error"]["message"], said, "{method}");
    }
}

#[tokio::test]
async fn a_task_that_never_was_is_unknown() {
    let scene = Scene::new();
    for mut client in clients(&scene).await {
        assert_unknown(&mut client, &json!("00000000-0000-4000-8000-000000000000")).await;
    }
}

#[tokio::test]
async fn a_task_of_another_token_is_as_unknown_as_one_that_never_was() {
    let scene = Scene::new();
    let server = Server::start("http", &borrowed(&scene.settings(&TOKENS))).await;
    let mut owner = Client::Http(Box::new(server), Some(TOKEN));
    let created = owner.pull("slow:1").await;
    let id = &created["taskId"];
    let Client::Http(server, _) = owner else {
        unreachable!()
    };
    let mut other = Client::Http(server, Some(READ_ONLY));
    assert_unknown(&mut other, id).await;
    let Client::Http(server, _) = other else {
        unreachable!()
    };
    let mut owner = Client::Http(server, Some(TOKEN));
    assert_eq!(owner.task(id).await["result"]["status"], "working");
}

fn request(method: &str, mut params: Value) -> Value {
    params["_meta"] = meta(follows());
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// What is bound to a session ends with it: nobody else could ask for it.
#[tokio::test]
async fn a_task_of_a_session_is_no_other_sessions_and_ends_with_it() {
    for transport in ["websocket", "sse"] {
        let scene = Scene::new();
        let server = Server::start(transport, &borrowed(&scene.settings(&[]))).await;
        let mut owner = Session::open(&server, None, json!({})).await;
        let mut other = Session::open(&server, None, json!({})).await;
        let pull = json!({ "name": PULL, "arguments": { "image": "slow:1" } });
        owner.send(&request("tools/call", pull)).await;
        let created = owner.next().await;
        let id = &created["result"]["taskId"];
        assert!(id.is_string(), "{created}");
        scene.engine.asked("POST /images/create*").await;
        let get = request("tasks/get", json!({ "taskId": id }));
        other.send(&get).await;
        assert_eq!(other.next().await["error"]["code"], -32602);
        owner.send(&get).await;
        assert_eq!(owner.next().await["result"]["status"], "working");
        drop(owner);
        let records = scene.records(1).await;
        assert_eq!(
            records[0]["result"], "cancelled",
            "{transport}: {records:?}"
        );
        scene.engine.all_closed().await;
    }
}

#[tokio::test]
async fn a_client_has_ten_that_run_and_the_next_is_refused_with_its_line() {
    let scene = Scene::new();
    for mut client in clients(&scene).await {
        let mut ids = Vec::new();
        for _ in 0..10 {
            ids.push(client.pull("slow:1").await["taskId"].take());
        }
        let refused = client.pull("slow:1").await;
        assert_eq!(refused["isError"], true, "{refused}");
        assert_eq!(refused["_meta"]["io.mcp-docker/error"]["kind"], "busy");
        let said = refused["content"][0]["text"].as_str().unwrap();
        assert!(said.contains("10 tasks of this client run"), "{said}");
        let record = scene.records(1).await.pop().unwrap();
        assert_eq!(record["decision"], "refused", "{record}");
        assert_eq!(record["arguments"]["image"], "slow:1", "{record}");
        for id in &ids {
            client.ask("tasks/cancel", json!({ "taskId": id })).await;
            client.task_when(id, "cancelled").await;
        }
        let next = client.pull("quick:1").await;
        client.task_when(&next["taskId"], "completed").await;
        drop(client);
        std::fs::remove_file(scene.log()).unwrap();
    }
}
