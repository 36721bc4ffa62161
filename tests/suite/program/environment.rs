//! The environment of a program is made from nothing.

use std::collections::BTreeMap;
use std::fs;

use mcp_docker::program::Run;

use serde_json::json;

use super::Place;
use crate::support::exchange::outcome;
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::FakeEngine;

/// Prints what was exported to it.
const PRINT: &str = "unset PWD OLDPWD; export -p";

async fn seen(place: &Place, variables: &[(&str, &str)]) -> BTreeMap<String, String> {
    let variables = variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()));
    let run = Run {
        variables: variables.collect(),
        ..place.plain()
    };
    let ran = place.run(run).await.unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    let lines = text
        .lines()
        .map(|line| line.strip_prefix("export ").unwrap());
    lines
        .map(|line| {
            let (name, value) = line.split_once('=').unwrap_or((line, ""));
            (name.to_owned(), value.trim_matches(['\'', '"']).to_owned())
        })
        .collect()
}

#[tokio::test]
async fn none_of_the_server_reaches_a_program() {
    let place = Place::of(PRINT).await;
    let found = seen(&place, &[("IMAGE_TAG", "1.2")]).await;
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "COMPOSE_EXPERIMENTAL_GIT_REMOTE",
            "COMPOSE_EXPERIMENTAL_OCI_REMOTE",
            "DOCKER_BUILDKIT",
            "DOCKER_CONFIG",
            "DOCKER_HOST",
            "HOME",
            "IMAGE_TAG",
            "PATH",
            "TMPDIR",
        ]
    );
    let own = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    assert!(own.into_iter().any(|name| !found.contains_key(&name)));
    for off in [
        "COMPOSE_EXPERIMENTAL_GIT_REMOTE",
        "COMPOSE_EXPERIMENTAL_OCI_REMOTE",
        "DOCKER_BUILDKIT",
    ] {
        assert_eq!(found[off], "0", "{off}");
    }
    assert_eq!(found["IMAGE_TAG"], "1.2");
    // Gone with the run, and in no folder of the user's.
    for folder in ["HOME", "DOCKER_CONFIG", "PATH", "TMPDIR"] {
        assert!(found[folder].contains("/mcp-docker-relay-"), "{found:?}");
        assert!(!fs::exists(&found[folder]).unwrap(), "{found:?}");
    }
    let engine = found["DOCKER_HOST"].strip_prefix("unix://").unwrap();
    assert!(engine.contains("/mcp-docker-relay-"), "{found:?}");
}

#[tokio::test]
async fn its_folders_are_empty() {
    let list = r#"for folder in "$HOME" "$DOCKER_CONFIG" "$PATH" "$TMPDIR"; do
        [ -d "$folder" ] || echo "no $folder"
        for entry in "$folder"/* "$folder"/.[!.]*; do [ ! -e "$entry" ] || echo "$entry"; done
    done"#;
    let place = Place::of(list).await;
    let ran = place.run(place.plain()).await.unwrap();
    assert_eq!((ran.stdout, &*ran.stderr), (Vec::new(), ""));
}

/// A `.env` beside a project may hold any name.
#[tokio::test]
async fn no_variable_says_what_the_program_itself_does() {
    let place = Place::of(PRINT).await;
    let names = [
        "COMPOSE_FILE",
        "COMPOSE_EXPERIMENTAL_GIT_REMOTE",
        "DOCKER_BUILDKIT",
        "DOCKER_CONTEXT",
        "DOCKER_HOST",
        "GODEBUG",
        "HOME",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "PATH",
    ];
    let found = seen(&place, &names.map(|name| (name, "of-the-project"))).await;
    let taken = found.iter().find(|(_, value)| *value == "of-the-project");
    assert_eq!(taken, None);
    assert!(!found.contains_key("LD_PRELOAD"));
    let found = seen(&place, &[("DOCKER_TAG", "7")]).await;
    assert_eq!(found["DOCKER_TAG"], "7");
}

/// Whatever else the server has in its environment.
#[tokio::test]
async fn a_variable_that_the_operator_names_reaches_a_file() {
    let script = r#"echo "{\"name\":\"$name\",\"services\":{
        \"web\":{\"image\":\"web:${NAMED_TAG:-none}\"},
        \"api\":{\"image\":\"api:${OTHER_TAG:-none}\"}}}""#;
    let compose = FakeCompose::of(script, "");
    let docker = FakeEngine::start();
    let mut named = tempfile::Builder::new();
    let project = named.prefix("shop-").tempdir().unwrap();
    fs::write(
        project.path().join("compose.yaml"),
        "services: { web: { image: web } }",
    )
    .unwrap();
    let settings = [
        ("MCP_DOCKER_TOOLSETS", "compose"),
        ("DOCKER_CONFIG", compose.settings()),
        ("MCP_DOCKER_COMPOSE_VARIABLES", "NAMED_TAG,ABSENT_TAG"),
        ("NAMED_TAG", "7"),
        ("OTHER_TAG", "8"),
    ];
    let args = json!({ "project_directory": project.path() });
    let result = outcome(&docker.address(), &settings, "docker_compose_config", args).await;
    let services = &result.unwrap()["config"]["services"];
    assert_eq!(services["web"]["image"], "web:7", "{services}");
    assert_eq!(services["api"]["image"], "api:none", "{services}");
}
