//! Secrets in every form that the Engine hands on, and an Engine whose every answer holds them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::support::fake_engine::{FakeEngine, Reply, frame, swarm};
use crate::support::files::{Node, file, files};

/// What must not come out, whole or in part.
pub(super) const PLANTED: &[&str] = &[
    "planted-env-value",
    "planted two words",
    "planted-label-value",
    "planted-flag-value",
    "planted-inline-value",
    "planted-buildarg-value",
    "planted-url-value",
    "planted-mount-value",
    "planted-registry-value",
    "planted-bearer-0a1b2c3d",
    "cGxhbnRlZDpiYXNpYw",
    "planted-json-value",
    "eyJhbGciOiJIUzI1NiJ9.eyJwbGFudGVkIjoidHJ1ZSJ9.cGxhbnRlZC1zaWduYXR1cmU",
    "AKIAPLANTED234567XYZ",
    "wPlantedFEMI0K7MDENGbPxRfiCYEXAMPLEKEY+1",
    "ghp_PlantedAbcdefghijklmnop0123456789AB",
    KEY_LINES[0],
    KEY_LINES[1],
    KEY_LINES[2],
];

/// The body of a private key.
pub(super) const KEY_LINES: [&str; 3] = [
    "MIIEpAIBAAKCAQEAplantedAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdE",
    "FgHiJkLmNoPqRsTuVwXyZ0123456789plantedAbCdEfGhIjKlMnOpQrStUvWxYz",
    "PlantedLastLine0123==",
];

/// A text of several lines with every secret, as a program logs them.
pub(super) fn text() -> String {
    let [first, second, last] = KEY_LINES;
    format!(
        "starting with DB_PASSWORD=planted-env-value and more\n\
         API_SECRET=planted two words\n\
         run tool --password planted-flag-value --quiet\n\
         PGPASSWORD=planted-inline-value psql -h db\n\
         Step 1/2 : ARG NPM_TOKEN=planted-buildarg-value\n\
         connect postgres://app:planted-url-value@db:5432/shop\n\
         mount o=addr=10.0.0.5,username=bob,password=planted-mount-value,vers=3.0\n\
         registry says identitytoken=planted-registry-value\n\
         Authorization: Bearer planted-bearer-0a1b2c3d\n\
         Authorization: Basic cGxhbnRlZDpiYXNpYw==\n\
         {{\"api_key\":\"planted-json-value\",\"n\":1}}\n\
         jwt {jwt}\n\
         aws AKIAPLANTED234567XYZ wPlantedFEMI0K7MDENGbPxRfiCYEXAMPLEKEY+1\n\
         git ghp_PlantedAbcdefghijklmnop0123456789AB\n\
         label com.example.token=planted-label-value\n\
         -----BEGIN RSA PRIVATE KEY-----\n{first}\n{second}\n{last}\n-----END RSA PRIVATE KEY-----\n\
         \u{1b}[31mred\u{1b}[0m and \u{202e}turned\u{200b}",
        jwt = PLANTED[12],
    )
}

/// The members with every secret where the Engine's own documents have it.
pub(super) fn members() -> Value {
    let environment = [
        "PATH=/bin",
        "DB_PASSWORD=planted-env-value",
        "API_SECRET=planted two words",
        "DATABASE_URL=postgres://app:planted-url-value@db:5432/shop",
    ];
    let key = KEY_LINES.join("\n");
    json!({
        "Env": environment,
        "Config": {
            "Env": environment,
            "Cmd": ["tool", "--password", "planted-flag-value", "--token=planted-inline-value"],
            "Labels": { "com.example.token": "planted-label-value" },
        },
        "Args": ["-c", "PGPASSWORD=planted-inline-value psql"],
        "Command": "tool --password planted-flag-value",
        "Labels": { "com.example.token": "planted-label-value", "com.docker.compose.project": "shop", "com.docker.compose.service": "web", "com.docker.compose.container-number": "1", "note": text() },
        "CreatedBy": "RUN |1 NPM_TOKEN=planted-buildarg-value /bin/sh -c npm ci",
        "Comment": text(),
        "Options": { "type": "cifs", "o": "username=bob,password=planted-mount-value" },
        "auths": { "registry.example.com": { "auth": "cGxhbnRlZDpiYXNpYw==", "identitytoken": "planted-registry-value" } },
        "HttpProxy": "http://proxy:planted-url-value@proxy:3128",
        "PrivateKey": format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----"),
        "Note": format!("{key}\n"),
        "Warning": text(),
        "Warnings": [text()],
        "key \u{202e}ghp_PlantedAbcdefghijklmnop0123456789AB": "x",
    })
}

/// The document with the planted members.
fn planted(mut document: Value) -> Value {
    let members = members();
    let object = document.as_object_mut().unwrap();
    for (key, value) in members.as_object().unwrap() {
        match (object.get_mut(key), value) {
            (Some(Value::Object(known)), Value::Object(planted)) => known.extend(planted.clone()),
            (Some(_), _) => {}
            (None, value) => {
                object.insert(key.clone(), value.clone());
            }
        }
    }
    document
}

/// What a swarm tells of a service, a node or a task, with every secret in it.
fn of_swarm(mut document: Value) -> Value {
    if let Some(spec) = document.pointer_mut("/Spec/TaskTemplate/ContainerSpec") {
        *spec = planted(spec.clone());
    }
    document["Spec"]["Labels"] = json!({ "com.docker.stack.namespace": "shop", "com.example.token": "planted-label-value", "note": text() });
    if document.get("ServiceID").is_some() {
        document["Labels"] = document["Spec"]["Labels"].clone();
        document["Status"]["Err"] = json!(text());
    }
    if document.get("Description").is_some() {
        document["Status"]["Message"] = json!(text());
        document["Status"]["State"] = json!("down");
    }
    planted(document)
}

/// A service whose update is over, so that nobody waits for it.
fn paused() -> Value {
    let mut service = of_swarm(swarm::service());
    service["UpdateStatus"] = json!({ "State": "paused", "Message": text() });
    service["PreviousSpec"] = service["Spec"].clone();
    service
}

/// A secret or a config, with what no Engine tells of the one.
fn held(name: &str) -> Value {
    let data = BASE64_STANDARD.encode(format!("{WITHHELD} {}", text()));
    let labels = json!({ "com.docker.stack.namespace": "shop", "com.example.token": "planted-label-value", "note": text() });
    json!({
        "ID": ID, "Version": { "Index": 1 }, "CreatedAt": "2026-01-01T10:00:00Z",
        "Spec": { "Name": name, "Labels": labels, "Data": data },
    })
}

/// What the Engine says of itself, with what opens a swarm.
fn info() -> Value {
    let mut info = planted(swarm::info());
    info["ServerVersion"] = json!(text());
    info["Swarm"]["Error"] = json!(text());
    let opens = [
        (
            "JoinTokens",
            json!({ "Worker": WITHHELD, "Manager": WITHHELD }),
        ),
        ("UnlockKey", json!(WITHHELD)),
    ];
    for (key, value) in opens {
        info["Swarm"]["Cluster"][key] = value.clone();
        info[key] = value;
    }
    info
}

/// What comes out of no tool, whatever is set: what secrets and configs hold, and what opens a swarm.
pub(super) const WITHHELD: &str = "planted-and-withheld";

/// What the Engine knows every object by.
pub(super) const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// An Engine on which every tool works, and whose every answer holds every secret.
pub(super) fn engine() -> FakeEngine {
    let container = planted(json!({
        "Id": ID, "Name": "/web", "Image": "sha256:0", "Config": { "Tty": false, "Image": "web:1" },
        "State": { "Status": "running", "Running": true, "Error": text() }, "Mounts": [],
    }));
    let stats = planted(
        json!({ "id": ID, "read": "2026-01-01T10:00:00Z", "cpu_stats": {}, "precpu_stats": {} }),
    );
    let listed = planted(
        json!({ "Id": ID, "Names": ["/web"], "State": "running", "RepoTags": ["web:1"], "Status": text(), "Name": "data",
            "Image": "web:1", "ImageID": "sha256:0" }),
    );
    let output = || {
        let text = text();
        let frames = text.split_inclusive('\n').map(|line| frame(1, line));
        Reply::chunks(frames.chain([frame(2, &text)]))
    };
    let steps = |last: Value| {
        let text = text();
        let lines = text.split_inclusive('\n');
        let steps = lines.flat_map(|line| [json!({ "stream": line }), json!({ "status": line })]);
        Reply::chunks(steps.chain([last]).map(|step| format!("{step}\r\n")))
    };
    let event = json!({
        "Type": "container", "Action": format!("exec_create: sh -c {}", text().replace('\n', "; ")), "time": 1,
        "Actor": { "ID": ID, "Attributes": { "name": "web", "db.password": "planted-env-value", "execText": text() } },
    });
    let mut renamed = event.clone();
    renamed["Action"] = json!("rename");
    let pruned = json!({
        "ContainersDeleted": [text()], "NetworksDeleted": [text()], "VolumesDeleted": [text()],
        "ImagesDeleted": [{ "Deleted": text() }], "CachesDeleted": [text()], "SpaceReclaimed": 1,
    });
    FakeEngine::start()
        // What no other line answers.
        .on("*", planted(json!({ "Id": ID })))
        .on("POST /containers/*", Reply::empty(204))
        .on("POST /containers/*/wait", json!({ "StatusCode": 0 }))
        .on("GET /containers/json", json!([listed]))
        .on("GET /containers/*/json", container)
        .on("GET /containers/*/logs", output())
        .on("GET /containers/*/stats", stats)
        .on("GET /containers/*/top", json!({ "Titles": ["PID", "CMD"], "Processes": [["1", text()]] }))
        .with_files(files([
            ("/srv/app.conf", file(text())),
            ("/srv/link", Node::Link("ghp_PlantedAbcdefghijklmnop0123456789AB", "/srv/app.conf")),
        ]))
        .on("PUT /containers/*/archive", Reply::empty(200))
        .on("GET /containers/*/changes", json!([{ "Path": text(), "Kind": 1 }]))
        .on(
            "GET /images/search",
            json!([{ "name": "web", "description": text(), "star_count": 1, "is_official": false }]),
        )
        .on("GET /distribution/*", Reply::error(500, &text()))
        .on(
            "POST /containers/create",
            Reply::json(201, &planted(json!({ "Id": ID }))),
        )
        .commands(output(), 0)
        .on("DELETE /containers/*", Reply::empty(204))
        .on("GET /networks", json!([listed]))
        .on(
            "GET /networks/*",
            planted(json!({ "Id": ID, "Name": "lab" })),
        )
        .on("POST /networks/*", Reply::empty(200))
        .on(
            "POST /networks/create",
            Reply::json(201, &planted(json!({ "Id": ID }))),
        )
        .on("DELETE /networks/*", Reply::empty(204))
        .on(
            "GET /volumes",
            json!({ "Volumes": [listed], "Warnings": [text()] }),
        )
        .on("GET /volumes/*", planted(json!({ "Name": "data" })))
        .on(
            "POST /volumes/create",
            Reply::json(
                201,
                &planted(json!({ "Name": "data", "Mountpoint": text() })),
            ),
        )
        .on("DELETE /volumes/*", Reply::empty(204))
        .on("POST /*/prune", pruned)
        .on("GET /images/json", json!([listed, { "Id": "sha256:0", "RepoDigests": [format!("web@sha256:{ID}")] }]))
        .on(
            "GET /images/*/json",
            planted(json!({ "Id": ID, "RepoTags": ["web:1"] })),
        )
        .on(
            "GET /images/*/history",
            json!([planted(json!({ "Id": ID }))]),
        )
        .on("POST /images/*/tag", Reply::empty(201))
        .on("DELETE /images/*", json!([{ "Untagged": text() }]))
        .on(
            "POST /images/create",
            steps(json!({ "status": format!("Status: {}", text()) })),
        )
        .on(
            "POST /images/*/push",
            steps(json!({ "aux": { "Tag": "1", "Digest": text() } })),
        )
        .on("GET /images/get", Reply::chunks([vec![0; 1024]]))
        .on(
            "POST /images/load",
            steps(json!({ "stream": format!("Loaded image: {}", text()) })),
        )
        .on("POST /build", steps(json!({ "aux": { "ID": ID } })))
        .on("GET /info", info())
        .on(
            "GET /version",
            planted(json!({ "Version": "28.1.0", "ApiVersion": "1.41", "MinAPIVersion": "1.12" })),
        )
        .on(
            "GET /system/df",
            json!({
                "LayersSize": 0, "Containers": [listed], "Images": [listed], "Volumes": [listed],
                "BuildCache": [planted(json!({ "ID": "record", "Description": text() }))],
            }),
        )
        .on("GET /events", Reply::chunks([format!("{event}\n{renamed}\n")]))
        .on("GET /services", json!([of_swarm(swarm::service())]))
        .on("GET /services/*", paused())
        .on("POST /services/create", json!({ "ID": ID, "Warnings": [text()] }))
        .on("POST /services/*/update", json!({ "Warnings": [text()] }))
        .on("GET /services/*/logs", {
            let text = text();
            Reply::chunks(text.split_inclusive('\n').map(|line| swarm::record(1, swarm::WORKER, line)))
        })
        .on("GET /nodes", json!([of_swarm(swarm::node(swarm::WORKER, "w1", true))]))
        .on("GET /nodes/*", of_swarm(swarm::node(swarm::WORKER, "w1", false)))
        .on("POST /nodes/*", Reply::empty(200))
        .on("GET /tasks", json!([of_swarm(swarm::task(1, swarm::WORKER))]))
        .on("GET /secrets", json!([held("shop_db")]))
        .on("GET /secrets/*", held("shop_db"))
        .on("POST /secrets/create", Reply::json(201, &planted(json!({ "ID": ID }))))
        .on("DELETE /secrets/*", Reply::empty(204))
        .on("GET /configs", json!([held("shop_app")]))
        .on("GET /configs/*", held("shop_app"))
        .on("POST /configs/create", Reply::json(201, &planted(json!({ "ID": ID }))))
        .on("DELETE /configs/*", Reply::empty(204))
}

/// The first secret that a text holds, also where it is written inside JSON.
pub(super) fn found(text: &str) -> Option<&'static str> {
    let unescaped = text.replace("\\\"", "\"");
    PLANTED
        .iter()
        .copied()
        .find(|planted| unescaped.contains(planted))
}
