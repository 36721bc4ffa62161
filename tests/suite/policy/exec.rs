//! What commands run in, and what is started.

use std::fs;
use std::os::unix::fs::symlink;

use bollard::query_parameters::{AttachContainerOptions, UploadToContainerOptions};
use mcp_docker::engine::{EngineError, record};
use serde_json::{Value, json};

use super::{ALLOWLIST, Comes, PRIVILEGED, Passes, Refused, To, Verdict, client, engine, hold};
use crate::support::fake_engine::Reply;

const TOOL: &str = "docker_exec_command";

fn container(host: Value, mounts: Value) -> Value {
    json!({"Id": "1", "Name": "/it", "HostConfig": host, "Mounts": mounts, "State": {"Status": "running"}})
}

fn bind(source: &str) -> Value {
    json!([{"Type": "bind", "Source": source, "Destination": "/inside"}])
}

fn read_only(source: &str) -> Value {
    json!([{"Type": "bind", "Source": source, "Destination": "/inside", "RW": false}])
}

#[tokio::test]
async fn no_command_runs_in_a_container_that_reaches_the_host() {
    let volume =
        json!([{"Type": "volume", "Name": "bound", "Source": "/data/docker/volumes/bound/_data"}]);
    let plain = json!([
        {"Type": "volume", "Name": "plain", "Source": "/data/docker/volumes/plain/_data"},
        {"Type": "bind", "Source": "/srv/data"}, {"Type": "tmpfs", "Source": ""},
    ]);
    let privileged: &[&str] = &["`container_id`", "`it`", "`privileged`", PRIVILEGED];
    for (host, mounts, verdict) in [
        (json!({}), json!([]), None),
        // As an Engine shows a container that was made with its defaults.
        (
            json!({
                "NetworkMode": "default", "PidMode": "", "IpcMode": "private", "CgroupnsMode": "host",
                "CapAdd": null, "Runtime": "runc", "OomScoreAdj": 0, "Privileged": false, "Devices": [],
                "LogConfig": {"Type": "syslog"}, "MaskedPaths": ["/proc/acpi"], "CapAdd": ["CHOWN"],
            }),
            plain,
            None,
        ),
        (json!({"NetworkMode": "container:vpn"}), json!([]), None),
        (json!({"Privileged": true}), json!([]), Some(privileged)),
        (
            json!({"PidMode": "host"}),
            json!([]),
            Some(&["PidMode", "`host`"]),
        ),
        (
            json!({"NetworkMode": "host"}),
            json!([]),
            Some(&["NetworkMode"]),
        ),
        (json!({"IpcMode": "host"}), json!([]), Some(&["IpcMode"])),
        (json!({"UTSMode": "host"}), json!([]), Some(&["UTSMode"])),
        (
            json!({"UsernsMode": "host"}),
            json!([]),
            Some(&["UsernsMode"]),
        ),
        (
            json!({"PidMode": "container:monitor"}),
            json!([]),
            Some(&["PidMode", "`container:monitor`", PRIVILEGED]),
        ),
        (
            json!({"PidMode": "container:beside-monitor"}),
            json!([]),
            Some(&["PidMode", "`container:beside-monitor`"]),
        ),
        (
            json!({"NetworkMode": "container:gone"}),
            json!([]),
            Some(&["NetworkMode", "`container:gone`"]),
        ),
        (
            json!({"IpcMode": "container:itself"}),
            json!([]),
            Some(&["IpcMode", "`container:itself`"]),
        ),
        (
            json!({"CapAdd": ["SYS_ADMIN"]}),
            json!([]),
            Some(&["CapAdd", "SYS_ADMIN"]),
        ),
        (
            json!({"Devices": [{"PathOnHost": "/dev/sda"}]}),
            json!([]),
            Some(&["Devices"]),
        ),
        (
            json!({"DeviceCgroupRules": ["b 8:* rwm"]}),
            json!([]),
            Some(&["DeviceCgroupRules"]),
        ),
        (
            json!({"SecurityOpt": ["seccomp=unconfined"]}),
            json!([]),
            Some(&["SecurityOpt"]),
        ),
        (
            json!({"MaskedPaths": []}),
            json!([]),
            Some(&["MaskedPaths"]),
        ),
        (
            json!({}),
            bind("/var/run/docker.sock"),
            Some(&["`it`", "docker.sock", PRIVILEGED]),
        ),
        (
            json!({}),
            bind("/etc/ssl"),
            Some(&["`it`", "`/etc/ssl`", ALLOWLIST]),
        ),
        // What the operator's own containers mount, as long as it does not give the host away.
        (json!({}), bind("/opt/app"), None),
        (json!({}), bind("/usr/share/nginx"), None),
        (json!({}), bind("/var/lib/mysql"), None),
        (json!({}), bind("/home/me/project"), None),
        (json!({}), bind("/home/me"), Some(&["`it`", "`/home/me`"])),
        (json!({}), bind("/usr/bin"), Some(&["`it`", "`/usr/bin`"])),
        (json!({}), read_only("/etc/passwd"), None),
        (json!({}), read_only("/etc/../etc/passwd"), None),
        (
            json!({}),
            bind("/etc/passwd"),
            Some(&["`it`", "`/etc/passwd`", ALLOWLIST]),
        ),
        (
            json!({}),
            read_only("/etc/shadow"),
            Some(&["`it`", "`/etc/shadow`", ALLOWLIST]),
        ),
        (json!({}), read_only("/etc"), Some(&["`it`", "`/etc`"])),
        (
            json!({}),
            read_only("/etc/ssl"),
            Some(&["`it`", "`/etc/ssl`"]),
        ),
        (
            json!({}),
            read_only("/etc/not-there"),
            Some(&["`it`", "`/etc/not-there`"]),
        ),
        (
            json!({"DeviceRequests": [{"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]}]}),
            json!([]),
            None,
        ),
        (json!({}), bind("/"), Some(&["`it`", "`/`"])),
        (
            json!({}),
            bind("/data/docker"),
            Some(&["`it`", "`/data/docker`"]),
        ),
        (json!({}), volume, Some(&["`it`", "`/etc`"])),
        (
            json!({}),
            json!([{"Type": "volume", "Name": "overlaid"}]),
            Some(&["`it`", "`overlaid`", "`overlay`", PRIVILEGED]),
        ),
        (
            json!({}),
            json!([{"Type": "volume", "Name": "of-a-plugin"}]),
            None,
        ),
        (
            json!({}),
            json!([{"Type": "npipe", "Source": r"\\.\pipe\docker_engine"}]),
            Some(&["pipe"]),
        ),
        (Value::Null, json!([]), Some(&["`it`", "does not say"])),
    ] {
        let engine = engine()
            .commands(Reply::empty(200), 0)
            .on("GET /containers/it/json", container(host, mounts.clone()))
            .on(
                "GET /containers/monitor/json",
                container(json!({"PidMode": "host"}), json!([])),
            )
            .on(
                "GET /containers/beside-monitor/json",
                container(json!({"PidMode": "container:monitor"}), json!([])),
            )
            .on(
                "GET /containers/itself/json",
                container(json!({"IpcMode": "container:itself"}), json!([])),
            )
            .on(
                "GET /containers/gone/json",
                Reply::error(404, "No such container: gone"),
            );
        let client = client(&engine, &[]).await;
        let arguments = json!({"container_id": "it", "command": ["id"]});
        match verdict {
            Some(words) => hold(&engine, &client, &[To(TOOL, arguments, Refused(words))]).await,
            None => {
                let result = client.call(TOOL, arguments).await;
                assert_ne!(result.is_error, Some(true), "{result:?}");
            }
        }
        client.stop().await;
    }
}

#[tokio::test]
async fn a_command_gets_no_privileges_and_a_container_that_is_not_told_of_gets_no_command() {
    let engine = engine()
        .commands(Reply::empty(200), 0)
        .on("GET /containers/silent/json", Reply::die());
    let client = client(&engine, &[]).await;
    let exec = |container: &str, privileged: Value| json!({"container_id": container, "command": ["id"], "privileged": privileged});
    let refused: Verdict = Refused(&["`privileged`", "`true`", PRIVILEGED]);
    let cases: [Comes; 2] = [
        To(TOOL, exec("web", json!(true)), refused),
        To(TOOL, exec("web", json!("true")), refused),
    ];
    hold(&engine, &client, &cases).await;

    let result = client.call(TOOL, exec("silent", json!(false))).await;
    assert_eq!(result.is_error, Some(true), "{result:?}");
    assert_eq!(super::changes(&engine), Vec::<String>::new());
    client.stop().await;
}

/// Its files and its input are as good as a command.
#[tokio::test]
async fn a_container_that_reaches_the_host_is_entered_by_no_other_way() {
    let held = container(json!({}), bind("/run/docker.sock"));
    let docker = engine().on("GET /containers/it/json", held);
    let engine = docker.door();
    let upload = UploadToContainerOptions {
        path: "/inside".to_owned(),
        ..Default::default()
    };
    let archive = || bollard::body_full(bytes::Bytes::new());
    for request in [
        record(|docker| async move {
            docker
                .upload_to_container("it", Some(upload), archive())
                .await
        }),
        record(|docker| async move {
            docker
                .attach_container("it", None::<AttachContainerOptions>)
                .await
        }),
    ] {
        let refused = engine.json(request.unwrap()).await;
        assert!(
            matches!(refused, Err(EngineError::Refused(_))),
            "{refused:?}"
        );
    }
    assert_eq!(super::changes(&docker), Vec::<String>::new());
}

/// Between a container's creation and its start another one may put a link where a directory was.
#[tokio::test]
async fn a_container_is_not_started_on_a_link_that_was_put_in_place_of_what_was_judged() {
    let folder = crate::support::workplace::workplace();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::create_dir(at("real")).unwrap();
    symlink("/etc", at("link")).unwrap();
    let engine = engine()
        .on("POST /containers/*", Reply::empty(204))
        .on(
            "GET /containers/swapped/json",
            container(json!({}), bind(&at("link"))),
        )
        .on(
            "GET /containers/honest/json",
            container(json!({}), bind(&at("real"))),
        )
        .on(
            "GET /containers/by-volume/json",
            container(json!({}), json!([{"Type": "volume", "Name": "by-link"}])),
        )
        .on(
            "GET /volumes/by-link",
            json!({"Driver": "local", "Options": {"o": "bind", "device": at("link")}}),
        )
        // Somebody else made it so, and it says so.
        .on(
            "GET /containers/open/json",
            container(json!({"Privileged": true}), bind("/etc")),
        );
    let client = client(&engine, &[]).await;
    let mut cases = Vec::new();
    for tool in ["docker_start_container", "docker_restart_container"] {
        let refused = Refused(&["`container_id`", "`swapped`", "/etc", ALLOWLIST]);
        let by_volume = Refused(&["`container_id`", "`by-volume`", "/etc"]);
        for (name, verdict) in [
            ("swapped", refused),
            ("by-volume", by_volume),
            ("honest", Passes),
            ("open", Passes),
        ] {
            cases.push(To(tool, json!({"container_id": name}), verdict));
        }
    }
    hold(&engine, &client, &cases).await;
    client.stop().await;
}
