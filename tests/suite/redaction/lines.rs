//! Lines as containers, builds and people write them: of those that hold a secret it is hidden and
//! nothing else, and those that only look like it come out as they are.

use serde_json::{Value, json};

use super::{client, planted};
use crate::support::client::Client;
use crate::support::fake_engine::{FakeEngine, Reply, frame};

/// What stands between `«` and `»` is a secret.
const SECRETS: &str = include_str!("secrets.txt");
const ORDINARY: &str = include_str!("ordinary.txt");

/// Variables whose value looks like anything but a secret: their name decides.
const SECRET_VARIABLES: [&str; 14] = [
    "POSTGRES_PASSWORD=password",
    "DB_PASSWORD=string",
    "DB_PASSWORD=not found",
    "API_TOKEN=expired",
    "API_TOKEN=get_token()",
    "CLIENT_SECRET=self.client_secret",
    "CLIENT_SECRET=12",
    "JWT_SECRET=https://example.com",
    "SESSION_SECRET=must be at least 8 characters",
    "APP_KEY_SECRET=`secret`",
    "db_password=postgres",
    "spring.datasource.password=(none)",
    "SMTP_PASS=12ms",
    "GITHUB_TOKEN= ",
];

/// The lines of a table, without its headings.
fn lines(table: &str) -> impl Iterator<Item = &str> {
    let is_heading = |line: &&str| line.is_empty() || line.starts_with("## ");
    table.lines().filter(move |line| !is_heading(line))
}

/// The line with one `*` for each of its markers.
pub(super) fn shape(line: &str) -> String {
    let mut parts = line.split("[REDACTED:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| format!("{shape}*{}", &part[9..]))
}

/// The line with one `*` for each of its secrets.
pub(super) fn expected(line: &str) -> String {
    let mut parts = line.split('«');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| {
        let (_, rest) = part.split_once('»').expect("a secret ends");
        format!("{shape}*{rest}")
    })
}

/// An Engine whose container logs and writes these lines, and has them in its document.
fn engine(lines: &[String]) -> FakeEngine {
    let text = lines.join("\n");
    let output = Reply::chunks([frame(1, &format!("{text}\n"))]);
    let container = json!({ "Id": planted::ID, "Config": { "Tty": false }, "Note": text });
    FakeEngine::start()
        .on("GET /containers/*/json", container)
        .on("GET /containers/*/logs", output.clone())
        .commands(output, 0)
}

async fn result(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client.call(tool, arguments).await;
    result
        .structured_content
        .unwrap_or_else(|| panic!("{tool}: {:?}", result.content))
}

/// Holds what comes out of the log, of a command and of a document against what should.
pub(super) async fn assert_shown(given: &[String], expected: &[String]) {
    let engine = engine(given);
    let client = client(&engine, &[("SAFETY_MAX_RESPONSE_BYTES", "262144")]).await;
    let web = json!({ "container_id": "web" });
    let log = json!({ "container_id": "web", "tail": "all", "timestamps": false });
    let ran = json!({ "container_id": "web", "command": "cat" });
    let shown = [
        result(&client, "docker_container_logs", log).await["logs"].clone(),
        result(&client, "docker_exec_command", ran).await["output"].clone(),
        result(&client, "docker_inspect_container", web).await["details"]["Note"].clone(),
    ];
    for text in shown {
        let text = text.as_str().unwrap();
        assert_eq!(text.lines().count(), expected.len());
        for ((shown, expected), given) in text.lines().zip(expected).zip(given) {
            assert_eq!(&shape(shown), expected, "of: {given}");
        }
    }
    client.stop().await;
}

#[tokio::test]
async fn of_a_line_its_secret_is_hidden_and_nothing_else() {
    let given: Vec<String> = lines(SECRETS)
        .map(|it| it.replace(['«', '»'], ""))
        .collect();
    let expected: Vec<String> = lines(SECRETS).map(expected).collect();
    assert!(given.len() >= 200, "{}", given.len());
    assert_shown(&given, &expected).await;
}

#[tokio::test]
async fn an_ordinary_line_comes_out_as_it_is() {
    let given: Vec<String> = lines(ORDINARY).map(str::to_owned).collect();
    assert!(given.len() >= 200, "{}", given.len());
    assert_shown(&given, &given).await;
}

/// A proxy's users are such a label.
#[tokio::test]
async fn the_hash_of_a_password_is_hidden_in_a_label() {
    let hash = "admin:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/";
    let labels = json!({ "traefik.http.middlewares.auth.basicauth.users": hash });
    let container = json!({ "Id": planted::ID, "Names": ["/web"], "Labels": labels, "Config": { "Labels": labels } });
    let engine = FakeEngine::start()
        .on("GET /containers/json", json!([container]))
        .on("GET /containers/*/json", container);
    let client = client(&engine, &[]).await;
    let web = json!({ "container_id": "web" });
    let document = result(&client, "docker_inspect_container", web).await;
    let list = result(&client, "docker_list_containers", json!({ "labels": true })).await;
    for labels in [
        &document["details"]["Config"]["Labels"],
        &list["containers"][0]["labels"],
    ] {
        let shown = labels["traefik.http.middlewares.auth.basicauth.users"].as_str();
        assert_eq!(shape(shown.unwrap()), "admin:*");
    }
    client.stop().await;
}

/// Whichever line comes last: what waits for the next one is told all the same.
#[tokio::test]
async fn a_value_comes_out_once_what_is_behind_it_is_known() {
    let entry = ["- value: hunter2", "  name: DB_PASSWORD"];
    for (lines, shown) in [
        (&entry[..], "- value: *\n  name: DB_PASSWORD"),
        (&entry[..1], "- value: hunter2"),
        (
            &["- value: debug", "- value: info"],
            "- value: debug\n- value: info",
        ),
    ] {
        let given: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        let expected: Vec<String> = shown.lines().map(str::to_owned).collect();
        assert_shown(&given, &expected).await;
        let steps = given
            .iter()
            .map(|line| json!({ "stream": format!("{line}\n") }));
        let steps = steps.chain([json!({ "aux": { "ID": planted::ID } })]);
        let steps = Reply::chunks(steps.map(|step| format!("{step}\r\n")));
        let engine = FakeEngine::start().on("POST /build", steps);
        let client = client(&engine, &[]).await;
        let context = super::context();
        let build = json!({ "path": context.path() });
        let built = result(&client, "docker_build_image", build).await;
        let logs = built["logs"].as_array().unwrap();
        let logs: Vec<String> = logs
            .iter()
            .map(|line| shape(line.as_str().unwrap()))
            .collect();
        assert_eq!(logs, expected);
        client.stop().await;
    }
}

/// Where an image is named there is no secret, however it is called.
#[tokio::test]
async fn the_names_of_images_come_out_as_they_are() {
    let names = [
        "forgot-password:1.4.2",
        "my_token:prod",
        "registry.example.com:5000/a/b/api_key:v1",
        "team/password:latest",
        "vault-secret:2024.01.15-alpine3.20",
    ];
    let digests = names.map(|name| format!("{name}@sha256:{}", planted::ID));
    let document = json!({
        "Id": planted::ID, "RepoTags": names, "RepoDigests": digests, "Image": names[0],
        "Config": { "Image": names[2], "Labels": { "org.opencontainers.image.ref.name": names[1] } },
    });
    let engine = FakeEngine::start().on("GET /images/*/json", document.clone());
    let client = client(&engine, &[]).await;
    for name in names {
        let inspected = result(&client, "docker_inspect_image", json!({ "image": name })).await;
        assert_eq!(inspected["details"], document);
    }
    client.stop().await;
}

#[tokio::test]
async fn the_name_of_a_variable_or_label_decides() {
    let ordinary: Vec<&str> = lines(ORDINARY)
        .filter(|line| {
            let name = line.split('=').next().unwrap_or_default();
            !name.contains(|it: char| !it.is_ascii_uppercase() && it != '_')
        })
        .collect();
    assert!(ordinary.len() >= 30, "{}", ordinary.len());
    let labels: serde_json::Map<String, Value> = SECRET_VARIABLES
        .iter()
        .filter_map(|variable| variable.split_once('='))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let document = json!({ "Id": planted::ID, "Config": { "Env": SECRET_VARIABLES, "Labels": labels }, "Env": ordinary });
    let engine = FakeEngine::start().on("GET /containers/*/json", document);
    let client = client(&engine, &[]).await;
    let web = json!({ "container_id": "web" });
    let inspected = result(&client, "docker_inspect_container", web).await;
    let details = &inspected["details"];
    assert_eq!(details["Env"], json!(ordinary));
    for (at, given) in SECRET_VARIABLES.iter().enumerate() {
        let (name, value) = given.split_once('=').unwrap();
        let shown = details["Config"]["Env"][at].as_str().unwrap();
        let hides = shown == format!("{name}={value}") && value.trim().is_empty();
        assert!(hides || shape(shown) == format!("{name}=*"), "{shown}");
        let label = details["Config"]["Labels"][name].as_str().unwrap();
        assert!(value.trim().is_empty() || shape(label) == "*", "{label}");
    }
    client.stop().await;
}
