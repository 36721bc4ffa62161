//! What comes of Compose being run on a project: what was judged is what runs, and what goes wrong is told.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::EVERYTHING;
use crate::support::exchange::outcome;
use crate::support::fake_compose::FakeCompose;
use crate::support::fake_engine::{FakeEngine, Reply};
use crate::support::workplace::workplace;

const UP: &str = "docker_compose_up";
const VALIDATE: &str = "docker_compose_validate";

/// Prints the project's file as the model, whatever Compose is.
const AS_IT_IS: &str =
    "while read -r line; do printf '%s' \"$line\"; done < \"$directory/compose.json\"";

/// Says what it was given to run, and fails.
const SAYS_IT: &str =
    "while read -r line || [ \"$line\" ]; do echo \"given $line\" >&2; line=; done; exit 1";

/// A project of one file of JSON, which is YAML too.
fn project(model: &Value) -> TempDir {
    let place = workplace();
    write(place.path(), model);
    place
}

fn write(place: &Path, model: &Value) {
    fs::write(place.join("compose.json"), format!("{model}\n")).unwrap();
}

fn arguments(place: &Path) -> Value {
    json!({ "project_directory": place, "project_name": "lab", "files": ["compose.json"] })
}

fn engine() -> FakeEngine {
    FakeEngine::start()
        .on("GET /containers/json", json!([]))
        .on(
            "GET /images/*/json",
            json!({ "Id": "sha256:0", "RepoTags": ["web:1"] }),
        )
}

async fn told(
    engine: &FakeEngine,
    compose: &FakeCompose,
    tool: &str,
    arguments: Value,
) -> Result<Value, String> {
    let settings = [EVERYTHING, ("DOCKER_CONFIG", compose.settings())];
    outcome(&engine.address(), &settings, tool, arguments).await
}

/// The file is changed between the judgement and the run, and nothing changes.
#[tokio::test]
async fn what_was_judged_is_what_runs() {
    let model = |image: &str, privileged: bool| json!({ "name": "lab", "services": { "web": { "image": image, "privileged": privileged } } });
    let place = project(&model("web:1", false));
    let (path, evil) = (place.path().to_owned(), model("evil:1", true));
    // It is asked about images after the judgement, and before Compose is run.
    let engine = engine().answer("GET /images/*/json", move |_| {
        write(&path, &evil);
        Reply::json(200, &json!({ "Id": "sha256:0", "RepoTags": ["web:1"] }))
    });
    let compose = FakeCompose::of(AS_IT_IS, SAYS_IT);
    let text = told(&engine, &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    assert!(text.contains("given") && text.contains("web:1"), "{text}");
    assert!(!text.contains("evil"), "{text}");
    let after = told(&engine, &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    assert!(
        after.contains("services.web.privileged") && !after.contains("given"),
        "{after}"
    );
}

/// What Compose makes of variables is judged as well.
#[tokio::test]
async fn what_only_compose_knows_is_judged_before_it_is_run() {
    let place = project(
        &json!({ "name": "lab", "services": { "web": { "image": "web:1", "pid": "${PID}" } } }),
    );
    let resolved = r#"{"name":"NAME","services":{"web":{"image":"web:1","pid":"host"}}}"#;
    let compose = FakeCompose::with(resolved, SAYS_IT);
    let text = told(&engine(), &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    for part in [
        "services.web.pid",
        "SAFETY_ALLOW_PRIVILEGED_CONTAINERS",
        "nothing was done",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("given"), "{text}");
    let found = told(&engine(), &compose, VALIDATE, arguments(place.path()))
        .await
        .unwrap();
    assert_eq!(found["refused"][0]["at"], "services.web.pid", "{found}");
    assert_eq!(found["valid"], true, "{found}");
}

#[tokio::test]
async fn why_compose_does_not_take_files_is_told_with_its_place() {
    let place = project(&json!({ "services": { "web": { "image": "web:1" } } }));
    let says = "echo 'time=\"x\" level=warning msg=\"The \\\"TAG\\\" variable is not set.\"' >&2; \
                echo 'yaml: line 3: did not find it' >&2; exit 15";
    let compose = FakeCompose::of(says, SAYS_IT);
    let found = told(&engine(), &compose, VALIDATE, arguments(place.path()))
        .await
        .unwrap();
    assert_eq!(found["valid"], false);
    assert_eq!(found["errors"][0]["line"], 3, "{found}");
    assert_eq!(
        found["warnings"],
        json!(["The \"TAG\" variable is not set."])
    );
    let text = told(&engine(), &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    assert!(
        text.contains("yaml: line 3: did not find it") && text.contains("nothing was done"),
        "{text}"
    );
    assert!(!text.contains("given"), "{text}");
}

/// What Compose prints is not shown of files that it may not read.
#[tokio::test]
async fn nothing_that_compose_prints_is_shown_of_files_that_are_not_taken() {
    let place = project(
        &json!({ "services": { "web": { "image": "web:1", "provider": { "type": "x" } } } }),
    );
    let compose = FakeCompose::with(r#"{"planted":"planted"}"#, "");
    for tool in ["docker_compose_config", VALIDATE, UP] {
        let told = told(&engine(), &compose, tool, arguments(place.path())).await;
        let text = told.map_or_else(|text| text, |found| found.to_string());
        assert!(
            text.contains("provider") && !text.contains("planted"),
            "{tool}: {text}"
        );
    }
}

#[tokio::test]
async fn a_failing_compose_is_told_in_its_own_words_with_what_it_left() {
    let place = project(&json!({ "services": { "web": { "image": "web:1" } } }));
    let model = r#"{"name":"NAME","services":{"web":{"image":"web:1"}}}"#;
    for (script, said) in [
        (
            "echo 'Error response from daemon: no room' >&2; exit 1",
            "no room",
        ),
        ("exit 3", "ended with 3 and did not say why"),
    ] {
        let compose = FakeCompose::with(model, script);
        let text = told(&engine(), &compose, UP, arguments(place.path()))
            .await
            .unwrap_err();
        for part in ["the project `lab` is not up", said, "nothing was made"] {
            assert!(text.contains(part), "{text}");
        }
    }
}

/// Whatever the program makes of it, the refusal stands before what the program says.
#[tokio::test]
async fn what_is_refused_to_a_program_comes_first_in_the_result() {
    let place = project(&json!({ "services": { "web": { "image": "web:1" } } }));
    let compose = FakeCompose::new().compiled("compose_privileged.c");
    let engine = engine();
    let text = told(&engine, &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    let lines: Vec<&str> = text.lines().collect();
    let [up, refused, compose, ..] = lines.as_slice() else {
        panic!("{text}");
    };
    assert!(up.contains("the project `lab` is not up"), "{text}");
    assert!(refused.starts_with("refused: "), "{text}");
    assert!(refused.contains("rivileged"), "{text}");
    assert!(compose.starts_with("Compose: "), "{text}");
    assert!(compose.contains("Error response from daemon"), "{text}");
    assert!(text.contains("nothing was made"), "{text}");
    let sent = engine.requests();
    assert!(!sent.iter().any(|it| it.starts_with("POST ")), "{sent:?}");
}

/// An image that is missing is built by the server before Compose is run, and never by Compose.
#[tokio::test]
async fn a_missing_image_is_built_the_servers_own_way() {
    let place = project(&json!({ "services": { "web": { "build": "." } } }));
    fs::write(place.path().join("Dockerfile"), "FROM scratch").unwrap();
    let engine = engine()
        .on(
            "GET /images/*/json",
            Reply::json(404, &json!({ "message": "no such image" })),
        )
        .on(
            "POST /build",
            json!({ "stream": "Step 1/1 : FROM scratch\n" }),
        );
    let model = |more: &str| {
        format!(
            r#"{{"name":"NAME","services":{{"web":{{"build":{{"context":"DIRECTORY"{more}}}}}}}}}"#
        )
    };
    let compose = FakeCompose::with(&model(""), SAYS_IT);
    let text = told(&engine, &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    assert!(text.contains("given"), "{text}");
    let requests = engine.requests();
    let built = requests
        .iter()
        .find(|it| it.starts_with("POST /build?"))
        .unwrap();
    assert!(built.contains("t=lab-web%3Alatest"), "{built}");

    let compose = FakeCompose::with(&model(r#","dockerfile_inline":"FROM x""#), SAYS_IT);
    let text = told(&engine, &compose, UP, arguments(place.path()))
        .await
        .unwrap_err();
    assert!(
        text.contains("build.dockerfile_inline") && !text.contains("given"),
        "{text}"
    );
}

#[tokio::test]
async fn a_service_or_number_that_there_is_none_of_is_refused() {
    let place = project(&json!({ "services": { "web": { "image": "web:1" } } }));
    let compose = FakeCompose::with(
        r#"{"name":"NAME","services":{"web":{"image":"web:1"}}}"#,
        SAYS_IT,
    );
    let up = |services: Value| {
        let mut arguments = arguments(place.path());
        arguments["services"] = services;
        arguments
    };
    for name in ["wbe", "--file=/etc/passwd", "-x", "--"] {
        let text = told(&engine(), &compose, UP, up(json!([name])))
            .await
            .unwrap_err();
        assert!(
            text.contains("no such service") && !text.contains("given"),
            "{text}"
        );
    }
    for replicas in [
        json!({ "web": -1 }),
        json!({ "web": "many" }),
        json!({ "web": 100_000 }),
        json!({}),
        json!({ "wbe": 1 }),
    ] {
        let mut arguments = arguments(place.path());
        arguments["replicas"] = replicas.clone();
        let text = told(&engine(), &compose, "docker_compose_scale", arguments)
            .await
            .unwrap_err();
        assert!(!text.contains("given"), "{replicas}: {text}");
    }
}
