//! Sets the Engine's clock far from this machine's, and looks at every time that is asked for or shown.

mod events;
mod logs;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::resources::container as resource_container;
use crate::support::client::{Client, RawClient};
use crate::support::exchange::{self, PLANNED, UNASKED, outcome, prompt};
use crate::support::fake_engine::{FakeEngine, Reply, Seen, frame};

const ID: &str = "8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d3c5a7b9e8f1d";

/// By how many seconds the Engine's clock is ahead.
const AHEAD: [i64; 5] = [7200, -7200, 90, -90, 0];

/// As long may a call take on a machine that is busy.
const SLACK: i64 = 60;

/// An Engine with a container `web`, whose clock is so far ahead.
fn engine(ahead: i64) -> FakeEngine {
    let engine = FakeEngine::start()
        .on("GET /containers/*/json", Reply::error(404, "No such container: x"))
        .on(
            "GET /containers/web/json",
            json!({ "Id": ID, "Name": "/web", "Config": { "Tty": false }, "State": { "Status": "exited", "ExitCode": 1 } }),
        )
        .on("GET /containers/*/logs", Reply::chunks::<Vec<u8>>([]))
        .on("GET /events", Reply::empty(200));
    engine.set_ahead(ahead);
    engine
}

/// The result of a call, or the text of its failure.
async fn call(engine: &FakeEngine, tool: &str, args: Value) -> Result<Value, String> {
    call_with(engine, &[], tool, args).await
}

async fn call_with(
    engine: &FakeEngine,
    settings: &[(&str, &str)],
    tool: &str,
    args: Value,
) -> Result<Value, String> {
    outcome(&engine.address(), settings, tool, args).await
}

/// What the prompt says that looks for what is wrong with `web`.
async fn troubleshot(engine: &FakeEngine) -> String {
    let client = Client::start(&[("DOCKER_BASE_URL", &engine.address())]).await;
    let web = json!({ "container_id": "web" });
    let text = prompt(client.peer(), "troubleshoot_container", web).await;
    client.stop().await;
    text.unwrap()
}

/// A time in the query of a request.
fn time(seen: &Seen, name: &str) -> Option<Timestamp> {
    let (_, query) = seen.target.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    let seconds: f64 = value.parse().unwrap();
    (seconds > 0.0).then(|| Timestamp::from_second(seconds as i64).unwrap())
}

/// The last request of that path.
fn last(engine: &FakeEngine, path: &str) -> Seen {
    let seen = engine.seen();
    let mut of_path = seen
        .into_iter()
        .filter(|seen| seen.target.starts_with(path));
    of_path.next_back().unwrap()
}

/// A time is so many seconds before the Engine's now, or was when the call was made.
fn is_ago(engine: &FakeEngine, time: Timestamp, seconds: i64, what: &str) {
    let ago = time.duration_until(engine.now()).as_secs();
    assert!(
        (seconds - 2..seconds + SLACK).contains(&ago),
        "{what}: {ago} s ago instead of {seconds}"
    );
}

/// Seconds since 1970, so long before the Engine's now.
fn ago(engine: &FakeEngine, seconds: i64) -> Timestamp {
    engine.now() - SignedDuration::from_secs(seconds)
}

/// Something of everything that a prune takes, of that age on the Engine's clock.
fn aged(ahead: i64, young: i64, old: i64) -> FakeEngine {
    let engine = engine(ahead);
    let at = |seconds| ago(&engine, seconds);
    let container = |name: &str, made: i64| json!({ "Id": name, "Names": [format!("/{name}")], "Image": "a", "ImageID": "sha256:0", "State": "exited", "Created": at(made).as_second() });
    let image = |name: &str, made: i64| json!({ "Id": format!("sha256:{name}"), "RepoTags": null, "Created": at(made).as_second(), "Size": 1 });
    let network = |name: &str, made: i64| json!({ "Id": name, "Name": name, "Driver": "bridge", "Created": at(made).to_string() });
    let volume = |name: &str, made: i64| json!({ "Name": name, "Driver": "local", "CreatedAt": at(made).to_string(), "Labels": { "com.docker.volume.anonymous": "" } });
    let record = |name: &str, used: i64| json!({ "ID": name, "Type": "regular", "Size": 1, "LastUsedAt": at(used).to_string() });
    let both = |make: &dyn Fn(&str, i64) -> Value, what: &str| {
        json!([
            make(&format!("young-{what}"), young),
            make(&format!("old-{what}"), old)
        ])
    };
    let (containers, images) = (both(&container, "container"), both(&image, "image"));
    let (networks, volumes) = (both(&network, "network"), both(&volume, "volume"));
    let cache = both(&record, "record");
    engine
        .on("GET /version", crate::support::fake_engine::version("1.45"))
        .on("GET /containers/json", containers)
        .on("GET /images/json", images)
        .on("GET /networks", networks)
        .on(
            "GET /networks/*",
            json!({ "Driver": "bridge", "Containers": {} }),
        )
        .on("GET /volumes", json!({ "Volumes": volumes }))
        .on("GET /system/df", json!({ "BuildCache": cache }))
        .on("GET /images/*/json", json!({ "RepoTags": null }))
        .on("DELETE /containers/*", Reply::empty(204))
        .on("DELETE /networks/*", Reply::empty(204))
        .on("DELETE /volumes/*", Reply::empty(204))
        .on("DELETE /images/*", json!([]))
        .on(
            "POST /build/prune",
            json!({ "CachesDeleted": ["old-record"] }),
        )
}

#[tokio::test]
async fn a_prune_takes_what_is_old_on_the_engines_clock_and_nothing_else() {
    for ahead in AHEAD {
        let engine = aged(ahead, 1, 7200);
        let filters = json!({ "filters": { "until": "1h" } });
        let result = call_with(&engine, &UNASKED, "docker_system_prune", filters.clone());
        let result = result.await.unwrap();
        assert_eq!(
            result["containers_deleted"],
            json!(["old-container"]),
            "{ahead}"
        );
        assert_eq!(
            result["networks_deleted"],
            json!(["old-network"]),
            "{ahead}"
        );
        let deleted = |name: &str| {
            let requests = engine.requests();
            requests
                .iter()
                .any(|it| it.starts_with("DELETE") && it.contains(name))
        };
        assert!(deleted("old-image") && !deleted("young"), "{ahead}");
        let pruned = last(&engine, "/build/prune").target;
        let records = crate::prune::pruned_records(&pruned);
        assert_eq!(records, "^(old-record)$", "{ahead}");

        let engine = aged(ahead, 1, 7200);
        let result = call_with(&engine, &UNASKED, "docker_prune_images", filters);
        result.await.unwrap();
        let requests = engine.requests();
        let deleted: Vec<_> = requests
            .iter()
            .filter(|it| it.starts_with("DELETE"))
            .collect();
        assert!(
            deleted.len() == 1 && deleted[0].contains("old-image"),
            "{ahead}: {deleted:?}"
        );
    }
}

#[tokio::test]
async fn the_plan_of_a_prune_shows_ages_on_the_engines_clock() {
    for ahead in AHEAD {
        for (tool, args, parts) in [
            (
                "docker_system_prune",
                json!({ "volumes": true }),
                &["container", "network", "volume", "image", "record"][..],
            ),
            ("docker_prune_images", json!({}), &["image"]),
            ("docker_prune_volumes", json!({}), &["volume"]),
        ] {
            let engine = aged(ahead, 600, 7200);
            let plan = call_with(&engine, &PLANNED, tool, args).await.unwrap_err();
            for part in parts {
                let of = |age: &str| {
                    let lines = plan.split('\n').filter(|line| line.contains(part));
                    lines.filter(|line| line.contains(age)).count()
                };
                assert_eq!(
                    (of("2 hours ago"), of(" minutes ago")),
                    (1, 1),
                    "{ahead} {part}: {plan}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_prune_of_what_is_older_than_a_date_reads_it_as_utc() {
    let engine = aged(0, 1, 7200);
    let until = ago(&engine, 3600).strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let args = json!({ "filters": { "until": until } });
    let result = call_with(&engine, &UNASKED, "docker_system_prune", args).await;
    assert_eq!(
        result.unwrap()["containers_deleted"],
        json!(["old-container"])
    );
}

#[tokio::test]
async fn the_audit_log_says_how_far_the_engines_clock_is_from_its_own() {
    for ahead in AHEAD {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("audit.jsonl");
        let settings = [("MCP_DOCKER_AUDIT_LOG", log.to_str().unwrap())];
        let engine = engine(ahead);
        let args = json!({ "container_id": "web" });
        let result = call_with(&engine, &settings, "docker_inspect_container", args).await;
        assert!(result.is_ok());
        let line: Value = serde_json::from_str(&std::fs::read_to_string(&log).unwrap()).unwrap();
        let time: Timestamp = line["time"].as_str().unwrap().parse().unwrap();
        assert!(
            time.duration_until(Timestamp::now()).as_secs() < SLACK,
            "{line}"
        );
        match line["engine_clock_ahead_seconds"].as_i64() {
            None => assert_eq!(ahead, 0),
            Some(said) => assert!((said - ahead).abs() <= 2, "{said} instead of {ahead}"),
        }
    }
}

#[tokio::test]
async fn the_prompt_looks_at_the_last_day_of_the_engines_clock() {
    for ahead in AHEAD {
        let engine = engine(ahead);
        troubleshot(&engine).await;
        let since = time(&last(&engine, "/events"), "since").unwrap();
        is_ago(&engine, since, 86400, "the events of a prompt");
    }
}

#[tokio::test]
async fn what_is_subscribed_to_is_followed_from_the_engines_now() {
    for ahead in [7200, -7200] {
        let engine = engine(ahead);
        let now = json!({ "ID": "fake", "SystemTime": engine.now().to_string() });
        let engine = engine
            .on("GET /info", now)
            .on("GET /events", Reply::chunks::<Vec<u8>>([]).then_hang())
            .on("GET /containers/*/json", resource_container("web", true))
            .on(
                "GET /containers/*/logs",
                Reply::chunks([frame(1, "x\n")]).then_hang(),
            );
        let address = engine.address();
        let mut client = RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", &address)]).await;
        let uri = json!({ "uri": "container://logs/web" });
        client.request(1, "resources/subscribe", uri).await;
        engine.asked("GET /events").await;
        let since = time(&last(&engine, "/events"), "since").unwrap();
        is_ago(&engine, since, 0, "the events that are followed");
    }
}

/// A laptop that slept, or a virtual machine: from one call to the next its clock is another.
#[tokio::test]
async fn a_clock_that_was_set_counts_from_the_next_reply_on() {
    let engine = engine(0);
    let address = engine.address();
    let client = Client::start(&[("DOCKER_BASE_URL", &address)]).await;
    for ahead in [0, 7200, -7200] {
        engine.set_ahead(ahead);
        let args = json!({ "container_id": "web", "since": "10m" });
        assert_ne!(
            client.call("docker_container_logs", args).await.is_error,
            Some(true)
        );
        let since = time(&last(&engine, "/containers/web/logs"), "since").unwrap();
        is_ago(&engine, since, 600, "the log after the clock was set");
    }
    client.stop().await;
}

/// No time is looked up that nobody asks for.
#[tokio::test]
async fn the_engines_clock_costs_no_request() {
    let engine = engine(7200);
    let args = json!({ "container_id": "web", "since": "10m", "until": "5m" });
    call(&engine, "docker_container_logs", args).await.unwrap();
    let paths: Vec<String> = engine
        .requests()
        .iter()
        .map(|it| it.split('?').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        paths,
        ["GET /containers/web/json", "GET /containers/web/logs"]
    );
    assert_eq!(engine.negotiations(), 1);
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
