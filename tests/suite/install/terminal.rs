//! A person at a terminal is asked what the assistant may do.

use super::*;

/// Types this at the question, and returns what was shown and the exit code.
fn answer(home: &Home, typed: &str) -> (String, i32) {
    let line = format!("{PROGRAM} install cursor");
    let mut command = home.program("script");
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
        ("\n", "true", "false"),
        ("normal\n", "true", "false"),
        (" read-only \n", "false", "false"),
        ("full\n", "true", "true"),
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
    for typed in ["all of it\n", "\u{4}"] {
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
