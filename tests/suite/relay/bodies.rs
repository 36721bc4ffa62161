//! What a program sends along is read more strictly than an Engine would, and written anew.

use super::*;

const CREATE: &str = "POST /v1.41/containers/create?name=shop-web-1";

fn container(rest: &str) -> String {
    let labels = labels("shop");
    format!(r#"{{"Image":"a","Labels":{labels}{rest}}}"#)
}

/// An Engine makes a privileged container of the first four (tried).
#[tokio::test]
async fn what_an_engine_would_read_otherwise_is_refused_whatever_its_type() {
    let place = Place::of(engine("shop"), Tier::Destructive);
    for rest in [
        r#","HostConfig":{"Privileged":true},"HostConfig":{"Init":true}"#,
        r#","HostConfig":{"Init":true},"hostconfig":{"Privileged":true}"#,
        r#","hostconfig":{"privileged":true}"#,
        r#","ho\u017ftconfig":{"Privileged":true}"#,
        r#","HostConfig":{"maskedpaths":[]}"#,
        r#","HostConfig":{"Mounts":[{"Type":"tmpfs","type":"bind","Source":"/","Target":"/a"}]}"#,
        r#","Unknown":null"#,
    ] {
        for kind in [
            &[("content-type", "application/json")][..],
            &[],
            &[("content-type", "text/plain")],
        ] {
            let answer = place.ask_as(CREATE, kind, container(rest)).await;
            place.assert_refused(rest, &answer, "was not sent");
        }
    }
    for (line, body) in [
        (CREATE, ""),
        (CREATE, "[]"),
        (CREATE, "{} {}"),
        ("POST /v1.41/networks/create", r#"{"Name":"a","name":"b"}"#),
        (
            "POST /v1.41/volumes/create",
            r#"{"driveropts":{"type":"none","device":"/"}}"#,
        ),
        // A container can have been started with other settings by such a body.
        ("POST /v1.41/containers/web/start", r#"{"Privileged":true}"#),
        ("POST /v1.41/containers/web/stop", "x"),
        ("DELETE /v1.41/containers/web", "x"),
    ] {
        let answer = place.ask(line, body).await;
        place.assert_refused(line, &answer, "was not sent");
    }
    let long = container(&format!(r#","Env":["{}"]"#, "a".repeat(5 << 20)));
    let answer = place.ask(CREATE, long).await;
    place.assert_refused("5 MiB", &answer, "brings more along");
}

#[tokio::test]
async fn what_goes_on_is_what_was_judged_and_nothing_else_of_the_request() {
    let place = Place::of(engine("shop"), Tier::Destructive);
    let body =
        container(r#" , "HostConfig" : { "Init" : true , "Privileged" : false } , "Env" : null"#);
    let headers = [
        ("content-type", "application/json"),
        ("x-registry-auth", "c2VjcmV0"),
        ("x-http-method-override", "DELETE"),
        ("traceparent", "00-1-1-01"),
        ("expect", "100-continue"),
    ];
    let (status, told) = place.ask_as(CREATE, &headers, body.clone()).await;
    assert_eq!((status, &told["Id"]), (201, &json!(NEW)));
    let seen = place.docker.seen().pop().unwrap();
    assert_eq!(seen.line(), "POST /containers/create?name=shop-web-1");
    assert_eq!(seen.version.as_deref(), Some("1.41"));
    let asked: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(seen.body, asked.to_string().as_bytes());
    let mut names: Vec<&str> = seen.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "content-type", "host"]);
    assert_eq!(seen.headers["content-type"], "application/json");
}

/// A program asks for the version first, and is not to ask for one that is not known here.
#[tokio::test]
async fn versions_are_those_that_this_server_knows() {
    let docker = engine("shop").on("* /_ping", Reply::chunks(["OK"]));
    let place = Place::of(docker, Tier::Safe);
    assert_eq!(place.ask("HEAD /_ping", "").await.0, 200);
    assert_eq!(place.ask("GET /containers/json", "").await.0, 200);
    let seen = place.docker.seen();
    let versions: Vec<_> = seen
        .iter()
        .map(|seen| (seen.line(), seen.version.clone()))
        .collect();
    assert_eq!(
        versions,
        [
            ("GET /version".to_owned(), None),
            ("HEAD /_ping".to_owned(), None),
            ("GET /containers/json".to_owned(), Some("1.41".to_owned())),
        ]
    );
}

#[tokio::test]
async fn requests_on_one_connection_are_answered_in_order_and_head_has_no_body() {
    let docker = engine("shop").on("* /_ping", Reply::chunks(["OK"]));
    let place = Place::of(docker, Tier::Safe);
    let said = place
        .say(
            "HEAD /_ping HTTP/1.1\r\nHost: a\r\n\r\n\
             GET /_ping HTTP/1.1\r\nHost: a\r\n\r\n\
             GET /v1.41/swarm HTTP/1.1\r\nHost: a\r\n\r\n\
             GET /v1.41/containers/json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )
        .await;
    let statuses: Vec<&str> = said
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    assert_eq!(statuses, ["200", "200", "403", "200"], "{said}");
    let at = |text: &str| {
        said.find(text)
            .unwrap_or_else(|| panic!("no {text}: {said}"))
    };
    assert!(at("OK") < at("is not for programs") && at("is not for programs") < at("[]"));
    assert_eq!(
        said.matches("OK").count() - said.matches("200 OK").count(),
        1,
        "{said}"
    );
}

/// The Engine's own errors pass as they are.
#[tokio::test]
async fn an_error_of_the_engine_is_no_refusal_of_this_server() {
    let docker = engine("shop")
        .on(
            "POST /containers/*/start",
            Reply::error(500, "driver failed"),
        )
        .on("GET /images/*/json", Reply::error(404, "No such image: a"));
    let place = Place::of(docker, Tier::Destructive);
    for (line, status, text) in [
        (
            format!("POST /v1.41/containers/{ID}/start"),
            500,
            "driver failed",
        ),
        (
            "GET /v1.41/images/a/json".to_owned(),
            404,
            "No such image: a",
        ),
        ("DELETE /v1.41/images/a".to_owned(), 404, "No such image: a"),
    ] {
        let answer = place.ask(&line, "").await;
        assert_eq!(answer, (status, json!({ "message": text })), "{line}");
    }
    assert_eq!(place.serving.account(), Default::default());
}
