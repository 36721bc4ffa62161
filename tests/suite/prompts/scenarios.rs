//! What the prompts say of containers in trouble: the decisive fact first, and the rest complete.

use serde_json::{Value, json};

use super::{container, engine, exited, said, troubleshot};
use crate::golden;

/// The part that is computed, from the title to the first heading after it.
fn certain(text: &str) -> &str {
    let start = text.find("## What is known for certain").unwrap();
    let rest = &text[start..];
    &rest[..rest[3..].find("\n## ").unwrap()]
}

fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

#[tokio::test]
async fn troubleshooting_puts_the_decisive_fact_first() {
    let loops = with(
        container(json!({ "Status": "restarting", "Running": true, "ExitCode": 1 })),
        "/RestartCount",
        json!(7),
    );
    let unhealthy = container(json!({
        "Status": "running", "Running": true, "ExitCode": 0,
        "Health": { "Status": "unhealthy", "FailingStreak": 4, "Log": [{ "ExitCode": 7, "Output": "curl: (7) Failed to connect to localhost port 80" }] },
    }));
    let no_start = container(json!({
        "Status": "created", "Running": false, "ExitCode": 127,
        "Error": "exec: \"servr\": executable file not found in $PATH",
    }));
    let oom = with(
        container(
            json!({ "Status": "exited", "Running": false, "ExitCode": 137, "OOMKilled": true }),
        ),
        "/HostConfig/Memory",
        json!(67_108_864),
    );
    let trace = "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\nValueError: the answer is not 42\n";
    for (name, document, log, decisive) in [
        (
            "exit_1",
            exited(1),
            trace,
            "ValueError: the answer is not 42",
        ),
        (
            "exit_127",
            exited(127),
            "sh: servr: not found\n",
            "Exit code 127: the command was not found",
        ),
        (
            "exit_126",
            exited(126),
            "",
            "Exit code 126: the command was found but cannot be executed",
        ),
        ("exit_139", exited(139), "", "Exit code 139: SIGSEGV"),
        ("exit_143", exited(143), "", "Exit code 143: SIGTERM"),
        (
            "out_of_memory",
            oom,
            "",
            "Out of memory: the kernel killed a process of it (OOM); its limit is 64 MiB",
        ),
        (
            "restart_loop",
            loops,
            "",
            "Restart loop: Docker restarted it 7 times",
        ),
        (
            "unhealthy",
            unhealthy,
            "",
            "Unhealthy: its health check failed 4 times in a row",
        ),
        ("no_start", no_start, "", "Docker could not start it"),
        (
            "missing_variable",
            exited(1),
            "KeyError: 'DATABASE_URL'\n",
            "An environment variable is missing",
        ),
        (
            "port_in_use",
            exited(1),
            "Error: listen EADDRINUSE: address already in use :::80\n",
            "The port is in use",
        ),
    ] {
        let docker = engine(document, log);
        let text = troubleshot(&docker).await;
        let certain = certain(&text);
        assert!(certain.contains(decisive), "{name}: {certain}");
        assert!(
            text.find(decisive).unwrap() < 900,
            "{name} hides it: {text}"
        );
        golden::check(
            format!("tests/golden/prompts/troubleshoot/{name}.md"),
            certain,
        );
    }
}

#[tokio::test]
async fn an_audit_of_a_hardened_container_does_not_cry_wolf() {
    let mut hardened = container(json!({ "Status": "running", "Running": true }));
    hardened["AppArmorProfile"] = json!("docker-default");
    hardened["Config"] = json!({
        "Image": "web:1.2", "User": "10001:10001", "Env": ["PATH=/bin", "DB_PASSWORD_FILE=/run/secrets/db", "AUTHOR=shop"],
        "Healthcheck": { "Test": ["CMD", "true"] },
    });
    hardened["HostConfig"] = json!({
        "NetworkMode": "shop", "ReadonlyRootfs": true, "CapDrop": ["ALL"], "CapAdd": ["CAP_NET_BIND_SERVICE"],
        "SecurityOpt": ["no-new-privileges"], "Memory": 67_108_864, "NanoCpus": 500_000_000, "PidsLimit": 100,
        "RestartPolicy": { "Name": "on-failure", "MaximumRetryCount": 5 },
        "PortBindings": { "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }] },
    });
    let docker = engine(hardened, "");
    let text = said(&docker, "security_audit", json!({"container_id": "web"})).await;
    assert!(text.contains("No finding: every setting"), "{text}");
    assert!(
        !text.contains("**critical**") && !text.contains("**high**"),
        "{text}"
    );
}

/// Each bad setting, on its own, has its number and its severity.
#[tokio::test]
async fn an_audit_names_each_bad_setting_with_its_number_and_severity() {
    let sensitive = |source: &str, writable: bool| json!([{ "Type": "bind", "Source": source, "Destination": "/x", "RW": writable, "Propagation": "rprivate" }]);
    for (pointer, value, finding) in [
        (
            "/HostConfig/Privileged",
            json!(true),
            "**critical** CIS 5.5,",
        ),
        (
            "/HostConfig/NetworkMode",
            json!("host"),
            "**high** CIS 5.10,",
        ),
        ("/HostConfig/PidMode", json!("host"), "**high** CIS 5.16,"),
        ("/HostConfig/IpcMode", json!("host"), "**high** CIS 5.17,"),
        ("/HostConfig/UTSMode", json!("host"), "**medium** CIS 5.21,"),
        (
            "/HostConfig/UsernsMode",
            json!("host"),
            "**high** CIS 5.31,",
        ),
        (
            "/HostConfig/CapAdd",
            json!(["CAP_SYS_ADMIN"]),
            "**high** CIS 5.4,",
        ),
        (
            "/HostConfig/CapAdd",
            json!(["NET_RAW"]),
            "**medium** CIS 5.4,",
        ),
        (
            "/HostConfig/SecurityOpt",
            json!(["seccomp=unconfined"]),
            "**high** CIS 5.22,",
        ),
        (
            "/HostConfig/SecurityOpt",
            json!(["apparmor=unconfined"]),
            "**high** CIS 5.2,",
        ),
        (
            "/HostConfig/SecurityOpt",
            json!(["label:disable"]),
            "**high** CIS 5.3,",
        ),
        (
            "/HostConfig/Devices",
            json!([{ "PathOnHost": "/dev/sda" }]),
            "**high** CIS 5.18,",
        ),
        ("/Mounts", sensitive("/etc", true), "**critical** CIS 5.6,"),
        ("/Mounts", sensitive("/", false), "**high** CIS 5.6,"),
        (
            "/Mounts",
            sensitive("/run/docker.sock", false),
            "**critical** CIS 5.32,",
        ),
        (
            "/Config/Cmd",
            json!(["/usr/sbin/sshd", "-D"]),
            "**medium** CIS 5.7,",
        ),
        (
            "/HostConfig/PortBindings",
            json!({ "80/tcp": [{ "HostIp": "", "HostPort": "80" }] }),
            "**medium** CIS 5.14,",
        ),
        (
            "/HostConfig/PortBindings",
            json!({ "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "80" }] }),
            "**low** CIS 5.8,",
        ),
        (
            "/HostConfig/RestartPolicy",
            json!({ "Name": "always" }),
            "**low** CIS 5.15,",
        ),
        ("/Config/User", json!("root"), "**medium** CIS 4.1,"),
        (
            "/Config/Image",
            json!("registry:5000/web"),
            "**low** CIS 4.2,",
        ),
        (
            "/Config/Env",
            json!(["API_TOKEN=x"]),
            "**medium** CIS 4.10,",
        ),
    ] {
        let mut document = container(json!({ "Status": "running", "Running": true }));
        document["Mounts"] = json!([]);
        document["Config"]["Env"] = json!([]);
        document["Config"]["User"] = json!("app");
        let docker = engine(document.clone(), "");
        let before = said(&docker, "security_audit", json!({"container_id": "web"})).await;
        assert!(!before.contains(finding), "{finding} without {pointer}");
        let docker = engine(with(document, pointer, value), "");
        let text = said(&docker, "security_audit", json!({"container_id": "web"})).await;
        assert!(text.contains(finding), "{finding} is missing: {text}");
    }
}

#[tokio::test]
async fn a_project_below_home_is_no_sensitive_directory() {
    let mut document = container(json!({ "Status": "running", "Running": true }));
    document["Mounts"] = json!([
        { "Type": "bind", "Source": "/home/ann/shop", "Destination": "/app", "RW": true },
        { "Type": "bind", "Source": "/etcetera", "Destination": "/etcetera", "RW": true },
    ]);
    let docker = engine(document, "");
    let text = said(&docker, "security_audit", json!({"container_id": "web"})).await;
    assert!(!text.contains("CIS 5.6,"), "{text}");
}

#[tokio::test]
async fn networking_tells_why_a_name_does_not_resolve() {
    let docker = engine(
        container(json!({ "Status": "running", "Running": true })),
        "all quiet here\nError: getaddrinfo ENOTFOUND db\n",
    )
    .on("GET /networks/bridge", json!({
        "Name": "bridge", "Driver": "bridge", "Options": { "com.docker.network.driver.mtu": "1400" },
        "Containers": { "a": { "Name": "shop-db", "IPv4Address": "172.17.0.3/16" } },
    }));
    let arguments = json!({"container_id": "web", "target_host": "db:5432"});
    let text = said(&docker, "debug_networking", arguments).await;
    let certain = certain(&text);
    assert!(
        certain.contains("the default bridge resolves no names"),
        "{certain}"
    );
    assert!(certain.contains("A name does not resolve"), "{certain}");
    assert!(text.contains("MTU `1400`"), "{text}");
    assert!(text.contains("nc -vz db 5432"), "{text}");
    assert!(!text.contains("all quiet here"), "{text}");
}
