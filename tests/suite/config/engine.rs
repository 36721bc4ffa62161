//! Tests that the Engine is chosen as a whole: by flags, else by the environment, else by a file.

use mcp_docker::config::{Config, Sources};
use mcp_docker::engine::{Engine, Origin};

use super::{file, settings};

/// The three variables that say which Engine is meant, each with an address or name of its own.
const CHOICES: [(&str, &str); 3] = [
    ("DOCKER_BASE_URL", "unix:///base.sock"),
    ("DOCKER_HOST", "unix:///host.sock"),
    ("DOCKER_CONTEXT", "default"),
];

/// Where each choice leads by itself.
fn leads(variable: &str) -> Origin {
    match variable {
        "DOCKER_BASE_URL" => Origin::BaseUrl,
        "DOCKER_HOST" => Origin::Host,
        _ => Origin::Platform,
    }
}

fn origin(sources: &Sources) -> Origin {
    let config = Config::from_sources(sources).unwrap();
    match Engine::new(&config.docker).address().unwrap().origin {
        // Which socket is here depends on the machine.
        Origin::Known(_) => Origin::Platform,
        origin => origin,
    }
}

/// Every variable in every source, against every variable in every weaker one.
#[test]
fn no_weaker_source_leads_away_from_the_engine_that_a_stronger_one_names() {
    let mut tried = 0;
    for (strong, value) in CHOICES {
        for (weak, other) in CHOICES.map(|(name, _)| (name, "unix:///elsewhere.sock")) {
            let (chosen, led) = (settings(&[(strong, value)]), settings(&[(weak, other)]));
            let text = format!("{weak}={other}");
            let by = |flags: bool, environment: bool| Sources {
                flags: if flags {
                    chosen.clone()
                } else {
                    Default::default()
                },
                environment: match (flags, environment) {
                    (false, true) => chosen.clone(),
                    (true, true) => led.clone(),
                    _ => Default::default(),
                },
                ..Sources::default()
            };
            for named in [false, true] {
                for sources in [
                    by(true, true),
                    Sources {
                        file: file(&text, named),
                        ..by(true, false)
                    },
                    Sources {
                        file: file(&text, named),
                        ..by(false, true)
                    },
                    Sources {
                        file: file(&text, named),
                        ..by(true, true)
                    },
                ] {
                    assert_eq!(origin(&sources), leads(strong), "{sources:?}");
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 72);
}

#[test]
fn within_one_source_the_base_url_comes_first_and_an_unset_one_chooses_nothing() {
    let all = settings(&CHOICES);
    let environment = |entries| Sources {
        environment: settings(entries),
        ..Sources::default()
    };
    let flags = Sources {
        flags: all,
        ..environment(&[])
    };
    assert_eq!(origin(&flags), Origin::BaseUrl);
    assert_eq!(origin(&environment(&CHOICES[1..])), Origin::Host);
    let unset = Sources {
        flags: settings(&[("DOCKER_HOST", ""), ("DOCKER_CONTEXT", "${user_config.x}")]),
        file: file("DOCKER_BASE_URL=unix:///base.sock", false),
        ..Sources::default()
    };
    assert_eq!(origin(&unset), Origin::BaseUrl);
    // What is not allowed to choose does not choose.
    let far = Sources {
        file: file(
            "DOCKER_BASE_URL=tcp://elsewhere:1\nDOCKER_HOST=unix:///host.sock",
            false,
        ),
        ..Sources::default()
    };
    assert_eq!(origin(&far), Origin::Host);
}

/// A project's own file leads no client of its person to another Engine.
#[cfg(unix)]
#[tokio::test]
async fn a_found_file_leads_nobody_away_from_the_engine_that_was_chosen() {
    use crate::support::client::command;
    use crate::support::fake_engine::FakeEngine;

    let networks = || FakeEngine::start().on("GET /networks", serde_json::json!([]));
    let flag = |name: &str| format!("--{}", name.to_lowercase().replace('_', "-"));
    for (found, _) in &CHOICES[..2] {
        for (chosen, by_flag) in CHOICES
            .iter()
            .flat_map(|(name, _)| [(*name, true), (*name, false)])
        {
            let (named, strange) = (networks(), networks());
            let home = tempfile::tempdir().unwrap();
            let contexts = home.path().join(".docker/contexts/meta/1");
            std::fs::create_dir_all(&contexts).unwrap();
            let endpoint = serde_json::json!({ "docker": { "Host": named.address() } });
            let context = serde_json::json!({ "Name": "chosen", "Endpoints": endpoint });
            std::fs::write(contexts.join("meta.json"), context.to_string()).unwrap();
            let file = format!("{found}={}\n", strange.address());
            std::fs::write(home.path().join(".env"), file).unwrap();
            let value = match chosen {
                "DOCKER_CONTEXT" => "chosen".to_owned(),
                _ => named.address(),
            };
            let mut command = command(home.path());
            match by_flag {
                true => command.args([flag(chosen), value]),
                false => command.env(chosen, value),
            };
            let ended = command.args(["call", "list_networks"]).output().await;
            let said = String::from_utf8(ended.unwrap().stderr).unwrap();
            let what = format!("{found} was found, {chosen} chosen, by a flag: {by_flag}: {said}");
            assert_eq!(named.requests(), ["GET /networks?"], "{what}");
            assert_eq!(strange.seen().len(), 0, "{what}");
        }
    }
}
