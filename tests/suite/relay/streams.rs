//! Bodies pass as they come, and no more of them is held than fits into a few buffers.

use std::fs;
use std::time::Instant;

use futures_util::stream;
use http_body_util::StreamBody;
use hyper::body::Frame;
use mcp_docker::config::DockerConfig;
use tokio::net::UnixListener;

use super::*;

/// Far more than all buffers on the way take together.
const MUCH: usize = 64 << 20;

/// What an image may take.
const IMAGE: usize = 1 << 30;

/// As much as buffers on the way may take.
const LITTLE: usize = 8 << 20;

#[tokio::test]
async fn what_the_engine_says_arrives_as_it_is_said() {
    let docker = engine("shop").on(
        "GET /events",
        Reply::chunks(["{\"status\":\"start\"}\n"]).then_hang(),
    );
    let place = Place::of(docker, Tier::Safe);
    let answer = place.send("GET /v1.41/events", &[], "").await;
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&first[..], b"{\"status\":\"start\"}\n");
    // Who leaves ends the stream at the Engine.
    drop(body);
    place.docker.all_closed().await;
}

#[tokio::test]
async fn the_end_of_the_call_ends_what_is_under_way() {
    let docker = engine("shop")
        .on("POST /containers/*/wait", Reply::hang())
        .on("GET /events", Reply::chunks(["{}\n"]).then_hang());
    let place = Place::of(docker, Tier::Safe);
    let events = place.send("GET /v1.41/events", &[], "").await;
    let socket = place.socket.clone();
    let waiting = tokio::spawn(async move {
        let mut stream = UnixStream::connect(socket).await.unwrap();
        let wait = "POST /v1.41/containers/a/wait HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(wait.as_bytes()).await.unwrap();
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said).await;
        said
    });
    place.docker.asked("POST /containers/a/wait").await;
    place.serving.end().await;
    assert!(waiting.await.unwrap().is_empty());
    drop(events);
    place.docker.all_closed().await;
    assert!(!place.socket.exists());
    assert!(UnixStream::connect(&place.socket).await.is_err());
}

/// An Engine that says much to who asks for an image, and that does not read an archive.
async fn endless(listener: UnixListener) {
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let json = |body: Value| {
                let body = body.to_string();
                format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            };
            if head.starts_with("GET /version") {
                let version = json!({ "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Version": "1" });
                stream.write_all(json(version).as_bytes()).await.unwrap();
            } else if head.contains("/json ") {
                let container =
                    json!({ "Id": ID, "Config": { "Labels": labels("shop") }, "HostConfig": {} });
                stream.write_all(json(container).as_bytes()).await.unwrap();
            } else if head.contains("/images/get") {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {IMAGE}\r\n\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
                let chunk = vec![b'a'; 64 << 10];
                for _ in 0..IMAGE / chunk.len() {
                    WRITTEN.fetch_add(chunk.len(), Ordering::SeqCst);
                    if stream.write_all(&chunk).await.is_err() {
                        return;
                    }
                }
            }
            std::future::pending::<()>().await;
        });
    }
}

use std::sync::atomic::{AtomicUsize, Ordering};

/// How much the Engine could say.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);

/// The most memory that this process has had, in bytes.
fn peak_memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.unwrap().trim().trim_end_matches(" kB");
    1024 * kilobytes.parse::<usize>().unwrap()
}

/// Waits until a count no longer grows.
async fn settled(count: &AtomicUsize) -> usize {
    let started = Instant::now();
    loop {
        let before = count.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(300)).await;
        if before > 0 && count.load(Ordering::SeqCst) == before {
            return before;
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{before} and more"
        );
    }
}

#[tokio::test]
async fn who_does_not_read_holds_up_who_writes_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("engine.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let docker = tokio::spawn(endless(listener));
    let config = DockerConfig {
        base_url: Some(format!("unix://{}", socket.display())),
        timeout: Duration::from_secs(20),
        ..DockerConfig::default()
    };
    let rights = Rights::of("docker_compose_test", Tier::Moderate);
    let engine = Engine::new(&config).serving(rights);
    let place = Place::before(FakeEngine::start(), &engine, EVERYTHING);

    let answer = place.send("GET /v1.41/images/get?names=a", &[], "").await;
    assert_eq!(answer.status(), 200);
    let written = settled(&WRITTEN).await;
    assert!(written < LITTLE, "{written} bytes are held");
    let (mut body, mut read) = (answer.into_body(), 0);
    while let Some(frame) = body.frame().await {
        read += frame.unwrap().into_data().unwrap().len();
    }
    assert_eq!(read, IMAGE);
    let peak = peak_memory();
    assert!(peak < IMAGE / 4, "{peak} bytes were in use");

    let taken = std::sync::Arc::new(AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&taken);
    let chunks = stream::unfold(0, move |sent| {
        let chunk = Bytes::from(vec![b'a'; 64 << 10]);
        count.fetch_add(chunk.len(), Ordering::SeqCst);
        std::future::ready((sent < MUCH).then(|| {
            let sent = sent + chunk.len();
            (Ok::<_, std::io::Error>(Frame::data(chunk)), sent)
        }))
    });
    let request = hyper::Request::put(format!("/v1.41/containers/{ID}/archive?path=/"))
        .header("host", "a")
        .body(StreamBody::new(Box::pin(chunks)));
    let stream = UnixStream::connect(&place.socket).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let sending = tokio::spawn(async move { sender.send_request(request.unwrap()).await });
    let taken = settled(&taken).await;
    assert!(taken < LITTLE, "{taken} bytes are held");
    sending.abort();
    docker.abort();
}

/// An archive is not read here, only judged by where it goes.
#[tokio::test]
async fn an_archive_arrives_as_it_was_sent() {
    let place = Place::of(engine("shop"), Tier::Moderate);
    let archive: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let line = format!("PUT /v1.41/containers/{ID}/archive?path=%2Fetc&noOverwriteDirNonDir=true");
    let (status, _) = place.ask_as(&line, &[], archive.clone()).await;
    assert_eq!(status, 200);
    let seen = place.docker.seen().pop().unwrap();
    assert_eq!(format!("PUT /v1.41{}", seen.target), line);
    assert_eq!(seen.headers["content-type"], "application/x-tar");
    assert!(seen.body == archive, "{} bytes", seen.body.len());
}
