//! Where a secret may go, by the configuration file.

use std::fs;

use serde_json::json;

use super::{CREATE, EXEC, VALUE, Vault, client, engine, refused};
use crate::support::client::{Client, RawClient};
use crate::support::fake_engine::{FakeEngine, Reply};

const LIMITS: &str = r#"
[secrets.db]
images = ["postgres", "ghcr.io/acme/*", "registry.local:5000/db:1?"]

[secrets.shop]
projects = ["shop", "blog"]

[secrets.both]
images = ["web:*"]
projects = ["shop"]

[secrets.nowhere]
images = []
"#;

async fn limited(engine: &FakeEngine, more: &[(&str, &str)]) -> (Client, Vault) {
    let names = ["db", "shop", "both", "nowhere", "free"];
    let values = names.map(|name| match name {
        "db" => VALUE.to_owned(),
        name => format!("another value of {name}"),
    });
    let secrets: Vec<(&str, &str)> = names
        .into_iter()
        .zip(values.iter().map(String::as_str))
        .collect();
    let vault = Vault::new(&secrets);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, LIMITS).unwrap();
    let mut all = vec![("MCP_DOCKER_CONFIG", file.to_str().unwrap())];
    all.extend(more);
    (client(engine, &vault, &all).await, vault)
}

#[tokio::test]
async fn a_secret_goes_to_the_images_and_projects_that_its_limits_name() {
    let digest = "0".repeat(64);
    let pinned = format!("postgres@sha256:{digest}");
    for (name, image, project, goes) in [
        ("db", "postgres", None, true),
        ("db", "postgres:latest", None, true),
        ("db", "library/postgres", None, true),
        ("db", "docker.io/library/postgres:latest", None, true),
        ("db", "docker.io/postgres", Some("any"), true),
        ("db", "ghcr.io/acme/web", None, true),
        ("db", "ghcr.io/acme/deep/web:7", None, true),
        ("db", "registry.local:5000/db:12", None, true),
        ("db", "postgres:16", None, false),
        ("db", &pinned, None, false),
        ("db", "evil/postgres", None, false),
        ("db", "evil.example/postgres", None, false),
        ("db", "ghcr.io.evil.example/acme/web", None, false),
        ("db", "registry.local:5000/db:1", None, false),
        ("db", &digest, None, false),
        ("shop", "web", Some("shop"), true),
        ("shop", "web", Some("blog"), true),
        ("shop", "web", Some("shop2"), false),
        ("shop", "web", None, false),
        ("both", "web:2", Some("shop"), true),
        ("both", "web:2", None, false),
        ("both", "nginx", Some("shop"), false),
        ("nowhere", "web", Some("shop"), false),
        ("free", "web", None, true),
    ] {
        let engine = engine();
        let (client, _vault) = limited(&engine, &[]).await;
        let mut given =
            json!({ "image": image, "environment": { "A": format!("${{secret:{name}}}") } });
        if let Some(project) = project {
            given["labels"] = json!({ "com.docker.compose.project": project });
        }
        if goes {
            let result = client.call(CREATE, given.clone()).await;
            assert_ne!(result.is_error, Some(true), "{given}: {result:?}");
        } else {
            let text = refused(&client, &engine, CREATE, given).await;
            assert!(
                text.contains(&format!(
                    "`[secrets.{name}]` of the configuration file lets it go to"
                )),
                "{text}"
            );
        }
        client.stop().await;
    }
}

#[tokio::test]
async fn a_command_gets_a_secret_by_the_container_that_it_runs_in() {
    for (name, image, project, goes) in [
        ("db", "postgres", None, true),
        ("db", "nginx", None, false),
        ("shop", "nginx", Some("shop"), true),
        ("shop", "nginx", None, false),
    ] {
        let labels = json!({ "com.docker.compose.project": project });
        let engine = engine()
            .on(
                "GET /containers/*/json",
                json!({ "Id": "1", "Image": "sha256:1", "HostConfig": {}, "Config": { "Image": image, "Labels": labels } }),
            )
            .on("POST /containers/*/exec", Reply::json(201, &json!({ "Id": "e1" })))
            .on("POST /exec/*/start", Reply::chunks([Vec::new()]))
            .on("GET /exec/*/json", json!({ "Running": false, "ExitCode": 0 }));
        for open in ["false", "true"] {
            let (client, _vault) =
                limited(&engine, &[("SAFETY_ALLOW_PRIVILEGED_CONTAINERS", open)]).await;
            let given = json!({ "container_id": "web", "command": "env", "environment": { "A": format!("${{secret:{name}}}") } });
            if goes {
                let result = client.call(EXEC, given).await;
                assert_ne!(result.is_error, Some(true), "{result:?}");
            } else {
                let text = refused(&client, &engine, EXEC, given).await;
                assert!(
                    text.contains("of the configuration file lets it go to"),
                    "{text}"
                );
            }
            client.stop().await;
        }
    }
}

#[tokio::test]
async fn a_service_gets_a_secret_by_its_image_and_its_stack() {
    for (name, image, stack, goes) in [
        ("db", "postgres", None, true),
        ("db", "nginx", None, false),
        ("shop", "nginx", Some("shop"), true),
        ("shop", "nginx", None, false),
    ] {
        let engine = engine().with_swarm();
        let (client, _vault) = limited(&engine, &[]).await;
        let environment = json!({ "A": format!("${{secret:{name}}}") });
        let mut given = json!({ "image": image, "environment": environment, "timeout": 0 });
        if let Some(stack) = stack {
            given["labels"] = json!({ "com.docker.stack.namespace": stack });
        }
        if goes {
            let result = client.call("docker_create_service", given).await;
            assert_ne!(result.is_error, Some(true), "{result:?}");
        } else {
            let text = refused(&client, &engine, "docker_create_service", given).await;
            assert!(text.contains("lets it go to"), "{text}");
        }
        client.stop().await;
    }
}

/// One that is made like another has all that the other had, whoever gave it that.
#[tokio::test]
async fn a_container_with_a_secret_is_not_made_anew_of_another_image() {
    let old = json!({
        "Id": "1".repeat(64), "Name": "/web", "Image": format!("sha256:{}", "0".repeat(64)),
        "State": { "Status": "running", "Running": true }, "HostConfig": {}, "NetworkSettings": { "Networks": {} },
        "Config": { "Image": "postgres", "Env": [format!("NOTE=it is {VALUE}")] },
    });
    let engine = engine().on("GET /containers/*/json", old).on(
        "GET /images/*/json",
        json!({ "Id": "sha256:0", "Config": {} }),
    );
    let (client, _vault) = limited(&engine, &[]).await;
    let given = json!({ "container_id": "web", "image": "evil/postgres" });
    let text = refused(&client, &engine, "docker_recreate_container", given).await;
    assert!(
        text.contains("of the configuration file lets it go to"),
        "{text}"
    );
    client.stop().await;
}

#[tokio::test]
async fn what_has_no_image_gets_no_secret_that_is_for_images() {
    let engine = engine().on(
        "POST /volumes/create",
        Reply::json(201, &json!({ "Name": "data" })),
    );
    let (client, _vault) = limited(&engine, &[]).await;
    let options = |name: &str| json!({ "type": "cifs", "device": "//nas/d", "o": format!("addr=nas,password=${{secret:{name}}}") });
    let given = |name: &str| json!({ "name": "data", "driver_opts": options(name) });
    let text = refused(&client, &engine, "docker_create_volume", given("db")).await;
    assert!(text.contains("this goes to no image"), "{text}");
    let result = client.call("docker_create_volume", given("free")).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    client.stop().await;
}

/// What is not known may have been meant to limit something.
#[tokio::test]
async fn a_file_that_is_not_understood_stops_the_start() {
    for (text, line, said) in [
        (
            "\n[secret.db]\nimages = []",
            2,
            "the file has no key `secret`; did you mean `secrets`?",
        ),
        (
            "[secrets.db]\n\nimage = []",
            3,
            "`[secrets.db]` has no key `image`; did you mean `images`?",
        ),
        (
            "[secrets.db]\nzebra = 1",
            2,
            "`[secrets.db]` has no key `zebra`; it takes `images`, `projects`",
        ),
        (
            "[secrets.db]\nimages = \"x\"",
            2,
            "`images` must be an array of strings",
        ),
        (
            "[secrets.db]\nprojects = [1]",
            2,
            "`projects` must be an array of strings",
        ),
        ("[secrets]\ndb = 1", 2, "`db` must be a table"),
        ("secrets = []", 1, "`secrets` must be a table"),
        ("[secrets.\"../x\"]", 1, "`../x` is no name of a secret"),
        ("[secrets.db]\n[secrets.db]", 2, "duplicate key"),
        ("a =", 1, ""),
    ] {
        for (place, env) in [
            (".config/mcp-docker/config.toml", None),
            ("other.toml", Some(("MCP_DOCKER_CONFIG", "other.toml"))),
        ] {
            let home = tempfile::tempdir().unwrap();
            let file = home.path().join(place);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, text).unwrap();
            let ended = RawClient::start_in(home, &Vec::from_iter(env))
                .ended()
                .await;
            assert_eq!(ended.code, Some(2), "{text}: {}", ended.log);
            let said = format!("{place}, line {line}: {said}");
            assert!(ended.log.contains(&said), "{text}: {}", ended.log);
        }
    }
    let ended = RawClient::start(&[("MCP_DOCKER_CONFIG", "missing.toml")])
        .ended()
        .await;
    assert_eq!(ended.code, Some(2), "{}", ended.log);
    assert!(
        ended.log.contains("missing.toml: cannot be read"),
        "{}",
        ended.log
    );
}
