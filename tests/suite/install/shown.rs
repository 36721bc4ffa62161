//! What `--print` and `--wsl` show, and what is said of a client that asks by a panel or cannot ask.

use serde_json::json;

use super::*;

/// The servers of the fragment that a client's file is to hold.
fn fragment(shown: &str, title: &str) -> Value {
    let (_, rest) = shown.split_once(&format!("# {title}: ")).unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    servers_of(rest.split("\n\n# ").next().unwrap())
}

#[test]
fn without_a_client_the_entry_of_each_is_shown() {
    let home = Home::new();
    let shown = home.run(&["install", "--print"]).well();
    assert_eq!(CLIENTS.len(), mcp_docker::clients::CLIENTS.len());
    let titles = mcp_docker::clients::CLIENTS.iter().map(|it| it.title);
    for ((client, _, _), title) in CLIENTS.iter().zip(titles) {
        assert!(
            shown
                .stdout
                .contains(&home.file(client).display().to_string())
        );
        let one = home.run(&words(client, &["--print"])).well();
        let one = servers_of(&one.stdout);
        assert_eq!(fragment(&shown.stdout, title), one, "{client}");
    }
    let full = home
        .run(&["install", "--print", "--profile", "full"])
        .well();
    let entry = &fragment(&full.stdout, "Cursor")["mcp-docker"];
    assert_eq!(entry["env"]["SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS"], "true");
    assert_eq!(home.everything(), [""; 0].map(PathBuf::from));
}

/// What is only shown needs no answer; what is there is kept.
#[test]
fn a_client_alone_is_shown_with_the_profile_that_is_there() {
    let home = Home::new();
    for profile in ["read-only", "full"] {
        home.run(&words("cursor", &["--profile", profile])).well();
        let shown = home.run(&["install", "cursor", "--print"]).well();
        let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
        assert_eq!(shown["mcpServers"], servers(&home.file("cursor")));
    }
}

/// Variables of an entry stay on the Windows side: the flags alone have to say it all.
#[test]
fn the_entry_for_windows_says_every_setting_by_a_flag() {
    let home = Home::new();
    let more = [
        "--wsl",
        "--profile",
        "read-only",
        "--safety-denied-tools",
        "docker_push_*,docker_exec_command",
    ];
    let set = [
        ("WSL_DISTRO_NAME", "Debian"),
        ("DOCKER_HOST", "unix:///nowhere/docker.sock"),
    ];
    let shown = home.run_with(&set, &words("cursor", &more)).well();
    assert!(
        shown.stderr.contains("do not get there"),
        "{}",
        shown.stderr
    );
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    let entry = &shown["mcpServers"]["mcp-docker"];
    assert_eq!(
        (&entry["command"], &entry["env"]),
        (&json!("wsl.exe"), &Value::Null)
    );
    let arguments: Vec<&str> = entry["args"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    assert_eq!(
        &arguments[..4],
        ["--distribution", "Debian", "--exec", PROGRAM]
    );
    assert_eq!(home.everything(), [""; 0].map(PathBuf::from));

    // Started so, with nothing in its environment, it is what was asked for.
    for (call, said) in [
        (
            ["create_volume", "name=x"],
            "SAFETY_ALLOW_MODERATE_OPERATIONS",
        ),
        (["push_image", "image=x"], "SAFETY_DENIED_TOOLS"),
        (["list_volumes", "limit=1"], "/nowhere/"),
    ] {
        let mut command = Command::new(arguments[3]);
        command
            .env_clear()
            .current_dir(home.path())
            .args(&arguments[4..])
            .arg("call")
            .args(call);
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        let ended = ended(command);
        assert!(ended.stderr.contains(said), "{call:?}: {}", ended.stderr);
    }
}

/// Removal is allowed there and will be refused; a person is told before they wonder.
#[test]
fn full_in_a_client_that_cannot_ask_is_said_to_refuse_and_what_helps() {
    for (client, _, _) in CLIENTS {
        // The first by a panel.
        let asks = ["claude-desktop", "claude-code", "cursor", "vscode", "goose"];
        let cannot = ["zed", "gemini-cli"];
        let why = match cannot.contains(&client) {
            true => "cannot ask you, so that such a call is refused there",
            false => "does not say whether it can ask you",
        };
        for (more, refused) in [
            (&["--profile", "full"][..], !asks.contains(&client)),
            (
                &[
                    "--profile",
                    "full",
                    "--safety-confirmation-fallback",
                    "plan",
                ],
                false,
            ),
            (&["--profile", "normal"], false),
        ] {
            let home = Home::new();
            let done = home.run(&words(client, more)).well();
            let text = done.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            for said in [why, "SAFETY_CONFIRMATION_FALLBACK=plan"] {
                assert_eq!(text.contains(said), refused, "{client} {more:?}: {text}");
            }
            let by_panel = client == "claude-desktop" && more.contains(&"full");
            assert_eq!(
                text.contains("asks you by a panel"),
                by_panel,
                "{client} {more:?}: {text}"
            );
        }
    }
}
