//! `docker_create_container`: what it refuses, in which words, and that nothing is made.

use serde_json::{Value, json};

use crate::docker::{Container, image, unique};
use crate::session::{Session, says};

/// Fails unless the call is refused in these words and leaves no container behind.
async fn refuses(session: &Session, mut arguments: Value, words: &[&str]) {
    let container = Container::named("refused");
    arguments["name"] = json!(container.name);
    if arguments.get("image").is_none() {
        arguments["image"] = json!(image());
    }
    let text = session.fails("docker_create_container", arguments).await;
    says(&text, words);
    assert!(
        !container.exists(),
        "refused, and made all the same: {text}"
    );
}

#[tokio::test]
async fn an_argument_that_does_not_fit_is_named() {
    let Some(session) = Session::start().await else {
        return;
    };
    for (arguments, words) in [
        (
            json!({"enviroment": {}}),
            &["`enviroment`", "`environment`"][..],
        ),
        (json!({"environment": ["no name"]}), &["environment"]),
        (json!({"ports": {"0": 80}}), &["ports"]),
        (json!({"ports": {"80/icmp": 80}}), &["ports", "sctp"]),
        (json!({"ports": {"80": 70000}}), &["ports", "65535"]),
        (json!({"ports": {"80": ["localhost", 80]}}), &["ports"]),
        (
            json!({"volumes": {"/tmp": {"mode": "ro"}}}),
            &["volumes", "bind"],
        ),
        (
            json!({"restart_policy": "sometimes"}),
            &["restart_policy", "on-failure"],
        ),
        (json!({"mem_limit": "lots"}), &["mem_limit"]),
        (json!({"cpus": "half"}), &["cpus"]),
        (json!({"pull": "always"}), &["pull", "missing"]),
        (json!({"command": "echo 'open"}), &["command"]),
        (json!({"image": "lab/UPPER:1"}), &["image"]),
        (json!({"image": "../containers"}), &["image"]),
    ] {
        refuses(&session, arguments, words).await;
    }
}

/// No shell runs, so a command that needs one would do something else than it says.
#[tokio::test]
async fn a_command_that_needs_a_shell_is_refused_with_the_way_to_get_one() {
    let Some(session) = Session::start().await else {
        return;
    };
    for command in [
        "echo a; echo b",
        "a && b",
        "a | b",
        "a > b",
        "echo $(id)",
        "echo `id`",
    ] {
        refuses(
            &session,
            json!({"command": command}),
            &["command", "sh", "-c"],
        )
        .await;
    }
}

#[tokio::test]
async fn the_engines_own_refusals_are_handed_on() {
    let Some(session) = Session::start().await else {
        return;
    };
    let absent = format!("127.0.0.1:1/{}:1", unique("image"));
    refuses(&session, json!({"image": absent}), &["image", &absent]).await;
    refuses(
        &session,
        json!({"image": absent, "pull": "missing"}),
        &["127.0.0.1:1"],
    )
    .await;

    let taken = Container::created("taken");
    let arguments = json!({"image": image(), "name": taken.name});
    session
        .refuses(
            "docker_create_container",
            arguments,
            &[&taken.name, "in use"],
        )
        .await;
}
