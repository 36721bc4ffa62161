//! Secrets in the files of a stack, which come out of nothing: no plan, result, error, log or audit.

use std::fs;

use super::*;
use crate::support::fake_compose::FakeCompose;
use crate::support::workplace::workplace;

const DEPLOY: &str = "docker_stack_deploy";

/// What must not come out, whole or in part.
const PLANTED: [&str; 5] = [
    "planted-environment",
    "planted-env-file",
    "planted-key-line",
    "planted-config-line",
    // In base64, as it is sent.
    "cGxhbnRlZC",
];

/// A directory with the files of a stack that holds all of them.
fn files() -> tempfile::TempDir {
    let folder = workplace();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "compose.yaml",
        "services:\n  web:\n    image: 'web:1'\n    env_file: [web.env]\n    environment: { DB_PASSWORD: planted-environment }\n    \
         secrets: [key]\n    configs: [app]\n\
         secrets: { key: { file: ./key.txt } }\nconfigs: { app: { file: ./app.conf } }\n",
    );
    write("web.env", "API_TOKEN=planted-env-file\n");
    write("key.txt", "planted-key-line-1\nplanted-key-line-2\n");
    write("app.conf", "db.password=planted-config-line\n");
    folder
}

/// What `docker stack config` makes of them.
fn resolved(folder: &tempfile::TempDir) -> String {
    let path = |name: &str| folder.path().join(name).display().to_string();
    format!(
        "services: {{web: {{image: 'web:1', environment: {{DB_PASSWORD: planted-environment, API_TOKEN: planted-env-file}}, \
         secrets: [{{source: key}}], configs: [{{source: app}}], deploy: {{replicas: 1}}}}}}\n\
         secrets: {{key: {{file: {}}}}}\nconfigs: {{app: {{file: {}}}}}\n",
        path("key.txt"),
        path("app.conf")
    )
}

/// What the program says that fails: all that it was given and could read.
const TELLS: &str = "while read -r line; do echo \"$line\" >&2; done\n\
     echo 'time=\"now\" level=error msg=\"DB_PASSWORD=planted-environment API_TOKEN=planted-env-file\"' >&2\n\
     echo 'cannot make secret shop_key of planted-key-line-1 (cGxhbnRlZC1rZXktbGluZS0xCnBsYW50ZWQta2V5LWxpbmUtMgo=)' >&2\n\
     echo 'db.password=planted-config-line' >&2; exit 1";

#[tokio::test]
async fn what_the_files_of_a_stack_hold_comes_out_of_nothing() {
    let (folder, records) = (files(), tempfile::tempdir().unwrap());
    let record = |name: &str| records.path().join(name).display().to_string();
    let (audit, log) = (record("audit"), record("log"));
    let mut told = String::new();
    for run in ["", TELLS] {
        let engine = FakeEngine::start().with_swarm();
        let docker = FakeCompose::new().with_docker(&resolved(&folder), run);
        let programs = docker.programs();
        let planning = [
            ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "true"),
            ("SAFETY_CONFIRMATION_FALLBACK", "plan"),
        ];
        for more in [&[][..], &planning] {
            let mut env = vec![
                ("PATH", programs.as_str()),
                ("MCP_DOCKER_AUDIT_LOG", audit.as_str()),
                ("MCP_DOCKER_LOG_PATH", log.as_str()),
                ("MCP_LOG_LEVEL", "DEBUG"),
            ];
            env.extend(more);
            let client = client(&engine, &env).await;
            // Of two replicas one goes.
            let arguments =
                json!({ "name": "shop", "project_directory": folder.path(), "timeout": 2 });
            let result = client.call(DEPLOY, arguments).await;
            assert_eq!(
                result.is_error == Some(true),
                !run.is_empty() || !more.is_empty(),
                "{result:?}"
            );
            told.push_str(&serde_json::to_string(&result).unwrap());
            client.stop().await;
        }
    }
    assert!(told.contains("it is to have 1 replica"), "{told}");
    assert!(told.contains("docker stack: "), "{told}");
    for path in [audit, log] {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(DEPLOY), "{path}: {text}");
        told.push_str(&text);
    }
    for planted in PLANTED {
        assert!(!told.contains(planted), "{planted}: {told}");
    }
}

/// Not even where what looks like a secret is shown.
#[tokio::test]
async fn what_opens_a_swarm_is_shown_by_no_tool() {
    let opens = "planted-and-withheld";
    let mut told_by_the_engine = info();
    let cluster = &mut told_by_the_engine["Swarm"]["Cluster"];
    cluster["JoinTokens"] = json!({ "Worker": opens, "Manager": opens });
    cluster["UnlockKey"] = json!(opens);
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /info", told_by_the_engine);
    let client = client(&engine, &[("SAFETY_REDACT_SECRETS", "false")]).await;
    for (tool, arguments) in [
        ("docker_swarm_info", json!({})),
        ("docker_system_info", json!({})),
        (
            "docker_system_info",
            json!({ "fields": ["Swarm.Cluster.JoinTokens.Worker"] }),
        ),
        ("docker_list_nodes", json!({})),
        (
            "docker_inspect_service",
            json!({ "service_id": "shop_web" }),
        ),
        (
            "docker_inspect_service",
            json!({ "service_id": "shop_web", "status": true }),
        ),
    ] {
        let told = call(&client, tool, arguments).await.to_string();
        assert!(!told.contains(opens), "{tool}: {told}");
    }
    client.stop().await;
}
