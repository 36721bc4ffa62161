//! Protects progress: what a client that gave a token hears of a call, how often, and until when.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::modern;
use crate::support::client::RawClient;
use crate::support::fake_engine::{FakeEngine, Reply};

const CREATE: &str = "docker_create_container";
const STOP: &str = "docker_stop_container";

/// How long a notification may be on its way without a test failing over it.
const SLACK: Duration = Duration::from_secs(3);

/// An Engine that lacks an image, and answers to its pull with `reply`.
fn pulling(reply: Reply) -> FakeEngine {
    FakeEngine::start()
        .on("POST /images/create", reply)
        .on(
            "POST /containers/create",
            Reply::error(404, "No such image: web:1"),
        )
        .on("GET /containers/*/json", json!({"Id": "1", "Name": "/web"}))
}

/// What Engines send of a pull of four layers, in a thousand steps.
fn layers() -> Vec<String> {
    let step = |number: usize| {
        let (layer, current) = (number / 250, (number % 250 + 1) * 4000);
        let detail = json!({"current": current, "total": 1_000_000});
        match number % 250 {
            0 => {
                json!({"status": "Pulling fs layer", "progressDetail": {}, "id": format!("layer{layer}")})
            }
            249 => {
                json!({"status": "Pull complete", "progressDetail": {}, "id": format!("layer{layer}")})
            }
            _ => {
                json!({"status": "Downloading", "progressDetail": detail, "id": format!("layer{layer}")})
            }
        }
    };
    let end = json!({"status": "Status: Downloaded newer image for web:1"});
    let steps = (0..1000).map(step).chain([end]);
    steps.map(|step| format!("{step}\r\n")).collect()
}

/// An Engine that takes its time to stop a container.
fn stopping(pause: Duration) -> FakeEngine {
    FakeEngine::start()
        .on(
            "POST /containers/*/stop",
            Reply::chunks(["null"]).every(pause),
        )
        .on(
            "GET /containers/*/json",
            json!({"Id": "1", "Name": "/web", "State": {"Status": "exited"}}),
        )
}

fn create() -> Value {
    json!({"name": CREATE, "arguments": {"image": "web:1", "pull": "missing"}})
}

fn stop() -> Value {
    json!({"name": STOP, "arguments": {"container_id": "web"}})
}

async fn client(engine: &FakeEngine) -> RawClient {
    let address = engine.address();
    RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", &address)]).await
}

async fn send(client: &mut RawClient, mut call: Value, token: Option<Value>) {
    if let Some(token) = token {
        call["_meta"]["progressToken"] = token;
    }
    let request = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": call});
    client.send(request).await;
}

async fn cancel(client: &mut RawClient) {
    let params = json!({"requestId": 7, "reason": "enough"});
    let method = "notifications/cancelled";
    let cancelled = json!({"jsonrpc": "2.0", "method": method, "params": params});
    client.send(cancelled).await;
}

/// The params of the notifications before the result, each with the time it came, and the result.
async fn told(client: &mut RawClient) -> (Vec<(Instant, Value)>, Value) {
    let mut told = Vec::new();
    loop {
        let message = client.receive().await;
        if message["method"] != "notifications/progress" {
            assert_eq!(message["id"], 7, "{message}");
            return (told, message["result"].clone());
        }
        told.push((Instant::now(), message["params"].clone()));
    }
}

fn assert_rising(told: &[(Instant, Value)]) {
    for pair in told.windows(2) {
        let value = |at: usize| pair[at].1["progress"].as_f64().unwrap();
        assert!(value(0) < value(1), "{} after {}", pair[1].1, pair[0].1);
    }
}

#[tokio::test]
async fn a_pull_is_told_in_both_eras_at_most_ten_times_a_second_to_its_end() {
    for era in [|call| call, modern] {
        let engine = pulling(Reply::chunks(layers()).every(Duration::from_millis(2)));
        let address = engine.address();
        let mut client = RawClient::start(&[("DOCKER_BASE_URL", &address)]);
        let call = era(create());
        if call.get("_meta").is_none() {
            client.initialize("2025-11-25").await;
        }
        let started = Instant::now();
        send(&mut client, call, Some(json!("pull-1"))).await;
        let (told, _) = told(&mut client).await;

        assert_rising(&told);
        let most = 10 * (started.elapsed().as_secs() as usize + 1);
        assert!((5..=most).contains(&told.len()), "{} sent", told.len());
        for (_, params) in &told {
            assert_eq!(params["progressToken"], "pull-1");
        }
        let last = &told.last().unwrap().1;
        assert_eq!(last["message"], "4 of 4 layers, 4.0 MB of 4.0 MB");
        assert_eq!(last["progress"], last["total"], "{last}");
    }
}

#[tokio::test]
async fn a_slow_stop_gives_a_sign_of_life_every_five_seconds() {
    let engine = stopping(Duration::from_secs(11));
    let mut client = client(&engine).await;
    let started = Instant::now();
    send(&mut client, stop(), Some(json!(12))).await;
    let (told, result) = told(&mut client).await;

    assert_eq!(result["isError"], false, "{result}");
    assert_rising(&told);
    assert_eq!(told[0].1["message"], "running for 2 s");
    assert_eq!(told[0].1["progressToken"], 12);
    let times: Vec<Instant> = [started]
        .into_iter()
        .chain(told.iter().map(|(at, _)| *at))
        .chain([Instant::now()])
        .collect();
    for pair in times.windows(2) {
        let pause = pair[1] - pair[0];
        assert!(
            pause < Duration::from_secs(5) + SLACK,
            "{pause:?} of silence"
        );
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let engine = stopping(Duration::from_secs(3));
    let mut client = client(&engine).await;
    send(&mut client, stop(), None).await;
    assert!(told(&mut client).await.0.is_empty());
    let engine = pulling(Reply::chunks(layers()));
    let mut client = self::client(&engine).await;
    send(&mut client, create(), None).await;
    assert!(told(&mut client).await.0.is_empty());
}

#[tokio::test]
async fn a_short_call_is_told_by_its_result_alone() {
    let engine = stopping(Duration::ZERO);
    let mut client = client(&engine).await;
    send(&mut client, stop(), Some(json!("t"))).await;
    assert!(told(&mut client).await.0.is_empty());
}

#[tokio::test]
async fn nothing_is_told_after_a_cancellation_or_a_result() {
    let engine = pulling(Reply::chunks(layers()).every(Duration::from_millis(5)));
    let mut client = client(&engine).await;
    send(&mut client, create(), Some(json!("t"))).await;
    for _ in 0..3 {
        let message = client.receive().await;
        assert_eq!(message["method"], "notifications/progress", "{message}");
    }
    cancel(&mut client).await;
    // The answer to the ping shows that the cancellation was read.
    client.request(1, "ping", json!({})).await;
    engine.all_closed().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);

    let engine = pulling(Reply::chunks(layers()));
    let mut client = self::client(&engine).await;
    send(&mut client, create(), Some(json!("t"))).await;
    told(&mut client).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!((ended.code, ended.rest), (Some(0), vec![]), "{}", ended.log);
}

/// The Engine is not kept waiting by a client that is, as a real one that computes would.
#[tokio::test]
async fn a_client_that_does_not_read_slows_no_work() {
    let engine = pulling(Reply::chunks(layers()).every(Duration::from_millis(1)));
    let mut client = client(&engine).await;
    // More than a pipe holds.
    for id in 100..120 {
        let list = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list", "params": {}});
        client.send(list).await;
    }
    send(&mut client, create(), Some(json!("t"))).await;
    let done = tokio::time::timeout(Duration::from_secs(20), async {
        let creations = || {
            let requests = engine.requests();
            requests
                .iter()
                .filter(|it| it.starts_with("POST /containers/create"))
                .count()
        };
        while creations() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    done.await.expect("the work waits for the client");
}

/// No notification can be sent any more, which must not hold back the answer.
#[tokio::test]
async fn a_call_with_progress_that_runs_at_the_end_of_input_is_still_answered() {
    let engine = stopping(Duration::from_millis(2500));
    let mut client = client(&engine).await;
    send(&mut client, stop(), Some(json!("t"))).await;
    client.close_stdin();
    let ended = client.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let answer = ended.rest.last().expect("an answer");
    assert_eq!(answer["id"], 7, "{:?}", ended.rest);
}
