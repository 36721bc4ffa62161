//! Probes, names, ports, mounts and limits of containers that run.

use std::time::Duration;

use serde_json::json;

use super::{ON, becomes, findings, first, is_well};
use crate::docker::{Container, Object, WAIT, docker, eventually, run};
use crate::session::Session;

/// Serves files on that port.
fn serving(port: &str) -> String {
    format!("exec httpd -f -p {port} -h /")
}

fn probed(what: &str, probe: &str, program: &str) -> Container {
    let flags = [
        "run",
        "-d",
        "--health-cmd",
        probe,
        "--health-interval",
        "1s",
        "--health-retries",
        "1",
        "--health-timeout",
        "2s",
    ];
    let container = Container::with(what, &flags, program);
    becomes(&container, "/State/Health/Status", &json!("unhealthy"));
    container
}

#[tokio::test]
async fn an_unhealthy_one_is_told_with_what_its_probe_said() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let unhealthy = ("critical", "it is unhealthy");
    let wrong = probed("probe", "wget -qO- http://127.0.0.1:81/", &serving("80"));
    let cause = "the probe asks port 81, where nothing in the container listens; it listens on 80";
    first(
        &session,
        &wrong,
        unhealthy,
        Some(cause),
        &[
            "probe: CMD-SHELL wget",
            "/proc: nothing in it listens on port 81",
        ],
    )
    .await;
    let missing = probed("probe", "no-such-probe", WAIT);
    first(
        &session,
        &missing,
        unhealthy,
        Some("has no such command"),
        &["not found"],
    )
    .await;
    let slow = probed("probe", "sleep 100", WAIT);
    first(
        &session,
        &slow,
        unhealthy,
        Some("its timeout of 2 s"),
        &["exceeded timeout"],
    )
    .await;
    let refused = probed(
        "probe",
        "wget -qO- http://127.0.0.1:80/absent",
        &serving("80"),
    );
    first(
        &session,
        &refused,
        unhealthy,
        Some("the status 404"),
        &["404"],
    )
    .await;
    let silent = probed("probe", "test -f /ready", WAIT);
    first(
        &session,
        &silent,
        unhealthy,
        None,
        &["its last exit code: 1"],
    )
    .await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_with_who_has_a_similar_one() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let (network, other) = (Object::new("network"), Object::new("network"));
    let run = |what: &str, network: &Object, flags: &[&str]| {
        let base = ["run", "-d", "--network", &network.name];
        Container::with(what, &[&base, flags].concat(), WAIT)
    };
    let db = run("names", &network, &["--network-alias", "postgres"]);
    let wrong = run(
        "names",
        &network,
        &["-e", "DATABASE_URL=postgres://app:s3cret@postgrse:5432/app"],
    );
    let cause = format!("`{}` is called `postgres`", db.name);
    first(
        &session,
        &wrong,
        ("warning", "asks for `postgrse`"),
        Some(&cause),
        &["DATABASE_URL asks for the host `postgrse`"],
    )
    .await;
    let right = run(
        "names",
        &network,
        &["-e", "DATABASE_URL=postgres://app:s3cret@postgres:5432/app"],
    );
    is_well(&session, &right).await;
    let store = run("names", &network, &["--network-alias", "events-north"]);
    let swapped = run(
        "names",
        &network,
        &["-e", "STORE_URL=tcp://app:s3cret@north-events:5000/app"],
    );
    let cause = format!("`{}` is called `events-north`", store.name);
    first(
        &session,
        &swapped,
        ("warning", "asks for `north-events`"),
        Some(&cause),
        &["STORE_URL asks for the host `north-events`"],
    )
    .await;
    let nobodys = run("names", &network, &["-e", "MAIL_URL=smtp://mailgate:25"]);
    first(
        &session,
        &nobodys,
        ("warning", "nobody on its networks has"),
        None,
        &["MAIL_URL asks for the host `mailgate`"],
    )
    .await;
    let flags = [
        "-e",
        "MAIL_HOST=mailgate",
        "--add-host",
        "mailgate:10.0.0.7",
    ];
    is_well(&session, &run("names", &network, &flags)).await;
    let link = format!("{}:mailgate", db.name);
    let flags = ["-e", "MAIL_HOST=mailgate", "--link", &link];
    is_well(&session, &run("names", &network, &flags)).await;
    let apart = run(
        "names",
        &other,
        &["-e", "DATABASE_URL=postgres://app:s3cret@postgres:5432/app"],
    );
    first(
        &session,
        &apart,
        ("warning", "nobody on its networks has"),
        Some("is on no network with it"),
        &[&network.name],
    )
    .await;
    docker(&["stop", "-t", "1", &db.name]);
    // Engines list what they knew a moment ago.
    let named = format!("name={}", db.name);
    let listed = ["ps", "-aq", "--filter", "status=exited", "--filter", &named];
    eventually("it is listed as exited", || !docker(&listed).is_empty());
    first(
        &session,
        &right,
        ("warning", "which does not run"),
        Some("is exited"),
        &["DATABASE_URL"],
    )
    .await;
}

#[tokio::test]
async fn a_published_port_that_leads_nowhere_is_told() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let published = ["run", "-d", "-p", "127.0.0.1::80"];
    let elsewhere = Container::with("ports", &published, &serving("8080"));
    let loopback = Container::with("ports", &published, &serving("127.0.0.1:80"));
    let gone = Container::with("ports", &published, &serving("80"));
    docker(&["network", "disconnect", "bridge", &gone.name]);
    let network = Object::new("network");
    // There the Engine's own name server listens.
    let named = [&published[..], &["--network", &network.name]].concat();
    let silent = Container::with("ports", &named, WAIT);
    first(
        &session,
        &gone,
        ("critical", "is not there"),
        Some("on no network any more"),
        &["NetworkSettings.Ports"],
    )
    .await;
    // Whoever just started may have yet to listen.
    tokio::time::sleep(Duration::from_secs(6)).await;
    first(
        &session,
        &elsewhere,
        ("warning", "leads nowhere"),
        Some("nothing in it listens on port 80; it listens on 8080"),
        &["/proc"],
    )
    .await;
    let found = findings(&session, &silent).await;
    assert_eq!(found[0]["cause"], "nothing in it listens on port 80");
    first(
        &session,
        &loopback,
        ("warning", "leads nowhere"),
        Some("own loopback"),
        &["127.0.0.1:80 alone"],
    )
    .await;
}

#[tokio::test]
async fn a_mount_whose_source_is_gone_is_told() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let volume = format!("{path}:/data");
    let container = Container::with("mount", &["run", "-d", "-v", &volume], WAIT);
    is_well(&session, &container).await;
    drop(folder);
    first(
        &session,
        &container,
        ("warning", "the source of a mount is gone"),
        Some("removed or made anew"),
        &["at /data"],
    )
    .await;
    docker(&["stop", "-t", "1", &container.name]);
    first(
        &session,
        &container,
        ("warning", "the source of a mount is gone"),
        Some("removed or made anew"),
        &[&path],
    )
    .await;
}

#[tokio::test]
async fn limits_that_are_nearly_reached_are_told() {
    let Some(session) = Session::with(&ON).await else {
        return;
    };
    let many = "sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 & wait";
    // What starts a container may still take one of the places when it has started; then it ends.
    let crowded = loop {
        let started = Container::with("limits", &["run", "-d", "--pids-limit", "5"], many);
        let all_run = || {
            let listed = run(&["top", &started.name]).unwrap_or_default();
            listed.trim_ascii().split(|it| *it == b'\n').count() == 6
        };
        eventually("it runs all of its processes, or none", || {
            all_run() || started.state() == "exited"
        });
        if all_run() {
            break started;
        }
    };
    let found = findings(&session, &crowded).await;
    assert_eq!(found[0]["evidence"][0], "stats: pids 5 of 5", "{found:#?}");
}
