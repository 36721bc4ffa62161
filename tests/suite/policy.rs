//! The create policy, through the front door: which spellings pass, which do not, and that a call
//! that is refused changes nothing.

mod addresses;
mod archives;
mod as_compose;
mod as_service;
#[cfg(target_os = "linux")]
mod compose;
mod dockerfile;
mod door;
mod exec;
mod mounts;
mod objects;
mod own;
mod service;

use rmcp::model::CallToolResult;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply};

/// What a call comes to.
enum Comes {
    To(&'static str, Value, Verdict),
}

#[derive(Clone, Copy)]
enum Verdict {
    Passes,
    /// The refusal has these words: the field, the value, the variable.
    Refused(&'static [&'static str]),
}

use Comes::To;
use Verdict::{Passes, Refused};

/// Lets the same be tried as Compose files and as services.
const COMPOSE_TOO: (&str, &str) = ("MCP_DOCKER_TOOLSETS", "default,compose,swarm");

const PRIVILEGED: &str = "SAFETY_ALLOW_PRIVILEGED_CONTAINERS";
const ALLOWLIST: &str = "SAFETY_VOLUME_MOUNT_ALLOWLIST";

/// An Engine that does whatever it is asked.
fn engine() -> FakeEngine {
    let made = || Reply::json(201, &json!({"Id": "1", "Name": "v", "Warnings": []}));
    let bound = |device: &str| json!({"Driver": "local", "Options": {"type": "none", "o": "rw,bind", "device": device}});
    FakeEngine::start()
        .with_swarm()
        .on("GET /info", json!({"DockerRootDir": "/data/docker"}))
        .on("GET /containers/json", json!([]))
        .on("GET /volumes", json!({"Volumes": null}))
        .on("GET /containers/*/json", json!({"Id": "1", "Name": "/web", "HostConfig": {}}))
        .on("POST /containers/create", made())
        .on("POST /networks/create", made())
        .on("POST /volumes/create", made())
        .on("POST /networks/*/connect", Reply::empty(200))
        .on("POST /build", json!({"aux": {"ID": "sha256:0"}}))
        .on("GET /networks/*", json!({"Id": "2", "Name": "lab", "Driver": "bridge"}))
        .on("GET /networks/0ddba11", json!({"Id": "0ddba11", "Name": "host", "Driver": "host"}))
        .on("GET /volumes/plain", json!({"Driver": "local", "Options": null}))
        .on("GET /volumes/bound", bound("/etc"))
        .on("GET /volumes/bound-to-data", bound("/srv/data"))
        .on("GET /volumes/bound-to-share", bound("/usr/share"))
        .on("GET /volumes/overlaid", json!({"Driver": "local", "Options": {"type": "overlay", "device": "overlay", "o": "lowerdir=/etc"}}))
        .on("GET /volumes/of-a-plugin", json!({"Driver": "rexray", "Options": {"device": "/etc"}}))
}

async fn client(engine: &FakeEngine, settings: &[(&str, &str)]) -> Client {
    let address = engine.address();
    let mut env = vec![("DOCKER_BASE_URL", address.as_str()), COMPOSE_TOO];
    env.extend(settings);
    Client::start(&env).await
}

/// Everything that would change something.
fn changes(engine: &FakeEngine) -> Vec<String> {
    let mut requests = engine.requests();
    // Waiting changes nothing.
    requests.retain(|request| !request.starts_with("GET ") && !request.contains("/wait?"));
    requests
}

fn said(result: &CallToolResult) -> String {
    let texts = result.content.iter().filter_map(|block| block.as_text());
    texts.map(|text| text.text.clone()).collect()
}

/// Makes each call and holds what comes of it against the table, and so for the Compose files and the services
/// that come to the same.
async fn hold(engine: &FakeEngine, client: &Client, table: &[Comes]) {
    for To(tool, arguments, verdict) in table {
        let before = changes(engine).len();
        let result = client.call(tool, arguments.clone()).await;
        let sent = &changes(engine)[before..];
        let text = said(&result);
        let what = format!("{tool} {arguments}: {text}");
        match verdict {
            Passes => {
                assert_ne!(result.is_error, Some(true), "{what}");
                assert_eq!(sent.len(), 1, "{what}: {sent:?}");
            }
            Refused(words) => {
                assert_eq!(result.is_error, Some(true), "{what}");
                assert!(sent.is_empty(), "{what}: {sent:?}");
                for word in *words {
                    assert!(text.contains(word), "no {word:?} in: {what}");
                }
                assert!(text.contains("nothing was done"), "{what}");
            }
        }
        as_compose::hold(client, tool, arguments, *verdict).await;
        as_service::hold(client, tool, arguments, *verdict).await;
    }
}

fn create(change: Value) -> (&'static str, Value) {
    let mut arguments = json!({"image": "web:1", "name": "w"});
    for (key, value) in change.as_object().unwrap() {
        arguments[key] = value.clone();
    }
    ("docker_create_container", arguments)
}

fn table(create_with: &[(Value, Verdict)]) -> Vec<Comes> {
    let to = |(change, verdict): &(Value, Verdict)| {
        let (tool, arguments) = create(change.clone());
        To(tool, arguments, *verdict)
    };
    create_with.iter().map(to).collect()
}

fn mounting(sources: &[(&str, Verdict)]) -> Vec<Comes> {
    let mount = |(source, verdict): &(&str, Verdict)| {
        let mut volumes = json!({});
        volumes[*source] = json!({"bind": "/inside", "mode": "ro"});
        (json!({"volumes": volumes}), *verdict)
    };
    table(&sources.iter().map(mount).collect::<Vec<_>>())
}

#[tokio::test]
async fn privileges_and_namespaces_of_the_host_are_refused_in_every_spelling() {
    let engine = engine();
    let client = client(&engine, &[]).await;
    let capability = Refused(&["`cap_add`", "CapAdd", PRIVILEGED]);
    let network = Refused(&["`network`", "NetworkMode", PRIVILEGED]);
    let cases = [
        (
            json!({"privileged": true}),
            Refused(&["`privileged`", "`true`", PRIVILEGED]),
        ),
        (
            json!({"privileged": "true"}),
            Refused(&["`privileged`", PRIVILEGED]),
        ),
        (json!({"privileged": false}), Passes),
        (
            json!({"cap_add": ["SYS_ADMIN"]}),
            Refused(&["`cap_add`", "`SYS_ADMIN`", PRIVILEGED]),
        ),
        (json!({"cap_add": ["CAP_SYS_ADMIN"]}), capability),
        (json!({"cap_add": ["cap_sys_ptrace"]}), capability),
        (json!({"cap_add": ["Sys_Module"]}), capability),
        (json!({"cap_add": [" SYS_ADMIN "]}), capability),
        (json!({"cap_add": ["ALL"]}), capability),
        (json!({"cap_add": ["all"]}), capability),
        (json!({"cap_add": ["CAP_ALL"]}), capability),
        (json!({"cap_add": ["CHOWN", "NET_ADMIN"]}), capability),
        (json!({"cap_add": "[\"DAC_READ_SEARCH\"]"}), capability),
        (
            json!({"cap_add": ["CHOWN", "CAP_NET_RAW", "net_bind_service"]}),
            Passes,
        ),
        (json!({"cap_drop": ["ALL"]}), Passes),
        (json!({"network": "host"}), network),
        (json!({"network": "HOST"}), network),
        (json!({"network": " host "}), network),
        (json!({"network": "container:web"}), network),
        (json!({"network": "Container:0"}), network),
        (json!({"network": "ns:/proc/1/ns/net"}), network),
        (json!({"network": "0ddba11"}), network),
        (json!({"network": "none"}), Passes),
        (json!({"network": "bridge"}), Passes),
        (json!({"network": "hostess"}), Passes),
        (json!({"network": "cafe"}), Passes),
        (
            json!({"read_only": true, "init": true, "tty": true, "user": "0", "mem_limit": "64m", "cpus": 1, "remove": true, "ports": {"80": 8080}}),
            Passes,
        ),
    ];
    hold(&engine, &client, &table(&cases)).await;
    client.stop().await;
}

fn volume(options: Value, verdict: Verdict) -> Comes {
    To(
        "docker_create_volume",
        json!({"name": "v", "driver_opts": options}),
        verdict,
    )
}

#[tokio::test]
async fn the_operator_can_allow_all_of_it() {
    let engine = engine();
    let client = client(&engine, &[(PRIVILEGED, "true")]).await;
    let mut cases = table(&[
        (json!({"privileged": true}), Passes),
        (json!({"cap_add": ["ALL"], "network": "host"}), Passes),
    ]);
    cases.extend(mounting(&[
        ("/var/run/docker.sock", Passes),
        ("/etc", Passes),
        ("bound", Passes),
    ]));
    cases.push(volume(
        json!({"type": "none", "device": "/etc", "o": "bind"}),
        Passes,
    ));
    cases.push(To(
        "docker_create_network",
        json!({"name": "lan", "driver": "macvlan", "options": {"parent": "eth0"}}),
        Passes,
    ));
    hold(&engine, &client, &cases).await;
    client.stop().await;
}

/// A refusal comes before anything is done for the call, such as pulling the image.
#[tokio::test]
async fn nothing_is_pulled_for_a_container_that_is_refused() {
    let engine = engine().on(
        "POST /containers/create",
        Reply::error(404, "No such image: web:1"),
    );
    let client = client(&engine, &[]).await;
    let (tool, arguments) = create(json!({"pull": "missing", "privileged": true}));
    let text = said(&client.call(tool, arguments).await);
    assert!(text.contains("`privileged`"), "{text}");
    assert_eq!(changes(&engine), Vec::<String>::new());
    client.stop().await;
}
