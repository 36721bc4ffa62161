//! What stands in a line of the log and what does not.

use mcp_docker::catalog::TOOLS;

use super::*;

/// Every `secret` parameter of the catalogue, as it is sent rightly and wrongly.
#[tokio::test]
async fn the_value_of_a_secret_parameter_is_never_recorded() {
    const SECRET: &str = "hunter2";
    let scene = Scene::new();
    let mut client = scene.client(&[]).await;
    let mut tried = 0;
    for tool in TOOLS {
        for param in tool.params.iter().filter(|param| param.secret) {
            let secret = json!({ "NAME": SECRET });
            let misspelt = format!("{}s", param.name);
            for (name, value) in [
                (param.name, secret.clone()),
                (param.name, json!(secret.to_string())),
                (param.name, json!([SECRET])),
                (param.name, json!(SECRET)),
                (&misspelt, secret),
            ] {
                let mut arguments: Value = serde_json::from_str(tool.examples[0].args).unwrap();
                arguments[name] = value;
                call(&mut client, tool.name, arguments).await;
                let record = scene.records().pop().unwrap();
                assert_eq!(record["tool"], tool.name);
                assert_eq!(record["arguments"][name], "(not recorded)", "{record}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 25, "only {tried}");
    let text = fs::read_to_string(scene.path()).unwrap();
    assert!(!text.contains(SECRET), "{text}");
}

/// A command line is no `secret` parameter, but a secret can be in it.
#[tokio::test]
async fn a_secret_in_an_ordinary_argument_is_hidden() {
    let scene = Scene::new();
    let mut client = scene.client(&[]).await;
    let command = "psql postgres://app:planted-url-value@db/shop";
    let arguments = json!({ "container_id": "web", "command": command });
    call(&mut client, "docker_exec_command", arguments).await;
    let record = scene.records().pop().unwrap();
    let recorded = record["arguments"]["command"].as_str().unwrap();
    assert!(
        recorded.starts_with("psql postgres://app:[REDACTED:"),
        "{record}"
    );
    let text = fs::read_to_string(scene.path()).unwrap();
    assert!(!text.contains("planted"), "{text}");
}

#[tokio::test]
async fn a_line_is_bounded_whatever_was_sent() {
    let scene = Scene::new();
    let mut client = scene.client(&[]).await;
    let long = "\"".repeat(100_000);
    call(
        &mut client,
        "docker_list_containers",
        json!({ "filters": { "name": long } }),
    )
    .await;
    call(
        &mut client,
        "docker_start_container",
        json!({ "container_id": long }),
    )
    .await;
    let many: Value = (0..50_000)
        .map(|number| (format!("argument_{number}"), json!(1)))
        .collect();
    call(&mut client, "docker_start_container", many).await;

    let text = fs::read_to_string(scene.path()).unwrap();
    assert_eq!(scene.records().len(), 3);
    for line in text.lines() {
        assert!(line.len() < 32_000, "{} bytes", line.len());
    }
    let cut = &scene.records()[1]["arguments"]["container_id"];
    assert!(cut.as_str().unwrap().ends_with('…'), "{cut}");
}
