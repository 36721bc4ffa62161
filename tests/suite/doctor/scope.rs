//! What the doctor says of the objects that calls may change.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[tokio::test]
async fn what_calls_may_change_is_said() {
    let reads = ("SAFETY_SCOPE_READS", "true");
    for (scope, more, text, details) in [
        (
            "all",
            None,
            "every object",
            json!({ "scope": "all", "reads": false }),
        ),
        (
            "project:shop",
            None,
            "may only change what belongs to project `shop`",
            json!({ "scope": "project:shop", "reads": false }),
        ),
        (
            "label:owner=me",
            Some(reads),
            "may only see and change what has the label `owner=me`",
            json!({ "scope": "label:owner=me", "reads": true }),
        ),
    ] {
        let mut settings = vec![("SAFETY_SCOPE", scope)];
        settings.extend(more);
        let found = diagnose(&settings).await;
        found.is_well("scope", text);
        assert_eq!(found.check("scope")["details"], details);
    }
}

#[tokio::test]
async fn the_file_with_the_id_of_the_servers_is_looked_at_and_not_made() {
    let home = TempDir::new().unwrap();
    let state = home.path().join("state");
    let settings = [
        ("SAFETY_SCOPE", "mine"),
        ("XDG_STATE_HOME", state.to_str().unwrap()),
    ];
    let found = async || diagnose_in(home.path(), &settings, &[]).await;
    let file = state.join("mcp-docker/server-id");
    let before = found().await;
    before.is_well("scope", "may only change what this user's servers made");
    let details = &before.check("scope")["details"];
    assert_eq!(
        (&details["id_file"], &details["id_is_there"]),
        (&json!(file), &json!(false))
    );
    assert!(!state.exists());

    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let put = |text: &str, mode| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
    };
    put("0123456789abcdef0123456789abcdef", 0o600);
    let there = found().await;
    there.is_well("scope", "this user's servers made");
    assert_eq!(there.check("scope")["details"]["id_is_there"], true);
    assert!(!there.report.to_string().contains("0123456789abcdef"));

    put("0123456789abcdef0123456789abcdef", 0o666);
    found()
        .await
        .mends("scope", "may be written by others", "chmod 600");
    put("no id", 0o600);
    found().await.mends("scope", "holds no id", "remove it");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    found().await.mends("scope", "cannot be read", "correct it");
}

#[tokio::test]
async fn each_host_has_what_calls_may_change_on_it() {
    let home = TempDir::new().unwrap();
    let (near, far) = (healthy(), healthy());
    let file = home.path().join("hosts.toml");
    let hosts = format!(
        "SAFETY_SCOPE = 'label:owner=me'\n[hosts.near]\naddress = '{}'\n[hosts.far]\naddress = '{}'\nscope = 'project:media'\n",
        near.address(),
        far.address()
    );
    fs::write(&file, hosts).unwrap();
    let flags = ["--config", file.to_str().unwrap()];
    let found = diagnose_in(home.path(), &[], &flags).await;
    let checks = found.report["checks"].as_array().unwrap();
    let mut scopes: Vec<_> = checks
        .iter()
        .filter(|check| check["check"] == "scope")
        .map(|check| (check["host"].as_str(), check["details"]["scope"].as_str()))
        .collect();
    scopes.sort_unstable();
    assert_eq!(
        scopes,
        [
            (Some("far"), Some("project:media")),
            (Some("near"), Some("label:owner=me"))
        ]
    );
}
