//! An Engine on which every change shows in everything, and takes effect while it is carried out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::time::Instant;

use super::*;
use crate::support::fake_engine::{Moment, Seen};

pub(super) const CONTAINER: &str =
    "c0ffee01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9";
pub(super) const NETWORK: &str = "ad5a1b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a89801";
/// A service's, a secret's and a config's.
pub(super) const OF_SWARM: &str = "1xzcsbmjvhofb0ty9m9ttxaj4";
const IMAGE: &str = "sha256:1a5e1b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a89801";

/// The generation at the beginning and the end of each removal of a round.
type Removals = Arc<Mutex<Vec<usize>>>;

/// Its state, which is how often something was changed.
#[derive(Clone)]
struct State {
    generation: Arc<AtomicUsize>,
    at_removal: Arc<Mutex<Removals>>,
    delays: Arc<Mutex<fastrand::Rng>>,
}

impl State {
    fn now(&self) -> usize {
        self.generation.load(Ordering::SeqCst)
    }

    fn delay(&self) -> Duration {
        let milliseconds = self.delays.lock().unwrap().u64(6..16);
        Duration::from_millis(milliseconds)
    }

    /// An answer to a change, which takes effect some time before its end.
    fn change(&self, reply: Reply) -> Reply {
        let delay = self.delay();
        self.take_effect(delay / 2);
        reply.after(delay)
    }

    /// An answer that begins at once, to a change that is there at its end.
    fn work(&self, step: &Value) -> Reply {
        let delay = self.delay();
        self.take_effect(delay / 2);
        Reply::chunks([step.to_string()]).every(delay)
    }

    /// Counted from now, so that it comes before an answer with more delay, however busy the machine.
    fn take_effect(&self, after: Duration) {
        let (due, generation) = (Instant::now() + after, Arc::clone(&self.generation));
        tokio::spawn(async move {
            tokio::time::sleep_until(due).await;
            generation.fetch_add(1, Ordering::SeqCst);
        });
    }

    fn remove(&self, reply: Reply) -> Reply {
        let (delay, state) = (self.delay(), self.clone());
        let removals = Arc::clone(&self.at_removal.lock().unwrap());
        removals.lock().unwrap().push(state.now());
        let due = Instant::now() + delay / 2;
        tokio::spawn(async move {
            tokio::time::sleep_until(due).await;
            removals.lock().unwrap().push(state.now());
        });
        reply.after(delay)
    }
}

/// The Engine.
pub(super) struct World {
    pub(super) engine: FakeEngine,
    state: State,
}

impl World {
    pub(super) fn start() -> Self {
        let state = State {
            generation: Arc::default(),
            at_removal: Arc::default(),
            delays: Arc::new(Mutex::new(fastrand::Rng::with_seed(0))),
        };
        let engine = reads(FakeEngine::start(), &state);
        let engine = changes(engine, &state);
        Self { engine, state }
    }

    /// Begins a round with delays of its own.
    pub(super) fn begin(&self, seed: u64) -> usize {
        *self.state.delays.lock().unwrap() = fastrand::Rng::with_seed(seed);
        *self.state.at_removal.lock().unwrap() = Arc::default();
        self.engine.history().len()
    }

    /// What was there at the beginning and the end of each removal of this round.
    pub(super) fn at_removal(&self) -> Vec<usize> {
        self.state
            .at_removal
            .lock()
            .unwrap()
            .lock()
            .unwrap()
            .clone()
    }

    /// What happened since.
    pub(super) fn since(&self, begin: usize) -> Vec<Moment> {
        self.engine.history()[begin..].to_vec()
    }
}

/// What there was, by a text that shows it.
pub(super) fn shown(text: &str) -> usize {
    let (_, rest) = text.split_once("gen").unwrap_or_else(|| panic!("{text}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// A secret or a config, which is another once it was made anew.
fn of_swarm(now: usize, _: &Seen) -> Value {
    json!({ "ID": OF_SWARM, "Version": { "Index": now }, "Spec": { "Name": format!("gen{now}") } })
}

fn reads(engine: FakeEngine, state: &State) -> FakeEngine {
    let read = |document: fn(usize, &Seen) -> Value| {
        let state = state.clone();
        move |seen: &Seen| Reply::json(200, &document(state.now(), seen)).after(state.delay() / 3)
    };
    engine
        .answer(
            "GET /containers/*/json",
            read(|now, _| {
                json!({
                    "Id": CONTAINER, "Name": "/victim", "Image": IMAGE,
                    "Config": { "Image": format!("app:gen{now}") }, "HostConfig": {},
                    "Mounts": [{ "Type": "volume", "Name": format!("{now:064x}") }],
                    "State": { "Status": "exited", "Running": false, "ExitCode": 0 },
                })
            }),
        )
        .answer(
            "GET /containers/json",
            read(|now, _| {
                let container = |id: &str, name: &str| {
                    json!({
                        "Id": id, "Names": [name], "State": "exited", "Image": "other", "ImageID": "sha256:0",
                        "Created": 1, "Mounts": [], "Labels": { "com.docker.compose.project": "shop" },
                    })
                };
                json!([
                    container(CONTAINER, "/victim"),
                    container(&format!("{now:064}"), &format!("/gen{now}")),
                ])
            }),
        )
        .answer(
            "GET /images/*/json",
            read(|_, seen| {
                let made = seen.target.split("sha256:").nth(1).and_then(|id| {
                    usize::from_str_radix(id.strip_suffix("/json")?, 16).ok()
                });
                let (id, tag) = match made {
                    Some(now) => (format!("sha256:{now:064x}"), format!("gen{now}:1")),
                    None => (IMAGE.to_owned(), "app:old".to_owned()),
                };
                json!({ "Id": id, "RepoTags": [tag], "RepoDigests": [], "Size": 1 })
            }),
        )
        .answer(
            "GET /images/json",
            read(|now, _| {
                let image = |id: &str, tag: &str| {
                    json!({
                        "Id": id, "RepoTags": [tag], "RepoDigests": [], "Size": 1, "Created": 1, "Labels": {},
                        "Containers": -1,
                    })
                };
                json!([
                    image(IMAGE, "app:old"),
                    image(&format!("sha256:{now:064x}"), &format!("gen{now}:1")),
                ])
            }),
        )
        .answer(
            "GET /networks/*",
            read(|_, seen| {
                let made = seen.target.split("/networks/0").nth(1);
                let made = made.map(|id| format!("0{}", id.split('?').next().unwrap()));
                let (id, name) = match made {
                    Some(id) => (id, "made"),
                    None => (NETWORK.to_owned(), "lab"),
                };
                json!({ "Id": id, "Name": name, "Driver": "bridge", "Containers": {} })
            }),
        )
        .answer(
            "GET /networks",
            read(|now, _| {
                json!([
                    {
                        "Id": NETWORK, "Name": "lab", "Driver": "bridge",
                        "Labels": { "com.docker.stack.namespace": "shop" },
                    },
                    {
                        "Id": format!("{now:064}"), "Name": format!("gen{now}"), "Driver": "bridge",
                        "Labels": { "com.docker.compose.project": "shop", "com.docker.stack.namespace": "shop" },
                    },
                ])
            }),
        )
        .on("GET /volumes/*", json!({ "Name": "data", "Driver": "local" }))
        .answer(
            "GET /volumes",
            read(|now, _| {
                json!({ "Volumes": [
                    { "Name": "data", "Driver": "local" }, { "Name": format!("gen{now}"), "Driver": "local" },
                ]})
            }),
        )
        .answer("GET /secrets/*", read(of_swarm))
        .answer("GET /configs/*", read(of_swarm))
        .on("GET /services", json!([]))
        .answer(
            "GET /services/*",
            read(|now, _| {
                let container = json!({ "Image": format!("app:gen{now}") });
                json!({ "ID": OF_SWARM, "Version": { "Index": 1 }, "Spec": {
                    "Name": "victim", "Mode": { "Replicated": { "Replicas": 1 } },
                    "TaskTemplate": { "ContainerSpec": container },
                } })
            }),
        )
        .on("GET /tasks", json!([]))
        .on("GET /nodes", json!([]))
        .on("GET /system/df", json!({}))
        .on("GET /services", json!([]))
        .on("GET /secrets", json!([]))
        .on("GET /configs", json!([]))
        .on("GET /tasks", json!([]))
        .on("GET /exec/*/json", json!({ "Running": false, "ExitCode": 0 }))
}

fn changes(engine: FakeEngine, state: &State) -> FakeEngine {
    let change = |reply: Reply| {
        let state = state.clone();
        move |_: &Seen| state.change(reply.clone())
    };
    let work = |step: Value| {
        let state = state.clone();
        move |_: &Seen| state.work(&step)
    };
    let remove = |reply: Reply| {
        let state = state.clone();
        move |_: &Seen| state.remove(reply.clone())
    };
    let made = || change(Reply::json(201, &json!({ "ID": OF_SWARM })));
    let id = |id: &str| change(Reply::json(201, &json!({ "Id": id, "Warnings": [] })));
    engine
        .answer("POST /containers/*", change(Reply::empty(204)))
        .answer("POST /containers/*/exec", id("e1"))
        .answer("POST /exec/*/start", change(Reply::empty(200)))
        .answer("POST /containers/create", id(&"9".repeat(64)))
        .answer("POST /networks/*", change(Reply::empty(200)))
        .answer("POST /networks/create", id(NETWORK))
        .answer("POST /secrets/create", made())
        .answer("POST /configs/create", made())
        .answer(
            "POST /volumes/create",
            change(Reply::json(
                201,
                &json!({ "Name": "data", "Driver": "local" }),
            )),
        )
        .answer("POST /images/*/tag", change(Reply::empty(201)))
        .answer(
            "POST /images/create",
            work(json!({ "status": "Status: Downloaded newer image" })),
        )
        .answer(
            "POST /images/load",
            work(json!({ "stream": "Loaded image: app:old" })),
        )
        .answer("POST /build", work(json!({ "aux": { "ID": IMAGE } })))
        .answer(
            "POST /services/create",
            change(Reply::json(201, &json!({ "ID": OF_SWARM }))),
        )
        .answer(
            "POST /services/*/update",
            change(Reply::json(200, &json!({ "Warnings": null }))),
        )
        .answer("DELETE /*", remove(Reply::empty(204)))
        .answer("DELETE /images/*", remove(Reply::json(200, &json!([]))))
}
