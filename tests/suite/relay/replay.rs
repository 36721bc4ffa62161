//! What three versions of Compose have asked of an Engine comes to it through the relay as they asked it:
//! `up`, `exec`, `run` and `down` of a project, and whatever each of them looks at.

use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;
use crate::golden;

/// A request as it was recorded.
#[derive(Debug, serde::Deserialize)]
struct Asked {
    method: String,
    path: String,
    #[serde(default)]
    body: Value,
    upgrade: Option<String>,
}

fn recorded(version: &str) -> Vec<Asked> {
    let file = golden::at_root(format!("tests/fixtures/compose/{version}.jsonl"));
    let text = std::fs::read_to_string(file).unwrap();
    let asked = text.lines().map(|line| serde_json::from_str(line).unwrap());
    asked.collect()
}

/// What comes behind a prefix in the paths of what was asked, in the order in which it came first.
fn ids(asked: &[Asked], before: &str) -> VecDeque<String> {
    let mut ids = VecDeque::new();
    for asked in asked {
        let id = asked
            .path
            .strip_prefix(before)
            .and_then(|it| it.split('/').next());
        let is_new = |id: &&str| id.len() == 64 && !ids.iter().any(|known| known == id);
        ids.extend(
            id.filter(is_new)
                .map(str::to_owned)
                .into_iter()
                .collect::<Vec<_>>(),
        );
    }
    ids
}

/// An Engine on which the same objects come to be, by the same ids.
fn docker(asked: &[Asked]) -> FakeEngine {
    let labels = json!({ "com.docker.compose.project": "p1" });
    let next = |ids: VecDeque<String>| {
        let ids = Mutex::new(ids);
        move || Reply::json(201, &json!({ "Id": ids.lock().unwrap().pop_front() }))
    };
    let container = next(ids(asked, "/v1.41/containers/"));
    let exec = next(ids(asked, "/v1.41/exec/"));
    let (of_container, of_network) = (labels.clone(), labels.clone());
    FakeEngine::start()
        .on("* *", Reply::empty(200))
        .on("GET *", json!([]))
        .on("GET /version", crate::support::fake_engine::version("1.41"))
        .on("GET /info", json!({}))
        .on("GET /images/*/json", json!({ "Id": "sha256:1" }))
        .on("GET /volumes/*", json!({ "Name": "p1_data", "Driver": "local", "Labels": labels }))
        .answer("GET /networks/*", move |seen| {
            let id = seen.target.rsplit('/').next();
            json!({ "Id": id, "Name": "n", "Driver": "bridge", "Labels": of_network }).into()
        })
        .answer("GET /containers/*/json", move |seen| {
            let id = seen.target.split('/').nth(2);
            json!({ "Id": id, "Name": "/c", "Config": { "Labels": of_container }, "HostConfig": {} }).into()
        })
        .on("GET /exec/*/json", json!({ "ExitCode": 0 }))
        .on("POST /networks/create", Reply::json(201, &json!({ "Id": "n1" })))
        .on("POST /volumes/create", Reply::json(201, &json!({ "Name": "p1_data" })))
        .answer("POST /containers/create", move |_| container())
        .answer("POST /containers/*/exec", move |_| exec())
        .on("POST /exec/*/start", Reply::echo())
        .on("POST /containers/*/attach", Reply::echo())
        .on("POST /containers/*/start", Reply::empty(204))
        .on("DELETE *", Reply::empty(204))
}

async fn replay(version: &str) {
    let asked = recorded(version);
    assert!(asked.len() > 40, "only {} requests", asked.len());
    let docker = docker(&asked);
    let rights = Rights::of("docker_compose_test", Tier::Destructive);
    let engine = Engine::new(&docker.config()).serving(rights);
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds {
        whose: Whose::Project("p1".to_owned()),
        endpoints: EVERYTHING,
    };
    let relay = Relay::open_in(folder.path(), &engine, bounds).unwrap();
    let socket = relay.address().strip_prefix("unix://").unwrap().into();
    let place = Place {
        docker,
        serving: relay.serve(own_group()),
        socket,
        _folder: folder,
    };
    for Asked {
        method,
        path,
        body,
        upgrade,
    } in &asked
    {
        let line = format!("{method} {path}");
        let before = place.docker.seen().len();
        let written = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut headers = vec![("traceparent", "00-1-1-01")];
        if !body.is_null() {
            headers.push(("content-type", "application/json"));
        }
        if let Some(upgrade) = upgrade {
            headers.extend([("connection", "Upgrade"), ("upgrade", upgrade)]);
        }
        let answer = place.send(&line, &headers, written).await;
        let status = answer.status().as_u16();
        assert_eq!(status == 101, upgrade.is_some(), "{line}: {status}");
        if status != 101 {
            let told = answer.into_body().collect().await.unwrap().to_bytes();
            assert!(
                status < 300,
                "{line}: {status} {}",
                String::from_utf8_lossy(&told)
            );
        }

        let mut seen = place.docker.seen().split_off(before);
        let last = seen
            .pop()
            .unwrap_or_else(|| panic!("{line} did not arrive"));
        let version = last
            .version
            .as_ref()
            .map_or(String::new(), |it| format!("/v{it}"));
        assert_eq!(format!("{} {version}{}", last.method, last.target), line);
        let arrived: Value = serde_json::from_slice(&last.body).unwrap_or_default();
        assert_eq!(arrived, *body, "{line}");
        // What the server looked at before it let the request pass.
        let looks = seen.iter().all(|seen| seen.method == "GET");
        assert!(looks, "{line}: {seen:?}");
    }
    let account = place.serving.end().await;
    assert!(account.refusals.is_empty(), "{account:?}");
    let count = |verb: &str| account.done.iter().filter(|done| done.verb == verb).count();
    // Two services and one run; a volume and two networks; what `down` took away again.
    assert_eq!(count("created"), 6, "{account:?}");
    assert_eq!(count("removed"), 5, "{account:?}");
    assert_eq!(count("ran a command in"), 1, "{account:?}");
}

#[tokio::test]
async fn compose_2_26() {
    replay("2.26").await;
}

#[tokio::test]
async fn compose_2_40() {
    replay("2.40").await;
}

#[tokio::test]
async fn compose_5_6() {
    replay("5.6").await;
}
