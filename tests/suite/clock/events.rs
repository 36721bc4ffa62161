//! Asks for events: of which stretch, since when they are known, whose they are, and how short.

use super::*;

fn event(kind: &str, action: &str, id: &str, name: &str, time: Timestamp) -> Value {
    json!({
        "Type": kind, "Action": action, "timeNano": time.as_nanosecond() as i64,
        "Actor": { "ID": id, "Attributes": { "name": name, "image": "web:1" } },
    })
}

fn sent(events: &[Value]) -> Reply {
    Reply::chunks(events.iter().map(|event| format!("{event}\n")))
}

fn actions(result: &Value) -> Vec<&str> {
    let events = result["events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn times_are_counted_on_the_engines_clock_and_what_just_happened_is_among_them() {
    for ahead in AHEAD {
        let engine = engine(ahead);
        let before = engine.now();
        let result = call(
            &engine,
            "docker_events",
            json!({ "since": "1m", "filters": { "type": "container" } }),
        );
        let result = result.await.unwrap();
        let seen = last(&engine, "/events");
        is_ago(&engine, time(&seen, "since").unwrap(), 60, "since");
        let until = time(&seen, "until").unwrap();
        assert!(
            until.as_second() >= before.as_second(),
            "{ahead}: {until} is before {before}"
        );
        let since: Timestamp = result["since"].as_str().unwrap().parse().unwrap();
        is_ago(&engine, since, 60, "the `since` of the result");
    }
}

/// The first request without filters shows from when on the Engine knows.
#[tokio::test]
async fn the_result_says_since_when_it_is_whole() {
    let engine = engine(0);
    let (oldest, die) = (ago(&engine, 120), ago(&engine, 60));
    let known = format!("{oldest:.0}");
    let engine = engine
        .on(
            "GET /events",
            sent(&[
                event("container", "start", ID, "web", oldest),
                event("container", "die", ID, "web", die),
            ]),
        )
        .on("GET /events?*filters*", sent(&[]));
    let filtered = json!({ "since": "20m", "filters": { "event": "die" } });
    let result = call(&engine, "docker_events", filtered).await.unwrap();
    assert_eq!(
        (&result["count"], &result["since_known"]),
        (&json!(0), &json!(known))
    );
    let hint = result["hint"].as_str().unwrap();
    assert!(
        hint.contains(&known) && hint.contains("is not known"),
        "{hint}"
    );
    assert_eq!(engine.requests().len(), 2);

    let result = call(&engine, "docker_events", json!({ "since": "90s" }))
        .await
        .unwrap();
    assert_eq!(actions(&result), ["die"]);
    assert_eq!(
        (&result["since_known"], &result["hint"]),
        (&json!(known), &Value::Null)
    );
    assert_eq!(engine.requests().len(), 3);
}

#[tokio::test]
async fn an_engine_that_remembers_nothing_knows_of_no_time() {
    let engine = engine(0);
    for args in [json!({}), json!({ "filters": { "event": "die" } })] {
        let result = call(&engine, "docker_events", args).await.unwrap();
        assert_eq!(
            (&result["count"], &result["since_known"]),
            (&json!(0), &Value::Null)
        );
        assert!(
            result["hint"]
                .as_str()
                .unwrap()
                .contains("remembers no event")
        );
    }
}

#[tokio::test]
async fn a_prompt_does_not_call_unknown_what_is_none() {
    for (known, expected) in [
        (Some(60), "What happened before"),
        (None, "remembers no event at all"),
        (Some(100_000), "None since"),
    ] {
        let engine = engine(0);
        let oldest: Vec<Value> = known
            .map(|known| event("network", "connect", "1", "lab", ago(&engine, known)))
            .into_iter()
            .collect();
        let engine = engine
            .on("GET /events", sent(&oldest))
            .on("GET /events?*filters*", sent(&[]));
        let text = troubleshot(&engine).await;
        assert!(text.contains(expected), "{expected}: {text}");
        assert!(!text.contains("24 hours"), "{text}");
    }
}

/// The Engine's filter takes whatever begins alike.
#[tokio::test]
async fn what_happened_to_another_is_not_told_of_a_container() {
    let engine = engine(0);
    let other = "77".repeat(32);
    let now = engine.now();
    let engine = engine.on(
        "GET /events",
        sent(&[
            event("container", "oom", &other, "web-hog", now),
            event("network", "connect", &other, "web", now),
            event("container", "die", ID, "web", now),
        ]),
    );
    let args = json!({ "filters": { "container": "web" } });
    let result = call(&engine, "docker_events", args).await.unwrap();
    assert_eq!(actions(&result), ["die"]);
    assert!(last(&engine, "/events").target.contains(ID));
    let text = troubleshot(&engine).await;
    assert!(!text.contains("Out of memory"), "{text}");
    assert!(last(&engine, "/events").target.contains(ID));

    for (filter, named) in [("volume", "data"), ("network", "lab"), ("image", "web:1")] {
        let engine = engine_with(&[
            event(filter, "create", named, named, now),
            event(filter, "create", "x", &format!("{named}2"), now),
        ]);
        let args = json!({ "filters": { filter: named } });
        let result = call(&engine, "docker_events", args).await.unwrap();
        assert_eq!(result["count"], 1, "{filter}: {result}");
    }
}

fn engine_with(events: &[Value]) -> FakeEngine {
    engine(0).on("GET /events", sent(events))
}

#[tokio::test]
async fn a_health_check_does_not_crowd_out_the_rest() {
    let now = Timestamp::now();
    let mut all = vec![event("container", "start", ID, "web", now)];
    for _ in 0..20 {
        for action in [
            "exec_create: true",
            "exec_start: true",
            "exec_die",
            "health_status: healthy",
        ] {
            let mut event = event("container", action, ID, "web", now);
            event["Actor"]["Attributes"]["execID"] = json!(ID);
            for label in [
                "com.docker.compose.project",
                "org.opencontainers.image.source",
            ] {
                event["Actor"]["Attributes"][label] = json!("x".repeat(60));
            }
            all.push(event);
        }
    }
    let engine = engine_with(&all);
    let few = call(&engine, "docker_events", json!({})).await.unwrap();
    assert_eq!(actions(&few), ["start", "health_status: healthy"]);
    let events = few["events"].as_array().unwrap();
    assert_eq!(events[0]["id"], "8f1d3c5a7b9e");
    let start = events[0].to_string();
    assert!(start.len() < 120, "{} bytes: {start}", start.len());
    let every = call(&engine, "docker_events", json!({ "execs": true }))
        .await
        .unwrap();
    assert_eq!(every["count"], all.len());
    assert!(!every.to_string().contains("compose"), "{every}");
    // No id is longer, that of an exec included.
    assert!(!every.to_string().contains(ID), "{every}");
}

#[tokio::test]
async fn an_end_ahead_is_waited_for_and_each_event_told_as_it_happens() {
    for ahead in [0, 7200] {
        let engine = engine(ahead);
        let before = engine.now();
        // They happen when they are asked for, however long the start takes.
        let engine = engine.answer("GET /events", move |_| {
            let first = Timestamp::now() + SignedDuration::from_secs(ahead);
            let second = first + SignedDuration::from_millis(1);
            sent(&[
                event("container", "start", ID, "web", first),
                event("container", "die", ID, "web", second),
            ])
            .every(Duration::from_millis(100))
        });
        let address = engine.address();
        let mut client = RawClient::session(
            "2025-11-25",
            &[("DOCKER_BASE_URL", &address), ("DOCKER_TIMEOUT", "3")],
        )
        .await;
        let params = json!({
            "name": "docker_events", "arguments": { "since": "1m", "until": "+4s" },
            "_meta": { "progressToken": "t" },
        });
        let request =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        client.send(request).await;
        let mut told = Vec::new();
        let answer = loop {
            let message = client.receive().await;
            if message["method"] != "notifications/progress" {
                break message;
            }
            told.push(
                message["params"]["message"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        };
        for part in ["container web: start", "container web: die"] {
            assert_eq!(
                told.iter().filter(|told| told.starts_with(part)).count(),
                1,
                "{told:?}"
            );
        }
        assert_eq!(
            actions(&answer["result"]["structuredContent"]),
            ["start", "die"],
            "{answer}"
        );
        let until = time(&last(&engine, "/events"), "until").unwrap();
        assert!(until > before, "{until}");
    }
}

/// The Engine says nothing for longer than a call may otherwise take.
#[tokio::test]
async fn a_silent_wait_ends_with_its_end_and_not_with_the_deadline() {
    let engine = engine(0).answer("GET /events", |seen| {
        let until = time(seen, "until").unwrap();
        let left = Timestamp::now().duration_until(until).as_secs().max(0);
        Reply::chunks([" "]).every(seconds(left.unsigned_abs()))
    });
    let settings = [("DOCKER_TIMEOUT", "1")];
    let args = json!({ "until": "+3s" });
    let result = call_with(&engine, &settings, "docker_events", args)
        .await
        .unwrap();
    assert_eq!(
        (&result["count"], &result["truncated"]),
        (&json!(0), &json!(false))
    );
}

#[tokio::test]
async fn an_end_that_is_too_far_ahead_is_refused() {
    let engine = engine(7200);
    let error = call(&engine, "docker_events", json!({ "until": "+301s" }))
        .await
        .unwrap_err();
    assert!(error.contains("300 s at most"), "{error}");
    assert!(!engine.requests().iter().any(|it| it.contains("/events")));
}

#[tokio::test]
async fn a_wait_that_is_cancelled_lets_go_of_the_engine() {
    let engine = engine(0).on("GET /events", Reply::chunks::<Vec<u8>>([]).then_hang());
    let address = engine.address();
    let mut client = RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", &address)]).await;
    let wait = json!({ "until": "+300s" });
    client.send(exchange::call(5, "docker_events", wait)).await;
    engine.asked("GET /events").await;
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 5 } });
    client.send(cancelled).await;
    engine.all_closed().await;
}

#[tokio::test]
async fn a_wait_for_events_holds_up_no_other_call() {
    let engine = engine(0).on("GET /events", Reply::chunks::<Vec<u8>>([]).then_hang());
    let address = engine.address();
    let settings = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "1"),
    ];
    let mut client = RawClient::session("2025-11-25", &settings).await;
    let wait = json!({ "until": "+300s" });
    client.send(exchange::call(5, "docker_events", wait)).await;
    engine.asked("GET /events").await;
    let inspect = json!({ "container_id": "web" });
    client
        .send(exchange::call(6, "docker_inspect_container", inspect))
        .await;
    let answer = client.receive().await;
    assert_eq!(answer["id"], 6, "{answer}");
    assert_ne!(answer["result"]["isError"], true, "{answer}");
}
