//! Protects the question that a person is asked before something is lost: only their consent, to
//! what is there when it happens, lets it happen.

mod early;
mod instructions;
mod late;
mod many;
mod modern;
mod panel;
mod plan;
mod recorded;
#[cfg(target_os = "linux")]
mod terminal;
mod ways;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::support::client::RawClient;
use crate::support::exchange::{assert_done, failure};
use crate::support::fake_engine::{FakeEngine, Reply};

const ALLOWED: (&str, &str) = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true");

/// An Engine with containers of any name, whose ids are that of their generation.
struct Engine {
    fake: FakeEngine,
    generation: Arc<AtomicUsize>,
    /// Whether those are gone that are called so.
    absent: Arc<AtomicBool>,
}

impl Engine {
    fn start() -> Self {
        let generation = Arc::new(AtomicUsize::new(1));
        let current = Arc::clone(&generation);
        let absent = Arc::new(AtomicBool::new(false));
        let gone = Arc::clone(&absent);
        let fake = FakeEngine::start()
            .answer("GET /containers/*/json", move |seen| {
                let name = seen.target.split('/').nth(2).unwrap_or_default();
                if name.contains("absent") && gone.load(Ordering::SeqCst) {
                    let message = format!("No such container: {name}");
                    return Reply::json(404, &json!({ "message": message }));
                }
                Reply::json(
                    200,
                    &json!({
                        "Id": id(name, current.load(Ordering::SeqCst)), "Name": format!("/{name}"), "Image": "sha256:0",
                        "Config": { "Image": "shop:1" }, "Mounts": [],
                        "State": { "Status": "exited", "Running": false },
                    }),
                )
            })
            .on("GET /volumes/*", json!({ "Name": "data", "Driver": "local" }))
            .on("GET /containers/json", json!([]))
            .on("DELETE /*", Reply::empty(204));
        Self {
            fake,
            generation,
            absent,
        }
    }

    /// Puts other containers in the place of all.
    fn change(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// A server that may destroy, with these settings too.
    fn server(&self, settings: &[(&str, &str)]) -> RawClient {
        let address = self.fake.address();
        let mut env = vec![("DOCKER_BASE_URL", address.as_str()), ALLOWED];
        env.extend(settings);
        RawClient::start(&env)
    }

    /// What went, in order.
    fn gone(&self) -> Vec<String> {
        let requests = self.fake.requests().into_iter();
        requests
            .filter(|request| !request.starts_with("GET "))
            .map(|request| request.split('?').next().unwrap_or_default().to_owned())
            .collect()
    }

    /// That this container of the first generation, and nothing else, went.
    fn assert_only_gone(&self, name: &str) {
        let id = id(name, self.generation.load(Ordering::SeqCst));
        assert_eq!(self.gone(), [format!("DELETE /containers/{id}")]);
    }
}

fn id(name: &str, generation: usize) -> String {
    format!("{name}{generation:0>60}")
}

fn remove(name: &str) -> Value {
    json!({ "name": "docker_remove_container", "arguments": { "container_id": name } })
}
