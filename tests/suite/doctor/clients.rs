//! What doctor says of the clients of this machine.

use std::fs;

use super::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mcp-docker");

/// What is said of Cursor where its file has these servers.
async fn of_cursor(servers: Value) -> Diagnosis {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join(".cursor")).unwrap();
    let file = json!({ "mcpServers": servers });
    fs::write(home.path().join(".cursor/mcp.json"), file.to_string()).unwrap();
    diagnose_in(home.path(), &[], &[]).await
}

#[tokio::test]
async fn each_client_on_this_machine_is_set_up_or_told_how() {
    let home = TempDir::new().unwrap();
    let found = diagnose_in(home.path(), &[], &[]).await;
    assert_eq!(found.check("clients")["status"], "note");

    let cursor = home.path().join(".cursor");
    fs::create_dir(&cursor).unwrap();
    let found = diagnose_in(home.path(), &[], &[]).await;
    let check = found.check("client:cursor");
    assert_eq!(check["status"], "note");
    assert!(
        check["mend"]
            .as_str()
            .unwrap()
            .contains("`mcp-docker install cursor`"),
        "{check}"
    );

    let set_up = |command: &str| {
        let file = json!({ "mcpServers": { "docker": { "command": command } } });
        fs::write(cursor.join("mcp.json"), file.to_string()).unwrap();
    };
    set_up(env!("CARGO_BIN_EXE_mcp-docker"));
    let found = diagnose_in(home.path(), &[], &[]).await;
    found.is_well("client:cursor", "Cursor is set up");
    set_up("/gone/mcp-docker");
    let found = diagnose_in(home.path(), &[], &[]).await;
    found.mends(
        "client:cursor",
        "`/gone/mcp-docker`, which does not exist",
        "`mcp-docker install cursor --name docker`",
    );
    fs::write(cursor.join("mcp.json"), "{").unwrap();
    let found = diagnose_in(home.path(), &[], &[]).await;
    found.mends("client:cursor", "cannot read", "correct the file");
}

/// A client shows no more than that a server ended.
#[tokio::test]
async fn an_entry_whose_server_would_not_start_is_to_be_mended() {
    for (more, said, mend) in [
        (
            json!({ "env": { "SAFETY_DENIED_TOOLS": "bogus" } }),
            "`bogus` names no tool",
            "/mcp.json`; `mcp-docker tools` lists all",
        ),
        (
            json!({ "env": { "DOCKER_TIMEOUT": "soon" } }),
            "`DOCKER_TIMEOUT` from the environment must be",
            "/mcp.json`",
        ),
        (
            json!({ "env": { "MCP_DOCKER_AUDIT_REQUIRED": "true" } }),
            "`MCP_DOCKER_AUDIT_LOG`",
            "correct it",
        ),
        (
            json!({ "env": { "DOCKER_CONTEXT": "far" } }),
            "the Docker context `far` does not exist",
            "choose another",
        ),
        (
            json!({ "args": ["--docker-timeout", "0"] }),
            "`DOCKER_TIMEOUT` from flag",
            "correct it",
        ),
        (json!({ "args": ["--polite"] }), "'--polite'", "correct it"),
    ] {
        let mut entry = more;
        entry["command"] = PROGRAM.into();
        let found = of_cursor(json!({ "prod": entry })).await;
        found.mends("client:cursor", "as `prod` does not start: ", mend);
        found.mends("client:cursor", said, mend);
    }
    // What the client fills in, and what is in a file, is not known.
    for more in [
        json!({ "env": { "DOCKER_HOST": "${input:host}" } }),
        json!({ "args": ["--docker-host", "${input:host}"] }),
        json!({ "args": ["--env-file", "/nowhere"], "env": { "MCP_DOCKER_AUDIT_REQUIRED": "1" } }),
        json!({ "env": { "DOCKER_CONFIG": "/nowhere", "DOCKER_CONTEXT": "far" } }),
    ] {
        let mut entry = more;
        entry["command"] = PROGRAM.into();
        of_cursor(json!({ "prod": entry }))
            .await
            .is_well("client:cursor", "is set up");
    }
}

#[tokio::test]
async fn what_an_entry_lets_the_assistant_do_is_shown() {
    const DESTRUCTIVE: &str = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
    for (more, profile) in [
        (json!({}), json!("normal")),
        (json!({ "env": { DESTRUCTIVE: "yes" } }), json!("full")),
        (
            json!({ "args": ["--safety-allow-moderate-operations=false"] }),
            json!("read-only"),
        ),
        (
            json!({ "env": { "SAFETY_ALLOW_PRIVILEGED_CONTAINERS": "true" } }),
            Value::Null,
        ),
        (
            json!({ "env": { DESTRUCTIVE: "true", "SAFETY_CONFIRMATION_FALLBACK": "plan" } }),
            Value::Null,
        ),
    ] {
        let mut entry = more;
        entry["command"] = PROGRAM.into();
        let found = of_cursor(json!({ "docker": entry })).await;
        let server = &found.check("client:cursor")["details"]["servers"][0];
        assert_eq!(server["profile"], profile, "{entry}");
        assert_eq!(server["name"], "docker");
    }
}

/// A client that is started from a desktop has not the shell's `PATH`.
#[tokio::test]
async fn a_program_without_an_absolute_path_is_worth_a_note() {
    for command in ["mcp-docker", "target/mcp-docker"] {
        let found = of_cursor(json!({ "mcp-docker": { "command": command } })).await;
        let check = found.check("client:cursor");
        assert_eq!(check["status"], "note", "{check}");
        let holds = |key: &str, part: &str| check[key].as_str().unwrap().contains(part);
        assert!(
            holds("text", &format!("`{command}` is no absolute path")),
            "{check}"
        );
        assert!(holds("mend", "`mcp-docker install cursor` puts"), "{check}");
    }
    for command in ["C:\\Tools\\mcp-docker.exe", "${userHome}/bin/mcp-docker"] {
        of_cursor(json!({ "mcp-docker": { "command": command } }))
            .await
            .is_well("client:cursor", "is set up");
    }
}

#[tokio::test]
async fn an_entry_that_runs_the_image_is_known() {
    // Any program that is there, under the name of one that runs images.
    let bin = TempDir::new().unwrap();
    let docker = bin.path().join("docker");
    fs::write(&docker, "").unwrap();
    let socket = "/var/run/docker.sock:/var/run/docker.sock";
    for image in [
        "mcp-docker:0.1.0",
        "ghcr.io/ada/mcp-docker@sha256:0",
        "mcp-docker",
    ] {
        let entry = json!({
            "command": docker,
            "args": ["run", "-i", "--rm", "-v", socket, "--name", "mcp-docker", image],
        });
        let found = of_cursor(json!({ "boxed": entry })).await;
        found.is_well("client:cursor", "is set up");
        let server = &found.check("client:cursor")["details"]["servers"][0];
        assert_eq!(
            *server,
            json!({ "name": "boxed", "image": image, "profile": null })
        );
    }
    let other = json!({ "command": docker, "args": ["run", "--name", "mcp-docker", "nginx"] });
    let found = of_cursor(json!({ "other": other })).await;
    assert_eq!(found.check("client:cursor")["details"]["set_up"], false);
}

/// The same truth that `install` says.
#[tokio::test]
async fn an_entry_that_allows_removal_where_nobody_can_be_asked_is_worth_a_note() {
    let mut env = json!({
        "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS": "true", "DOCKER_HOST": "unix:///nowhere/docker.sock",
    });
    for (fallback, status) in [("refuse", "note"), ("plan", "ok")] {
        env["SAFETY_CONFIRMATION_FALLBACK"] = json!(fallback);
        let home = TempDir::new().unwrap();
        let server = json!({ "command": PROGRAM, "env": env });
        let file = json!({ "mcpServers": { "mcp-docker": server } }).to_string();
        for (folder, name) in [
            (".config/Claude", "claude_desktop_config.json"),
            (".gemini", "settings.json"),
        ] {
            let folder = home.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), &file).unwrap();
        }
        let found = diagnose_in(home.path(), &[], &[]).await;
        found.is_well("client:claude-desktop", "Claude Desktop is set up");
        let check = found.check("client:gemini-cli");
        assert_eq!(check["status"], status, "{check}");
        let text = check["text"].as_str().unwrap();
        assert_eq!(text.contains("cannot ask you"), status == "note", "{check}");
        // Whichever the fallback is: a panel needs none.
        let shown = command(home.path()).arg("doctor").output().await.unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        let by_panel = "Claude Desktop asks you by a panel, which shows what would go";
        assert_eq!(shown.matches("by a panel").count(), 1, "{shown}");
        assert!(shown.contains(by_panel), "{shown}");

        let asking = of_cursor(json!({ "mcp-docker": server })).await;
        asking.is_well("client:cursor", "Cursor is set up");
    }
}

/// A client of Windows whose entry has variables for this side.
#[tokio::test]
async fn variables_that_do_not_reach_wsl_are_worth_a_note() {
    let through =
        |env: Value| json!({ "command": "wsl.exe", "args": ["--exec", PROGRAM], "env": env });
    let lost =
        of_cursor(json!({ "docker": through(json!({ "DOCKER_HOST": "unix:///x.sock" })) })).await;
    let check = lost.check("client:cursor");
    assert_eq!(check["status"], "note", "{check}");
    let said = check.to_string();
    for part in ["does not reach WSL: `DOCKER_HOST`", "install cursor --wsl"] {
        assert!(said.contains(part), "no `{part}`: {check}");
    }
    let well = of_cursor(json!({ "docker": through(json!({})) })).await;
    well.is_well("client:cursor", "Cursor is set up");
}

/// The client would leave some of them out, and not say which.
#[tokio::test]
async fn more_tools_than_a_client_takes_are_worth_a_note() {
    let entry = |choice: &str| {
        let env = json!({ "MCP_DOCKER_TOOLSETS": choice });
        json!({ "docker": { "command": PROGRAM, "env": env } })
    };
    assert!(TOOLS.len() > 40);
    let found = of_cursor(entry("all")).await;
    let check = found.check("client:cursor");
    assert_eq!(check["status"], "note", "{check}");
    let text = format!(
        "Cursor takes 40 tools of all its servers, and `docker` has {}",
        TOOLS.len()
    );
    assert_eq!(check["text"], text);
    assert_eq!(check["mend"], "choose fewer with `MCP_DOCKER_TOOLSETS`");
    let found = of_cursor(entry("default")).await;
    found.is_well("client:cursor", "Cursor is set up");
}
