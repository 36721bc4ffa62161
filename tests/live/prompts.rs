//! What the prompts say of real containers that were made to be in trouble.

use rmcp::model::GetPromptRequestParams;
use serde_json::{Value, json};

use crate::docker::{Container, Object, WAIT, docker, eventually, image, inspect, run, unique};
use crate::session::Session;

const MOST: usize = 16 * 1024;
/// Where the decisive fact must stand: before anything that was only copied.
const TOP: usize = 1500;

async fn said(session: &Session, name: &str, arguments: Value) -> String {
    let arguments = arguments.as_object().unwrap().clone();
    let request = GetPromptRequestParams::new(name).with_arguments(arguments);
    let result = session.client.peer().get_prompt(request).await.unwrap();
    let messages = serde_json::to_value(&result.messages).unwrap();
    assert_eq!(messages[0]["role"], "user");
    let text = messages[0]["content"]["text"].as_str().unwrap().to_owned();
    assert!(text.len() <= MOST, "{name} has {} bytes", text.len());
    text
}

async fn troubleshot(container: &str) -> Option<String> {
    let session = Session::start().await?;
    Some(
        said(
            &session,
            "troubleshoot_container",
            json!({"container_id": container}),
        )
        .await,
    )
}

fn assert_near_the_top(text: &str, decisive: &str) {
    let place = text.find(decisive);
    assert!(
        place.is_some_and(|place| place < TOP),
        "`{decisive}` is at {place:?}: {text}"
    );
}

#[tokio::test]
async fn a_stack_trace_is_named_by_what_was_thrown() {
    if !crate::docker::wanted() {
        return;
    }
    let program = "echo 'Traceback (most recent call last):'; echo '  File \"/app/main.py\", line 3'; \
        echo 'ValueError: the answer is not 42' >&2; exit 1";
    let container = Container::finished("thrown", program);
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Exit code 1: the application reported an error");
    assert_near_the_top(&text, "ValueError: the answer is not 42");
    // What happened is among the events.
    assert!(text.contains("`die` exit code `1`"), "{text}");
}

#[tokio::test]
async fn a_missing_command_is_named_by_its_exit_code() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::finished("misspelt", "servr --port 80");
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Exit code 127: the command was not found");
    assert_near_the_top(&text, "A command is missing");

    let container = Container::named("misspelt");
    run(&["run", "-d", "--name", &container.name, &image(), "servr"]).unwrap_err();
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Docker could not start it");
    assert_near_the_top(&text, "the image has no such command");
}

#[tokio::test]
async fn a_restart_loop_is_one() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::with(
        "looping",
        &["run", "-d", "--restart", "always"],
        "echo 'fatal: no way' >&2; exit 3",
    );
    eventually("three restarts", || {
        inspect(&container.name)["RestartCount"].as_i64() >= Some(3)
    });
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Restart loop: Docker restarted it");
    assert_near_the_top(&text, "fatal: no way");
}

#[tokio::test]
async fn a_failing_health_check_is_shown_with_what_it_said() {
    if !crate::docker::wanted() {
        return;
    }
    let flags = [
        "run",
        "-d",
        "--health-cmd",
        "echo the probe says no; exit 1",
        "--health-interval",
        "1s",
        "--health-retries",
        "1",
    ];
    let container = Container::with("unhealthy", &flags, WAIT);
    eventually("unhealthy", || {
        inspect(&container.name)["State"]["Health"]["Status"] == "unhealthy"
    });
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "Unhealthy: its health check failed");
    assert_near_the_top(&text, "the probe says no");
}

#[tokio::test]
async fn a_missing_variable_and_a_port_in_use_are_told_by_the_log() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::finished("unset", ": ${DATABASE_URL:?must be set}");
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "An environment variable is missing");
    assert_near_the_top(&text, "DATABASE_URL");

    let container = Container::finished("bound", "echo 'bind: Address already in use' >&2; exit 1");
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(&text, "The port is in use");
}

/// Whether the kernel kills is up to the machine: where no memory can be limited, the fake Engine's
/// test has to do.
#[tokio::test]
async fn a_container_killed_for_its_memory_is_named_so() {
    if !crate::docker::wanted() {
        return;
    }
    let container = Container::named("hungry");
    // `tail` keeps a line, however long.
    let program = "tail -n 1 /dev/zero";
    let started = run(&[
        "run",
        "-d",
        "--name",
        &container.name,
        "--memory",
        "16m",
        "--memory-swap",
        "16m",
        &image(),
        "sh",
        "-c",
        program,
    ]);
    let is_limited = inspect(&container.name)["HostConfig"]["Memory"] == 16 * 1024 * 1024;
    if started.is_err() || !is_limited {
        eprintln!(
            "no cgroup of this machine limits memory; the suite shows the same with a fake Engine"
        );
        return;
    }
    docker(&["wait", &container.name]);
    assert_eq!(inspect(&container.name)["State"]["OOMKilled"], true);
    let text = troubleshot(&container.name).await.unwrap();
    assert_near_the_top(
        &text,
        "Out of memory: the kernel killed a process of it (OOM); its limit is 16 MiB",
    );
    assert_near_the_top(&text, "Exit code 137: SIGKILL");
}

/// A privileged container need not start to be found.
#[tokio::test]
async fn an_audit_names_what_is_bad_and_leaves_a_hardened_container_alone() {
    let Some(session) = Session::start().await else {
        return;
    };
    let flags = [
        "create",
        "--privileged",
        "--network",
        "host",
        "--pid",
        "host",
        "--ipc",
        "host",
        "--uts",
        "host",
        "--cap-add",
        "SYS_ADMIN",
        "--security-opt",
        "seccomp=unconfined",
        "-v",
        "/etc:/host/etc",
        "-v",
        "/var/run/docker.sock:/var/run/docker.sock",
        "-e",
        "API_TOKEN=planted-token",
        "--restart",
        "always",
    ];
    let bad = Container::with("bad", &flags, WAIT);
    let text = said(
        &session,
        "security_audit",
        json!({"container_id": bad.name}),
    )
    .await;
    for finding in [
        "**critical** CIS 5.5,",
        "**critical** CIS 5.6,",
        "**critical** CIS 5.32,",
        "**high** CIS 5.4,",
        "**high** CIS 5.10,",
        "**high** CIS 5.16,",
        "**high** CIS 5.17,",
        "**high** CIS 5.22,",
        "**medium** CIS 5.21,",
        "**medium** CIS 4.1,",
        "**medium** CIS 4.10,",
        "**medium** CIS 5.11,",
        "**medium** CIS 5.26,",
        "**medium** CIS 5.29,",
        "**low** CIS 5.13,",
        "**low** CIS 5.15,",
        "**low** CIS 5.27,",
    ] {
        assert!(text.contains(finding), "{finding} is missing: {text}");
    }
    assert!(!text.contains("planted-token"), "{text}");

    let network = Object::new("network");
    let flags = [
        "create",
        "--user",
        "10001",
        "--read-only",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--memory",
        "64m",
        "--cpus",
        "0.5",
        "--pids-limit",
        "50",
        "--restart",
        "on-failure:5",
        "--health-cmd",
        "true",
        "--network",
        &network.name,
    ];
    let hardened = Container::with("hardened", &flags, WAIT);
    let text = said(
        &session,
        "security_audit",
        json!({"container_id": hardened.name}),
    )
    .await;
    assert!(text.contains("No finding: every setting"), "{text}");
    session.close().await;
}

#[tokio::test]
async fn an_audit_of_all_and_a_review_of_one_use_what_runs() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::running("reviewed", WAIT);
    let text = said(&session, "security_audit", json!({})).await;
    assert!(text.contains("of them are looked at"), "{text}");
    let text = said(
        &session,
        "optimize_container",
        json!({"container_id": container.name}),
    )
    .await;
    assert!(text.contains("% of one CPU"), "{text}");
    assert!(text.contains("set a limit"), "{text}");
}

#[tokio::test]
async fn networking_sees_who_else_is_there() {
    let Some(session) = Session::start().await else {
        return;
    };
    let network = Object::new("network");
    let flags = ["run", "-d", "--network", &network.name];
    let (web, db) = (
        Container::with("web", &flags, WAIT),
        Container::with("db", &flags, WAIT),
    );
    let arguments = json!({"container_id": web.name, "target_host": format!("{}:5432", db.name)});
    let text = said(&session, "debug_networking", arguments).await;
    assert_near_the_top(
        &text,
        &format!("is on `{}` too, so the way is there", network.name),
    );
    let address = &inspect(&web.name)["NetworkSettings"]["Networks"][&network.name]["IPAddress"];
    assert!(text.contains(address.as_str().unwrap()), "{text}");
}

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
