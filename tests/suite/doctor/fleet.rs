//! What is found where the configuration file names several Engines.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};

use tokio::task::block_in_place;

use super::*;
use crate::support::fake_engine::Reply;

/// A configuration file of hosts at these addresses.
fn written(home: &Path, hosts: &[(&str, &str)]) -> PathBuf {
    let file = home.join("hosts.toml");
    let hosts = hosts
        .iter()
        .map(|(name, address)| format!("[hosts.{name}]\naddress = '{address}'\n"));
    std::fs::write(&file, hosts.collect::<String>()).unwrap();
    file
}

/// The status and the text of a check of one host.
fn of<'d>(found: &'d Diagnosis, host: &str, name: &str) -> (&'d str, &'d str) {
    let checks = found.report["checks"].as_array().unwrap();
    let check = checks
        .iter()
        .find(|check| check["check"] == name && check["host"] == host);
    let check = check.unwrap_or_else(|| panic!("{host}: {name}: {:#}", found.report));
    let text = |key: &str| check[key].as_str().unwrap();
    (text("status"), text("text"))
}

/// Each of two answers only once both are asked, so that neither waits for the other's answer, nor for the
/// one that never answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hosts_are_looked_at_side_by_side_and_each_has_its_findings() {
    let home = TempDir::new().unwrap();
    let asked = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
    let meeting = |name: &'static str| {
        let asked = Arc::clone(&asked);
        FakeEngine::start().answer("GET /info", move |_| {
            let (names, changed) = &*asked;
            // What waits behind this on the same thread is not held up.
            block_in_place(|| {
                let mut names = names.lock().unwrap();
                names.push(name);
                changed.notify_all();
                let is_alone = |names: &mut Vec<_>| names.iter().all(|other| *other == name);
                // Longer than anyone asks.
                let patience = Duration::from_secs(20);
                drop(changed.wait_timeout_while(names, patience, is_alone));
            });
            json!({ "OperatingSystem": "Debian" }).into()
        })
    };
    let (near, far) = (meeting("near"), meeting("far"));
    let hung = FakeEngine::start().on("GET /version", Reply::hang());
    let hosts = [
        ("a-hung", hung.address()),
        ("far", far.address()),
        ("gone", "unix:///nowhere/docker.sock".to_owned()),
        ("near", near.address()),
    ];
    let hosts = hosts
        .each_ref()
        .map(|(name, address)| (*name, address.as_str()));
    let file = written(home.path(), &hosts);
    let flags = ["--config", file.to_str().unwrap()];
    let found = diagnose_in(home.path(), &[], &flags).await;
    assert_eq!(of(&found, "near", "connection").0, "ok");
    assert_eq!(of(&found, "far", "connection").0, "ok");
    assert_eq!(of(&found, "near", "engine").0, "ok");
    let (status, text) = of(&found, "a-hung", "connection");
    assert!(
        status == "mend" && text.contains("does not answer"),
        "{text}"
    );
    let (status, text) = of(&found, "gone", "connection");
    assert!(
        status == "mend" && text.contains("does not exist"),
        "{text}"
    );
    assert_eq!(found.code, 1);
    // What is of this machine is said once, and of no host.
    let checks = found.report["checks"].as_array().unwrap();
    let settings: Vec<_> = checks
        .iter()
        .filter(|it| it["check"] == "settings")
        .collect();
    assert_eq!(settings.len(), 1);
    assert!(settings[0].get("host").is_none());
}

#[tokio::test]
async fn one_of_them_is_looked_at_where_it_is_named() {
    let home = TempDir::new().unwrap();
    let (near, far) = (healthy(), healthy());
    let hosts = [("far", &*far.address()), ("near", &*near.address())];
    let file = written(home.path(), &hosts);
    let config = ["--config", file.to_str().unwrap()];
    let flags = [&config[..], &["--engine", "near"]].concat();
    let found = diagnose_in(home.path(), &[], &flags).await;
    assert_eq!(of(&found, "near", "connection").0, "ok");
    assert_eq!(far.connections(), 0);
    let flags = [&config[..], &["--engine", "naer"]].concat();
    let found = diagnose_in(home.path(), &[], &flags).await;
    found.mends(
        "settings",
        "there is no host `naer`; there are `far`, `near`",
        "correct it",
    );
}

/// It has the words of its own entry.
#[tokio::test]
async fn what_is_wrong_with_a_host_is_said_in_the_words_of_its_entry() {
    let home = TempDir::new().unwrap();
    let file = written(
        home.path(),
        &[
            ("open", "tcp://127.0.0.1:1"),
            ("tls", "https://127.0.0.1:1"),
        ],
    );
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}tls_ca_cert = 'gone.pem'\n")).unwrap();
    let flags = ["--config", file.to_str().unwrap()];
    let found = diagnose_in(home.path(), &[], &flags).await;
    let all = found.report.to_string();
    let open = found.report["checks"].as_array().unwrap().iter();
    let origins: Vec<_> = open.map(|it| &it["details"]["origin"]).collect();
    let origin = format!("`[hosts.open]`, {}, line 1", file.display());
    assert!(origins.contains(&&json!(origin)), "{origins:?}");
    for said in [
        "`tls_verify` of `[hosts.open]` and `cert_path` of `[hosts.open]`",
        "correct `tls_ca_cert` of `[hosts.tls]`",
        "`tls_ca_cert` of `[hosts.tls]` leads to",
    ] {
        assert!(all.contains(said), "{said}: {all}");
    }
    assert!(!all.contains("DOCKER_TLS"), "{all}");
}
