//! What `docker_compose_up` and `_scale` would remove without a successor: found before Compose is started, and
//! removed only as a person agreed to it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::{EVERYTHING, RawClient};
use crate::support::exchange::{accept, assert_done, call, failure};
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::workplace::workplace;

const UP: &str = "docker_compose_up";
const SCALE: &str = "docker_compose_scale";
const ALLOWED: (&str, &str) = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true");
const UNASKED: (&str, &str) = ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false");

const MODEL: &str =
    r#"{"name":"NAME","services":{"web":{"image":"web:1"},"db":{"image":"web:1"}}}"#;

/// A project on the disk and in an Engine, and the Compose that brings it up.
struct Scene {
    place: TempDir,
    engine: FakeEngine,
    compose: FakeCompose,
    gone: Arc<Mutex<Vec<String>>>,
}

fn id(name: &str) -> String {
    format!("{name:0<64}").replace(|c: char| !c.is_ascii_hexdigit(), "e")
}

impl Scene {
    /// With containers of these services and numbers, from that directory or another.
    fn new(containers: &[(&'static str, u64, &'static str)]) -> Self {
        let place = workplace();
        let files = "services: { web: { image: 'web:1' }, db: { image: 'web:1' } }";
        std::fs::write(place.path().join("compose.yaml"), files).unwrap();
        let own = place.path().canonicalize().unwrap();
        let container = |(service, number, directory): &(&str, u64, &str)| {
            let directory = if directory.is_empty() {
                own.to_str().unwrap()
            } else {
                directory
            };
            let name = format!("lab-{service}-{number}");
            json!({
                "Id": id(&name), "Names": [format!("/{name}")], "Image": "web:1", "State": "running",
                "Labels": {
                    "com.docker.compose.project": "lab", "com.docker.compose.service": service,
                    "com.docker.compose.container-number": number.to_string(), "com.docker.compose.oneoff": "False",
                    "com.docker.compose.project.working_dir": directory,
                },
            })
        };
        let all: Vec<Value> = containers.iter().map(container).collect();
        let gone = Arc::new(Mutex::new(Vec::<String>::new()));
        let (left, going) = (Arc::clone(&gone), Arc::clone(&gone));
        let engine = FakeEngine::start()
            .answer("GET /containers/json", move |_| {
                let gone = left.lock().unwrap();
                let is_there = |it: &&Value| !gone.iter().any(|id| it["Id"] == id.as_str());
                let there: Vec<&Value> = all.iter().filter(is_there).collect();
                Reply::json(200, &json!(there))
            })
            .answer("DELETE /containers/*", move |seen| {
                let id = seen.target.split(['/', '?']).nth(2).unwrap_or_default();
                going.lock().unwrap().push(id.to_owned());
                Reply::empty(204)
            })
            .on("POST /containers/*/stop", Reply::empty(204))
            .on(
                "GET /containers/*/json",
                json!({ "Id": "e", "State": { "Status": "running" }, "HostConfig": {} }),
            )
            .on(
                "GET /images/*/json",
                json!({ "Id": "sha256:0", "RepoTags": ["web:1"] }),
            );
        Self {
            place,
            engine,
            compose: FakeCompose::with(MODEL, ""),
            gone,
        }
    }

    async fn client(&self, settings: &[(&str, &str)], can_be_asked: bool) -> RawClient {
        let address = self.engine.address();
        let mut env = vec![
            EVERYTHING,
            ("DOCKER_BASE_URL", address.as_str()),
            ("DOCKER_CONFIG", self.compose.settings()),
        ];
        env.extend(settings);
        let mut client = RawClient::start(&env);
        let capabilities = match can_be_asked {
            true => json!({ "elicitation": {} }),
            false => json!({}),
        };
        client.initialize_with("2025-11-25", capabilities).await;
        client
    }

    fn arguments(&self, more: Value) -> Value {
        let mut arguments =
            json!({ "project_directory": self.place.path(), "project_name": "lab" });
        for (key, value) in more.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        arguments
    }

    /// The answer of a server with these settings, where nobody can be asked.
    async fn outcome(&self, settings: &[(&str, &str)], tool: &str, more: Value) -> Value {
        let mut client = self.client(settings, false).await;
        client.send(call(1, tool, self.arguments(more))).await;
        client.receive().await
    }

    /// What went, in no order.
    fn gone(&self) -> Vec<String> {
        let mut gone = self.gone.lock().unwrap().clone();
        gone.sort();
        gone
    }
}

/// Each way to lose a container, in the default tier: refused, and it is named.
#[tokio::test]
async fn what_would_go_is_named_and_stays_where_losing_is_not_allowed() {
    let elsewhere = "/srv/elsewhere";
    for (containers, tool, more, named) in [
        (
            &[("web", 1, ""), ("old", 1, "")][..],
            UP,
            json!({ "remove_orphans": true }),
            "lab-old-1 (its service is in the files no more)",
        ),
        (
            &[("web", 1, ""), ("web", 2, "")],
            UP,
            json!({}),
            "lab-web-2 (`web` is to have 1 container)",
        ),
        (
            &[("web", 1, elsewhere)],
            UP,
            json!({}),
            "lab-web-1 (made from /srv/elsewhere",
        ),
        (
            &[("web", 1, ""), ("web", 2, ""), ("web", 3, "")],
            SCALE,
            json!({ "replicas": { "web": 2 } }),
            "lab-web-3 (`web` is to have 2 containers)",
        ),
        (
            &[("web", 1, "")],
            SCALE,
            json!({ "replicas": "{\"web\":0}" }),
            "lab-web-1 (`web` is to have 0 containers)",
        ),
    ] {
        let scene = Scene::new(containers);
        let refused = scene.outcome(&[], tool, more.clone()).await;
        let text = failure(&refused);
        for part in [
            named,
            "nothing was done",
            "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=true",
            "1 container ",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let advice = scene.outcome(&[ALLOWED], tool, more).await;
        let text = failure(&advice);
        assert!(
            text.contains("needs a person's consent") && text.contains(named),
            "{text}"
        );
        assert_eq!(scene.gone(), [""; 0]);
    }
}

#[tokio::test]
async fn what_loses_nothing_asks_nothing() {
    let containers = [("web", 1, ""), ("db", 1, ""), ("old", 1, "")];
    for (tool, more) in [
        (UP, json!({})),
        (UP, json!({ "services": ["web"], "wait": false })),
        (UP, json!({ "remove_orphans": true, "dry_run": true })),
        (SCALE, json!({ "replicas": { "web": 1 } })),
    ] {
        let scene = Scene::new(&containers);
        let done = scene.outcome(&[], tool, more).await;
        assert_done(&done);
        let result = &done["result"]["structuredContent"];
        if result["removed"] != json!(null) && result["services"].as_array().unwrap().len() < 3 {
            let foretold = ["lab-old-1"];
            let is_dry = result["removed"] == json!(foretold);
            assert!(is_dry || result["removed"] == json!([]), "{result}");
        }
        let changes = scene.engine.requests().into_iter();
        let changes: Vec<String> = changes.filter(|it| !it.starts_with("GET ")).collect();
        assert_eq!(changes, [""; 0]);
    }
}

/// The server removes what was shown, before Compose is started, and nothing else.
#[tokio::test]
async fn a_person_agrees_to_what_goes_and_that_alone_goes() {
    let scene = Scene::new(&[
        ("web", 1, ""),
        ("web", 2, ""),
        ("old", 1, ""),
        ("other", 1, ""),
    ]);
    let mut client = scene.client(&[ALLOWED], true).await;
    client.send(call(1, UP, scene.arguments(json!({})))).await;
    let question = client.receive().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let text = question["params"]["message"].as_str().unwrap();
    assert!(
        text.contains("lab-web-2") && !text.contains("lab-old-1"),
        "{text}"
    );
    assert_eq!(scene.gone(), [""; 0]);
    client.send(accept(&question)).await;
    let done = client.receive().await;
    assert_done(&done);
    assert_eq!(
        done["result"]["structuredContent"]["removed"],
        json!(["lab-web-2"])
    );
    assert_eq!(scene.gone(), [id("lab-web-2")]);
}

#[tokio::test]
async fn nothing_goes_where_a_person_declines() {
    let scene = Scene::new(&[("web", 1, ""), ("old", 1, "")]);
    let mut client = scene.client(&[ALLOWED], true).await;
    let arguments = scene.arguments(json!({ "remove_orphans": true }));
    client.send(call(1, UP, arguments)).await;
    let question = client.receive().await;
    let declined =
        json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "decline" } });
    client.send(declined).await;
    failure(&client.receive().await);
    assert_eq!(scene.gone(), [""; 0]);
}

/// Files that changed while a person was asked are judged anew, and the person is asked again.
#[tokio::test]
async fn a_model_that_changes_while_a_person_is_asked_is_asked_about_again() {
    let scene = Scene::new(&[("web", 1, ""), ("old", 1, "")]);
    let resolve =
        "while read -r line; do printf '%s' \"$line\"; done < \"$directory/compose.json\"";
    let scene = Scene {
        compose: FakeCompose::of(resolve, ""),
        ..scene
    };
    let write = |image: &str| {
        let model = json!({ "name": "lab", "services": { "web": { "image": image } } });
        let path = scene.place.path().join("compose.json");
        std::fs::write(path, format!("{model}\n")).unwrap();
    };
    write("web:1");
    let mut client = scene.client(&[ALLOWED], true).await;
    let arguments = scene.arguments(json!({ "remove_orphans": true, "files": ["compose.json"] }));
    client.send(call(1, UP, arguments)).await;
    let first = client.receive().await;
    write("web:2");
    client.send(accept(&first)).await;
    let second = client.receive().await;
    assert_eq!(second["method"], "elicitation/create", "{second}");
    let text = second["params"]["message"].as_str().unwrap();
    assert!(text.contains("changed since it was asked"), "{text}");
    assert_eq!(scene.gone(), [""; 0]);
    client.send(accept(&second)).await;
    assert_done(&client.receive().await);
    assert_eq!(scene.gone(), [id("lab-old-1")]);
}

#[tokio::test]
async fn an_operator_who_wants_nobody_asked_has_it_go() {
    let scene = Scene::new(&[("web", 1, ""), ("web", 2, ""), ("old", 1, "")]);
    let more = json!({ "replicas": { "web": 1 } });
    let done = scene.outcome(&[ALLOWED, UNASKED], SCALE, more).await;
    assert_done(&done);
    assert_eq!(scene.gone(), [id("lab-web-2")]);
}
