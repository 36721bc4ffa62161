//! A program changes what its call has made or what belongs to its project, and nothing else.

use super::*;

const TOUCHING: &[(&str, &str)] = &[
    ("POST /v1.41/containers/web/start", ""),
    ("POST /v1.41/containers/web/stop?t=1", ""),
    ("POST /v1.41/containers/web/kill", ""),
    ("POST /v1.41/containers/web/pause", ""),
    ("POST /v1.41/containers/web/rename?name=b", ""),
    ("POST /v1.41/containers/web/exec", r#"{"Cmd":["a"]}"#),
    ("PUT /v1.41/containers/web/archive?path=/", "tar"),
    ("GET /v1.41/containers/web/archive?path=/", ""),
    ("DELETE /v1.41/containers/web?force=1", ""),
    ("DELETE /v1.41/networks/front", ""),
    ("DELETE /v1.41/volumes/data?force=1", ""),
    ("DELETE /v1.41/images/app:1", ""),
    (
        "POST /v1.41/networks/front/connect",
        r#"{"Container":"web"}"#,
    ),
    (
        "POST /v1.41/networks/front/disconnect",
        r#"{"Container":"web"}"#,
    ),
];

#[tokio::test]
async fn what_belongs_to_another_project_or_to_none_is_not_touched() {
    for project in ["blog", ""] {
        for (line, body) in TOUCHING {
            let place = Place::of(engine(project), Tier::Destructive);
            let answer = place.ask(line, *body).await;
            place.assert_refused(line, &answer, "is not of the project `shop`");
            let requests = place.docker.requests();
            assert!(
                !requests.iter().any(|it| it.contains("archive")),
                "{requests:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_belongs_to_the_project_is_changed_by_its_id() {
    for (line, body) in TOUCHING {
        let docker = engine("shop")
            .on("POST /containers/*/kill", Reply::empty(204))
            .on("POST /containers/*/pause", Reply::empty(204))
            .on("GET /containers/*/archive", Reply::chunks(["tar"]));
        let place = Place::of(docker, Tier::Destructive);
        let (status, told) = place.ask(line, *body).await;
        assert!((200..300).contains(&status), "{line}: {status} {told}");
        let sent = place.docker.seen().pop().unwrap();
        let named = line.contains("/containers/") || line.contains("/networks/");
        let by_body =
            serde_json::from_slice::<Value>(&sent.body).is_ok_and(|body| body["Container"] == ID);
        assert!(
            !named || sent.target.contains(ID) || by_body,
            "{line}: {}",
            sent.line()
        );
    }
}

#[tokio::test]
async fn what_is_made_has_to_belong_to_the_project() {
    for (line, body) in [
        (
            "POST /v1.41/containers/create?name=a",
            json!({ "Image": "a" }),
        ),
        ("POST /v1.41/networks/create", json!({ "Name": "a" })),
        ("POST /v1.41/volumes/create", json!({ "Name": "a" })),
    ] {
        for labels in [json!(null), labels("blog"), json!({})] {
            let place = Place::of(engine("shop"), Tier::Destructive);
            let mut body = body.clone();
            body["Labels"] = labels;
            let answer = place.ask(line, body.to_string()).await;
            place.assert_refused(line, &answer, "is not of the project `shop`");
        }
    }
}

#[tokio::test]
async fn an_exec_is_for_the_call_that_made_it() {
    let docker = engine("shop")
        .on("GET /exec/*/json", json!({ "ExitCode": 0 }))
        .on("POST /exec/*/start", Reply::empty(200));
    let place = Place::of(docker, Tier::Moderate);
    let start = |id: &str| format!("POST /v1.41/exec/{id}/start");
    let detached = r#"{"Detach":true}"#;
    for line in [start("e1"), "GET /v1.41/exec/e1/json".to_owned()] {
        let body = if line.starts_with("POST") {
            detached
        } else {
            ""
        };
        let answer = place.ask(&line, body).await;
        place.assert_refused(&line, &answer, "an exec that this call did not make");
    }
    let exec = format!("POST /v1.41/containers/{ID}/exec");
    assert_eq!(
        place.ask(&exec, r#"{"Cmd":["a"],"Detach":true}"#).await.0,
        201
    );
    assert_eq!(place.ask(&start("e1"), detached).await.0, 200);
    assert_eq!(place.ask("GET /v1.41/exec/e1/json", "").await.0, 200);
}

/// What is told while it happens is what the account has in the end.
#[tokio::test]
async fn the_account_names_what_was_done_and_a_successor_lets_the_old_one_go() {
    let docker = engine("shop");
    let folder = tempfile::tempdir().unwrap();
    let rights = Rights::of("docker_compose_up", Tier::Moderate);
    let engine = Engine::new(&docker.config()).serving(rights);
    let relay = Relay::open_in(folder.path(), &engine, bounds(EVERYTHING)).unwrap();
    let mut told = relay.follow();
    let socket = relay.address().strip_prefix("unix://").unwrap().into();
    let place = Place {
        docker,
        serving: relay.serve(own_group()),
        socket,
        _folder: folder,
    };
    let body = json!({ "Image": "a", "Labels": labels("shop") }).to_string();
    for (line, body) in [
        (
            "POST /v1.41/networks/create".to_owned(),
            json!({ "Name": "shop_front", "Labels": labels("shop") }).to_string(),
        ),
        (
            "POST /v1.41/containers/create?name=1234_shop-web-1".to_owned(),
            body,
        ),
        (format!("POST /v1.41/containers/{ID}/stop"), String::new()),
        (format!("DELETE /v1.41/containers/{ID}"), String::new()),
        (
            format!("POST /v1.41/containers/{NEW}/rename?name=shop-web-1"),
            String::new(),
        ),
        (format!("POST /v1.41/containers/{NEW}/start"), String::new()),
    ] {
        let (status, told) = place.ask(&line, body).await;
        assert!((200..300).contains(&status), "{line}: {status} {told}");
    }
    let answer = place.ask("DELETE /v1.41/volumes/shop_data", "").await;
    assert_eq!(answer.0, 403, "{answer:?}");

    let account = place.serving.end().await;
    let done: Vec<String> = account
        .done
        .iter()
        .map(|done| format!("{} {:?} {}", done.verb, done.kind, done.name))
        .collect();
    assert_eq!(
        done,
        [
            "created Network shop_front",
            "created Container 1234_shop-web-1",
            "stopped Container shop-web-1",
            "removed Container shop-web-1",
            "renamed Container shop-web-1",
            "started Container shop-web-1",
        ]
    );
    assert_eq!(account.refusals.len(), 1, "{account:?}");
    let mut heard = Vec::new();
    while let Some(done) = told.recv().await {
        heard.push(done);
    }
    assert_eq!(heard, account.done);
}
