//! A program has no more than it is given, by the system's own means: whatever it tries.
//!
//! Nothing here was judged before. Where the kernel has no Landlock, there is nothing to try.

mod compose;
mod stage;

use std::collections::BTreeMap;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, process};

use mcp_docker::engine::Engine;
use mcp_docker::engine::relay::{Bounds, Whose};
use mcp_docker::program::confinement::{Report, confine_by, report};
use mcp_docker::program::{self, Found, Program, Run};

use super::{Place, doctor};
use crate::support::fake_engine::FakeEngine;

/// What holds here, where Landlock is among it.
async fn landlock() -> Option<u32> {
    confine_by(env!("CARGO_BIN_EXE_mcp-docker").into());
    let Report { landlock, .. } = report(&Engine::new(&Default::default())).await.unwrap();
    let (nothing, version) = (std::ptr::null::<u8>(), 1);
    // SAFETY: without a ruleset, it asks for the version alone.
    let kernel = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0, version) };
    assert_eq!(landlock.is_some(), kernel > 0, "the kernel has {kernel}");
    if landlock.is_none() {
        eprintln!("NOT RUN: the kernel has no Landlock");
    }
    landlock
}

/// A program that tries what it is told.
async fn trying() -> Place {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("attempts-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("docker-compose");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/attempts.c");
        let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
        let mut compiler = process::Command::new(compiler);
        compiler.arg("-o").arg(&program).arg(source);
        assert!(compiler.status().unwrap().success());
        program
    });
    let place = Place::of("").await;
    let path = place.path().join("docker-compose");
    fs::copy(built, &path).unwrap();
    let version = "2.99.0".to_owned();
    Place {
        found: Found { path, version },
        ..place
    }
}

impl Place {
    /// What comes of attempts, by what they are.
    async fn tries(&self, engine: &Engine, run: Run<'_>) -> BTreeMap<String, String> {
        let words = run.args.clone();
        let ran = program::run_found(engine, &self.found, run, |_| {})
            .await
            .unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        assert_eq!(ran.code, Some(0), "{text}{}", ran.stderr);
        let results = text.lines().map(|line| line.split_once(": ").unwrap().1);
        words.into_iter().zip(results.map(str::to_owned)).collect()
    }
}

fn args(words: &[String]) -> Vec<String> {
    words.to_vec()
}

#[tokio::test]
async fn a_program_reads_what_it_is_given_and_nothing_else() {
    if landlock().await.is_none() {
        return;
    }
    let place = trying().await;
    let inside = place.path().join("compose.yaml");
    let outside = place.path().join("other.yaml");
    let binary = place.path().join("tool");
    let link = place.path().join("link.yaml");
    fs::write(&inside, "services: {}").unwrap();
    fs::write(&outside, "services: {}").unwrap();
    fs::copy("/bin/true", &binary).unwrap();
    symlink(&outside, &link).unwrap();
    // A link that was put in the place of a file that was judged.
    let reads = [inside.clone(), binary.clone(), link.clone()].into();
    let shown = |path: &Path| path.display().to_string();
    let read = |path: &Path| format!("read:{}", shown(path));
    let words = [
        (read(&inside), "ok"),
        (read(&outside), "EACCES"),
        (read(&link), "EACCES"),
        (read(Path::new("/etc/passwd")), "EACCES"),
        (format!("read:/proc/{}/environ", process::id()), "EACCES"),
        (format!("list:{}", shown(place.path())), "EACCES"),
        (format!("write:{}", shown(&inside)), "EACCES"),
        (
            format!("make:{}", shown(&place.path().join("new"))),
            "EACCES",
        ),
        ("make:/tmp/mcp-docker-attempt".to_owned(), "EACCES"),
        ("make:$TMPDIR/new".to_owned(), "ok"),
        ("execute:/bin/true".to_owned(), "EACCES"),
        (format!("execute:{}", shown(&binary)), "EACCES"),
        // A binary is not read though it is given, because a loader would run it.
        (read(&binary), "EACCES"),
        ("write:/dev/null".to_owned(), "ok"),
    ];
    let run = Run {
        args: args(&words.clone().map(|(word, _)| word)),
        reads: &reads,
        ..place.plain()
    };
    let found = place.tries(&Engine::new(&Default::default()), run).await;
    let wanted = words.map(|(word, result)| (word, result.to_owned()));
    assert_eq!(found, BTreeMap::from(wanted));
}

#[tokio::test]
async fn a_program_reaches_its_relay_alone() {
    let Some(version) = landlock().await else {
        return;
    };
    let docker = FakeEngine::start();
    let engine = Engine::new(&docker.config());
    let place = trying().await;
    let link = place.path().join("link.sock");
    symlink(docker.socket(), &link).unwrap();
    let elsewhere = place.path().join("other.sock");
    let _other = UnixListener::bind(&elsewhere).unwrap();
    let name = format!("mcp-docker-attempt-{}", process::id());
    let _abstract =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = |address: std::io::Result<std::net::SocketAddr>| address.unwrap().port();
    let since = |first: u32, refusal: &'static str| if version < first { "ok" } else { refusal };
    let hidden = report(&engine).await.unwrap().hidden.is_ok();
    let hidden = if hidden {
        "ECONNREFUSED"
    } else {
        since(9, "EACCES")
    };
    let words = [
        ("unix:$DOCKER_HOST".to_owned(), "ok"),
        (format!("unix:{}", docker.socket().display()), hidden),
        (format!("unix:{}", link.display()), hidden),
        // Such as that of another program of the user's: no version before 9 closes it.
        (format!("unix:{}", elsewhere.display()), since(9, "EACCES")),
        (format!("abstract:{name}"), since(6, "EPERM")),
        (format!("signal:{}", process::id()), since(6, "EPERM")),
        (
            format!("tcp:{}", port(tcp.local_addr())),
            since(4, "EACCES"),
        ),
        (format!("udp:{}", port(udp.local_addr())), "ok"),
        (format!("unmount:{}", docker.socket().display()), "EPERM"),
    ];
    let run = Run {
        args: args(&words.clone().map(|(word, _)| word)),
        relay: Some(Bounds {
            whose: Whose::Project("shop".to_owned()),
            endpoints: &["GET version"],
        }),
        ..place.plain()
    };
    let found = place.tries(&engine, run).await;
    let wanted = words.map(|(word, result)| (word, result.to_owned()));
    assert_eq!(found, BTreeMap::from(wanted));
}

#[tokio::test]
async fn the_doctor_says_what_holds() {
    confine_by(env!("CARGO_BIN_EXE_mcp-docker").into());
    let Report { landlock, hidden } = report(&Engine::new(&Default::default())).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let checks = doctor(home.path(), &[]).await;
    let (check, holds) = (&checks["confinement"], landlock.is_some() && hidden.is_ok());
    assert_eq!(
        check["status"],
        if holds { "ok" } else { "note" },
        "{check}"
    );
    assert_eq!(check["details"]["landlock"], serde_json::json!(landlock));
    assert_eq!(check["details"]["hidden"], hidden.is_ok());
}

#[tokio::test]
async fn a_program_takes_memory_up_to_a_limit() {
    let place = trying().await;
    let run = Run {
        args: args(&["take:64".to_owned(), "take:8192".to_owned()]),
        ..place.plain()
    };
    let found = place.tries(&Engine::new(&Default::default()), run).await;
    assert_eq!(found["take:64"], "ok");
    assert_eq!(found["take:8192"], "ENOMEM");
}

#[tokio::test]
async fn nothing_is_run_that_it_wrote() {
    if landlock().await.is_none() {
        return;
    }
    let place = trying().await;
    let run = Run {
        args: args(&["own:$TMPDIR/script".to_owned()]),
        ..place.plain()
    };
    let found = place.tries(&Engine::new(&Default::default()), run).await;
    // What is there, is not to be run; else that it has no interpreter: ENOENT.
    assert_eq!(found["own:$TMPDIR/script"], "EACCES");
}

#[tokio::test]
async fn a_loader_has_nothing_to_run() {
    if landlock().await.is_none() || !fs::exists("/lib64/ld-linux-x86-64.so.2").unwrap() {
        return;
    }
    let place = trying().await;
    let run = Run {
        args: args(&["load:/bin/true".to_owned()]),
        ..place.plain()
    };
    let found = place.tries(&Engine::new(&Default::default()), run).await;
    assert_eq!(found["load:/bin/true"], "EACCES");
    let _ = Program::Compose;
}
