//! What a program may not ask for at all, however it writes it.

use super::*;

/// Each is refused though the tool lists everything.
#[tokio::test]
async fn what_is_not_for_programs_is_refused_whatever_the_tool_lists() {
    let place = Place::of(engine("shop"), Tier::Destructive);
    for line in [
        "POST /v1.41/build?t=a",
        "POST /v1.41/auth",
        "POST /v1.41/commit?container=web",
        "POST /v1.41/images/app/push",
        "POST /v1.41/images/app/tag?repo=b",
        "POST /v1.41/images/load",
        "POST /v1.41/containers/prune",
        "POST /v1.41/images/prune",
        "POST /v1.41/build/prune",
        "POST /v1.41/containers/web/update",
        "GET /v1.41/containers/web/attach/ws",
        "GET /v1.41/services",
        "GET /v1.41/nodes",
        "GET /v1.41/swarm",
        "POST /v1.41/swarm/init",
        "POST /v1.41/services/create",
        "GET /v1.41/plugins",
        "POST /v1.41/plugins/pull?remote=x",
        "GET /v1.41/secrets",
        "GET /v1.41/distribution/app/json",
        "POST /session",
        "POST /grpc",
        "POST /v1.41/session",
        "POST /v1.41/grpc",
    ] {
        let answer = place.ask(line, "").await;
        place.assert_refused(line, &answer, "is not for programs");
    }
    assert!(place.docker.requests().is_empty());
}

#[tokio::test]
async fn what_the_tool_does_not_list_is_refused() {
    const FEW: &[&str] = &[
        "GET _ping",
        "GET containers/json",
        "POST containers/*/start",
    ];
    let rights = Rights::of("docker_compose_test", Tier::Destructive);
    let docker = engine("shop").on("* /_ping", Reply::chunks(["OK"]));
    let place = Place::with(docker, FEW, rights);
    for line in [
        "GET /v1.41/containers/web/json",
        "GET /v1.41/info",
        "DELETE /v1.41/containers/web",
        "POST /v1.41/containers/web/stop",
        "POST /v1.41/containers/web/start/start",
        "PUT /v1.41/containers/web/start",
        "GET /v1.41/containers/web/start",
    ] {
        let answer = place.ask(line, "").await;
        place.assert_refused(line, &answer, "is not among the requests of this tool");
    }
    assert!(place.docker.requests().is_empty());
    for line in ["HEAD /_ping", "GET /v1.41/containers/json"] {
        assert_eq!(place.ask(line, "").await.0, 200, "{line}");
    }
}

/// As they stand on the wire: a client of HTTP would not write them.
#[tokio::test]
async fn what_could_be_read_in_two_ways_is_refused() {
    let place = Place::of(engine("shop"), Tier::Destructive);
    let start = format!("/v1.41/containers/{ID}/start");
    for head in [
        format!("POST {start} HTTP/1.0\r\nHost: a"),
        format!("POST http://docker{start} HTTP/1.1\r\nHost: a"),
        "POST /v1.41/containers/%77eb/start HTTP/1.1\r\nHost: a".to_owned(),
        "POST /v1.41/containers/a/../web/start HTTP/1.1\r\nHost: a".to_owned(),
        "POST /v1.41//containers/web/start HTTP/1.1\r\nHost: a".to_owned(),
        format!("POST {start}?a=1&a=2 HTTP/1.1\r\nHost: a"),
        format!(
            "POST {start} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded"
        ),
        format!("POST {start} HTTP/1.1\r\nHost: a\r\nUpgrade: h2c"),
        format!("POST {start} HTTP/1.1\r\nHost: a\r\nUpgrade: tcp"),
        format!("POST {start} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2"),
        "POST /v1.40/containers/web/start HTTP/1.1\r\nHost: a".to_owned(),
        "POST /v1.42/containers/web/start HTTP/1.1\r\nHost: a".to_owned(),
    ] {
        let said = place
            .say(&format!("{head}\r\nConnection: close\r\n\r\n"))
            .await;
        let status = said.split(' ').nth(1).unwrap_or_default();
        assert!(matches!(status, "400" | "403"), "{head}: {said}");
        assert!(place.changes().is_empty(), "{head}");
    }
    // Both lengths at once are one by the time that they leave.
    let both = format!(
        "POST {start} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
    );
    let said = place.say(&both).await;
    assert!(said.starts_with("HTTP/1.1 204"), "{said}");
    assert_eq!(place.changes(), [format!("POST /containers/{ID}/start")]);
}

/// A program keeps to the tier of the tool that runs it, and to the policy.
#[tokio::test]
async fn tier_and_policy_hold_for_programs_too() {
    let place = Place::of(engine("shop"), Tier::Safe);
    let start = format!("POST /v1.41/containers/{ID}/start");
    let answer = place.ask(&start, "").await;
    place.assert_refused("a safe tool", &answer, "being a safe tool");

    let place = Place::of(engine("shop"), Tier::Moderate);
    let answer = place
        .ask(&format!("DELETE /v1.41/containers/{ID}"), "")
        .await;
    place.assert_refused("a moderate tool", &answer, "being a moderate tool");

    let place = Place::of(engine("shop"), Tier::Destructive);
    let body =
        json!({ "Image": "a", "Labels": labels("shop"), "HostConfig": { "Privileged": true } });
    let answer = place
        .ask("POST /v1.41/containers/create?name=a", body.to_string())
        .await;
    place.assert_refused("privileged", &answer, "SAFETY_ALLOW_PRIVILEGED_CONTAINERS");
}

/// What another process says does not reach the Engine.
#[tokio::test]
async fn who_is_not_of_the_programs_group_is_cut_off() {
    let docker = engine("shop").on("* /_ping", Reply::chunks(["OK"]));
    let folder = tempfile::tempdir().unwrap();
    let rights = Rights::of("docker_compose_test", Tier::Safe);
    let engine = Engine::new(&docker.config()).serving(rights);
    let mut leader = tokio::process::Command::new("sleep")
        .arg("60")
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let relay = Relay::open_in(folder.path(), &engine, bounds(EVERYTHING)).unwrap();
    let socket = relay.address().strip_prefix("unix://").unwrap().to_owned();
    let _serving = relay.serve(leader.id().unwrap());
    let mut stream = UnixStream::connect(&socket).await.unwrap();
    let _ = stream
        .write_all(b"GET /_ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said).await;
    assert!(said.is_empty(), "{said:?}");
    assert!(docker.seen().is_empty());
    leader.kill().await.unwrap();
}
