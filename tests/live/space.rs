//! Holds what is said to come free, and to have come free, against what the Engine has afterwards.
//!
//! All of it is in sight of every test on the same Engine, so this one has an Engine of its own.

mod usage;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Command;

use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::docker::{image, wanted};
use crate::session::{Session, failure};

/// What a layer, a volume or a container holds here, in MB: two amounts that are told apart.
const SIZES: (u64, u64) = (220, 200);

/// The same where each layer is a copy of all below it.
const SIZES_OF_COPIES: (u64, u64) = (12, 6);

/// What a comparison lets pass: directories and records of the Engine's own, in bytes.
const SLACK: f64 = 200_000.0;

struct Host {
    daemon: Daemon,
    /// Acts at once.
    acting: Session,
    /// On this storage each layer is a copy of all below it, which is not told.
    copies: bool,
}

impl Host {
    async fn start() -> Self {
        let daemon = Daemon::start(&[]).expect("a daemon of its own starts");
        let host = ("DOCKER_HOST", daemon.host.as_str());
        let [allowed, unasked] = Session::DESTRUCTIVE;
        let acting = Session::with(&[host, allowed, unasked]).await.unwrap();
        let driver = docker(&daemon, &["info", "-f", "{{.Driver}}"]);
        Self {
            copies: driver == "vfs",
            daemon,
            acting,
        }
    }

    fn docker(&self, args: &[&str]) -> String {
        docker(&self.daemon, args)
    }

    /// Builds an image whose steps each write so many megabytes to a file.
    async fn build(&self, from: &str, steps: &[(&str, u64)], tag: &str) {
        let folder = crate::workplace::workplace();
        let steps: String = steps
            .iter()
            .map(|(file, size)| write(file, *size))
            .collect();
        let text = format!("FROM {from}\n{steps}");
        std::fs::write(folder.path().join("Dockerfile"), text).unwrap();
        let arguments = json!({ "path": folder.path(), "tag": tag });
        self.acting.ok("docker_build_image", arguments).await;
    }

    /// Builds one with BuildKit, which keeps what it built beside the image.
    fn build_with_cache(&self, tag: &str, files: &[(&str, u64)]) {
        let mut archive = tar::Builder::new(Vec::new());
        let mut add = |name: &str, content: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, content).unwrap();
        };
        let copies: String = files
            .iter()
            .map(|(name, _)| format!("COPY {name} /{name}\n"))
            .collect();
        add(
            "Dockerfile",
            format!("FROM {}\n{copies}", image()).as_bytes(),
        );
        for (name, size) in files {
            add(name, &vec![name.as_bytes()[0]; (size * 1_000_000) as usize]);
        }
        let archive = archive.into_inner().unwrap();
        let socket = self.daemon.host.trim_start_matches("unix://");
        let mut stream = UnixStream::connect(socket).unwrap();
        let length = archive.len();
        let head = format!(
            "POST /build?version=2&t={tag} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\
             Content-Type: application/x-tar\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&archive).unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        let reply = String::from_utf8_lossy(&reply);
        assert!(!reply.contains("errorDetail"), "{reply}");
        self.docker(&["image", "inspect", tag]);
    }

    /// Writes to a mount or a file of a new container, which ends and stays.
    fn written(&self, name: &str, mount: &[&str], file: &str, size: u64) {
        let size = format!("count={size}");
        let of = format!("of={file}");
        let test_image = image();
        let mut command = vec!["run", "--name", name, "--network", "none"];
        command.extend(mount);
        command.extend([&*test_image, "dd", "if=/dev/zero", &of, "bs=1000000", &size]);
        self.docker(&command);
    }

    /// What everything takes, and what can be reclaimed of these kinds.
    async fn usage(&self, kinds: &[&str]) -> (f64, f64) {
        let told = self.acting.ok("docker_system_df", json!({})).await;
        let size = |kind: &str, key: &str| told["usage"][kind][key].as_f64().unwrap();
        let all = ["Images", "Containers", "Volumes", "BuildCache"];
        (
            all.iter().map(|kind| size(kind, "total_size")).sum(),
            kinds
                .iter()
                .map(|kind| size(kind, "reclaimable_size"))
                .sum(),
        )
    }

    /// Asks what a call frees, makes it, and holds both and what could be reclaimed of these kinds
    /// against what is gone.
    async fn frees(&self, tool: &'static str, arguments: Value, kinds: &[&str]) -> f64 {
        let (before, reclaimable) = self.usage(kinds).await;
        // A server of its own, because a client leaves a few questions open at most.
        let host = ("DOCKER_HOST", self.daemon.host.as_str());
        let plan = ("SAFETY_CONFIRMATION_FALLBACK", "plan");
        let asking = Session::with(&[host, Session::DESTRUCTIVE[0], plan]).await;
        let asked = asking.unwrap().call(tool, arguments.clone()).await;
        let question = failure(tool, asked);
        let announced = amount(&question);
        let told = self.acting.ok(tool, arguments.clone()).await;
        let (after, _) = self.usage(&[]).await;
        let gone = before - after;
        let freed = told["space_reclaimed"].as_f64().unwrap();
        let what = format!(
            "{tool} {arguments}: {gone} gone, {announced} announced, {freed} told: {question}"
        );
        let mut told = vec![announced, freed];
        if !kinds.is_empty() {
            told.push(reclaimable);
        }
        for figure in told {
            let off = if self.copies {
                (figure - gone).max(0.0)
            } else {
                (figure - gone).abs()
            };
            assert!(off <= gone * 0.05 + SLACK, "{figure} is wrong: {what}");
        }
        assert!(!question.contains("about"), "{what}");
        gone
    }
}

fn docker(daemon: &Daemon, args: &[&str]) -> String {
    let output = Command::new("docker")
        .args(args)
        .env("DOCKER_HOST", &daemon.host)
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "docker {args:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A step of a Dockerfile that writes so many megabytes to a file.
fn write(file: &str, size: u64) -> String {
    format!("RUN dd if=/dev/zero of=/{file} bs=1000000 count={size}\n")
}

/// The bytes that a question announces.
fn amount(question: &str) -> f64 {
    let Some((_, said)) = question.split_once("this frees ") else {
        assert!(question.contains("stays as"), "{question}");
        return 0.0;
    };
    if said.starts_with("nothing") {
        return 0.0;
    }
    let mut words = said.split_whitespace();
    let amount: f64 = words.next().unwrap().parse().expect(question);
    let unit = words.next().unwrap().trim_end_matches([':', '.', ';']);
    let units = [("B", 1.0), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9)];
    let unit = units.iter().find(|(name, _)| *name == unit);
    amount * unit.expect(question).1
}

#[tokio::test]
async fn what_is_announced_comes_free_and_no_more_is_promised() {
    if !wanted() {
        return;
    }
    let host = Host::start().await;
    let (more, less) = if host.copies { SIZES_OF_COPIES } else { SIZES };
    let (large, small) = (more as f64 * 1e6, less as f64 * 1e6);
    let test_image = image();
    host.build(&test_image, &[("base", more)], "base:1").await;
    host.build("base:1", &[("one", less)], "one:1").await;
    host.build("base:1", &[("two", less)], "two:1").await;
    // Two that share a layer with each other alone, and lose their tags to another image.
    let pair = [("pair", more), ("third", less)];
    host.build(&test_image, &pair, "third:1").await;
    let pair = [("pair", more), ("fourth", less)];
    host.build(&test_image, &pair, "fourth:1").await;
    for tag in ["third:1", "fourth:1"] {
        host.docker(&["tag", &test_image, tag]);
    }
    host.build_with_cache("cached:1", &[("x", more), ("y", less)]);
    host.written("anonymous", &["-v", "/data"], "/data/file", more);
    host.written("left", &["-v", "/data"], "/data/file", less);
    host.written("named", &["-v", "data:/data"], "/data/file", more);
    host.written("more", &["-v", "more:/data"], "/data/file", less);
    host.docker(&["rm", "left", "named", "more"]);
    host.written("stopped", &[], "/file", more);
    host.written("other", &[], "/file", less);

    let images = "docker_prune_images";
    let came = host.frees(images, json!({}), &["Images"]).await;
    assert!(came > large + 2.0 * small - SLACK, "{came}");
    let image = "docker_remove_image";
    let came = host.frees(image, json!({ "image": "one:1" }), &[]).await;
    assert!(came > small - SLACK, "{came}");
    host.docker(&["tag", "base:1", "base:2"]);
    assert!(host.frees(image, json!({ "image": "base:2" }), &[]).await < SLACK);
    assert!(host.frees(image, json!({ "image": "base:1" }), &[]).await < SLACK);
    // The build cache keeps it.
    let came = host.frees(image, json!({ "image": "cached:1" }), &[]).await;
    assert!(came < SLACK, "{came}");

    let container = "docker_remove_container";
    let arguments = json!({ "container_id": "anonymous", "volumes": true });
    assert!(host.frees(container, arguments, &[]).await > large - SLACK);
    let arguments = json!({ "container_id": "stopped" });
    assert!(host.frees(container, arguments, &[]).await > large - SLACK);
    let arguments = json!({ "volume_name": "data" });
    assert!(host.frees("docker_remove_volume", arguments, &[]).await > large - SLACK);
    let volumes = "docker_prune_volumes";
    assert!(host.frees(volumes, json!({}), &["Volumes"]).await > small - SLACK);
    let came = host.frees(volumes, json!({ "all": true }), &[]).await;
    assert!(came > small - SLACK, "{came}");

    let kinds = ["Images", "Containers", "BuildCache"];
    let came = host.frees("docker_system_prune", json!({}), &kinds).await;
    assert!(came > large + 2.0 * small - SLACK, "{came}");
    let came = host.frees(images, json!({ "all": true }), &[]).await;
    assert!(came > large + small - SLACK, "{came}");
}
