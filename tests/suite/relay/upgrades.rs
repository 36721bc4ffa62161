//! A command and a container that is attached to get the connection itself, and nothing else does.

use std::time::Duration;

use super::*;

/// What a program writes to attach or to start an exec.
pub(super) fn asking(target: &str, body: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn attach() -> String {
    format!("/v1.41/containers/{ID}/attach?stderr=1&stdin=1&stdout=1&stream=1")
}

async fn exec(place: &Place) -> String {
    let exec = format!("POST /v1.41/containers/{ID}/exec");
    assert_eq!(place.ask(&exec, r#"{"Cmd":["cat"]}"#).await.0, 201);
    asking("/v1.41/exec/e1/start", r#"{"Detach":false,"Tty":false}"#)
}

/// Writes what asks for the connection and `first` behind it at once, closes the writing half when there is an
/// answer, and reads on.
pub(super) async fn talk(place: &Place, asking: &str, first: &[u8]) -> Vec<u8> {
    let stream = UnixStream::connect(&place.socket).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let asked = [asking.as_bytes(), first].concat();
    let (answered, is_answered) = tokio::sync::oneshot::channel();
    let writing = tokio::spawn(async move {
        write.write_all(&asked).await.unwrap();
        is_answered.await.unwrap();
        // Who was given no connection may have closed it.
        let _ = write.shutdown().await;
    });
    let talked = async {
        let mut said = Vec::new();
        while !said.ends_with(b"\r\n\r\n") {
            said.push(read.read_u8().await.unwrap());
        }
        answered.send(()).unwrap();
        read.read_to_end(&mut said).await.unwrap();
        writing.await.unwrap();
        said
    };
    let talked = tokio::time::timeout(Duration::from_secs(30), talked).await;
    talked.expect("one half was not closed")
}

#[tokio::test]
async fn both_halves_are_carried_and_each_ends_by_itself() {
    let docker = engine("shop")
        .on("POST /exec/*/start", Reply::echo())
        .on("POST /containers/*/attach", Reply::echo());
    let place = Place::of(docker, Tier::Moderate);
    let much = vec![b'x'; 4 << 20];
    for asking in [exec(&place).await, asking(&attach(), "")] {
        // Written before the connection was given away.
        let said = talk(&place, &asking, &much).await;
        let text = String::from_utf8_lossy(&said);
        let (head, rest) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("connection: upgrade\r\n") && head.contains("upgrade: tcp\r\n"),
            "{head}"
        );
        assert!(head.contains("vnd.docker.raw-stream"), "{head}");
        assert!(
            rest.starts_with("ready\n") && rest.ends_with("end\n"),
            "{}",
            rest.len()
        );
        assert_eq!(rest.len(), "ready\nend\n".len() + much.len());
        let sent = place.docker.seen().pop().unwrap();
        assert_eq!(sent.headers["upgrade"], "tcp");
    }
    let account = place.serving.account();
    let verbs: Vec<&str> = account.done.iter().map(|done| done.verb).collect();
    assert_eq!(verbs, ["ran a command in", "attached to"]);
}

#[tokio::test]
async fn the_end_of_the_call_ends_a_connection_that_was_given_away() {
    let docker = engine("shop").on("POST /containers/*/attach", Reply::echo());
    let place = Place::of(docker, Tier::Moderate);
    let mut stream = UnixStream::connect(&place.socket).await.unwrap();
    let asked = asking(&attach(), "");
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"ready\n") {
        said.push(stream.read_u8().await.unwrap());
    }
    let ended = async {
        place.serving.end().await;
        stream.read(&mut [0; 1]).await.unwrap_or(0)
    };
    let read = tokio::time::timeout(Duration::from_secs(10), ended).await;
    assert_eq!(read, Ok(0), "the connection does not end");
}

/// What the program writes would be lost.
#[tokio::test]
async fn an_answer_without_the_upgrade_that_was_asked_for_is_an_error() {
    let docker = engine("shop").on(
        "POST /containers/*/attach",
        Reply::chunks(["output"]).kind("application/vnd.docker.raw-stream"),
    );
    let place = Place::of(docker, Tier::Moderate);
    let said = talk(&place, &asking(&attach(), ""), b"").await;
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("HTTP/1.1 502"), "{said}");
    assert!(
        said.contains("not the upgrade") && !said.contains("output"),
        "{said}"
    );
}

#[tokio::test]
async fn who_reads_and_writes_asks_for_the_upgrade_and_nobody_else_does() {
    let docker = engine("shop")
        .on("POST /exec/*/start", Reply::echo())
        .on("POST /containers/*/attach", Reply::echo());
    let place = Place::of(docker, Tier::Moderate);
    let attach = format!("POST {}", attach());
    let answer = place.ask_as(&attach, &[], "").await;
    place.assert_refused(&attach, &answer, "does not ask for the upgrade");

    let upgrade = [("connection", "Upgrade"), ("upgrade", "tcp")];
    let start = format!("POST /v1.41/containers/{ID}/start");
    for line in [&*start, "GET /v1.41/events", "GET /v1.41/containers/json"] {
        let answer = place.ask_as(line, &upgrade, "").await;
        place.assert_refused(line, &answer, "does not need");
    }
    for other in ["h2c", "websocket", "tcp, h2c"] {
        let upgrade = [("connection", "Upgrade"), ("upgrade", other)];
        let answer = place.ask_as(&attach, &upgrade, "").await;
        place.assert_refused(other, &answer, "other than `tcp`");
    }
    let exec = exec(&place).await;
    for (from, to, words) in [
        (
            "Connection: Upgrade\r\nUpgrade: tcp\r\n",
            "Connection: close\r\n",
            "does not ask",
        ),
        ("Detach\":false,", "Detach\":true ,", "does not need"),
    ] {
        let said = place
            .say(
                &exec
                    .replace(from, to)
                    .replace("Connection: Upgrade", "Connection: Upgrade, close"),
            )
            .await;
        assert!(
            said.starts_with("HTTP/1.1 403") && said.contains(words),
            "{said}"
        );
    }
    assert!(!place.changes().iter().any(|it| it.contains("start")));
}
