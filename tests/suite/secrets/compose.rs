//! Secrets that Compose files name, put into the model that Compose made of them.

use mcp_docker::compose::fill;
use mcp_docker::config::{Limits, SecretsConfig};
use mcp_docker::redaction::Redactor;
use mcp_docker::secrets::Secrets;
use serde_json::{Value, json};

use super::Vault;

/// Secrets, one of which is limited, and what hides them.
fn secrets(vault: &Vault) -> (Secrets, Redactor) {
    let limits = Limits {
        images: Some(vec!["postgres:*".to_owned(), "shop-built".to_owned()]),
        projects: Some(vec!["shop".to_owned()]),
    };
    let config = SecretsConfig {
        dir: Some(vault.path().to_owned()),
        limits: [("limited".to_owned(), limits)].into(),
        ..SecretsConfig::default()
    };
    let redactor = Redactor::new(true);
    (Secrets::new(&config, &redactor), redactor)
}

async fn filled(project: &str, mut model: Value) -> Result<Value, String> {
    let vault = Vault::new(&[
        ("db", "a $value ${of} its own"),
        ("limited", "another value"),
    ]);
    let (secrets, redactor) = secrets(&vault);
    let done = fill(&secrets, project, &mut model).await;
    done.map_err(|error| error.to_string())?;
    let read = model.to_string().contains("a $$value");
    assert_eq!(
        redactor.text("a $value ${of} its own").contains("value"),
        !read
    );
    Ok(model)
}

/// A `$` of a value is doubled, as Compose wants it in what it reads, and nothing else is changed.
#[tokio::test]
async fn values_are_put_into_the_environment_of_services() {
    let model = json!({ "name": "shop", "services": {
        "web": { "image": "web", "environment": {
            "A": "$${secret:db}", "B": "u:$${secret:db}@h", "C": "$$1 ${x}", "D": null, "E": "$$$${secret:db}", "F": "$${secret:db} $X" } },
        "job": { "image": "job", "environment": ["A=$${secret:db}", "B"], "command": ["$${secret:db}"] },
    } });
    let filled = filled("shop", model).await.unwrap();
    let value = "a $$value $${of} its own";
    assert_eq!(
        filled["services"]["web"]["environment"],
        json!({ "A": value, "B": format!("u:{value}@h"), "C": "$$1 ${x}", "D": null, "E": "$${secret:db}",
            // Compose would fill it in, which the judgement does not allow.
            "F": "$${secret:db} $X" })
    );
    let job = &filled["services"]["job"];
    assert_eq!(job["environment"], json!([format!("A={value}"), "B"]));
    assert_eq!(job["command"], json!(["$${secret:db}"]));
}

#[tokio::test]
async fn a_service_gets_only_what_may_go_to_its_image_and_project() {
    let model = |service: Value| {
        let mut service = service;
        service["environment"] = json!({ "A": "$${secret:limited}" });
        json!({ "services": { "db": service, "built": { "environment": {} } } })
    };
    for (project, service, refused) in [
        ("shop", json!({ "image": "postgres:16" }), None),
        (
            "shop",
            json!({ "image": "docker.io/library/postgres:16" }),
            None,
        ),
        (
            "shop",
            json!({ "image": "nginx" }),
            Some("this goes to `nginx`"),
        ),
        (
            "blog",
            json!({ "image": "postgres:16" }),
            Some("the project `blog`"),
        ),
        (
            "shop",
            json!({ "build": { "context": "." } }),
            Some("this goes to `shop-db`"),
        ),
        // Compose gives a hook that has an image of its own what the service is given.
        (
            "shop",
            json!({ "image": "postgres:16", "pre_start": [{ "command": ["env"] }, { "command": ["env"], "image": "evil" }] }),
            Some("this goes to `evil`"),
        ),
        (
            "shop",
            json!({ "image": "postgres:16", "pre_start": [{ "image": "postgres:15" }] }),
            None,
        ),
    ] {
        let done = filled(project, model(service.clone())).await;
        assert_eq!(done.is_err(), refused.is_some(), "{service}: {done:?}");
        if let (Err(text), Some(refused)) = (done, refused) {
            assert!(text.contains(refused), "{text}");
        }
    }
    let unknown =
        json!({ "services": { "web": { "image": "a", "environment": { "A": "$${secret:x}" } } } });
    let text = filled("shop", unknown).await.unwrap_err();
    assert!(
        text.contains("there is no secret `x`; there are `db`, `limited`"),
        "{text}"
    );
}
