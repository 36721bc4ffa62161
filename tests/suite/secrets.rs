//! Tests secrets by name: what a client writes is a name, what the Engine gets is the value, and what the client
//! sees holds neither.

mod around;
mod attacks;
mod compose;
mod limits;
mod spelling;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rmcp::model::CallToolResult;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const CREATE: &str = "docker_create_container";
const EXEC: &str = "docker_exec_command";
const INSPECT: &str = "docker_inspect_container";

/// A value of a secret that nothing gives away.
const VALUE: &str = "plain words, one & \"two\"";

/// A directory of secrets.
struct Vault(TempDir);

impl Vault {
    fn new(secrets: &[(&str, &str)]) -> Self {
        let vault = Self(tempfile::tempdir().unwrap());
        for (name, value) in secrets {
            vault.put(name, value);
        }
        vault
    }

    /// Writes a secret as whoever changes one does: beside, and then in its place.
    fn put(&self, name: &str, value: impl AsRef<[u8]>) -> PathBuf {
        let (beside, path) = (self.0.path().join(".new"), self.0.path().join(name));
        fs::write(&beside, value).unwrap();
        fs::set_permissions(&beside, Permissions::from_mode(0o600)).unwrap();
        fs::rename(&beside, &path).unwrap();
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// An Engine that tells a client whatever it was told.
fn engine() -> FakeEngine {
    FakeEngine::start()
        .answer("POST /containers/create", |seen| {
            let said = String::from_utf8_lossy(&seen.body);
            Reply::json(201, &json!({ "Id": "4c01db0b339c", "Warnings": [said] }))
        })
        .on(
            "GET /containers/*/json",
            json!({ "Id": "4c01db0b339c", "Name": "/web", "State": { "Status": "running", "Running": true }, "HostConfig": {},
                "Config": { "Image": "web:1", "Env": [format!("NOTE=it is {VALUE}")] } }),
        )
        .on("GET /containers/*/logs", Reply::chunks([frame(1, &format!("it is {VALUE}\n"))]))
}

async fn client(engine: &FakeEngine, vault: &Vault, more: &[(&str, &str)]) -> Client {
    let (address, vault) = (engine.address(), vault.path().to_str().unwrap());
    let mut env = vec![
        EVERYTHING,
        ("DOCKER_BASE_URL", &*address),
        ("MCP_DOCKER_SECRETS_DIR", vault),
    ];
    env.extend(more);
    Client::start(&env).await
}

fn create(environment: Value) -> Value {
    json!({ "image": "web:1", "name": "web", "environment": environment })
}

fn told(result: &CallToolResult) -> String {
    serde_json::to_string(result).unwrap()
}

/// Why a call failed that sent nothing which changes anything.
async fn refused(client: &Client, engine: &FakeEngine, tool: &str, arguments: Value) -> String {
    let result = client.call(tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{result:?}");
    let changed = engine.requests();
    let changed = changed.iter().any(|line| !line.starts_with("GET "));
    assert!(!changed, "{:?}", engine.requests());
    result.content[0].as_text().unwrap().text.clone()
}

/// The variables of the container that was created last.
fn variables(engine: &FakeEngine) -> Vec<String> {
    let bodies = engine.bodies();
    let created = bodies.iter().rev().find_map(|body| body["Env"].as_array());
    let variables = created.unwrap().iter();
    variables
        .map(|it| it.as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_engine_gets_the_value_and_nobody_else() {
    let (engine, vault) = (
        engine(),
        Vault::new(&[("db.password-1", &format!("{VALUE}\n"))]),
    );
    let folder = tempfile::tempdir().unwrap();
    let (audit, log) = (folder.path().join("audit"), folder.path().join("log"));
    let more = [
        ("MCP_DOCKER_AUDIT_LOG", audit.to_str().unwrap()),
        ("MCP_DOCKER_LOG_PATH", log.to_str().unwrap()),
        ("MCP_LOG_LEVEL", "DEBUG"),
    ];
    let client = client(&engine, &vault, &more).await;
    let given = json!({
        "PLAIN": "${secret:db.password-1}", "URL": "postgres://u:${secret:db.password-1}@h/${secret:db.password-1}",
    });
    let result = client.call(CREATE, create(given)).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    assert_eq!(
        variables(&engine),
        [
            format!("PLAIN={VALUE}"),
            format!("URL=postgres://u:{VALUE}@h/{VALUE}")
        ]
    );
    let warned = &result.structured_content.as_ref().unwrap()["warnings"][0];
    assert!(warned.as_str().unwrap().contains("[REDACTED:"), "{warned}");
    client.stop().await;

    let (audit, log) = (
        fs::read_to_string(audit).unwrap(),
        fs::read_to_string(log).unwrap(),
    );
    assert!(audit.contains("\"image\":\"web:1\""), "{audit}");
    for text in [told(&result), audit, log] {
        assert!(!text.is_empty() && !text.contains("plain words"), "{text}");
    }
}

/// Nobody has used it here: the container is older than this server.
#[tokio::test]
async fn a_secret_is_hidden_wherever_it_is_already() {
    for redacting in ["true", "false"] {
        let (engine, vault) = (engine(), Vault::new(&[("db", VALUE)]));
        let client = client(&engine, &vault, &[("SAFETY_REDACT_SECRETS", redacting)]).await;
        for tool in [INSPECT, "docker_container_logs"] {
            let text = told(&client.call(tool, json!({ "container_id": "web" })).await);
            assert!(text.contains("it is [REDACTED:"), "{text}");
            assert!(!text.contains("plain words"), "{text}");
        }
        client.stop().await;
    }
}

/// Whoever changes a secret does not start the server anew, and containers have the old one still.
#[tokio::test]
async fn a_secret_that_was_changed_is_read_anew_and_the_old_one_stays_hidden() {
    let (engine, vault) = (engine(), Vault::new(&[("db", VALUE)]));
    let client = client(&engine, &vault, &[]).await;
    let given = || create(json!({ "A": "${secret:db}" }));
    client.call(CREATE, given()).await;
    vault.put("db", "another value");
    let text = told(&client.call(CREATE, given()).await);
    assert_eq!(variables(&engine), ["A=another value"]);
    assert!(!text.contains("another value"), "{text}");
    let text = told(&client.call(INSPECT, json!({ "container_id": "web" })).await);
    assert!(!text.contains("plain words"), "{text}");

    // This server did not put it anywhere.
    vault.put("db", "it is plain words, one");
    vault.put("new", "another value too");
    let text = told(&client.call(INSPECT, json!({ "container_id": "web" })).await);
    assert!(text.contains("NOTE=[REDACTED:"), "{text}");
    client.stop().await;
}

#[tokio::test]
async fn a_variable_of_the_server_stands_for_a_secret() {
    let (engine, vault) = (engine(), Vault::new(&[("db", "from the file")]));
    let more = [
        ("MCP_DOCKER_SECRET_db", "from the variable"),
        ("MCP_DOCKER_SECRET_API_KEY", VALUE),
        ("MCP_DOCKER_SECRET_PIN", "1234567"),
    ];
    let client = client(&engine, &vault, &more).await;
    let text = told(&client.call(INSPECT, json!({ "container_id": "web" })).await);
    assert!(!text.contains("plain words"), "{text}");
    let text = refused(
        &client,
        &engine,
        CREATE,
        create(json!({ "A": "${secret:PIN}" })),
    )
    .await;
    assert!(text.contains("less than 8 bytes"), "{text}");
    let given = json!({ "A": "${secret:API_KEY}", "B": "${secret:db}" });
    client.call(CREATE, create(given)).await;
    assert_eq!(
        variables(&engine),
        [format!("A={VALUE}"), "B=from the file".to_owned()]
    );
    client.stop().await;
}

#[tokio::test]
async fn a_file_that_came_with_a_repository_gives_no_secret() {
    let engine = engine();
    let address = engine.address();
    let client = Client::start_by(|command| {
        let home = command.as_std().get_current_dir().unwrap();
        fs::create_dir(home.join("vault")).unwrap();
        fs::write(home.join("vault/db"), VALUE).unwrap();
        let lines = "MCP_DOCKER_SECRET_api=a value of its own\nMCP_DOCKER_SECRETS_DIR=vault\nMCP_DOCKER_CONFIG=x.toml\n";
        fs::write(home.join(".env"), lines).unwrap();
        command.env("DOCKER_BASE_URL", &address);
    })
    .await;
    for name in ["api", "db"] {
        let given = create(json!({ "A": format!("${{secret:{name}}}") }));
        let text = refused(&client, &engine, CREATE, given).await;
        assert!(
            text.contains(&format!("there is no secret `{name}`, nor any other")),
            "{text}"
        );
        assert!(text.contains("MCP_DOCKER_SECRETS_DIR"), "{text}");
    }
    client.stop().await;
}

#[tokio::test]
async fn an_unknown_secret_is_refused_with_the_names_that_there_are() {
    let (engine, vault) = (
        engine(),
        Vault::new(&[("db", VALUE), ("api.key", "another value")]),
    );
    let client = client(
        &engine,
        &vault,
        &[("MCP_DOCKER_SECRET_mail", "a third value")],
    )
    .await;
    for (tool, mut given) in [
        (CREATE, json!({ "image": "web:1" })),
        (EXEC, json!({ "container_id": "web", "command": "env" })),
        ("docker_run_container", json!({ "image": "web:1" })),
        (
            "docker_recreate_container",
            json!({ "container_id": "web" }),
        ),
    ] {
        given["environment"] = json!({ "A": "${secret:dB}" });
        let text = refused(&client, &engine, tool, given).await;
        assert!(
            text.contains("there is no secret `dB`; there are `api.key`, `db`, `mail`"),
            "{text}"
        );
    }
    client.stop().await;
}

#[tokio::test]
async fn every_parameter_that_is_secret_takes_names() {
    let vault = Vault::new(&[("db", "s3cret-value")]);
    let engine = engine()
        .on(
            "POST /containers/*/exec",
            Reply::json(201, &json!({ "Id": "e1" })),
        )
        .on(
            "POST /exec/*/start",
            Reply::chunks([frame(1, "A=s3cret-value s3cret\n")]),
        )
        .on(
            "GET /exec/*/json",
            json!({ "Running": false, "ExitCode": 0 }),
        )
        .on(
            "POST /volumes/create",
            Reply::json(201, &json!({ "Name": "data" })),
        );
    let client = client(&engine, &vault, &[]).await;
    let given =
        json!({ "container_id": "web", "command": "env", "environment": ["A=${secret:db}"] });
    let ran = client.call(EXEC, given).await.structured_content.unwrap();
    let output = ran["output"].as_str().unwrap();
    assert!(
        output.starts_with("A=[REDACTED:") && output.ends_with("] s3cret\n"),
        "{output}"
    );
    assert_eq!(variables(&engine), ["A=s3cret-value"]);

    let given = json!({ "name": "data", "driver_opts": {
        "type": "cifs", "device": "//nas/data", "o": "addr=nas,username=bob,password=${secret:db}" } });
    client.call("docker_create_volume", given).await;
    let options = engine.bodies().pop().unwrap()["DriverOpts"]["o"].clone();
    assert_eq!(options, "addr=nas,username=bob,password=s3cret-value");
    client.stop().await;
}
