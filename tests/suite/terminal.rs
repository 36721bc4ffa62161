//! What a person at a terminal sees of results, on scripted Engines.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::terminal::run;

const ID: &str = "4f5c0d1e2a3b4f5c0d1e2a3b4f5c0d1e2a3b4f5c0d1e2a3b4f5c0d1e2a3b4f5c";

/// What a command leaves on a terminal of that many columns, where it succeeds.
async fn shown(engine: &FakeEngine, columns: u16, words: &str) -> String {
    let address = engine.address();
    let seen = run(columns, words, &[("DOCKER_BASE_URL", &address)], &[]).await;
    assert_eq!(seen.code, Some(0), "{}", seen.text);
    // Without the bold of headers.
    strip_ansi_escapes::strip_str(seen.text)
}

fn answering(pattern: &str, reply: impl Into<Reply>) -> FakeEngine {
    FakeEngine::start().on(pattern, reply)
}

fn containers() -> Value {
    json!([{
        "Id": ID, "Names": ["/shop-frontend-1"], "Image": "registry.example/shop/frontend:1.25",
        "State": "running", "Status": "Up 5 minutes (healthy)", "Created": 1_764_104_876,
        "Ports": [
            { "IP": "0.0.0.0", "PrivatePort": 8443, "PublicPort": 8443, "Type": "tcp" },
            { "IP": "::", "PrivatePort": 8443, "PublicPort": 8443, "Type": "tcp" },
        ],
        "Labels": { "com.docker.compose.project": "market", "com.docker.compose.service": "pages" },
    }])
}

/// The words of the container above that a person may want to copy.
const WORDS: [&str; 7] = [
    "4f5c0d1e2a3b",
    "shop-frontend-1",
    "registry.example/shop/frontend:1.25",
    "running",
    "8443->8443/tcp",
    "2025-11-25T21:07:56Z",
    "market/pages",
];

fn assert_widths(text: &str, columns: usize) {
    for line in text.lines() {
        let one_word = line.split_whitespace().count() <= 2;
        assert!(line.chars().count() <= columns || one_word, "{line:?}");
    }
}

#[tokio::test]
async fn a_table_cuts_long_values_and_leaves_out_what_has_no_room() {
    let engine = answering("GET /containers/json", containers());
    let wide = shown(&engine, 200, "call list_containers").await;
    assert!(WORDS.iter().all(|word| wide.contains(word)), "{wide}");
    assert!(!wide.contains("no room") && !wide.contains('…'), "{wide}");

    for columns in [120, 100, 80] {
        let text = shown(&engine, columns, "call list_containers").await;
        assert_widths(&text, columns.into());
        assert!(text.starts_with("ID "), "{text}");
        assert_eq!(
            text.lines()
                .filter(|line| line.starts_with("4f5c0d1e2a3b  "))
                .count(),
            1
        );
        // Short values are whole, and both families of addresses are one.
        for whole in ["4f5c0d1e2a3b", "shop-frontend-1", "8443->8443/tcp"] {
            assert!(text.contains(whole), "no `{whole}`: {text}");
        }
        assert!(!text.contains("[::]") && !text.contains("count:"), "{text}");
    }
}

/// One name of sixty characters is no reason to give up the table.
#[tokio::test]
async fn a_name_that_is_too_long_is_cut() {
    let mut long = containers();
    long[0]["Names"] = json!([format!("/{}", "n".repeat(60))]);
    let engine = answering("GET /containers/json", long);
    let text = shown(&engine, 80, "call list_containers").await;
    assert_widths(&text, 80);
    assert!(text.starts_with("ID ") && text.contains("nnn…"), "{text}");
}

#[tokio::test]
async fn where_too_little_has_room_each_item_is_a_record() {
    let engine = answering("GET /containers/json", containers());
    let text = shown(&engine, 40, "call list_containers").await;
    assert!(WORDS.iter().all(|word| text.contains(word)), "{text}");
    assert!(
        text.starts_with("id: 4f5c0d1e2a3b\nname: shop-frontend-1\n"),
        "{text}"
    );

    let text = shown(&engine, 40, "tools").await;
    assert!(text.starts_with("tool: docker_"), "{text}");
    assert!(
        text.contains("\n\ntool: docker_build_image\ntier: moderate\nsummary: "),
        "{text}"
    );
}

#[tokio::test]
async fn an_empty_list_says_so() {
    let engine = answering("GET /containers/json", json!([]));
    let text = shown(&engine, 80, "call list_containers").await;
    assert_eq!(text.trim_end(), "no containers");
}

/// A footer is for what is not there.
#[tokio::test]
async fn a_list_that_was_cut_says_how_much_of_it_is_there() {
    let network = |name: &str| json!({ "Name": name, "Id": ID });
    let engine = answering(
        "GET /networks",
        json!([network("a"), network("b"), network("c")]),
    );
    let all = shown(&engine, 80, "call list_networks").await;
    assert!(!all.contains("shown") && !all.contains("total"), "{all}");
    let cut = shown(&engine, 80, "call list_networks limit=2").await;
    assert!(cut.contains("\n\n2 of 3 are shown\n"), "{cut}");
}

#[tokio::test]
async fn sizes_and_times_are_for_people_on_a_terminal() {
    let layer = json!({
        "Id": "sha256:1", "Created": 1_764_104_876, "CreatedBy": "RUN make", "Size": 12_345_678,
        "Tags": null, "Comment": "",
    });
    let engine = answering("GET /images/*/history", json!([layer])).on(
        "GET /images/json",
        json!([{ "Id": format!("sha256:{ID}"), "RepoTags": ["web:1"], "Size": 12_345_678, "Created": 1 }]),
    );
    let text = shown(&engine, 120, "call image_history image=web:1").await;
    assert!(text.starts_with("ID "), "{text}");
    assert!(
        text.contains("2025-11-25T21:07:56Z") && text.contains("12.35 MB"),
        "{text}"
    );
    let text = shown(&engine, 120, "call list_images").await;
    assert!(
        text.contains(" 12.35 MB ") && !text.contains("12345678"),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_nested_has_lines_of_its_own() {
    let version = json!({
        "Version": "28.0.0", "ApiVersion": "1.48", "MinAPIVersion": "1.24",
        "Components": [{ "Name": "Engine", "Version": "28.0.0", "Details": { "Arch": "amd64" } }],
    });
    let engine = answering("GET /version", version)
        .on(
            "GET /containers/*/json",
            json!({ "Id": ID, "Config": { "Cmd": ["sh", "-c", "a; b"], "Env": ["A=1"] } }),
        )
        .on(
            "GET /events",
            json!({
                "Type": "container", "Action": "die", "time": jiff::Timestamp::now().as_second(),
                "Actor": { "ID": ID, "Attributes": { "name": "web", "exitCode": "1" } },
            }),
        );
    let text = shown(&engine, 80, "call version").await;
    let expected = "  Components:\n    - Details:\n        Arch: amd64\n      Name: Engine\n      Version: 28.0.0\n";
    assert!(text.contains(expected), "{text}");
    let text = shown(&engine, 80, "call inspect_container container_id=web").await;
    let expected = "    Cmd:\n      - sh\n      - -c\n      - a; b\n    Env: A=1\n";
    assert!(text.contains(expected), "{text}");
    let text = shown(&engine, 250, "call events").await;
    assert!(text.starts_with("TIME "), "{text}");
    for part in [&ID[..12], "web", "exitCode=1"] {
        assert!(text.contains(part), "no `{part}`: {text}");
    }
}

#[tokio::test]
async fn the_log_of_a_build_has_a_line_for_each_step() {
    let steps = ["Step 1/2 : FROM scratch", "Step 2/2 : LABEL a=b"];
    let said = steps.map(|step| format!("{}\n", json!({ "stream": format!("{step}\n") })));
    let built = format!("{}\n", json!({ "aux": { "ID": "sha256:1" } }));
    let engine = answering(
        "POST /build",
        Reply::chunks(said.into_iter().chain([built])),
    )
    .on(
        "GET /images/*/json",
        json!({ "Id": "sha256:1", "RepoTags": [] }),
    )
    .on("GET /info", json!({ "DockerRootDir": "/var/lib/docker" }));
    let folder = crate::support::workplace::workplace();
    std::fs::write(
        folder.path().join("Dockerfile"),
        "FROM scratch\nLABEL a=b\n",
    )
    .unwrap();
    let words = format!("call build_image path={}", folder.path().display());
    let text = shown(&engine, 80, &words).await;
    assert!(
        text.contains(&format!("{}\n{}\n", steps[0], steps[1])),
        "{text}"
    );
    assert!(text.contains("image_id: sha256:1"), "{text}");
}

/// The server's host is this machine, and its working directory is known.
#[tokio::test]
async fn a_directory_is_found_from_the_working_directory() {
    let engine = answering("GET /info", json!({ "DockerRootDir": "/var/lib/docker" }));
    let address = engine.address();
    let env = [("DOCKER_BASE_URL", address.as_str())];
    for argument in ["path=context", r#"'{"path": "./context"}'"#] {
        let words = format!("call build_image {argument}");
        let seen = run(200, &words, &env, &[]).await;
        assert_eq!(seen.code, Some(2), "{}", seen.text);
        assert!(
            seen.text.contains("/context` cannot be used"),
            "{}",
            seen.text
        );
        assert!(seen.text.contains("`path`: `/"), "{}", seen.text);
    }
}

#[tokio::test]
async fn the_stats_of_a_container_are_lines_on_a_terminal() {
    let sample = json!({
        "id": ID, "cpu_stats": { "cpu_usage": { "total_usage": 1 }, "online_cpus": 2 },
        "precpu_stats": {}, "memory_stats": { "usage": 12_345_678, "limit": 2_000_000_000 },
    });
    let running = json!({ "Id": ID, "State": { "Status": "running", "Running": true } });
    let engine = answering("GET /containers/*/stats", sample).on("GET /containers/*/json", running);
    let text = shown(&engine, 80, "resource container://stats/web").await;
    assert!(text.contains("\n  memory:\n"), "{text}");
    assert!(text.contains("    usage: 11.77 MiB\n"), "{text}");
}

/// A bar with nothing in it says nothing.
#[tokio::test]
async fn a_bar_is_shown_once_there_is_something_to_show() {
    let line = |done: u64| {
        let status = json!({
            "status": "Downloading", "id": "layer",
            "progressDetail": { "current": done, "total": 100 },
        });
        format!("{status}\n")
    };
    let pulled = Reply::chunks([line(10), line(50), line(90)]).every(Duration::from_millis(400));
    let engine = answering("POST /images/create", pulled).on(
        "GET /images/*/json",
        json!({ "Id": "sha256:1", "RepoTags": ["web:1"] }),
    );
    let address = engine.address();
    let env = [("DOCKER_BASE_URL", address.as_str())];
    let seen = run(80, "call pull_image image=web:1", &env, &[]).await;
    assert_eq!(seen.code, Some(0), "{}", seen.text);
    assert!(seen.text.contains('█'), "{}", seen.text);
    for empty in ["0/0", "/1000"] {
        assert!(!seen.text.contains(empty), "{empty}: {}", seen.text);
    }
}
