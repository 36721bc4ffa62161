//! What the program of a stack may do to a swarm, and no more.

use std::collections::BTreeSet;

use mcp_docker::config::{Config, Scope};
use mcp_docker::engine::policy::Policy;

use super::*;

const STACK: &[&str] = &[
    "GET services",
    "GET secrets/*",
    "POST services/create",
    "POST services/*/update",
    "POST secrets/create",
    "POST secrets/*/update",
    "POST networks/create",
    "DELETE services/*",
];

/// A relay of the stack `shop` for an Engine where everything belongs to the stack `owner`.
fn place(owner: &str) -> Place {
    place_in(owner, Scope::All)
}

fn place_in(owner: &str, scope: Scope) -> Place {
    let labels = json!({ "com.docker.stack.namespace": owner });
    let kept = json!({ "ID": "s1", "Version": { "Index": 7 }, "Spec": { "Name": "shop_key", "Labels": labels } });
    let engine = FakeEngine::start()
        .with_swarm()
        .on("GET /services/*", json!({ "ID": "sv1", "Version": { "Index": 7 }, "Spec": { "Name": "shop_web", "Labels": labels } }))
        .on("GET /secrets/*", kept)
        .on("POST /secrets/*/update", Reply::empty(200))
        .on("POST /networks/create", Reply::json(201, &json!({ "Id": NEW })));
    let contents = BTreeSet::from(["aGVsZA==".to_owned()]);
    let mut config = Config::default();
    config.safety.scope = scope;
    let rights = Rights::of("docker_stack_test", Tier::Moderate);
    let serving = Engine::new(&engine.config())
        .with_policy(Policy::new(&config))
        .serving(rights);
    let bounds = Bounds {
        whose: Whose::Stack("shop".to_owned(), contents),
        endpoints: STACK,
    };
    Place::within(engine, &serving, bounds)
}

fn service(name: &str, stack: &str, container: Value) -> String {
    let mut container = container;
    container["Image"] = json!("web:1");
    json!({
        "Name": name, "Labels": { "com.docker.stack.namespace": stack },
        "TaskTemplate": { "ContainerSpec": container }, "Mode": { "Replicated": { "Replicas": 1 } },
    })
    .to_string()
}

fn secret(name: &str, stack: &str, data: &str) -> String {
    json!({ "Name": name, "Labels": { "com.docker.stack.namespace": stack }, "Data": data })
        .to_string()
}

#[tokio::test]
async fn what_is_of_the_stack_is_made_and_changed_and_told() {
    let place = place("shop");
    let plain = || service("shop_web", "shop", json!({}));
    for (line, body) in [
        (
            "POST /v1.41/secrets/create",
            secret("shop_key", "shop", "aGVsZA=="),
        ),
        (
            "POST /v1.41/secrets/shop_key/update?version=7",
            secret("shop_key", "shop", "aGVsZA=="),
        ),
        ("POST /v1.41/services/create", plain()),
        ("POST /v1.41/services/shop_web/update?version=7", plain()),
    ] {
        let (status, answer) = place.ask(line, body).await;
        assert!(status < 300, "{line}: {status} {answer}");
    }
    let done = place.serving.account().done;
    let done: Vec<String> = done
        .iter()
        .map(|it| format!("{} {}", it.verb, it.name))
        .collect();
    assert_eq!(
        done,
        [
            "created shop_key",
            "updated shop_key",
            "created shop_web",
            "updated shop_web"
        ]
    );
    // By its id, whatever the name is by then.
    let changes = place.changes();
    assert!(
        changes
            .iter()
            .any(|it| it.starts_with("POST /services/sv1/update")),
        "{changes:?}"
    );
}

#[tokio::test]
async fn what_a_scope_holds_is_changed_once_more_and_nothing_else() {
    let update = "POST /v1.41/secrets/shop_key/update?version=7";
    let body = || secret("shop_key", "shop", "aGVsZA==");
    let place = place_in("shop", Scope::Project("shop".to_owned()));
    let (status, answer) = place.ask(update, body()).await;
    assert!(status < 300, "{status} {answer}");
    let place = place_in(
        "shop",
        Scope::Label {
            key: "owner".to_owned(),
            value: "me".to_owned(),
        },
    );
    let answer = place.ask(update, body()).await;
    place.assert_refused(update, &answer, "SAFETY_SCOPE=label:owner=me");
}

#[tokio::test]
async fn what_is_of_another_stack_or_of_no_file_is_refused() {
    let create = "POST /v1.41/services/create";
    for (line, body, said) in [
        (
            create,
            service("shop_web", "other", json!({})),
            "is about what is not of the stack `shop`",
        ),
        (
            create,
            service("other_web", "shop", json!({})),
            "no service of \"shop\" by its name",
        ),
        (
            create,
            service("shopweb", "shop", json!({})),
            "no service of \"shop\" by its name",
        ),
        (
            create,
            service(
                "shop_web",
                "shop",
                json!({ "CapabilityAdd": ["CAP_SYS_ADMIN"] }),
            ),
            "CAP_SYS_ADMIN",
        ),
        (
            create,
            service(
                "shop_web",
                "shop",
                json!({ "Mounts": [{ "Type": "bind", "Source": "/etc", "Target": "/x" }] }),
            ),
            "/etc",
        ),
        (
            create,
            service(
                "shop_web",
                "shop",
                json!({ "capabilityadd": ["CAP_SYS_ADMIN"] }),
            ),
            "capabilityadd",
        ),
        (
            "POST /v1.41/secrets/create",
            secret("shop_key", "shop", "b3RoZXI="),
            "none of the files of the stack held",
        ),
        (
            "POST /v1.41/secrets/create",
            secret("key", "other", "aGVsZA=="),
            "is not of the stack `shop`",
        ),
        (
            "POST /v1.41/services/shop_web/update?version=7&rollback=previous",
            service("shop_web", "shop", json!({})),
            "asks for more than an update",
        ),
        (
            "DELETE /v1.41/services/shop_web",
            String::new(),
            "is not for programs",
        ),
        (
            "GET /v1.41/services/shop_web/logs",
            String::new(),
            "is not among the requests",
        ),
    ] {
        let place = place("shop");
        let answer = place.ask(line, body).await;
        place.assert_refused(line, &answer, said);
    }
    let place = place("other");
    for line in [
        "POST /v1.41/services/shop_web/update?version=7",
        "POST /v1.41/secrets/shop_key/update?version=7",
    ] {
        let body = match line.contains("secrets") {
            true => secret("shop_key", "shop", "aGVsZA=="),
            false => service("shop_web", "shop", json!({})),
        };
        let answer = place.ask(line, body).await;
        place.assert_refused(line, &answer, "is about what is not of the stack `shop`");
    }
}

/// A program's request is judged by the scope, and what it makes gets the label.
#[tokio::test]
async fn what_a_program_makes_has_the_label_of_the_scope_and_what_is_anothers_stays() {
    let scope = |owner: &str| {
        let labels = json!({ "com.docker.stack.namespace": "shop", "owner": owner });
        let kept = json!({ "ID": "sv1", "Version": { "Index": 7 }, "Spec": { "Name": "shop_web", "Labels": labels } });
        let engine = FakeEngine::start().with_swarm().on("GET /services/*", kept);
        let mut config = mcp_docker::config::Config::default();
        config.safety.scope = mcp_docker::config::Scope::named("label:owner=me").unwrap();
        let rights = Rights::of("docker_stack_test", Tier::Moderate);
        let door = Engine::new(&engine.config())
            .with_policy(mcp_docker::engine::policy::Policy::new(&config))
            .serving(rights);
        let whose = Whose::Stack("shop".to_owned(), BTreeSet::new());
        let bounds = Bounds {
            whose,
            endpoints: STACK,
        };
        Place::within(engine, &door, bounds)
    };
    let update = "POST /v1.41/services/shop_web/update?version=7";
    let plain = || service("shop_web", "shop", json!({}));
    let own = scope("me");
    for line in ["POST /v1.41/services/create", update] {
        let (status, answer) = own.ask(line, plain()).await;
        assert!(status < 300, "{line}: {status} {answer}");
    }
    for body in own.docker.bodies() {
        assert_eq!(body["Labels"]["owner"], "me", "{body}");
    }
    assert_eq!(own.changes().len(), 2);

    let others = scope("you");
    let (status, answer) = others.ask(update, plain()).await;
    assert!(status >= 400, "{status} {answer}");
    let text = answer.to_string();
    assert!(
        text.contains("owner=you") && text.contains("SAFETY_SCOPE"),
        "{text}"
    );
    assert_eq!(others.changes(), [""; 0]);
}
