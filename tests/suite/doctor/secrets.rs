//! What the doctor says of secrets by name.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::diagnose;

#[tokio::test]
async fn secrets_that_cannot_be_used_are_named_and_no_value_is() {
    let vault = tempfile::tempdir().unwrap();
    let path = vault.path().to_str().unwrap();
    let put = |name: &str, value: &str, mode| {
        fs::write(vault.path().join(name), value).unwrap();
        fs::set_permissions(vault.path().join(name), Permissions::from_mode(mode)).unwrap();
    };
    put("db", "a value of its own", 0o600);
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    fs::write(
        &file,
        "[secrets.db]\nimages = []\n[secrets.other]\nimages = []",
    )
    .unwrap();
    let settings = [
        ("MCP_DOCKER_SECRETS_DIR", path),
        ("MCP_DOCKER_SECRET_api", "another value"),
        ("MCP_DOCKER_CONFIG", file.to_str().unwrap()),
    ];
    let found = diagnose(&settings).await;
    found.is_well("secrets", "calls may name 2");
    let report = found.report.to_string();
    assert!(
        report.contains("limits `other`, which is not there"),
        "{report}"
    );
    put("open", "a value of its own", 0o606);
    let found = diagnose(&settings).await;
    let report = found.report.to_string();
    assert!(
        report.contains("the secret `open` is not used: others may write to its file"),
        "{report}"
    );
    assert!(
        !report.contains("of its own") && !report.contains("another value"),
        "{report}"
    );
    fs::set_permissions(vault.path(), Permissions::from_mode(0o777)).unwrap();
    let found = diagnose(&settings).await;
    found.mends(
        "secrets",
        "others may write to the directory of secrets",
        "MCP_DOCKER_SECRETS_DIR",
    );
}
