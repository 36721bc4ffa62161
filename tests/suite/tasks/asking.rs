//! What a person is asked while a call goes on as a task.

use super::*;
use crate::support::client::EVERYTHING;
use crate::support::fake_compose::FakeCompose;
use crate::support::workplace::workplace;

const UP: &str = "docker_compose_up";
const MODEL: &str = r#"{"name":"NAME","services":{"web":{"image":"web:1"}}}"#;

/// A project that has a container of a service which the files lack.
struct Project {
    place: TempDir,
    engine: FakeEngine,
    compose: FakeCompose,
}

impl Project {
    fn new() -> Self {
        let place = workplace();
        let files = "services: { web: { image: 'web:1' } }";
        std::fs::write(place.path().join("compose.yaml"), files).unwrap();
        let own = place.path().canonicalize().unwrap();
        let container = |service: &str, id: &str| {
            json!({
                "Id": id.repeat(64), "Names": [format!("/lab-{service}-1")], "Image": "web:1", "State": "running",
                "Labels": {
                    "com.docker.compose.project": "lab", "com.docker.compose.service": service,
                    "com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False",
                    "com.docker.compose.project.working_dir": own,
                },
            })
        };
        let engine = FakeEngine::start()
            .on(
                "GET /containers/json",
                json!([container("web", "a"), container("old", "b")]),
            )
            .on("DELETE /containers/*", Reply::empty(204))
            .on("POST /containers/*/stop", Reply::empty(204))
            .on(
                "GET /containers/*/json",
                json!({ "Id": "b".repeat(64), "State": { "Status": "running" }, "HostConfig": {} }),
            )
            .on(
                "GET /images/*/json",
                json!({ "Id": "sha256:0", "RepoTags": ["web:1"] }),
            );
        Self {
            place,
            engine,
            compose: FakeCompose::with(MODEL, ""),
        }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DOCKER_BASE_URL", self.engine.address()),
            ("DOCKER_CONFIG", self.compose.settings().to_owned()),
            (EVERYTHING.0, EVERYTHING.1.to_owned()),
            ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true".to_owned()),
        ]
    }

    async fn clients(&self) -> [Client; 2] {
        let settings = self.settings();
        let stdio = RawClient::start(&borrowed(&settings));
        let http = Server::start("http", &borrowed(&settings)).await;
        [
            Client::Stdio(Box::new(stdio)),
            Client::Http(Box::new(http), None),
        ]
    }

    async fn up(&self, client: &mut Client) -> Value {
        let arguments = json!({
            "project_directory": self.place.path(), "project_name": "lab", "remove_orphans": true,
        });
        let params = json!({ "name": UP, "arguments": arguments });
        client.ask("tools/call", params).await["result"].take()
    }

    fn gone(&self) -> usize {
        let requests = self.engine.requests().into_iter();
        requests.filter(|it| it.starts_with("DELETE")).count()
    }
}

async fn say(client: &mut Client, id: &Value, name: &str, answer: Value) {
    let params = json!({ "taskId": id, "inputResponses": { (name): answer } });
    let acknowledged = client.ask("tasks/update", params).await;
    assert_eq!(
        acknowledged["result"]["resultType"], "complete",
        "{acknowledged}"
    );
}

#[tokio::test]
async fn a_person_is_asked_by_the_task_and_only_their_accept_lets_it_happen() {
    for (answer, kind) in [
        (json!({ "action": "accept", "content": {} }), None),
        (json!({ "action": "decline" }), Some("declined")),
        (json!({ "action": "cancel" }), Some("declined")),
        (json!("yes"), Some("declined")),
    ] {
        let project = Project::new();
        for mut client in project.clients().await {
            let before = project.gone();
            let created = project.up(&mut client).await;
            let id = &created["taskId"];
            // The time for an answer and what the call itself may wait, too.
            assert_eq!(
                created["ttlMs"],
                (60 + 600 + 300 + 300 + 600) * 1000,
                "{created}"
            );
            let asked = client.task_when(id, "input_required").await;
            let question = &asked["inputRequests"]["confirmation"];
            assert_eq!(question["method"], "elicitation/create", "{asked}");
            let text = question["params"]["message"].as_str().unwrap();
            assert!(text.contains("lab-old-1"), "{text}");
            // Of an answer to something else nothing comes.
            say(&mut client, id, "other", json!({ "action": "accept" })).await;
            assert_eq!(client.task(id).await["result"]["status"], "input_required");
            assert_eq!(project.gone(), before);
            say(&mut client, id, "confirmation", answer.clone()).await;
            let over = client.task_when(id, "completed").await;
            let failed = &over["result"]["_meta"]["io.mcp-docker/error"]["kind"];
            assert_eq!(failed.as_str(), kind, "{over}");
            assert_eq!(project.gone() > before, kind.is_none(), "{over}");
        }
    }
}

#[tokio::test]
async fn a_task_that_is_cancelled_takes_its_question_back() {
    let project = Project::new();
    for mut client in project.clients().await {
        let created = project.up(&mut client).await;
        let id = &created["taskId"];
        client.task_when(id, "input_required").await;
        client.ask("tasks/cancel", json!({ "taskId": id })).await;
        let over = client.task_when(id, "cancelled").await;
        assert_eq!(over.get("inputRequests"), None, "{over}");
        say(
            &mut client,
            id,
            "confirmation",
            json!({ "action": "accept" }),
        )
        .await;
        assert_eq!(project.gone(), 0);
    }
}

/// The client's word is needed for the question, too.
#[tokio::test]
async fn a_client_that_cannot_ask_is_refused_in_a_task_as_elsewhere() {
    let project = Project::new();
    for mut client in project.clients().await {
        let arguments = json!({
            "project_directory": project.place.path(), "project_name": "lab", "remove_orphans": true,
        });
        let params = json!({ "name": UP, "arguments": arguments });
        let declares = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
        let created = client.ask_as(declares, "tools/call", params).await;
        let id = &created["result"]["taskId"];
        let over = client.task_when(id, "completed").await;
        let text = over["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("elicitation"), "{text}");
        assert_eq!(project.gone(), 0);
    }
}
