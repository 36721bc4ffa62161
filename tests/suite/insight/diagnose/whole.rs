//! The result as a whole: its order, its bounds, what could not be seen, and what cannot be asked.

use serde_json::{Value, json};

use super::{DIAGNOSE, Made, diagnosed, engine};
use crate::insight::failed;
use crate::support::client::{EVERYTHING, RawClient};
use crate::support::exchange;
use crate::support::fake_engine::{FakeEngine, Reply};

#[tokio::test]
async fn the_worst_comes_first_and_a_limit_says_what_it_left_out() {
    let paused = Made::new("a").state("paused", 0);
    let containers = [
        paused,
        Made::new("b").state("exited", 1),
        Made::new("c"),
        Made::new("d").state("exited", 2),
    ];
    let engine = engine(&containers);
    let result = diagnosed(&engine, json!({})).await;
    let order: Vec<&Value> = result["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["container"])
        .collect();
    assert_eq!(order, ["b", "d", "a"], "{result}");
    assert_eq!(
        (&result["healthy"], &result["checked"]),
        (&json!(["c"]), &json!(4))
    );
    assert_eq!(result["truncated"], false);
    let result = diagnosed(&engine, json!({ "limit": 1 })).await;
    assert_eq!(result["findings"].as_array().unwrap().len(), 1, "{result}");
    assert_eq!(result["truncated"], true);
    assert!(
        result["hint"].as_str().unwrap().contains("`limit` of 1"),
        "{result}"
    );
}

/// Of an Engine elsewhere nothing beside its API can be seen.
#[tokio::test]
async fn what_could_not_be_seen_is_named() {
    let probed = Made::new("app").unhealthy("curl http://localhost:81/", 7, "");
    let result = diagnosed(&engine(&[probed]), json!({})).await;
    let unknown = result["unknown"].to_string();
    assert!(unknown.contains("cannot be looked at"), "{unknown}");
    assert!(
        unknown.contains("app: whether anything in it listens on port 81"),
        "{unknown}"
    );
}

#[tokio::test]
async fn limits_that_are_nearly_reached_are_told_by_what_is_used() {
    let limited = Made::new("app")
        .with("/HostConfig/Memory", json!(100 << 20))
        .with("/HostConfig/PidsLimit", json!(10));
    let stats = json!({
        "memory_stats": { "usage": 96 << 20, "limit": 100 << 20, "stats": { "inactive_file": 1 << 20 } },
        "pids_stats": { "current": 10 },
    });
    let engine = engine(&[limited, Made::new("db")]).on("GET /containers/*/stats", stats);
    let result = diagnosed(&engine, json!({})).await;
    let findings = result["findings"].to_string();
    assert!(findings.contains("95 MiB of 100 MiB (95 %)"), "{findings}");
    assert!(findings.contains("pids 10 of 10"), "{findings}");
    let asked = engine.requests();
    let stats: Vec<&String> = asked.iter().filter(|it| it.contains("/stats")).collect();
    assert_eq!(
        stats.len(),
        1,
        "of those without a limit none is asked for: {stats:?}"
    );
}

/// An Engine may take a second for each.
#[tokio::test]
async fn those_with_a_limit_are_measured_at_once() {
    let names: Vec<&'static str> = (0..60).map(|at| &*format!("b{at:02}").leak()).collect();
    let limited =
        |name: &&'static str| Made::new(name).with("/HostConfig/Memory", json!(100 << 20));
    let containers: Vec<Made> = names.iter().map(limited).collect();
    let engine = engine(&containers).on("GET /containers/*/stats", Reply::hang());
    let address = engine.address();
    let mut client =
        RawClient::session("2025-11-25", &[EVERYTHING, ("DOCKER_BASE_URL", &address)]).await;
    client.send(exchange::call(5, DIAGNOSE, json!({}))).await;
    // None of them has been answered yet.
    for name in names {
        engine
            .asked(&format!("GET /containers/{name}0id/stats"))
            .await;
    }
    client.close_stdin();
    client.ended().await;
}

/// Who was stopped by somebody is not ill, and what killed a process may be known by an event alone.
#[tokio::test]
async fn events_tell_what_documents_have_forgotten() {
    let event = |action: &str, id: &str| {
        json!({ "Type": "container", "Action": action, "Actor": { "ID": id }, "time": 1_777_629_900 }).to_string()
    };
    let stopped = Made::new("app").state("exited", 137);
    let grown = Made::new("db");
    let engine = engine(&[stopped, grown]).on(
        "GET /events",
        Reply::chunks([event("stop", "app0id"), event("oom", "db0id")]),
    );
    let result = diagnosed(&engine, json!({})).await;
    assert_eq!(result["healthy"], json!(["app"]), "{result}");
    assert_eq!(result["findings"][0]["container"], "db", "{result}");
    assert!(
        result["findings"][0]["evidence"]
            .to_string()
            .contains("event: oom"),
        "{result}"
    );
}

#[tokio::test]
async fn the_names_of_those_beside_the_chosen_ones_are_asked_for() {
    let app = Made::new("app").env("DB_URL=postgres://store/");
    let db = Made::new("db").with("/NetworkSettings/Networks/shop/Aliases", json!(["store"]));
    let engine = engine(&[app, db, Made::new("far").on(&["other"])]);
    let result = diagnosed(&engine, json!({ "containers": ["app"] })).await;
    assert_eq!(result["findings"], json!([]), "{result}");
    assert_eq!(result["checked"], 1);
    let asked = engine.requests();
    assert!(!asked.iter().any(|it| it.contains("far0id")), "{asked:?}");
}

/// One of very many may have the name, and not all of them are asked.
#[tokio::test]
async fn nobody_has_a_name_only_where_all_were_asked() {
    let names: Vec<&'static str> = (0..60).map(|at| &*format!("b{at:02}").leak()).collect();
    let app = Made::new("app").env("DB_URL=postgres://ledger/");
    let others = names.iter().map(|name| Made::new(name));
    let containers: Vec<Made> = [app].into_iter().chain(others).collect();
    let chosen = json!({ "containers": ["app"] });
    let result = diagnosed(&engine(&containers), chosen.clone()).await;
    assert_eq!(result["findings"], json!([]), "{result}");
    let result = diagnosed(&engine(&containers[..20]), chosen).await;
    let problem = result["findings"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("asks for `ledger`"), "{result}");
}

#[tokio::test]
async fn an_engine_that_does_not_answer_and_a_name_of_none_are_errors() {
    let text = failed(
        &engine(&[Made::new("app")]),
        DIAGNOSE,
        json!({ "containers": ["appp"] }),
    )
    .await;
    assert!(text.contains("did you mean `app`?"), "{text}");
    let broken = FakeEngine::start().on("GET /containers/json", Reply::error(500, "no room"));
    let text = failed(&broken, DIAGNOSE, json!({})).await;
    assert!(text.contains("no room"), "{text}");
}

/// Each ended twice of late, or once after a long time; nobody told the Engine of the first end but it.
#[tokio::test]
async fn two_ends_are_a_loop_only_where_they_are_close() {
    let die = |time: i64| {
        json!({ "Type": "container", "Action": "die", "Actor": { "ID": "app0id" }, "time": time })
            .to_string()
    };
    let (now, lately) = (1_777_630_195, 1_777_629_000);
    let app = |created: &str| {
        Made::new("app")
            .with("/Created", json!(created))
            .with("/RestartCount", json!(2))
            .with("/State/StartedAt", json!("2026-05-01T10:09:56Z"))
            .with("/State/FinishedAt", json!("2026-05-01T10:09:55Z"))
            .log("cannot allocate a buffer")
    };
    let (young, old) = ("2026-05-01T09:00:00Z", "2026-04-01T09:00:00Z");
    for (created, state, ends, expected) in [
        (old, "running", vec![now], "far apart, no loop"),
        (old, "running", vec![], "far apart, no loop"),
        (old, "running", vec![lately, now], "restart loop"),
        (young, "running", vec![now], "restart loop"),
        // It waits for longer than after a first end.
        (old, "restarting", vec![], "restart loop"),
    ] {
        let app = app(created).with("/State/Status", json!(state));
        let ends = Reply::chunks(ends.into_iter().map(die));
        let engine = engine(&[app]).on("GET /events", ends);
        let result = diagnosed(&engine, json!({})).await;
        let found = result["findings"].as_array().unwrap();
        let problem = found[0]["problem"].as_str().unwrap();
        assert!(problem.contains(expected), "{created}, {state}: {result:#}");
        let is_loop = expected == "restart loop";
        let severity = if is_loop { "critical" } else { "notice" };
        assert_eq!(found[0]["severity"], severity, "{result:#}");
        assert_eq!(found.len(), 1, "{result:#}");
    }
}

/// A hundred of them, half of them ill, within the budget of a result.
#[tokio::test]
async fn a_hundred_containers_fit() {
    let names: Vec<&'static str> = (0..100)
        .map(|at| &*format!("service-{at:03}").leak())
        .collect();
    let ill = |(at, name): (usize, &&'static str)| match at % 2 {
        0 => Made::new(name),
        _ => Made::new(name).state("exited", 1).log("one\ntwo\nthree"),
    };
    let containers: Vec<Made> = names.iter().enumerate().map(ill).collect();
    let result = diagnosed(&engine(&containers), json!({ "limit": 1000 })).await;
    assert_eq!(result["checked"], 100);
    assert_eq!(result["findings"].as_array().unwrap().len(), 50);
    assert_eq!(result["truncated"], false);
    let bytes = result.to_string().len();
    assert!(bytes < 40_000, "{bytes}");
}

/// All of a hundred are ill, and what they say of it is long: the worst stay whole, and what was left out
/// is said.
#[tokio::test]
async fn of_a_hundred_that_are_ill_the_worst_fit() {
    let names: Vec<&'static str> = (0..100)
        .map(|at| &*format!("service-{at:03}").leak())
        .collect();
    let log: &'static str = format!("{}\n", "it went on, and then it did not ".repeat(12))
        .repeat(3)
        .leak();
    let ill = |(at, name): (usize, &&'static str)| match at % 2 {
        0 => Made::new(name).state("paused", 0),
        _ => Made::new(name).state("exited", 1).log(log),
    };
    let containers: Vec<Made> = names.iter().enumerate().map(ill).collect();
    let engine = engine(&containers);
    for limit in [20, 1000] {
        let result = diagnosed(&engine, json!({ "limit": limit })).await;
        assert_eq!(result["checked"], 100);
        let bytes = result.to_string().len();
        assert!(bytes <= 40_000, "{bytes}");
        let findings = result["findings"].as_array().unwrap();
        assert_eq!(result["truncated"], true);
        assert!((20..50).contains(&findings.len()), "{}", findings.len());
        for finding in findings {
            assert_eq!(finding["severity"], "critical", "{finding:#}");
            assert_eq!(
                finding["evidence"].as_array().unwrap().len(),
                5,
                "{finding:#}"
            );
        }
    }
}
