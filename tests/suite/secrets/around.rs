//! What keeps secrets beside the calls that name them: mounts, the log, what models are told, builds.

use std::fs;

use serde_json::json;

use super::{CREATE, VALUE, Vault, client, create, engine, refused, told};
use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::Reply;

/// A container that may write there would change what others get.
#[tokio::test]
async fn the_directory_is_kept_from_mounts_and_build_contexts() {
    let whole = crate::support::workplace::workplace();
    let inner = whole.path().join("vault");
    fs::create_dir(&inner).unwrap();
    let engine = engine();
    let address = engine.address();
    let config = whole.path().join("config.toml");
    fs::write(&config, "").unwrap();
    let (inner, config) = (inner.to_str().unwrap(), config.to_str().unwrap());
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("MCP_DOCKER_SECRETS_DIR", inner),
        ("MCP_DOCKER_CONFIG", config),
        (
            "SAFETY_VOLUME_MOUNT_ALLOWLIST",
            whole.path().to_str().unwrap(),
        ),
        EVERYTHING,
    ];
    let client = Client::start(&env).await;
    for path in [inner, config, whole.path().to_str().unwrap()] {
        let given =
            json!({ "image": "web:1", "volumes": { (path): { "bind": "/x", "mode": "ro" } } });
        let text = refused(&client, &engine, CREATE, given).await;
        assert!(text.contains("this server"), "{text}");
    }
    for (tool, given) in [
        ("docker_build_image", json!({ "path": inner })),
        (
            "docker_save_image",
            json!({ "images": ["web:1"], "path": format!("{inner}/x.tar") }),
        ),
        (
            "docker_compose_validate",
            json!({ "project_directory": inner }),
        ),
    ] {
        let result = client.call(tool, given).await;
        let text = told(&result);
        assert!(text.contains("this server"), "{tool}: {text}");
    }
    client.stop().await;
}

/// What goes wrong behind a call is no result of it: it stands in the log alone.
#[tokio::test]
async fn what_the_server_logs_holds_no_secret() {
    let failure = || Reply::error(500, &format!("it is {VALUE}"));
    let engine = engine()
        .on("POST /containers/*/start", Reply::empty(204))
        .on("POST /containers/*/wait", failure())
        .on("DELETE /containers/*", failure());
    let (vault, folder) = (Vault::new(&[("db", VALUE)]), tempfile::tempdir().unwrap());
    let log = folder.path().join("log");
    let more = [("MCP_DOCKER_LOG_PATH", log.to_str().unwrap())];
    let client = client(&engine, &vault, &more).await;
    let result = client
        .call(
            "docker_run_container",
            create(json!({ "A": "${secret:db}" })),
        )
        .await;
    assert_eq!(result.is_error, Some(true), "{result:?}");
    let written = async {
        loop {
            let text = fs::read_to_string(&log).unwrap();
            if text.contains("is left, which a call made") {
                return text;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let text = tokio::time::timeout(std::time::Duration::from_secs(20), written)
        .await
        .unwrap();
    assert!(
        text.contains("it is [REDACTED:") && !text.contains("plain words"),
        "{text}"
    );
    client.stop().await;
}

#[tokio::test]
async fn a_model_is_told_how_it_names_a_secret_where_there_are_some() {
    let vault = Vault::new(&[]);
    let path = vault.path().to_str().unwrap();
    for (env, told) in [
        (vec![("MCP_DOCKER_SECRETS_DIR", path)], true),
        (vec![("MCP_DOCKER_SECRET_db", VALUE)], true),
        (vec![], false),
    ] {
        let client = Client::start(&env).await;
        let info = client.peer().peer_info().unwrap();
        let instructions = info.instructions.clone().unwrap_or_default();
        assert_eq!(
            instructions.contains("`${secret:NAME}`"),
            told,
            "{instructions}"
        );
        assert!(!instructions.contains("plain words"), "{instructions}");
        client.stop().await;
    }
}

/// What a build is given stays in the history of the image.
#[tokio::test]
async fn a_build_takes_no_secret() {
    let (engine, vault) = (engine(), Vault::new(&[("db", VALUE)]));
    let client = client(&engine, &vault, &[]).await;
    let context = crate::wire::context();
    let given = json!({ "path": context.path(), "buildargs": { "A": "${secret:db}" } });
    let text = refused(&client, &engine, "docker_build_image", given).await;
    assert!(
        text.contains("`buildargs` takes no `${secret:…}`"),
        "{text}"
    );
    client.stop().await;
}
