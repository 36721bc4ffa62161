//! What becomes of both containers where the Engine dies while the new one takes the old one's place.

use regex::Regex;
use serde_json::{Value, json};

use super::RECREATE;
use crate::daemon::Daemon;
use crate::docker::{WAIT, eventually, image, not_run, run, wanted};
use crate::session::{Session, failure};

const NAME: &str = "survivor";
const PREVIOUS: &str = "survivor-previous";

/// The daemon of this test, as its command line sees it.
struct Engine {
    daemon: Daemon,
}

impl Engine {
    fn told(&self, args: &[&str]) -> Result<String, String> {
        let args = [&["-H", self.daemon.host.as_str()], args].concat();
        run(&args).map(|told| String::from_utf8(told).unwrap().trim().to_owned())
    }

    fn of(&self, container: &str, what: &str) -> String {
        self.told(&["inspect", "-f", what, container]).unwrap()
    }
}

/// The calls that a text tells, in their order.
fn calls(text: &str) -> Vec<(String, Value)> {
    let call = Regex::new(r"(docker_\w+) (\{[^}]*\})").unwrap();
    let found = call.captures_iter(text);
    found
        .map(|call| {
            let arguments = serde_json::from_str(&call[2]).unwrap();
            (call[1].to_owned(), arguments)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_one_stays_stopped_and_the_text_brings_it_back() {
    if !wanted() {
        return;
    }
    let daemon = match Daemon::start(&[]) {
        Ok(daemon) => daemon,
        Err(why) => return not_run(&format!("the death of a daemon: {why}")),
    };
    let engine = Engine { daemon };
    let [allowed, unasked] = Session::DESTRUCTIVE;
    let settings = [
        ("DOCKER_HOST", engine.daemon.host.as_str()),
        ("MCP_DOCKER_TOOLSETS", "default,lifecycle"),
        allowed,
        unasked,
    ];
    let session = Session::with(&settings).await.unwrap();
    let (image, health) = (image(), "test -e /well");
    let flags = ["run", "-d", "--name", NAME, "--restart", "always"];
    let probe = ["--health-cmd", health, "--health-interval", "1s"];
    let begun = [&flags[..], &probe, &["--health-start-period", "300s"]].concat();
    let program = [image.as_str(), "sh", "-c", WAIT];
    engine.told(&[&begun[..], &program].concat()).unwrap();
    engine.told(&["exec", NAME, "touch", "/well"]).unwrap();
    let old = engine.of(NAME, "{{.Id}}");

    // The new one is never healthy, so that the Engine dies while it is waited for.
    let arguments = json!({ "container_id": NAME, "health_timeout": 300 });
    let call = session.spawn(RECREATE, arguments);
    let runs = |container: &str| {
        engine.told(&["inspect", "-f", "{{.State.Running}}", container]) == Ok("true".to_owned())
    };
    eventually("the new one is in the place of the old one", || {
        engine.told(&["inspect", PREVIOUS]).is_ok() && runs(NAME)
    });
    engine.daemon.kill();
    let text = failure(RECREATE, call.await.unwrap());
    engine.daemon.restart();

    assert_eq!(engine.of(PREVIOUS, "{{.Id}}"), old);
    assert_eq!(engine.of(PREVIOUS, "{{.State.Running}}"), "false", "{text}");
    let steps = calls(&text);
    assert_eq!(steps.len(), 4, "{text}");
    for (tool, arguments) in steps {
        session.ok(tool.leak(), arguments).await;
    }
    assert_eq!(engine.of(NAME, "{{.Id}}"), old);
    assert!(runs(NAME), "{text}");
    let policy = engine.of(NAME, "{{.HostConfig.RestartPolicy.Name}}");
    assert_eq!(policy, "always");
    session.close().await;
}
