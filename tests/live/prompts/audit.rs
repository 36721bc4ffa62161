//! What an audit says of containers that are set up badly, and well.

use super::*;

/// A privileged container need not start to be found.
#[tokio::test]
async fn an_audit_names_what_is_bad_and_leaves_a_hardened_container_alone() {
    let Some(session) = Session::start().await else {
        return;
    };
    let flags = [
        "create",
        "--privileged",
        "--network",
        "host",
        "--pid",
        "host",
        "--ipc",
        "host",
        "--uts",
        "host",
        "--cap-add",
        "SYS_ADMIN",
        "--security-opt",
        "seccomp=unconfined",
        "-v",
        "/etc:/host/etc",
        "-v",
        "/var/run/docker.sock:/var/run/docker.sock",
        "-e",
        "API_TOKEN=planted-token",
        "--restart",
        "always",
    ];
    let bad = Container::with("bad", &flags, WAIT);
    let text = said(
        &session,
        "security_audit",
        json!({"container_id": bad.name}),
    )
    .await;
    for finding in [
        "**critical** CIS 5.5,",
        "**critical** CIS 5.6,",
        "**critical** CIS 5.32,",
        "**high** CIS 5.4,",
        "**high** CIS 5.10,",
        "**high** CIS 5.16,",
        "**high** CIS 5.17,",
        "**high** CIS 5.22,",
        "**medium** CIS 5.21,",
        "**medium** CIS 4.1,",
        "**medium** CIS 4.10,",
        "**medium** CIS 5.11,",
        "**medium** CIS 5.26,",
        "**medium** CIS 5.29,",
        "**low** CIS 5.13,",
        "**low** CIS 5.15,",
        "**low** CIS 5.27,",
    ] {
        assert!(text.contains(finding), "{finding} is missing: {text}");
    }
    assert!(!text.contains("planted-token"), "{text}");

    let network = Object::new("network");
    let flags = [
        "create",
        "--user",
        "10001",
        "--read-only",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--memory",
        "64m",
        "--cpus",
        "0.5",
        "--pids-limit",
        "50",
        "--restart",
        "on-failure:5",
        "--health-cmd",
        "true",
        "--network",
        &network.name,
    ];
    let hardened = Container::with("hardened", &flags, WAIT);
    let text = said(
        &session,
        "security_audit",
        json!({"container_id": hardened.name}),
    )
    .await;
    assert!(text.contains("No finding: every setting"), "{text}");
    session.close().await;
}

#[tokio::test]
async fn an_audit_of_all_and_a_review_of_one_use_what_runs() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("reviewed", WAIT);
    let text = said(&session, "security_audit", json!({})).await;
    assert!(text.contains("looked at"), "{text}");
    let text = said(
        &session,
        "optimize_container",
        json!({"container_id": container.name}),
    )
    .await;
    assert!(text.contains("% of one CPU"), "{text}");
    assert!(text.contains("set a limit"), "{text}");
}
