//! A scanner keeps what it fetched where the user's own has it, and reaches nothing else.

use std::fs;
use std::net::TcpListener;

use mcp_docker::engine::Engine;
use mcp_docker::program::confinement::{Report, confine_by, report};

use super::*;

/// Says of each attempt whether it came off.
const ATTEMPTS: &str = r#"#!/bin/bash
attempt() { if (eval "$2") 2>/dev/null; then echo "[[$1 ok]]" >&2; else echo "[[$1 no]]" >&2; fi; }
attempt known 'read -r line < "$TRIVY_CACHE_DIR/known"'
attempt new ': > "$TRIVY_CACHE_DIR/new"'
attempt scratch ': > "$TMPDIR/new"'
attempt beside 'read -r line < "$TRIVY_CACHE_DIR/../beside"'
attempt make ': > "$TRIVY_CACHE_DIR/../made"'
attempt users 'read -r line < /etc/passwd'
attempt hosts 'read -r line < /etc/hosts'
attempt connection 'exec 3<>/dev/tcp/127.0.0.1/PORT'
exit 1"#;

#[tokio::test]
async fn a_scanner_has_its_cache_and_only_to_find_vulnerabilities_the_network() {
    confine_by(env!("CARGO_BIN_EXE_mcp-docker").into());
    let Report { landlock, .. } = report(&Engine::new(&Default::default())).await.unwrap();
    // Connections are closed from version 4 on.
    if landlock.is_none_or(|version| version < 4) {
        eprintln!("NOT RUN: the kernel has no Landlock that closes connections");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let scanners = FakeScanners::new().with("trivy", &ATTEMPTS.replace("PORT", &port));
    let caches = tempfile::tempdir().unwrap();
    fs::create_dir(caches.path().join("trivy")).unwrap();
    fs::write(caches.path().join("trivy/known"), "a database\n").unwrap();
    fs::write(caches.path().join("beside"), "a line\n").unwrap();
    let settings = [("XDG_CACHE_HOME", caches.path().to_str().unwrap())];
    for (tool, network) in [(VULNERABILITIES, "ok"), (SBOM, "no")] {
        let result = result(&engine(), &scanners, &settings, tool, web()).await;
        let said = text(&result);
        let attempts = said.split("[[").skip(1);
        let attempts: Vec<&str> = attempts
            .filter_map(|it| Some(it.split_once("]]")?.0))
            .collect();
        assert_eq!(
            attempts,
            [
                "known ok",
                "new ok",
                "scratch ok",
                "beside no",
                "make no",
                "users no",
                &format!("hosts {network}"),
                &format!("connection {network}"),
            ],
            "{tool}: {said}"
        );
        assert!(caches.path().join("trivy/new").exists());
        fs::remove_file(caches.path().join("trivy/new")).unwrap();
    }
}

/// Where there was none, it is made for this user alone.
#[tokio::test]
async fn a_cache_is_made_where_the_scanner_would() {
    use std::os::unix::fs::PermissionsExt as _;
    let tells = "echo \"[[$GRYPE_DB_CACHE_DIR]]\" >&2; exit 1";
    let scanners = FakeScanners::new().with("grype", tells);
    let caches = tempfile::tempdir().unwrap();
    let settings = [("XDG_CACHE_HOME", caches.path().to_str().unwrap())];
    let result = result(&engine(), &scanners, &settings, VULNERABILITIES, web()).await;
    let folder = caches.path().join("grype/db");
    let said = text(&result);
    assert!(
        said.contains(&format!("[[{}]]", folder.display())),
        "{said}"
    );
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Whatever the user has set for scanners of their own.
#[tokio::test]
async fn none_of_the_users_settings_reaches_a_scanner() {
    let tells = "echo begins >&2; unset PWD OLDPWD; export -p >&2; exit 1";
    let scanners = FakeScanners::new().with("trivy", tells);
    let settings = [
        ("TRIVY_SERVER", "http://elsewhere:4954"),
        ("TRIVY_CONFIG", "/etc/other.yaml"),
        ("TRIVY_CACHE_DIR", "relative"),
        ("HTTPS_PROXY", "http://me:word@proxy"),
        ("GITHUB_TOKEN", "whatever"),
    ];
    let result = result(&engine(), &scanners, &settings, VULNERABILITIES, web()).await;
    let said = text(&result);
    let names = said.lines().filter_map(|line| line.strip_prefix("export "));
    let names: Vec<&str> = names.filter_map(|it| it.split('=').next()).collect();
    assert_eq!(
        names,
        [
            "DOCKER_CONFIG",
            "DOCKER_HOST",
            "HOME",
            "PATH",
            "TMPDIR",
            "TRIVY_CACHE_DIR",
            "TRIVY_DISABLE_TELEMETRY",
            "TRIVY_NO_PROGRESS",
            "TRIVY_SKIP_VERSION_CHECK",
            "XDG_CACHE_HOME",
        ],
        "{said}"
    );
    assert!(!said.contains("relative"), "{said}");
}
