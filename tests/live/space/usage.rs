//! `docker_disk_usage`, held against what the Engine's own files take.

use std::process::Command;

use serde_json::{Value, json};

use super::Host;
use crate::docker::{image, wanted};
use crate::session::Session;

const USAGE: &str = "docker_disk_usage";

/// What the Engine's directory takes on disk; what is mounted in it is not of it.
fn taken(root: &str) -> f64 {
    let output = Command::new("du").args(["-sxB1", root]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    told.split_whitespace().next().unwrap().parse().unwrap()
}

fn bytes(of: &Value, key: &str) -> f64 {
    of[key].as_f64().unwrap_or_else(|| panic!("{key}: {of}"))
}

/// The item whose name begins like that.
fn item<'a>(told: &'a Value, kind: &str, name: &str) -> &'a Value {
    let mut items = told["items"].as_array().unwrap().iter();
    let found = items
        .find(|it| it["kind"] == kind && it["name"].as_str().unwrap_or_default().starts_with(name));
    found.unwrap_or_else(|| panic!("{kind} {name}: {told}"))
}

/// The items without the words, in which time passes.
fn timeless(items: &[Value]) -> impl Iterator<Item = Value> {
    items.iter().map(|it| {
        let mut it = it.clone();
        it["why"].take();
        it
    })
}

fn close(told: f64, disk: f64, what: &str) {
    assert!(
        (told - disk).abs() <= disk * 0.05,
        "{what}: {told} told, {disk} on disk"
    );
}

#[tokio::test]
async fn all_sizes_add_up_to_what_the_engines_files_take() {
    if !wanted() {
        return;
    }
    let host = Host::start().await;
    let test_image = image();
    host.build(&test_image, &[("base", 60)], "base:1").await;
    host.build("base:1", &[("one", 20)], "one:1").await;
    host.build("base:1", &[("two", 25)], "two:1").await;
    // Two without a tag share what no other has.
    for (file, size) in [("third", 5), ("fourth", 6)] {
        host.build(&test_image, &[("pair", 50), (file, size)], "pair:1")
            .await;
    }
    host.docker(&["tag", &test_image, "pair:1"]);
    host.build_with_cache("cached:1", &[("x", 30), ("y", 15)]);
    host.written("stopped", &[], "/file", 22);
    host.written("named", &["-v", "data:/data"], "/data/file", 35);
    host.written(
        "gone",
        &["-v", "/data", "-v", "left:/left"],
        "/data/file",
        18,
    );
    host.docker(&["rm", "gone"]);
    let write = "dd if=/dev/zero of=/file bs=1000000 count=12 && echo ready; sleep 2147483647";
    let running = [
        "run",
        "-d",
        "--network",
        "none",
        "--name",
        "running",
        "one:1",
        "sh",
        "-c",
        write,
    ];
    host.docker(&running);
    let ready = || host.docker(&["logs", "running"]) == "ready";
    while !ready() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }

    let address = ("DOCKER_HOST", host.daemon.host.as_str());
    let session = Session::with(&[address, ("MCP_DOCKER_TOOLSETS", "all")])
        .await
        .unwrap();
    let told = session.ok(USAGE, json!({})).await;
    let root = host.docker(&["info", "-f", "{{.DockerRootDir}}"]);
    let (totals, before) = (&told["totals"], taken(&root));
    let kinds = ["images", "containers", "volumes", "build_cache"];
    let sum = |key: &str| -> f64 { kinds.iter().map(|kind| bytes(&totals[kind], key)).sum() };
    for of in kinds.map(|kind| &totals[kind]).into_iter().chain([totals]) {
        assert_eq!(
            bytes(of, "unique_size") + bytes(of, "shared_size"),
            bytes(of, "size"),
            "{of}"
        );
    }
    assert_eq!(sum("size"), bytes(totals, "size"), "{totals}");
    if host.copies {
        assert!(bytes(totals, "size") <= before, "{totals}: {before}");
    } else {
        close(bytes(totals, "size"), before, "all of it");
    }

    let base = item(&told, "images", "base:1");
    assert_eq!(base["unique_size"], 0, "{base}");
    assert!(bytes(base, "size") > 60e6, "{base}");
    let one = item(&told, "images", "one:1");
    assert_eq!(
        (&one["used_by"], &one["removable"]),
        (&json!(["running"]), &json!(false)),
        "{one}"
    );
    close(bytes(one, "unique_size"), 20e6, "one:1 alone");
    let stopped = item(&told, "containers", "stopped");
    close(bytes(stopped, "size"), 22e6, "what a container wrote");
    assert_eq!(stopped["removable"], true, "{stopped}");
    assert_eq!(item(&told, "containers", "running")["removable"], false);
    let data = item(&told, "volumes", "data");
    assert_eq!(
        (&data["used_by"], &data["anonymous"]),
        (&json!(["named"]), &json!(false)),
        "{data}"
    );
    let items = told["items"].as_array().unwrap();
    let nameless = |it: &&Value| it["anonymous"] == true && it["removable"] == true;
    close(
        bytes(items.iter().find(nameless).unwrap(), "size"),
        18e6,
        "the volume without a name",
    );

    // What is said of one kind is what is said of it among all.
    for kind in kinds {
        let alone = session.ok(USAGE, json!({ "kind": kind })).await;
        assert_eq!(alone["totals"][kind], totals[kind], "{kind}");
        let of_all: Vec<Value> = timeless(items).filter(|it| it["kind"] == kind).collect();
        let of_one: Vec<Value> = timeless(alone["items"].as_array().unwrap()).collect();
        assert_eq!(of_all, of_one, "{kind}");
    }

    // What nothing holds goes, and gives what was said.
    let called = |it: &Value| it["id"].as_str().unwrap().to_owned();
    for (kind, command) in [
        ("containers", "rm"),
        ("volumes", "volume"),
        ("images", "rmi"),
    ] {
        let removable = items
            .iter()
            .filter(|it| it["kind"] == kind && it["removable"] == true);
        for it in removable {
            match command {
                "volume" => host.docker(&["volume", "rm", &called(it)]),
                // By its id none goes that others are built on.
                "rmi" => host.docker(&["rmi", it["name"].as_str().unwrap_or(&called(it))]),
                _ => host.docker(&["rm", &called(it)]),
            };
        }
    }
    let promised =
        bytes(totals, "removable_size") - bytes(&totals["build_cache"], "removable_size");
    if !host.copies {
        close(promised, before - taken(&root), "what nothing holds");
    }
    // The build cache has what else the images had.
    let left = session.ok(USAGE, json!({ "kind": "build_cache" })).await;
    assert!(
        bytes(&left["totals"]["build_cache"], "removable_size") > 44e6,
        "{left}"
    );
    assert!(
        told["hint"]
            .as_str()
            .unwrap()
            .contains("docker_prune_build_cache"),
        "{told}"
    );
}

#[tokio::test]
async fn a_kind_that_there_is_none_of_and_no_limit_are_refused() {
    let Some(session) = Session::with(&[("MCP_DOCKER_TOOLSETS", "all")]).await else {
        return;
    };
    session
        .refuses(
            USAGE,
            json!({ "kind": "networks" }),
            &["`kind`", "build_cache"],
        )
        .await;
    session
        .refuses(USAGE, json!({ "limit": 0 }), &["`limit`"])
        .await;
}
