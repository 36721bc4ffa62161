//! That a container can be made again from what its prompt says.

use super::*;

/// The JSON of a line of the Compose file.
fn line(text: &str, key: &str) -> Value {
    let start = format!("    {key}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    let line = line.unwrap_or_else(|| panic!("no `{key}`: {text}"));
    serde_json::from_str(&line.replace("$$", "$")).unwrap()
}

/// A container made from the facts alone is the container they were read from.
#[tokio::test]
async fn a_container_can_be_made_again_from_its_compose_file() {
    let Some(session) = Session::start().await else {
        return;
    };
    let volume = Object::new("volume");
    let mount = format!("{}:/data:ro", volume.name);
    let flags = [
        "create",
        "--user",
        "1000",
        "--workdir",
        "/tmp",
        "--hostname",
        "shop",
        "-e",
        "MODE=planted-value",
        "-p",
        "127.0.0.1:0:80",
        "-v",
        &mount,
        "--tmpfs",
        "/scratch",
        "--memory",
        "64m",
        "--pids-limit",
        "50",
        "--cap-drop",
        "ALL",
        "--read-only",
        "--restart",
        "on-failure:3",
        "--label",
        "team=shop",
        "--health-cmd",
        "true",
        "--health-interval",
        "7s",
        "--init",
        "--stop-timeout",
        "12",
        "--ulimit",
        "nofile=64:128",
        "--add-host",
        "a:1.2.3.4",
    ];
    let first = Container::with("composed", &flags, "echo $HOME; sleep 1");
    let text = said(
        &session,
        "generate_compose",
        json!({"container_id": first.name}),
    )
    .await;
    assert!(!text.contains("planted-value"), "{text}");
    assert_eq!(line(&text, "environment"), json!({"MODE": "${MODE}"}));

    let texts = |key: &str| -> Vec<String> {
        line(&text, key)
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap().to_owned())
            .collect()
    };
    let text_of = |key: &str| match line(&text, key) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let mut args = vec!["create".to_owned()];
    for (flag, key) in [
        ("--user", "user"),
        ("--workdir", "working_dir"),
        ("--hostname", "hostname"),
        ("--memory", "mem_limit"),
        ("--pids-limit", "pids_limit"),
        ("--restart", "restart"),
    ] {
        args.extend([flag.to_owned(), text_of(key)]);
    }
    for (flag, key) in [
        ("-p", "ports"),
        ("--tmpfs", "tmpfs"),
        ("--cap-drop", "cap_drop"),
        ("--add-host", "extra_hosts"),
    ] {
        args.extend(
            texts(key)
                .into_iter()
                .flat_map(|value| [flag.to_owned(), value]),
        );
    }
    assert_eq!(
        (line(&text, "read_only"), line(&text, "init")),
        (json!(true), json!(true))
    );
    let volumes = line(&text, "volumes");
    assert_eq!(volumes[0]["read_only"], true);
    let (source, target) = (
        volumes[0]["source"].as_str().unwrap(),
        volumes[0]["target"].as_str().unwrap(),
    );
    let ulimit = &line(&text, "ulimits")["nofile"];
    let health = line(&text, "healthcheck");
    args.extend([
        "--read-only".to_owned(),
        "--init".to_owned(),
        "-v".to_owned(),
        format!("{source}:{target}:ro"),
        "-e".to_owned(),
        "MODE=planted-value".to_owned(),
        "--label".to_owned(),
        format!("team={}", line(&text, "labels")["team"].as_str().unwrap()),
        "--ulimit".to_owned(),
        format!("nofile={}:{}", ulimit["soft"], ulimit["hard"]),
        "--health-cmd".to_owned(),
        health["test"][1].as_str().unwrap().to_owned(),
        "--health-interval".to_owned(),
        health["interval"].as_str().unwrap().to_owned(),
        "--stop-timeout".to_owned(),
        text_of("stop_grace_period")
            .trim_end_matches('s')
            .to_owned(),
    ]);
    let second = Container {
        name: unique("again"),
    };
    args.extend(["--name".to_owned(), second.name.clone(), text_of("image")]);
    args.extend(texts("command"));
    docker(&args.iter().map(String::as_str).collect::<Vec<_>>());

    let (first, second) = (inspect(&first.name), inspect(&second.name));
    assert_eq!(first["Config"], second["Config"]);
    for key in first["HostConfig"].as_object().unwrap().keys() {
        assert_eq!(first["HostConfig"][key], second["HostConfig"][key], "{key}");
    }
}
