//! What `mcp-docker doctor` finds, and that each thing it finds wrong comes with what mends it.

mod clients;
mod fleet;
mod hosts;
mod mounts;
mod scope;
mod secrets;
mod sign_in;
mod surroundings;

use std::path::Path;
use std::time::Duration;

use mcp_docker::catalog::{TOOLS, Tool};
use mcp_docker::config::TOOLSETS;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::golden;
use crate::support::client::command;
use crate::support::fake_engine::{FakeEngine, version};

/// A setting of the program under test.
type Setting<'a> = (&'a str, &'a str);

/// What the program printed, and how it ended.
struct Diagnosis {
    code: i32,
    report: Value,
}

impl Diagnosis {
    /// The check of that name.
    fn check(&self, name: &str) -> &Value {
        let checks = self.report["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["check"] == name);
        check.unwrap_or_else(|| panic!("no check `{name}`: {:#}", self.report))
    }

    /// Fails unless this check found something wrong, and says this of it.
    #[track_caller]
    fn mends(&self, name: &str, text: &str, mend: &str) {
        let check = self.check(name);
        let holds =
            |key: &str, part: &str| check[key].as_str().is_some_and(|all| all.contains(part));
        assert_eq!(check["status"], "mend", "{check}");
        assert!(holds("text", text) && holds("mend", mend), "{check}");
        assert_eq!((self.code, &self.report["ok"]), (1, &json!(false)));
    }

    /// Fails unless all is well with this check, and it says this.
    #[track_caller]
    fn is_well(&self, name: &str, text: &str) {
        let check = self.check(name);
        assert_eq!(check["status"], "ok", "{check}");
        assert!(check["text"].as_str().unwrap().contains(text), "{check}");
    }
}

/// Runs the program at home in an empty folder.
async fn diagnose(settings: &[Setting<'_>]) -> Diagnosis {
    diagnose_in(TempDir::new().unwrap().path(), settings, &[]).await
}

async fn diagnose_in(home: &Path, settings: &[Setting<'_>], flags: &[&str]) -> Diagnosis {
    let mut command = command(home);
    command.args(["doctor", "--json"]).args(flags);
    for name in ["XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"] {
        command.env_remove(name);
    }
    let run = command.envs(settings.iter().copied()).output();
    let output = timeout(Duration::from_secs(60), run)
        .await
        .unwrap()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Diagnosis {
        code: output.status.code().unwrap(),
        report,
    }
}

/// A tool that is looked for in vain may be off.
#[tokio::test]
async fn the_toolsets_that_are_on_are_named() {
    let found = diagnose(&[]).await;
    let default = "containers, images, networks, system, volumes are on, 36 tools";
    found.is_well("toolsets", default);
    let off = TOOLSETS.iter().filter(|toolset| !toolset.default);
    let off: Vec<&str> = off.map(|toolset| toolset.name).collect();
    assert_eq!(found.check("toolsets")["details"]["off"], json!(off));
    let found = diagnose(&[("MCP_DOCKER_TOOLSETS", "images,insight")]).await;
    let on = |tool: &&&Tool| ["images", "insight"].contains(&tool.toolset);
    let tools = TOOLS.iter().filter(on).count();
    found.is_well(
        "toolsets",
        &format!("images, insight are on, {tools} tools"),
    );
    let found = diagnose(&[("MCP_DOCKER_TOOLSETS", "insigt")]).await;
    found.mends("settings", "did you mean `insight`?", "correct it");
}

fn healthy() -> FakeEngine {
    FakeEngine::start().on("GET /info", json!({ "OperatingSystem": "Debian" }))
}

/// A person who sees no trouble is told that there is none.
#[tokio::test]
async fn where_all_is_well_the_last_line_says_so() {
    let docker = healthy();
    let home = TempDir::new().unwrap();
    let mut command = command(home.path());
    command.args(["doctor", "--docker-host", &docker.address()]);
    let output = command.output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\n\nNothing is wrong."), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[tokio::test]
async fn where_all_is_well_every_check_says_so_and_the_exit_code_is_0() {
    let docker = healthy();
    let well = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
    assert_eq!(
        (well.code, &well.report["ok"]),
        (0, &json!(true)),
        "{:#}",
        well.report
    );
    well.is_well("connection", &docker.address());
    well.is_well("socket", "can be opened");
    well.is_well("tls", "not needed");
    well.is_well(
        "api",
        "1.41 is spoken (mcp-docker up to 1.53, the Engine 1.12 to 1.41)",
    );
    well.is_well("engine", "Docker Engine 20.10.24, on Debian");
    for name in ["log", "audit"] {
        well.is_well(name, "no file");
    }
}

/// Programs rely on the form, and on the words that the chapter has for how a check ended.
#[tokio::test]
async fn each_check_has_the_same_five_keys() {
    let well = diagnose(&[("DOCKER_HOST", "unix:///nowhere/docker.sock")]).await;
    let chapter = golden::at_root("docs/troubleshooting.md");
    let chapter = std::fs::read_to_string(chapter).unwrap();
    for check in well.report["checks"].as_array().unwrap() {
        let keys: Vec<_> = check.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            ["check", "details", "mend", "status", "text"],
            "{check}"
        );
        let status = check["status"].as_str().unwrap();
        assert!(chapter.contains(&format!("`{status}`")), "{status}");
        let mended = check["status"] == "mend" || check["status"] == "note";
        assert_eq!(check["mend"].is_string(), mended, "{check}");
    }
}

#[tokio::test]
async fn each_kind_of_engine_is_told() {
    let podman = json!({
        "Version": "4.3.1", "ApiVersion": "1.41", "MinAPIVersion": "1.24",
        "Components": [{ "Name": "Podman Engine" }],
    });
    let rootless = json!(["name=seccomp,profile=builtin", "name=rootless"]);
    let cases = [
        (
            version("1.41"),
            json!({ "OperatingSystem": "Debian" }),
            "Docker Engine",
            false,
        ),
        (
            version("1.41"),
            json!({ "OperatingSystem": "Docker Desktop" }),
            "Docker Desktop",
            false,
        ),
        (
            version("1.41"),
            json!({ "SecurityOptions": rootless }),
            "Docker Engine",
            true,
        ),
        (
            podman,
            json!({ "SecurityOptions": rootless }),
            "Podman",
            true,
        ),
    ];
    for (version, info, kind, rootless) in cases {
        let docker = FakeEngine::start()
            .on("GET /version", version)
            .on("GET /info", info);
        let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
        let details = &found.check("engine")["details"];
        assert_eq!(
            (&details["kind"], &details["rootless"]),
            (&json!(kind), &json!(rootless))
        );
    }
}

#[tokio::test]
async fn an_engine_that_is_too_new_asks_for_an_update() {
    let docker = FakeEngine::start().on(
        "GET /version",
        json!({ "ApiVersion": "1.70", "MinAPIVersion": "1.60" }),
    );
    let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
    found.mends("api", "speaks API 1.60 and newer", "update mcp-docker");
}

/// A person reads it on a terminal, a log or a mail: no colour but on a terminal that wants it.
#[tokio::test]
async fn a_person_reads_a_line_for_each_check_with_the_mend_below() {
    let home = TempDir::new().unwrap();
    let mut command = command(home.path());
    command.args(["doctor", "--docker-host=unix:///nowhere/docker.sock"]);
    let output = command.output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}'), "{text}");
    let mut lines = text.lines();
    let first = lines.next().unwrap();
    assert!(
        first.starts_with("mend ") && first.contains("connection"),
        "{text}"
    );
    let mend = lines.find(|line| line.contains('→')).unwrap();
    assert!(
        mend.contains("→ start Docker, or change `DOCKER_HOST`"),
        "{text}"
    );
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr, "");
    assert!(
        text.ends_with("\n\nOne thing is wrong; what mends it is below its `mend`. One thing is worth knowing: see `note`.\n"),
        "{text}"
    );
    assert_eq!(output.status.code(), Some(1));

    // `script` takes other words elsewhere.
    if cfg!(not(target_os = "linux")) {
        return;
    }
    let script = |no_colour: &'static str| {
        let program = command.as_std().get_program().to_str().unwrap().to_owned();
        let line = format!("{program} doctor --docker-host=unix:///nowhere/docker.sock");
        let mut script = tokio::process::Command::new("script");
        script
            .args(["--quiet", "--command", &line, "/dev/null"])
            .env("NO_COLOR", no_colour)
            .env("HOME", home.path());
        script
    };
    for (no_colour, coloured) in [("", true), ("1", false)] {
        let shown = script(no_colour).output().await.unwrap().stdout;
        assert_eq!(
            String::from_utf8_lossy(&shown).contains("\u{1b}["),
            coloured
        );
    }
}
