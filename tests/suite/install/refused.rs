//! What is left as it is, and what is said about it.

#[cfg(unix)]
mod on_unix;

use super::*;

/// Runs a command that must change nothing, and returns what it said.
#[track_caller]
fn refusal(home: &Home, words: &[&str]) -> String {
    let before: Vec<_> = home
        .everything()
        .into_iter()
        .map(|path| (fs::read(&path).ok(), path))
        .collect();
    let ended = home.run(words);
    assert_ne!(ended.code, 0, "{words:?}: {}", ended.stdout);
    assert_eq!(ended.stdout, "", "{words:?}");
    let after: Vec<_> = home
        .everything()
        .into_iter()
        .map(|path| (fs::read(&path).ok(), path))
        .collect();
    assert_eq!(before, after, "{words:?}");
    ended.stderr
}

#[test]
fn a_file_that_its_client_could_not_read_is_left_alone_and_the_place_is_named() {
    for (client, text, said) in [
        (
            "claude-desktop",
            "{\"mcpServers\": {",
            "line 1, column 17: unterminated object",
        ),
        (
            "claude-desktop",
            "{\n  // mine\n}",
            "line 2, column 3: comments are not allowed",
        ),
        (
            "claude-code",
            "{\n  \"a\": 1,\n}",
            "line 2, column 9: trailing commas are not allowed",
        ),
        (
            "claude-code",
            "{\"a\": 0x1}",
            "line 1, column 7: hexadecimal",
        ),
        (
            "cursor",
            "{\n  \"ä\": 'b'\n}",
            "line 2, column 8: single-quoted",
        ),
        (
            "cursor",
            "{\"a\": 1 \"b\": 2}",
            "line 1, column 8: expected comma",
        ),
        ("vscode", "{\"a\": 1}\n{}", "line 2, column 1: "),
        ("vscode", "{servers: {}}", "line 1, column 2: "),
        ("vscode", "[]", "is not a JSON object"),
        (
            "vscode",
            "{\"servers\": []}",
            "`servers` is not a JSON object",
        ),
        (
            "cursor",
            "{\"mcpServers\": null}",
            "`mcpServers` is not a JSON object",
        ),
        (
            "gemini-cli",
            "{\n  // mine\n  \"a\": 1,\n}",
            "line 3, column 9: trailing commas are not allowed",
        ),
        (
            "copilot-cli",
            "{\n  // mine\n}",
            "line 2, column 3: comments are not allowed",
        ),
        ("codex", "a = 1\nb = \n", "line 2, column 5: "),
        ("codex", "a = 1\na = 2\n", "line 2, column 1: duplicate key"),
        ("codex", "mcp_servers = 1", "`mcp_servers` is not a table"),
        (
            "codex",
            "a = 1\r\nb = 2\n",
            "a change would not leave as it is",
        ),
        ("goose", "a: [", "line 2, column 1: "),
        (
            "goose",
            "ä: 1\nä: 2",
            "line 2, column 1: the key `ä` is there twice",
        ),
        (
            "goose",
            "a: 1\n---\nb: 2\n",
            "line 2, column 1: a second document",
        ),
        (
            "goose",
            "extensions:\n- a\n",
            "`extensions` is not a mapping",
        ),
        ("goose", "extensions:\n", "`extensions` is not a mapping"),
        ("goose", "- a\n", "it is not a mapping"),
        (
            "opencode",
            "{\"mcp\": {\"servers\": {}}}",
            "in `mcp.servers`, which is not written here",
        ),
    ] {
        for action in [&[][..], &["--remove"], &["--print"]] {
            let home = Home::new();
            home.put(client, text);
            let refusal = refusal(&home, &words(client, action));
            assert!(refusal.contains(said), "{text}: {refusal}");
            assert!(refusal.contains("was left as it is"), "{refusal}");
            assert!(
                refusal.contains(home.file(client).to_str().unwrap()),
                "{refusal}"
            );
        }
    }
}

#[test]
fn a_file_that_is_no_text_is_left_alone() {
    let home = Home::new();
    let file = home.put("cursor", "");
    let utf_16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&file, [b"\xff\xfe", &utf_16[..]].concat()).unwrap();
    let refusal = refusal(&home, &words("cursor", &[]));
    assert!(refusal.contains("UTF-8"), "{refusal}");
}

/// Its client takes the last of two; the first is what an editor finds.
#[test]
fn a_key_that_is_there_twice_is_nothing_to_change() {
    let ours = format!("{{\"command\": {PROGRAM:?}}}");
    for text in [
        "{\"mcpServers\": {}, \"mcpServers\": {\"a\": {}}}".to_owned(),
        format!("{{\"mcpServers\": {{\"mcp-docker\": {ours}, \"mcp-docker\": {ours}}}}}"),
    ] {
        let home = Home::new();
        home.put("cursor", &text);
        let refusal = refusal(&home, &words("cursor", &["--name", "mcp-docker"]));
        assert!(refusal.contains("more than once"), "{refusal}");
    }
}

#[test]
fn a_file_that_was_made_read_only_stays_as_it_is() {
    let home = Home::new();
    let file = home.put("cursor", &fixture("cursor.json"));
    let mut permissions = fs::metadata(&file).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&file, permissions).unwrap();
    let refusal = refusal(&home, &words("cursor", &[]));
    assert!(refusal.contains("read-only"), "{refusal}");
}

#[test]
fn a_server_that_starts_another_program_is_not_ours_to_change() {
    let home = Home::new();
    home.put("cursor", &fixture("several.json"));
    for action in [&["--name", "other"][..], &["--name", "other", "--remove"]] {
        let refusal = refusal(&home, &words("cursor", action));
        assert!(refusal.contains("`other` starts `uvx`"), "{refusal}");
    }
    home.put("cursor", "{\"mcpServers\": {\"mcp-docker\": \"what?\"}}");
    let refusal = refusal(&home, &words("cursor", &[]));
    assert!(refusal.contains("starts something else"), "{refusal}");
}

/// Another Engine's entry has rights of its own.
#[test]
fn an_entry_of_another_name_is_changed_and_taken_out_only_by_that_name() {
    let home = Home::new();
    let file = home.put("cursor", &fixture("several.json"));
    let refused = refusal(&home, &["install", "cursor", "--remove"]);
    assert!(
        refused.contains("no server `mcp-docker`") && refused.contains("as `staging`, `live`"),
        "{refused}"
    );
    home.run(&words("cursor", &["--name", "live", "--remove"]))
        .well();
    let names = |file: &Path| {
        servers(file)
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&file), ["other", "staging"]);
    home.run(&words("cursor", &["--name", "new"])).well();
    assert_eq!(names(&file), ["new", "other", "staging"]);

    let before = servers(&file);
    let added = home.run(&words("cursor", &["--profile", "full"])).well();
    assert_eq!(names(&file), ["mcp-docker", "new", "other", "staging"]);
    assert!(
        added
            .stdout
            .contains("stays as it is: `staging`, `new`; `--name` changes it"),
        "{}",
        added.stdout
    );
    home.run(&["install", "cursor", "--remove"]).well();
    assert_eq!(servers(&file), before);
}

/// A profile is a promise.
#[test]
fn a_flag_that_says_the_opposite_of_the_profile_is_named_with_it() {
    for (profile, flag, means) in [
        (
            "read-only",
            "--safety-allow-destructive-operations",
            "`SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS=false`",
        ),
        (
            "normal",
            "--safety-allow-moderate-operations=no",
            "`SAFETY_ALLOW_MODERATE_OPERATIONS=true`",
        ),
        (
            "full",
            "--safety-require-confirmation-for-destructive=false",
            "`SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE=true`",
        ),
    ] {
        let home = Home::new();
        let refused = refusal(&home, &["install", "cursor", "--profile", profile, flag]);
        let flag = flag.split('=').next().unwrap();
        for part in [
            &format!("`--profile {profile}`"),
            &format!("`{flag}`"),
            means,
        ] {
            assert!(refused.contains(part), "no {part}: {refused}");
        }
    }
    let home = Home::new();
    let same = [
        "--profile",
        "full",
        "--safety-allow-destructive-operations=yes",
    ];
    home.run(&words("cursor", &same)).well();
}

/// Flags come before variables, so the profile would not be what the person chose.
#[test]
fn a_flag_of_an_earlier_entry_that_is_stronger_than_the_profile_is_named() {
    for (argument, more, said) in [
        ("--safety-allow-moderate-operations", &[][..], true),
        ("--safety-allow-moderate-operations=true", &[], true),
        ("--safety-confirmation-fallback", &[], true),
        ("--docker-timeout", &[], false),
        ("--docker-timeout", &["--docker-timeout", "5"], true),
        ("--toolsets=all", &["--toolsets", "images"], true),
        ("--mcp-docker-toolsets=all", &["--toolsets", "images"], true),
    ] {
        let home = Home::new();
        let text = format!(
            "{{\"mcpServers\": {{\"mcp-docker\": {{\"command\": \"mcp-docker\", \"args\": [\"{argument}\", \"1\"]}}}}}}"
        );
        home.put("cursor", &text);
        let words = [&["install", "cursor", "--profile", "read-only"], more].concat();
        if said {
            let refusal = refusal(&home, &words);
            let flag = argument.split('=').next().unwrap();
            assert!(refusal.contains(&format!("`{flag}`")), "{refusal}");
        } else {
            home.run(&words).well();
        }
    }
}

#[test]
fn mistakes_on_the_command_line_end_with_code_2() {
    for (words, said) in [
        (&["install", "cursor"][..], "--profile"),
        (&["install", "cursr", "--profile", "normal"], "cursor"),
        (&["install", "cursor", "--profile", "nomal"], "normal"),
        (
            &["install", "cursor", "--profile", "full", "--remove"],
            "--remove",
        ),
        (
            &["install", "cursor", "--profile", "full", "--name", ""],
            "--name",
        ),
        (
            &[
                "install",
                "cursor",
                "--profile",
                "full",
                "--docker-timeout",
                "0",
            ],
            "DOCKER_TIMEOUT",
        ),
        (
            &[
                "install",
                "cursor",
                "--profile",
                "full",
                "--safety-denied-tools",
                "x",
            ],
            "names no tool",
        ),
        (
            &["install", "cursor", "--profile", "full", "--env-file", "x"],
            "--env-file",
        ),
        (
            &["install", "cursor", "--profile", "full", "--port", "1"],
            "--port",
        ),
    ] {
        let home = Home::new();
        let ended = home.run(words);
        assert_eq!(ended.code, 2, "{words:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(said), "{words:?}: {}", ended.stderr);
        assert_eq!(home.everything(), [""; 0].map(PathBuf::from));
    }
    let home = Home::new();
    let ended = home.run_with(&[("DOCKER_HOST", "here")], &words("cursor", &[]));
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("`DOCKER_HOST` from the environment"),
        "{}",
        ended.stderr
    );
}

/// Others have servers in these braces, too.
#[test]
fn what_is_not_written_in_lines_of_its_own_is_left_alone() {
    for text in [
        "extensions: {memory: {type: builtin}}\n",
        "{extensions: {}}\n",
        "extensions: {memory: {type: builtin},\n  other: {}}\n",
    ] {
        let home = Home::new();
        home.put("goose", text);
        let refusal = refusal(&home, &words("goose", &[]));
        assert!(refusal.contains("would not leave as it is"), "{refusal}");
    }
}
