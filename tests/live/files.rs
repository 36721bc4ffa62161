//! The toolset `files`.

use serde_json::{Value, json};

use crate::docker::{Container, Object, docker};
use crate::session::Session;

const ON: [(&str, &str); 1] = [("MCP_DOCKER_TOOLSETS", "default,files")];

const LIST: &str = "docker_list_files";
const READ: &str = "docker_read_file";
const WRITE: &str = "docker_write_file";

/// What a directory has that is of no ordinary kind.
const TREE: &str = "mkdir -p /data/sub /run/secrets /huge; cd /data; echo hello > a; ln a hard; ln -s /etc/passwd out; ln -s sub rel; \
    ln -s loop loop; mkfifo fifo; mknod dev c 1 3; printf 'a\\0b' > bin; printf 'DB_PASSWORD=hunter2hunter2\\nok\\n' > conf; \
    echo hunter2 > /run/secrets/db; ln -s /run/secrets/db secret; echo hunter2 > .env; truncate -s 1G /huge/big; \
    touch -d @1767258000 a; echo ready";

/// `hello` and a newline.
const HELLO: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// A GiB of zeros.
const ZEROS: &str = "49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14";

fn at(place: &Value, path: &str) -> Value {
    let mut arguments = place.clone();
    arguments["path"] = json!(path);
    arguments
}

/// A volume with that tree, and the container that has it, with a GiB beside it.
fn world() -> (Object, Container) {
    let volume = Object::new("volume");
    let mount = format!("{}:/data", volume.name);
    let container = Container::logged("files", &["-v", &mount], TREE, "ready");
    (volume, container)
}

async fn holds(session: &Session, place: &Value, root: &str) {
    let path = |name: &str| format!("{root}/{name}");
    let result = session.ok(READ, at(place, &path("a"))).await;
    assert_eq!(result["text"], "hello\n", "{result}");
    assert_eq!(result["sha256"], HELLO, "{result}");
    assert_eq!(result["modified"], "2026-01-01T09:00:00Z", "{result}");
    let result = session.ok(READ, at(place, &path("conf"))).await;
    assert!(!result.to_string().contains("hunter2"), "{result}");
    assert!(
        result["text"].as_str().unwrap().ends_with("]\nok\n"),
        "{result}"
    );
    let result = session.ok(READ, at(place, &path("bin"))).await;
    assert_eq!(
        (&result["text"], &result["size"]),
        (&Value::Null, &json!(3)),
        "{result}"
    );
    let result = session.ok(READ, at(place, &path(".env"))).await;
    assert_eq!(
        (&result["text"], &result["sha256"]),
        (&Value::Null, &Value::Null),
        "{result}"
    );
    let list = session
        .ok(LIST, at(place, if root.is_empty() { "/" } else { root }))
        .await;
    let files = list["files"].as_array().unwrap();
    let kind = |name: &str| {
        let found = files
            .iter()
            .find(|file| file["path"] == path(name).as_str());
        found.unwrap_or_else(|| panic!("no {name}: {list}"))["type"].clone()
    };
    for (name, expected) in [
        ("a", "file"),
        ("hard", "hard link"),
        ("out", "link"),
        ("fifo", "fifo"),
        ("dev", "device"),
        ("sub", "directory"),
    ] {
        assert_eq!(kind(name), expected, "{list}");
    }
    for (name, words) in [
        ("fifo", "is a fifo"),
        ("dev", "is a device"),
        ("sub", "is a directory"),
        ("loop", "in a circle"),
        ("a/x", "no directory"),
        ("none", "there is no"),
        ("../etc/passwd", "`..`"),
    ] {
        session
            .refuses(READ, at(place, &path(name)), &[words])
            .await;
    }
}

#[tokio::test]
async fn files_are_read_in_running_and_stopped_containers_and_in_volumes_without_any() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (volume, container) = world();
    let inside = json!({ "container_id": container.name });
    let outside = json!({ "volume": volume.name });
    holds(&session, &inside, "/data").await;
    let out = session.ok(READ, at(&inside, "/data/out")).await;
    assert_eq!(out["path"], "/etc/passwd", "{out}");
    let secret = session.ok(READ, at(&inside, "/data/secret")).await;
    assert_eq!(
        (&secret["path"], &secret["text"]),
        (&json!("/run/secrets/db"), &Value::Null),
        "{secret}"
    );
    session
        .refuses(READ, at(&inside, "/proc/1/environ"), &["not stored"])
        .await;
    holds(&session, &outside, "").await;
    session
        .refuses(READ, at(&outside, "/out"), &["leads out of the volume"])
        .await;

    docker(&["stop", &container.name]);
    holds(&session, &inside, "/data").await;
    let big = session.ok(READ, at(&inside, "/huge/big")).await;
    assert_eq!(
        (&big["size"], &big["sha256"]),
        (&json!(1 << 30), &json!(ZEROS)),
        "{big}"
    );

    docker(&["rm", &container.name]);
    holds(&session, &outside, "").await;
    session
        .refuses(READ, at(&outside, "/out"), &["leads out of the volume"])
        .await;
    session
        .refuses(
            READ,
            at(&json!({ "volume": "mcp-docker-none" }), "/a"),
            &["mcp-docker-none"],
        )
        .await;
    assert_eq!(
        docker(&["ps", "-aq", "--filter", &format!("volume={}", volume.name)]),
        ""
    );
}

#[tokio::test]
async fn nothing_is_made_by_a_server_that_only_reads() {
    let settings = [ON[0], ("SAFETY_ALLOW_MODERATE_OPERATIONS", "false")];
    let Some(session) = Session::with(&settings).await else {
        return;
    };
    let volume = Object::new("volume");
    let outside = json!({ "volume": volume.name });
    let words = ["no container mounts", "SAFETY_ALLOW_MODERATE_OPERATIONS"];
    session.refuses(LIST, at(&outside, "/"), &words).await;
    let mount = format!("{}:/data", volume.name);
    let _container = Container::with("files", &["create", "-v", &mount], "true");
    let list = session.ok(LIST, at(&outside, "/")).await;
    assert_eq!(list["files"], json!([]), "{list}");
}

#[tokio::test]
async fn a_file_is_written_as_it_was_said() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (volume, container) = world();
    let inside = json!({ "container_id": container.name });
    let outside = json!({ "volume": volume.name });
    let shown = |path: &str| docker(&["exec", &container.name, "stat", "-c", "%a %u:%g %s", path]);
    for (place, root) in [(&inside, "/data"), (&outside, "")] {
        let mut new = at(place, &format!("{root}/sub/new"));
        new["content"] = json!("hello\n");
        new["mode"] = json!("0600");
        new["user"] = json!("7:8");
        let written = session.ok(WRITE, new.clone()).await;
        assert_eq!(written["sha256"], HELLO, "{written}");
        assert_eq!(shown("/data/sub/new"), "600 7:8 6");
        session
            .refuses(WRITE, new.clone(), &["is there already (6 bytes)"])
            .await;
        let mut over = at(place, &format!("{root}/sub/new"));
        over["base64"] = json!("aGk=");
        over["overwrite"] = json!(true);
        session.ok(WRITE, over).await;
        assert_eq!(shown("/data/sub/new"), "600 7:8 2");
        let mut link = at(place, &format!("{root}/out"));
        link["content"] = json!("x");
        link["overwrite"] = json!(true);
        session.refuses(WRITE, link, &["is a link"]).await;
        docker(&["exec", &container.name, "rm", "/data/sub/new"]);
    }
    let named =
        json!({ "container_id": container.name, "path": "/owned", "content": "x", "user": "root" });
    session.ok(WRITE, named).await;
    assert_eq!(shown("/owned"), "644 0:0 1");

    docker(&["rm", "-f", &container.name]);
    let mut alone = at(&outside, "/alone");
    alone["content"] = json!("hello\n");
    session.ok(WRITE, alone).await;
    let read = session.ok(READ, at(&outside, "/alone")).await;
    assert_eq!(read["sha256"], HELLO, "{read}");

    let fixed = Container::with("files", &["run", "-d", "--read-only"], crate::docker::WAIT);
    let mut refused = at(&json!({ "container_id": fixed.name }), "/etc/new");
    refused["content"] = json!("x");
    session.refuses(WRITE, refused, &["read-only"]).await;
}

/// A server that was killed leaves its carrier; the next use takes it away, and none that somebody needs.
#[tokio::test]
async fn a_carrier_that_was_left_behind_goes_at_the_next_use() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let volume = Object::new("volume");
    let mount = format!("{}:/volume", volume.name);
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let processes = std::fs::read_link("/proc/self/ns/pid").unwrap();
    let maker = |process: u32| {
        format!(
            "mcp-docker.carrier={} {} {process}",
            boot.trim(),
            processes.display()
        )
    };
    let flags = |label: String| {
        [
            "create".to_owned(),
            "-v".to_owned(),
            mount.clone(),
            "--label".to_owned(),
            label,
        ]
    };
    let made = |label| {
        let flags = flags(label);
        Container::with("files", &flags.each_ref().map(String::as_str), "true")
    };
    let (gone, alive) = (made(maker(u32::MAX)), made(maker(std::process::id())));
    session
        .ok(LIST, at(&json!({ "volume": volume.name }), "/"))
        .await;
    let left = docker(&[
        "ps",
        "-a",
        "--format",
        "{{.Names}}",
        "--filter",
        "label=mcp-docker.carrier",
    ]);
    assert!(!left.contains(&gone.name), "{left}");
    assert!(left.contains(&alive.name), "{left}");
}
