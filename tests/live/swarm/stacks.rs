//! Stacks that are deployed from files, deployed again, pruned and removed, by the `docker` that is there.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Swarm, subnet, until};
use crate::docker::{WAIT, image, unique};
use crate::session::{Session, says};
use crate::workplace::workplace;

const DEPLOY: &str = "docker_stack_deploy";

/// What the stack's secret holds.
const HELD: &str = "planted-in-a-stack";

/// A stack of files that the test writes; it is gone when the test ends.
struct Stack<'a> {
    swarm: &'a Swarm,
    name: String,
    subnet: String,
    files: TempDir,
}

impl<'a> Stack<'a> {
    fn new(swarm: &'a Swarm, what: &str) -> Self {
        let files = workplace();
        fs::write(files.path().join("key.txt"), HELD).unwrap();
        fs::write(files.path().join("app.conf"), "port 80\n").unwrap();
        Self {
            swarm,
            name: unique(what),
            subnet: subnet(),
            files,
        }
    }

    /// Its services, beside a secret and a config that `web` has.
    fn write(&self, services: &str) {
        let web = format!("cat /app; wc -c < /run/secrets/key; {WAIT}");
        let text = format!(
            "x-task: &task {{ image: '{}', command: [sh, -c, \"{WAIT}\"], deploy: {{ endpoint_mode: dnsrr }} }}\n\
             services:\n{services}\
             secrets: {{ key: {{ file: ./key.txt }} }}\n\
             configs: {{ app: {{ file: ./app.conf }} }}\n\
             networks: {{ default: {{ ipam: {{ config: [{{ subnet: {} }}] }} }} }}\n",
            image(),
            self.subnet
        );
        let text = text.replace("WEB", &web);
        fs::write(self.files.path().join("compose.yaml"), text).unwrap();
    }

    fn deployed(&self, more: Value) -> Value {
        let mut arguments =
            json!({ "name": self.name, "project_directory": self.files.path(), "timeout": 60 });
        for (key, value) in more.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        arguments
    }

    fn of(&self, part: &str) -> String {
        format!("{}_{part}", self.name)
    }

    /// What the Docker CLI says of one of its services.
    fn said(&self, service: &str, format: &str) -> String {
        let service = self.of(service);
        self.swarm
            .docker(&["service", "inspect", "--format", format, &service])
    }

    /// What of it there is, of one kind.
    fn there(&self, kind: &str) -> String {
        let label = format!("label=com.docker.stack.namespace={}", self.name);
        self.swarm
            .docker(&[kind, "ls", "--quiet", "--filter", &label])
    }
}

impl Drop for Stack<'_> {
    fn drop(&mut self) {
        let _ = self.swarm.run(&["stack", "rm", &self.name]);
    }
}

/// The services, by name: whether all of each run.
fn stands(result: &Value) -> Vec<(String, i64, i64)> {
    let services = result["services"].as_array().unwrap().iter();
    services
        .map(|it| {
            let count = |key: &str| it[key].as_i64().unwrap();
            let name = it["service"].as_str().unwrap().to_owned();
            (name, count("running"), count("desired"))
        })
        .collect()
}

const WEB: &str = "  web: { <<: *task, command: [sh, -c, \"WEB\"], secrets: [key], configs: [app], environment: { LEVEL: low } }\n";
const CHANGED: &str = "  web: { <<: *task, command: [sh, -c, \"WEB\"], secrets: [key], configs: [app], environment: { LEVEL: high } }\n";
const JOB: &str = "  job: { <<: *task, deploy: { replicas: 2, endpoint_mode: dnsrr } }\n";

#[tokio::test]
async fn a_stack_is_deployed_changed_pruned_and_removed() {
    let Some(swarm) = Swarm::shared() else { return };
    let session = swarm.session(1).await;
    let stack = Stack::new(&swarm, "stack");
    stack.write(&format!("{WEB}{JOB}"));
    let first = session.ok(DEPLOY, stack.deployed(json!({}))).await;
    assert_eq!(first["failed"], json!([]), "{first}");
    let both = vec![(stack.of("job"), 2, 2), (stack.of("web"), 1, 1)];
    assert_eq!(stands(&first), both, "{first}");
    let made = first["created"].to_string();
    for (kind, part) in [
        ("service", "web"),
        ("service", "job"),
        ("secret", "key"),
        ("config", "app"),
        ("network", "default"),
    ] {
        let made_so = format!("\"{kind}/{}\"", stack.of(part));
        assert!(made.contains(&made_so), "{made_so}: {made}");
    }
    assert!(!first.to_string().contains(HELD), "{first}");
    // The task has what the files held.
    let ask = json!({ "service_id": stack.of("web"), "fold": false });
    let told = |logs: &Value| {
        let text = logs["lines"].to_string();
        text.contains("port 80") && text.contains(&format!("\"{}\"", HELD.len()))
    };
    let _ = until(&session, "docker_service_logs", ask, told).await;
    let stacks = session.ok("docker_list_stacks", json!({})).await;
    let own = super::named(&stacks, "stacks", &stack.name);
    assert_eq!(
        (&own["services"], &own["secrets"], &own["configs"]),
        (&json!(2), &json!(1), &json!(1)),
        "{stacks}"
    );

    stack.write(&format!("{CHANGED}{JOB}"));
    let again = session.ok(DEPLOY, stack.deployed(json!({}))).await;
    assert_eq!(again["created"], json!([]), "{again}");
    assert!(
        again["updated"].to_string().contains(&stack.of("web")),
        "{again}"
    );
    assert_eq!(stands(&again), both, "{again}");
    let env = "{{.Spec.TaskTemplate.ContainerSpec.Env}}";
    assert_eq!(stack.said("web", env), "[LEVEL=high]");

    // What a config holds never changes.
    fs::write(stack.files.path().join("app.conf"), "port 81\n").unwrap();
    let why = session.fails(DEPLOY, stack.deployed(json!({}))).await;
    says(&why, &["is not deployed", "give it another name"]);
    fs::write(stack.files.path().join("app.conf"), "port 80\n").unwrap();

    stack.write(CHANGED);
    let kept = session.ok(DEPLOY, stack.deployed(json!({}))).await;
    assert_eq!(kept["removed"], json!([]), "{kept}");
    assert_eq!(stack.there("service").lines().count(), 2);
    let pruned = session
        .ok(DEPLOY, stack.deployed(json!({ "prune": true })))
        .await;
    assert_eq!(pruned["removed"], json!([stack.of("job")]), "{pruned}");
    assert_eq!(stack.there("service").lines().count(), 1);

    let gone = session
        .ok("docker_remove_stack", json!({ "name": stack.name }))
        .await;
    for (key, part) in [
        ("removed_services", "web"),
        ("removed_secrets", "key"),
        ("removed_configs", "app"),
        ("removed_networks", "default"),
    ] {
        assert_eq!(gone[key], json!([stack.of(part)]), "{gone}");
    }
    for kind in ["service", "secret", "config", "network"] {
        assert_eq!(stack.there(kind), "", "{kind}");
    }
    session
        .refuses(
            "docker_remove_stack",
            json!({ "name": stack.name }),
            &[&stack.name],
        )
        .await;
    session.close().await;
}

/// The second time secrets and configs are sent again, and are the stack's own.
#[tokio::test]
async fn within_a_scope_a_stack_is_deployed_again_and_no_other() {
    let Some(swarm) = Swarm::shared() else { return };
    let (own, other) = (Stack::new(&swarm, "own"), Stack::new(&swarm, "other"));
    own.write(WEB);
    other.write(WEB);
    let outside = swarm.session(1).await;
    let _ = outside.ok(DEPLOY, other.deployed(json!({}))).await;
    let scope = format!("project:{}", own.name);
    let session: Session = swarm.session_with(1, &[("SAFETY_SCOPE", &scope)]).await;
    let first = session.ok(DEPLOY, own.deployed(json!({}))).await;
    assert_eq!(stands(&first), [(own.of("web"), 1, 1)], "{first}");
    own.write(CHANGED);
    let again = session.ok(DEPLOY, own.deployed(json!({}))).await;
    assert_eq!(again["created"], json!([]), "{again}");
    let env = "{{.Spec.TaskTemplate.ContainerSpec.Env}}";
    assert_eq!(own.said("web", env), "[LEVEL=high]");

    other.write(CHANGED);
    for (tool, arguments) in [
        (DEPLOY, other.deployed(json!({}))),
        ("docker_remove_stack", json!({ "name": other.name })),
    ] {
        session.refuses(tool, arguments, &["SAFETY_SCOPE"]).await;
    }
    assert_eq!(other.said("web", env), "[LEVEL=low]");
    for kind in ["service", "secret", "config", "network"] {
        assert_ne!(other.there(kind), "", "{kind}");
    }
    let gone = session
        .ok("docker_remove_stack", json!({ "name": own.name }))
        .await;
    assert_eq!(gone["failed"], json!([]), "{gone}");
    assert_eq!(own.there("service"), "");
    outside.close().await;
    session.close().await;
}
