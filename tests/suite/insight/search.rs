//! `docker_search_logs`, and how it and others choose containers.

mod many;

use std::time::Duration;

use serde_json::{Value, json};

use super::{call, failed};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const SEARCH: &str = "docker_search_logs";

/// Any time will do: what the Engine sends is what it was asked for.
const ALL: &str = "2026-01-01T00:00:00Z";

/// A container by its name, which stands for its id, too.
fn listed(name: &str) -> Value {
    let labels = json!({ "com.docker.compose.project": name.split('-').next() });
    json!({ "Id": format!("{name}0id"), "Names": [format!("/{name}")], "State": "running", "Labels": labels })
}

fn engine(names: &[&str]) -> FakeEngine {
    let list: Value = names.iter().map(|name| listed(name)).collect();
    FakeEngine::start()
        .on("GET /containers/json", list)
        .on(
            "GET /containers/*/json",
            json!({ "Config": { "Tty": false } }),
        )
        .on("GET /containers/*/logs", Reply::empty(200))
}

/// When a line was written, in which stream, and its text.
type Written<'a> = (u8, u8, &'a str);

/// An Engine whose containers wrote these lines: the second of a minute, the stream and the text.
fn logs(of: &[(&str, &[Written<'_>])]) -> FakeEngine {
    let names: Vec<&str> = of.iter().map(|(name, _)| *name).collect();
    of.iter().fold(engine(&names), |engine, (name, lines)| {
        let frames: Vec<Vec<u8>> = lines.iter().map(|line| written(*line)).collect();
        engine.on(
            &format!("GET /containers/{name}0id/logs"),
            Reply::chunks(frames),
        )
    })
}

fn written((second, stream, text): Written<'_>) -> Vec<u8> {
    frame(
        stream,
        &format!("2026-05-01T10:00:{second:02}.000000000Z {text}"),
    )
}

async fn given(engine: &FakeEngine, mut arguments: Value) -> Value {
    let since = json!({ "since": ALL });
    for (key, value) in since.as_object().unwrap() {
        let _ = arguments
            .as_object_mut()
            .unwrap()
            .entry(key)
            .or_insert(value.clone());
    }
    let result = call(engine, SEARCH, arguments).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

/// Container and text of each line.
fn told(result: &Value) -> Vec<(&str, &str, i64)> {
    let text = |line: &'_ Value, key: &str| line[key].as_str().unwrap().to_owned().leak() as &str;
    let lines = result["lines"].as_array().unwrap().iter();
    lines
        .map(|line| {
            (
                text(line, "container"),
                text(line, "text"),
                line["count"].as_i64().unwrap(),
            )
        })
        .collect()
}

/// Their Engine's stamps order them, however fast each comes.
#[tokio::test]
async fn lines_of_all_logs_are_in_the_order_of_their_times() {
    let slow = [written((1, 1, "a first\n")), written((5, 2, "a last\n"))];
    let engine = logs(&[
        ("a", &[]),
        ("b", &[(2, 1, "b second\n"), (4, 1, "b fourth\n")]),
        ("c", &[(3, 2, "c third\n")]),
    ])
    .on(
        "GET /containers/a0id/logs",
        Reply::chunks(slow).every(Duration::from_millis(50)),
    );
    let result = given(&engine, json!({})).await;
    let expected = [
        ("a", "a first", 1),
        ("b", "b second", 1),
        ("c", "c third", 1),
        ("b", "b fourth", 1),
        ("a", "a last", 1),
    ];
    assert_eq!(told(&result), expected);
    let third = json!({
        "time": "2026-05-01T10:00:03.000Z", "container": "c", "stream": "stderr", "text": "c third", "count": 1,
    });
    assert_eq!(result["lines"][2], third);
    assert_eq!(result["searched"], json!(["a", "b", "c"]));
    assert_eq!(
        (&result["matched"], &result["truncated"]),
        (&json!(5), &json!(false))
    );
}

#[tokio::test]
async fn lines_in_pieces_and_lines_of_a_terminal_are_whole() {
    let pieces = [
        frame(1, "2026-05-01T10:00:01.000000000Z one "),
        written((2, 2, "between\n")),
        frame(1, "2026-05-01T10:00:01.000000000Z half\n"),
        written((3, 1, "no end")),
    ];
    let terminal = "2026-05-01T10:00:04.000000000Z \u{1b}[31mred\u{1b}[0m\r\n2026-05-01T10:00:05.000000000Z next\r\n";
    let engine = engine(&["a", "tty"])
        .on("GET /containers/a0id/logs", Reply::chunks(pieces))
        .on(
            "GET /containers/tty0id/json",
            json!({ "Config": { "Tty": true } }),
        )
        .on("GET /containers/tty0id/logs", Reply::chunks([terminal]));
    let result = given(&engine, json!({})).await;
    let expected = [
        ("a", "one half", 1),
        ("a", "between", 1),
        ("a", "no end", 1),
        ("tty", "red", 1),
        ("tty", "next", 1),
    ];
    assert_eq!(told(&result), expected);
}

#[tokio::test]
async fn repeats_that_differ_in_times_ids_and_numbers_are_shown_once_with_their_count() {
    let engine = logs(&[
        (
            "a",
            &[
                (1, 1, "GET /x id=7f3a9c1e took 3ms\n"),
                (2, 1, "GET /x id=00ddee01 took 15ms\n"),
                (9, 1, "GET /x id=abc123ef took 4ms\n"),
            ],
        ),
        (
            "b",
            &[
                (3, 1, "GET /x id=00ddee01 took 1ms\n"),
                (4, 1, "status 200\n"),
                (5, 1, "status 500\n"),
            ],
        ),
    ]);
    let result = given(&engine, json!({})).await;
    let expected = [
        ("b", "GET /x id=00ddee01 took 1ms", 1),
        ("b", "status 200", 1),
        ("b", "status 500", 1),
        ("a", "GET /x id=abc123ef took 4ms", 3),
    ];
    assert_eq!(told(&result), expected);
    assert_eq!(
        result["lines"][3]["first"], "2026-05-01T10:00:01.000Z",
        "{result}"
    );
    assert_eq!(
        result["lines"][3]["time"], "2026-05-01T10:00:09.000Z",
        "{result}"
    );
    assert_eq!(result["matched"], 6);
    let apart = given(&engine, json!({ "fold": false, "grep": "id=00ddee01" })).await;
    let expected = [
        ("a", "GET /x id=00ddee01 took 15ms", 1),
        ("b", "GET /x id=00ddee01 took 1ms", 1),
    ];
    assert_eq!(told(&apart), expected);
}

#[tokio::test]
async fn what_is_around_a_match_and_which_stream_can_be_chosen() {
    let engine = logs(&[(
        "a",
        &[
            (1, 1, "zero\n"),
            (2, 1, "before\n"),
            (3, 2, "boom\n"),
            (4, 1, "behind\n"),
            (5, 1, "far\n"),
        ],
    )]);
    let around = given(&engine, json!({ "grep": "boom", "context": 1 })).await;
    assert_eq!(
        told(&around),
        [("a", "before", 0), ("a", "boom", 1), ("a", "behind", 0)]
    );
    assert_eq!(around["matched"], 1, "{around}");
    let errors = given(&engine, json!({ "stream": "stderr" })).await;
    assert_eq!(told(&errors), [("a", "boom", 1)]);
    assert!(
        engine
            .requests()
            .last()
            .unwrap()
            .contains("stdout=false&stderr=true")
    );
    let none = given(&engine, json!({ "grep": "/boom/i" })).await;
    assert_eq!(none["lines"], json!([]), "{none}");
    assert!(
        none["hint"].as_str().unwrap().contains("(?i)boom"),
        "{none}"
    );
}

/// The newest are kept, of all together and of each.
#[tokio::test]
async fn a_limit_and_a_tail_leave_out_the_oldest_and_say_so() {
    let engine = logs(&[
        (
            "a",
            &[(1, 1, "a one\n"), (3, 1, "a two\n"), (6, 1, "a three\n")],
        ),
        (
            "b",
            &[(2, 1, "b one\n"), (4, 1, "b two\n"), (5, 1, "b three\n")],
        ),
    ]);
    let newest = given(&engine, json!({ "limit": 2 })).await;
    assert_eq!(told(&newest), [("b", "b three", 1), ("a", "a three", 1)]);
    assert_eq!(
        (&newest["matched"], &newest["truncated"]),
        (&json!(6), &json!(true))
    );
    assert!(
        newest["hint"].as_str().unwrap().contains("`limit` of 2"),
        "{newest}"
    );
    let each = given(&engine, json!({ "tail": 1 })).await;
    assert_eq!(told(&each), [("b", "b three", 1), ("a", "a three", 1)]);
    assert!(engine.requests().last().unwrap().ends_with("tail=17"));
    assert!(each["hint"].as_str().unwrap().contains("`tail`"), "{each}");
    let each = given(&engine, json!({ "tail": 1, "grep": "two" })).await;
    assert_eq!(told(&each), [("a", "a two", 1), ("b", "b two", 1)]);
}

/// A search must not tell what is hidden.
#[tokio::test]
async fn secrets_are_hidden_before_they_are_looked_for() {
    let engine = logs(&[(
        "a",
        &[(1, 1, "PASSWORD=hunter2hunter2\n"), (2, 1, "fine\n")],
    )]);
    let all = given(&engine, json!({})).await;
    assert!(all.to_string().contains("[REDACTED:"), "{all}");
    assert!(!all.to_string().contains("hunter2"), "{all}");
    let none = given(&engine, json!({ "grep": "hunter2" })).await;
    assert_eq!(none["matched"], 0, "{none}");
}

#[tokio::test]
async fn a_project_names_and_filters_choose_the_containers() {
    let engine = engine(&["shop-web", "shop-db", "blog-web"]);
    let searched = async |arguments: Value| given(&engine, arguments).await["searched"].clone();
    assert_eq!(
        searched(json!({ "project": "shop" })).await,
        json!(["shop-db", "shop-web"])
    );
    assert_eq!(
        searched(json!({ "containers": "blog-web" })).await,
        json!(["blog-web"])
    );
    let by_id = json!({ "containers": ["shop-db0i", "/shop-web"] });
    assert_eq!(searched(by_id).await, json!(["shop-db", "shop-web"]));
    let twice = json!({ "containers": ["shop-db", "shop-web", "shop-db0i"] });
    assert_eq!(searched(twice).await, json!(["shop-db", "shop-web"]));
    searched(json!({ "filters": "status=running" })).await;
    let list = |request: &&String| request.starts_with("GET /containers/json");
    let requests = engine.requests();
    let last = requests.iter().rfind(list).unwrap();
    assert!(
        last.contains("all=true") && last.contains("status"),
        "{last}"
    );
}

#[tokio::test]
async fn a_name_or_project_that_there_is_none_of_is_told_with_the_nearest() {
    let engine = engine(&["shop-web", "shop-db", "blog-web"]);
    for (arguments, said) in [
        (
            json!({ "project": "shpo" }),
            "no such project: `shpo`; did you mean `shop`?",
        ),
        (json!({ "project": "zzz" }), "there are `blog`, `shop`"),
        (
            json!({ "containers": ["shop-wbe"] }),
            "did you mean `shop-web`?",
        ),
        (
            json!({ "project": "blog", "containers": ["shop-db"] }),
            "no such container: `shop-db`",
        ),
        (
            json!({ "containers": ["shop"] }),
            "the ids of 2 containers begin with `shop`",
        ),
        (json!({ "containers": ["../x"] }), "`../x`: it holds `..`"),
        (json!({ "grep": "(" }), "`grep`"),
    ] {
        let text = failed(&engine, SEARCH, arguments).await;
        assert!(text.contains(said), "{text}");
    }
    let asked = engine.requests();
    // What no container is called may be a service.
    let others = asked
        .iter()
        .filter(|it| !it.starts_with("GET /containers/json"));
    let others: Vec<&String> = others.collect();
    assert_eq!(others, ["GET /services/shop-wbe"], "{asked:?}");
}

/// A driver that keeps no log, a container that is gone: the others are shown.
#[tokio::test]
async fn a_log_that_cannot_be_read_is_named_beside_the_others() {
    let none = "configured logging driver does not support reading";
    let engine = logs(&[("a", &[(1, 1, "here\n")]), ("b", &[]), ("c", &[])])
        .on("GET /containers/b0id/logs", Reply::error(501, none))
        .on(
            "GET /containers/c0id/json",
            Reply::error(404, "No such container: c"),
        );
    let result = given(&engine, json!({})).await;
    assert_eq!(told(&result), [("a", "here", 1)]);
    assert_eq!(result["searched"], json!(["a"]));
    let hint = result["hint"].as_str().unwrap();
    assert!(
        hint.contains("`b`") && hint.contains(none) && !hint.contains("`c`"),
        "{hint}"
    );
    let only = json!({ "containers": ["b"], "since": ALL });
    let text = failed(&engine, SEARCH, only).await;
    assert!(text.contains(none), "{text}");
}
