//! A person at a terminal is asked what the assistant may do.

use mcp_docker::catalog::TOOLS;
use mcp_docker::config::Toolsets;
use serde_json::json;

use super::*;

/// Types this at the question, and returns what was shown and the exit code.
fn answer(home: &Home, typed: &str) -> (String, i32) {
    answer_in(home, home.path(), "", typed)
}

/// The same in that directory, with more on the command line.
fn answer_in(home: &Home, directory: &Path, more: &str, typed: &str) -> (String, i32) {
    let line = format!("{PROGRAM} install cursor {more}");
    let mut command = home.program("script");
    command.current_dir(directory);
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(typed.as_bytes()).unwrap();
    // An end of input would be typed as one before the answer is read.
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    (shown, output.status.code().unwrap())
}

#[test]
fn a_person_at_a_terminal_chooses_the_profile_and_normal_is_the_default() {
    for (typed, moderate, destructive) in [
        ("\n\n", "true", "false"),
        ("normal\n\n", "true", "false"),
        (" read-only \n\n", "false", "false"),
        ("full\n\n", "true", "true"),
    ] {
        let home = Home::new();
        let (shown, code) = answer(&home, typed);
        assert_eq!(code, 0, "{shown}");
        for part in [
            "What may the assistant do?",
            "look at everything",
            "[normal]",
        ] {
            assert!(shown.contains(part), "no `{part}`: {shown}");
        }
        let entry = servers(&home.file("cursor"))["mcp-docker"].take();
        assert_eq!(entry["env"]["SAFETY_ALLOW_MODERATE_OPERATIONS"], moderate);
        assert_eq!(
            entry["env"]["SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS"],
            destructive
        );
    }
}

#[test]
fn what_is_no_answer_sets_nothing_up() {
    // What follows the end is for nobody to read.
    for typed in ["\u{4}\n", "all of it\n\u{4}\n"] {
        let home = Home::new();
        let (shown, code) = answer(&home, typed);
        assert_eq!(code, 2, "{typed:?}: {shown}");
        assert!(
            shown.contains("`--profile` takes one of"),
            "{typed:?}: {shown}"
        );
        assert_eq!(home.everything(), [""; 0].map(PathBuf::from));
    }
}

#[test]
fn a_profile_that_is_mistyped_is_asked_for_again() {
    let home = Home::new();
    let (shown, code) = answer(&home, "readonly\nread-onyl\nread-only\n\n");
    assert_eq!(code, 0, "{shown}");
    for part in [
        "`readonly` is none of `read-only`, `normal`, `full`",
        "`read-onyl` is none of",
    ] {
        assert!(shown.contains(part), "no `{part}`: {shown}");
    }
    let entry = servers(&home.file("cursor"))["mcp-docker"].take();
    assert_eq!(entry["env"]["SAFETY_ALLOW_MODERATE_OPERATIONS"], "false");
}

#[test]
fn enter_keeps_the_profile_that_is_there_and_what_changes_is_named() {
    for profile in ["read-only", "normal", "full"] {
        let home = Home::new();
        home.run(&words("cursor", &["--profile", profile])).well();
        let before = servers(&home.file("cursor"));
        let (shown, code) = answer(&home, "\n\n");
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains(&format!("Profile [{profile}]:")), "{shown}");
        assert_eq!(servers(&home.file("cursor")), before, "{shown}");
    }
    let home = Home::new();
    home.run(&words("cursor", &["--profile", "read-only"]))
        .well();
    let (shown, _) = answer(&home, "full\n\n");
    let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, before) in [
        ("SAFETY_ALLOW_MODERATE_OPERATIONS", "`false`"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "not set"),
    ] {
        let said = format!("its `{name}` was {before} and is `true` now");
        assert!(one_line.contains(&said), "no `{said}`: {shown}");
    }
}

/// Settings that are no profile are not given up by a key.
#[test]
fn settings_of_ones_own_are_not_replaced_by_enter() {
    let home = Home::new();
    let own = [
        "--profile",
        "full",
        "--safety-confirmation-fallback",
        "plan",
    ];
    home.run(&words("cursor", &own)).well();
    let before = servers(&home.file("cursor"));
    let (shown, code) = answer(&home, "\n\u{4}");
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("it has settings of its own"), "{shown}");
    assert_eq!(servers(&home.file("cursor")), before);
}

/// What is recommended, where the client has room for it; what the entry says, once there is one.
#[test]
fn the_toolsets_are_asked_for_and_enter_takes_what_is_proposed() {
    let home = Home::new();
    let chosen = |typed: &str| {
        let (shown, code) = answer(&home, typed);
        assert_eq!(code, 0, "{shown}");
        let entry = servers(&home.file("cursor"))["mcp-docker"].take();
        (shown, entry["env"]["MCP_DOCKER_TOOLSETS"].clone())
    };
    let tools = |choice: &str| {
        let on = Toolsets::named(choice.split(',')).unwrap();
        let tools = TOOLS.iter().filter(|tool| on.has(Some(tool.toolset)));
        tools.count()
    };
    let recommended = ["default,insight", "default"];
    let proposed = recommended.into_iter().find(|it| tools(it) <= 40).unwrap();
    let (shown, on) = chosen("\n\n");
    let written = (proposed != "default").then_some(proposed);
    assert_eq!(on, json!(written), "{shown}");
    let one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let (on, left) = (tools(proposed), 40 - tools(proposed));
    for part in [
        "default 36 tools".to_owned(),
        format!("insight {} tools", tools("insight")),
        format!("Toolsets [{proposed}]:"),
        format!(
            "Cursor takes 40 tools of all its servers; `{proposed}` are {on}, which leaves {left}"
        ),
    ] {
        assert!(one_line.contains(&part), "no `{part}`: {shown}");
    }
    let (shown, on) = chosen("\nimags\nimages, networks\n");
    assert!(
        shown.contains("there are `compose`, `containers`, `files`, `images`"),
        "{shown}"
    );
    assert_eq!(on, "images,networks", "{shown}");
    let (shown, on) = chosen("\n\n");
    assert!(shown.contains("Toolsets [images,networks]:"), "{shown}");
    assert_eq!(on, "images,networks", "{shown}");
    let (_, on) = chosen("\ndefault\n");
    assert_eq!(on, "default");
}

#[test]
fn a_closed_terminal_chooses_no_toolsets() {
    let home = Home::new();
    let (shown, code) = answer(&home, "normal\n\u{4}");
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("`--toolsets` takes"), "{shown}");
    assert_eq!(home.everything(), [""; 0].map(PathBuf::from));
}

#[test]
fn a_person_is_asked_whether_calls_are_kept_to_the_project() {
    for (typed, scope) in [
        ("\n\n\n", json!("project:shop")),
        ("\n\nperhaps\ny\n", json!("project:shop")),
        ("\n\nno\n", json!(null)),
    ] {
        let home = Home::new();
        let project = home.path().join("shop");
        fs::create_dir(&project).unwrap();
        fs::write(project.join("compose.yaml"), "services: {}").unwrap();
        let (shown, code) = answer_in(&home, &project, "--project", typed);
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains("Compose project `shop` only?"), "{shown}");
        let entry = servers(&project.join(".cursor/mcp.json"))["mcp-docker"].take();
        assert_eq!(entry["env"]["SAFETY_SCOPE"], scope, "{shown}");
    }
}
