//! What existing containers mount that new ones would not be given.

use super::*;

fn bind(source: &str) -> Value {
    json!({ "Type": "bind", "Source": source, "Destination": "/inside", "RW": true })
}

fn docker(containers: Value) -> FakeEngine {
    healthy().on("GET /containers/json", containers)
}

#[tokio::test]
async fn a_bind_that_would_be_refused_comes_with_what_names_it() {
    let volume =
        json!({ "Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data" });
    let docker = docker(json!([
        { "Id": "1", "Names": ["/web"], "Mounts": [bind("/opt/app"), bind("/srv/www"), volume] },
        { "Id": "2", "Names": ["/db"], "Mounts": [bind("/opt/app"), bind("/usr/share/x")] },
        // No naming allows this one.
        { "Id": "3", "Names": ["/proxy"], "Mounts": [bind("/var/run/docker.sock")] },
        { "Id": "4", "Names": ["/named"], "Mounts": [bind("/opt/named/x")] },
    ]));
    let address = docker.address();
    let settings = [
        ("DOCKER_HOST", address.as_str()),
        ("SAFETY_VOLUME_MOUNT_ALLOWLIST", "/opt/named"),
    ];
    let found = diagnose(&settings).await;
    let check = found.check("mounts");
    assert_eq!(check["status"], "note", "{check}");
    assert_eq!(
        check["details"],
        json!({
            "line": "SAFETY_VOLUME_MOUNT_ALLOWLIST=/opt/named,/opt/app,/usr/share/x",
            "refused": [
                { "path": "/opt/app", "containers": ["web", "db"] },
                { "path": "/usr/share/x", "containers": ["db"] },
            ],
        })
    );
    let mend = check["mend"].as_str().unwrap();
    assert!(
        mend.contains("SAFETY_VOLUME_MOUNT_ALLOWLIST=/opt/named,/opt/app,/usr/share/x"),
        "{mend}"
    );
    assert_eq!(found.code, 0, "{:#}", found.report);
    let mut asked = docker.requests();
    asked.retain(|request| request.contains("/containers/"));
    assert_eq!(asked, ["GET /containers/json?all=true&size=false"]);
}

#[tokio::test]
async fn where_new_containers_may_mount_the_same_all_is_well() {
    let docker = docker(json!([{ "Id": "1", "Names": ["/web"], "Mounts": [bind("/srv/www")] }]));
    let found = diagnose(&[("DOCKER_HOST", &docker.address())]).await;
    found.is_well("mounts", "every folder");
}

/// A person sees a line for each.
#[tokio::test]
async fn a_person_is_told_of_each_path() {
    let docker = docker(json!([{ "Id": "1", "Names": ["/web"], "Mounts": [bind("/opt/app")] }]));
    let home = TempDir::new().unwrap();
    let mut command = command(home.path());
    let run = command
        .arg("doctor")
        .env("DOCKER_HOST", docker.address())
        .output();
    let output = timeout(Duration::from_secs(60), run)
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("`/opt/app` of `web`: add `/opt/app`"),
        "{text}"
    );
}
