//! Deploys stacks with a stand-in for the Docker CLI, which resolves files to what each test says.

use super::*;
use crate::support::fake_compose::{FakeCompose, STACK};
use crate::support::fake_engine::swarm::SERVICE;
use crate::support::workplace::workplace;

const DEPLOY: &str = "docker_stack_deploy";

/// What the secret of each stack holds.
const HELD: &str = "hunter2-of-a-stack";

/// A directory with the files of a stack.
fn files() -> tempfile::TempDir {
    let folder = workplace();
    let file = "services: { web: { image: 'web:1' } }\nsecrets: { key: { file: ./key.txt } }\n";
    std::fs::write(folder.path().join("compose.yaml"), file).unwrap();
    for name in ["key.txt", "other.txt"] {
        std::fs::write(folder.path().join(name), HELD).unwrap();
    }
    folder
}

fn arguments(folder: &tempfile::TempDir, more: Value) -> Value {
    let mut arguments = json!({ "name": "shop", "project_directory": folder.path(), "timeout": 5 });
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

async fn client_of(engine: &FakeEngine, docker: &FakeCompose, more: &[(&str, &str)]) -> Client {
    let programs = docker.programs();
    let mut env = vec![("PATH", programs.as_str())];
    env.extend(more);
    client(engine, &env).await
}

fn changes(engine: &FakeEngine) -> Vec<String> {
    let requests = engine.requests().into_iter();
    requests.filter(|it| !it.starts_with("GET ")).collect()
}

/// What is refused or wrong, of a stack whose files come to this; the program is never run on it.
async fn refusal(stack: &str) -> String {
    let engine = FakeEngine::start().with_swarm();
    let folder = files();
    let stack = stack.replace("HERE", folder.path().to_str().unwrap());
    let docker = FakeCompose::new().with_docker(&stack, "echo deployed >&2; exit 1");
    let client = client_of(&engine, &docker, &[]).await;
    let (text, _) = failure(&client, DEPLOY, arguments(&folder, json!({}))).await;
    assert!(!text.contains("deployed\n"), "{stack}: {text}");
    assert!(!text.contains(HELD), "{text}");
    assert_eq!(changes(&engine), [""; 0], "{stack}");
    text
}

#[tokio::test]
async fn a_stack_is_deployed_and_what_it_passes_over_is_said() {
    let engine = FakeEngine::start().with_swarm();
    let folder = files();
    let key = folder.path().join("key.txt");
    let stack = format!(
        "services: {{web: {{image: 'web:1', privileged: true, restart: always, deploy: {{replicas: 2}}}}}}\n\
         secrets: {{key: {{file: {}}}}}\n",
        key.display()
    );
    let docker = FakeCompose::new().with_docker(&stack, "");
    let client = client_of(&engine, &docker, &[]).await;
    let done = call(&client, DEPLOY, arguments(&folder, json!({}))).await;
    assert_eq!(done["name"], "shop");
    let standing = &done["services"][0];
    assert_eq!(
        (
            &standing["service"],
            &standing["running"],
            &standing["desired"]
        ),
        (&json!("shop_web"), &json!(2), &json!(2)),
        "{done}"
    );
    assert_eq!(done["failed"], json!([]));
    assert_eq!(
        done["warnings"],
        json!([
            "services.web.privileged is ignored in a stack",
            "services.web.restart is ignored in a stack; say `deploy.restart_policy`",
        ])
    );
    assert!(!done.to_string().contains(HELD));
}

#[tokio::test]
async fn what_a_stack_may_not_have_is_refused_before_anything_is_sent() {
    let service = |settings: &str| format!("services: {{web: {{image: 'web:1', {settings}}}}}");
    for (stack, said) in [
        (service("cap_add: [SYS_ADMIN]"), "services.web.cap_add"),
        (
            service("sysctls: {kernel.msgmax: '1'}"),
            "services.web.sysctls",
        ),
        (
            service("volumes: [{type: bind, source: /etc, target: /x}]"),
            "services.web.volumes[0]",
        ),
        (
            service("volumes: [{type: bind, source: HERE, target: /x}]"),
            "services.web.volumes[0]",
        ),
        (
            service("networks: {n: null}") + "\nnetworks: {n: {external: true, name: host}}",
            "services.web.networks.n",
        ),
        (
            service("credential_spec: {file: x}"),
            "services.web.credential_spec",
        ),
        (
            service(
                "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 1}}]}}}",
            ),
            "services.web.deploy",
        ),
        (service("provider: {type: x}"), "`provider` is no key"),
        (
            service("") + "\nsecrets: {a: {driver: x}}",
            "secrets.a.driver",
        ),
        (
            service("") + "\nconfigs: {a: {file: HERE/key.txt, template_driver: golang}}",
            "configs.a.template_driver",
        ),
        (
            service("") + "\nsecrets: {a: {file: /etc/shadow}}",
            "secrets.a.file",
        ),
        (
            service("")
                + "\nvolumes: {v: {driver: local, driver_opts: {type: none, o: bind, device: /etc}}}",
            "volumes.v",
        ),
    ] {
        let text = refusal(&stack).await;
        assert!(text.contains(said), "{stack}: {text}");
        assert!(text.contains("nothing was done"), "{stack}: {text}");
    }
}

#[tokio::test]
async fn what_no_stack_can_be_made_of_is_said() {
    for (stack, said) in [
        (
            "services: {web: {command: x}}",
            "services.web: has no image",
        ),
        ("services: {}", "the files have no service"),
        ("services: [", "`docker stack` does not take the files"),
    ] {
        let text = refusal(stack).await;
        assert!(text.contains(said), "{stack}: {text}");
    }
    // One of the directory, which the files that were walked through do not name.
    let text =
        refusal("services: {web: {image: 'web:1'}}\nsecrets: {a: {file: HERE/other.txt}}").await;
    assert!(
        text.contains("is not among the files of the stack"),
        "{text}"
    );
}

#[tokio::test]
async fn what_goes_without_a_successor_takes_consent_and_goes_by_its_id() {
    let gone = "services: {api: {image: 'api:1'}}";
    let fewer = "services: {web: {image: 'web:1', deploy: {replicas: 1}}}";
    for (stack, prune, why) in [
        (gone, true, "shop_web (it is in the files no more)"),
        (
            fewer,
            false,
            "shop_web (it is to have 1 replica, and has 2)",
        ),
    ] {
        let engine = FakeEngine::start().with_swarm();
        let folder = files();
        let docker = FakeCompose::new().with_docker(stack, "echo it ran >&2; exit 1");
        let unasked = [("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "false")];
        let cautious = client_of(&engine, &docker, &unasked).await;
        let args = arguments(&folder, json!({ "prune": prune }));
        let (text, _) = failure(&cautious, DEPLOY, args.clone()).await;
        assert!(text.contains(why) && !text.contains("it ran"), "{text}");
        assert_eq!(changes(&engine), [""; 0]);

        let client = client_of(&engine, &docker, &[]).await;
        let (text, _) = failure(&client, DEPLOY, args).await;
        assert!(text.contains("docker stack: it ran"), "{text}");
        let removed: Vec<String> = match prune {
            true => vec![format!("DELETE /services/{SERVICE}")],
            false => Vec::new(),
        };
        assert_eq!(changes(&engine), removed);
        assert_eq!(text.contains("removed: shop_web"), prune, "{text}");
    }
}

#[tokio::test]
async fn without_prune_a_service_stays_that_the_files_have_no_more() {
    let engine = FakeEngine::start().with_swarm();
    let folder = files();
    let docker = FakeCompose::new().with_docker("services: {api: {image: 'api:1'}}", "");
    let client = client_of(&engine, &docker, &[]).await;
    let done = call(&client, DEPLOY, arguments(&folder, json!({}))).await;
    assert_eq!(done["removed"], json!([]));
    assert_eq!(changes(&engine), [""; 0]);
}

#[tokio::test]
async fn a_failure_of_the_program_is_told_with_what_mends_it() {
    let engine = FakeEngine::start().with_swarm();
    let folder = files();
    let says =
        "echo 'failed to update secret shop_key: only updates to Labels are allowed' >&2; exit 1";
    let docker = FakeCompose::new().with_docker(STACK, says);
    let client = client_of(&engine, &docker, &[]).await;
    let (text, _) = failure(&client, DEPLOY, arguments(&folder, json!({}))).await;
    assert!(text.contains("the stack `shop` is not deployed"), "{text}");
    assert!(text.contains("give it another name"), "{text}");

    let nothing = tempfile::tempdir().unwrap();
    let path = nothing.path().to_str().unwrap();
    let client = super::client(&engine, &[("PATH", path)]).await;
    let (text, _) = failure(&client, DEPLOY, arguments(&folder, json!({}))).await;
    assert!(
        text.contains("Docker CLI 26.1 or newer is needed"),
        "{text}"
    );

    let said = "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please run this command on a manager node or promote the current node to a manager.";
    let worker = FakeEngine::start().on("GET /services", Reply::error(503, said));
    let client = client_of(&worker, &docker, &[]).await;
    let (text, _) = failure(&client, DEPLOY, arguments(&folder, json!({}))).await;
    assert!(text.contains("manager"), "{text}");
}
