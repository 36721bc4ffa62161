//! What an entry says, and that the server started from it is what the person chose.

use serde_json::json;

use super::*;

const MODERATE: &str = "SAFETY_ALLOW_MODERATE_OPERATIONS";
const DESTRUCTIVE: &str = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
const CONFIRMATION: &str = "SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE";

/// The entry that is made in an empty home.
fn made(client: &str, set: &[(&str, &str)], more: &[&str]) -> Value {
    let home = Home::new();
    home.run_with(set, &words(client, more)).well();
    servers(&home.file(client))["mcp-docker"].take()
}

#[test]
fn an_entry_has_the_absolute_path_the_profile_and_what_its_client_wants_besides() {
    for (client, kind) in [
        ("claude-desktop", Value::Null),
        ("claude-code", json!("stdio")),
        ("cursor", json!("stdio")),
        ("vscode", json!("stdio")),
        ("windsurf", Value::Null),
        ("zed", Value::Null),
        ("gemini-cli", Value::Null),
        ("copilot-cli", json!("stdio")),
        ("codex", Value::Null),
        ("goose", json!("stdio")),
        ("opencode", json!("local")),
        ("cline", Value::Null),
        ("junie", Value::Null),
        ("lm-studio", Value::Null),
    ] {
        for (profile, variables) in [
            (
                "read-only",
                json!({ MODERATE: "false", DESTRUCTIVE: "false" }),
            ),
            ("normal", json!({ MODERATE: "true", DESTRUCTIVE: "false" })),
            (
                "full",
                json!({ MODERATE: "true", DESTRUCTIVE: "true", CONFIRMATION: "true" }),
            ),
        ] {
            let entry = made(client, &[], &["--profile", profile]);
            assert!(Path::new(program(&entry)).is_absolute());
            assert_eq!(program(&entry), PROGRAM);
            assert_eq!(entry["type"], kind, "{client}");
            assert_eq!(*super::variables(&entry), variables, "{profile}");
        }
    }
}

/// Starts the server as a client would, with nothing but what the entry says.
#[test]
fn a_server_started_from_the_entry_allows_what_the_profile_says() {
    let address = "unix:///nowhere/docker.sock";
    for (profile, moderate, destructive) in [
        ("read-only", MODERATE, MODERATE),
        ("normal", "/nowhere/", DESTRUCTIVE),
        ("full", "/nowhere/", "a person's consent"),
    ] {
        let entry = made(
            "cursor",
            &[("DOCKER_HOST", address)],
            &["--profile", profile],
        );
        for (call, said) in [
            (["create_volume", "name=x"], moderate),
            (["remove_volume", "volume_name=x"], destructive),
            (["list_volumes", "limit=1"], "/nowhere/"),
        ] {
            let home = Home::new();
            let mut command = Command::new(entry["command"].as_str().unwrap());
            command
                .env_clear()
                .current_dir(home.path())
                .arg("call")
                .args(call);
            // Without it nothing starts on Windows.
            command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
            for (name, value) in entry["env"].as_object().unwrap() {
                command.env(name, value.as_str().unwrap());
            }
            let ended = ended(command);
            assert!(
                ended.stderr.contains(said),
                "{profile} {call:?}: {}",
                ended.stderr
            );
        }
    }
}

/// Desktop programs are not started from a shell.
#[test]
fn what_leads_to_the_engine_is_taken_from_the_shell_and_flags_come_first() {
    let home = Home::new();
    let set = [
        ("DOCKER_HOST", "tcp://build:2376"),
        ("DOCKER_TLS_VERIFY", "1"),
        ("DOCKER_CERT_PATH", "certs"),
        ("DOCKER_CONFIG", "config"),
        ("DOCKER_CONTEXT", ""),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2"),
    ];
    let more = [
        "--docker-host",
        "tcp://live:2376",
        "--mcp-docker-audit-log",
        "audit.jsonl",
        "--safety-denied-tools",
        "docker_exec_command",
        "--safety-hide-refused",
        "--toolsets",
        "default,insight",
    ];
    home.run_with(&set, &words("claude-desktop", &more)).well();
    let entry = servers(&home.file("claude-desktop"))["mcp-docker"].take();
    // What the program sees as its directory is behind links, except on Windows.
    let directory = match cfg!(windows) {
        true => home.path().to_owned(),
        false => fs::canonicalize(home.path()).unwrap(),
    };
    let at_home = |name: &str| directory.join(name);
    assert_eq!(
        entry["env"],
        json!({
            MODERATE: "true",
            DESTRUCTIVE: "false",
            "DOCKER_HOST": "tcp://live:2376",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": at_home("certs"),
            "DOCKER_CONFIG": at_home("config"),
            "MCP_DOCKER_AUDIT_LOG": at_home("audit.jsonl"),
            "SAFETY_DENIED_TOOLS": "docker_exec_command",
            "SAFETY_HIDE_REFUSED": "true",
            "MCP_DOCKER_TOOLSETS": "default,insight",
        })
    );
}

/// A profile is a promise; what a person added beside it is theirs.
#[test]
fn an_older_entry_keeps_what_the_profile_does_not_decide() {
    let home = Home::new();
    let file = home.put("vscode", &fixture("older.json"));
    let named = words("vscode", &["--name", "docker"]);
    home.run(&named).well();
    let program = serde_json::to_string(PROGRAM).unwrap();
    let text = fs::read_to_string(&file)
        .unwrap()
        .replace(&program, "\"/opt/mcp-docker\"");
    golden::check("tests/golden/install/older.json", &text);
    let again = home.run(&named).well();
    assert!(
        again.stdout.contains("`docker` is set up already"),
        "{}",
        again.stdout
    );
    home.run(&["install", "vscode", "--remove", "--name", "docker"])
        .well();
    assert!(!fs::read_to_string(&file).unwrap().contains("mcp-docker"));
}

/// The same words in another shell would lead to another Engine.
#[test]
fn what_the_shell_puts_in_place_of_an_entrys_address_is_said() {
    let home = Home::new();
    let install = |host: &str, more: &[&str]| {
        let set = [("DOCKER_HOST", host)];
        home.run_with(&set, &words("cursor", more)).well()
    };
    let first = install("ssh://root@prod", &[]).stdout;
    assert!(
        first.contains("its `DOCKER_HOST` is that of this shell"),
        "{first}"
    );
    let shown = install("unix:///near.sock", &["--print"]).stderr;
    let second = install("unix:///near.sock", &[]).stdout;
    for text in [&shown, &second] {
        assert!(
            text.contains("this shell, `unix:///near.sock` in place of"),
            "{text}"
        );
        assert!(text.contains("unset it here to keep that"), "{text}");
    }
    assert!(second.contains("in place of `ssh://root@prod`"), "{second}");
    let said = install("unix:///near.sock", &["--docker-host", "unix:///far.sock"]).stdout;
    assert!(
        !said.contains("of this shell"),
        "what is said needs no saying: {said}"
    );
    // What somebody wrote there by hand may be a password.
    let entry = json!({ "command": PROGRAM, "env": { "DOCKER_HOST": "tcp://ada:hunter2@far" } });
    let file = json!({ "mcpServers": { "mcp-docker": entry } });
    home.put("cursor", &file.to_string());
    let said = install("unix:///near.sock", &[]).stdout;
    assert!(said.contains("in place of (not shown)"), "{said}");
}

/// A `.env` in a cloned repository is not the person's.
#[test]
fn a_file_in_the_working_directory_has_no_say() {
    let home = Home::new();
    fs::write(
        home.path().join(".env"),
        "DOCKER_HOST=unix:///evil.sock\nDOCKER_TIMEOUT=0\n",
    )
    .unwrap();
    home.run(&words("cursor", &[])).well();
    let entry = servers(&home.file("cursor"))["mcp-docker"].take();
    assert_eq!(
        entry["env"],
        json!({ MODERATE: "true", DESTRUCTIVE: "false" })
    );
}

#[test]
fn a_program_under_another_name_knows_its_own_entry() {
    let home = Home::new();
    let folder = Path::new(PROGRAM).parent().unwrap();
    let folder = tempfile::tempdir_in(folder).unwrap();
    // A copy would be open for writing in whatever another test starts meanwhile.
    let renamed = format!("containers{}", std::env::consts::EXE_SUFFIX);
    let renamed = folder.path().join(renamed);
    fs::hard_link(PROGRAM, &renamed).unwrap();
    for said in ["is set up in", "is set up already"] {
        let mut command = home.program(&renamed);
        command.args(words("cursor", &[]));
        let ended = ended(command).well();
        assert!(ended.stdout.contains(said), "{}", ended.stdout);
    }
}

/// A list of the program and what is passed to it, other names, and what a person made of an entry since.
#[test]
fn an_entry_of_a_client_with_words_of_its_own_is_read_as_it_is_written() {
    let home = Home::new();
    let entry = json!({
        "type": "local",
        "command": [PROGRAM, "--mcp-log-level", "debug"],
        "environment": { MODERATE: "false", "DOCKER_HOST": "unix:///far.sock" },
        "enabled": false,
    });
    let file = json!({ "mcp": { "docker": entry } });
    let file = home.put("opencode", &file.to_string());
    let list = home.run(&["install"]).well().stdout;
    assert!(list.contains("docker"), "{list}");
    home.run(&[
        "install",
        "opencode",
        "--name",
        "docker",
        "--profile",
        "normal",
    ])
    .well();
    let mut expected = entry;
    expected["environment"][MODERATE] = json!("true");
    expected["environment"][DESTRUCTIVE] = json!("false");
    assert_eq!(servers(&file)["docker"], expected);

    let narrowed = json!({ "mcpServers": { "mcp-docker": { "command": PROGRAM, "tools": ["docker_list_containers"] } } });
    let file = home.put("copilot-cli", &narrowed.to_string());
    home.run(&words("copilot-cli", &[])).well();
    let tools = servers(&file)["mcp-docker"]["tools"].take();
    assert_eq!(tools, json!(["docker_list_containers"]));
}

/// One file of a project, two clients.
#[test]
fn an_entry_that_two_clients_read_serves_both() {
    let home = Home::new();
    let file = home.path().join(".mcp.json");
    for client in ["copilot-cli", "claude-code", "copilot-cli"] {
        home.run(&words(client, &["--project=shop"])).well();
    }
    let first = fs::read_to_string(&file).unwrap();
    let again = home.run(&words("claude-code", &["--project=shop"])).well();
    assert!(
        again.stdout.contains("nothing was changed"),
        "{}",
        again.stdout
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
}

/// What a person made of it since stays, with what they wrote beside it.
#[test]
fn an_entry_in_toml_or_yaml_is_changed_where_it_differs() {
    for (client, name) in [("codex", "older.toml"), ("goose", "older.yaml")] {
        let home = Home::new();
        let file = home.put(client, &fixture(name));
        let change = |words: &[&str]| home.run(words).well().stdout;
        let said = change(&words(client, &["--name", "docker"]));
        assert!(
            said.contains(&format!("its `{MODERATE}` was `false`")),
            "{said}"
        );
        let text = fs::read_to_string(&file).unwrap();
        let quoted = serde_json::to_string(PROGRAM).unwrap();
        let text = text
            .replace(&quoted, "\"/opt/mcp-docker\"")
            .replace(PROGRAM, "/opt/mcp-docker");
        golden::check(format!("tests/golden/install/{name}"), &text);
        let again = change(&words(client, &["--name", "docker"]));
        assert!(again.contains("nothing was changed"), "{again}");
        change(&["install", client, "--remove", "--name", "docker"]);
        let left = servers(&file);
        assert_eq!(left.as_object().unwrap().len(), 1, "{left}");
    }
}
