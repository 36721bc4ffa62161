//! Loads the completions in a shell, and completes with them.

use std::process::Command;

use crate::support::client::command;

fn run(words: &[&str], set: &[(&str, &str)]) -> std::process::Output {
    let home = tempfile::tempdir().unwrap();
    let clean = command(home.path());
    let mut command = Command::new(clean.as_std().get_program());
    command.args(words).current_dir(home.path());
    command.envs(set.iter().copied()).output().unwrap()
}

fn script(shell: &str) -> String {
    let output = run(&["completions", shell], &[]);
    assert!(output.status.success(), "{shell}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_shell_is_told_commands_and_settings() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = script(shell);
        for part in ["mcp-docker", "install", "read-only", "docker-timeout"] {
            assert!(script.contains(part), "{shell}: no `{part}`");
        }
    }
}

/// It runs whenever a shell starts, wherever that is.
#[test]
fn completions_say_nothing_of_settings() {
    let output = run(&["completions", "bash"], &[("DOCKER_TIMEOUT", "soon")]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let output = run(&["completions", "dash"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bash"));
}

#[cfg(target_os = "linux")]
#[test]
fn bash_completes_tools_prompts_clients_profiles_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    let completions = folder.path().join("completions");
    std::fs::write(&completions, script("bash")).unwrap();
    for (words, expected) in [
        ("mcp-docker call docker_sto", "docker_stop_container"),
        ("mcp-docker call list_c", "list_configs list_containers"),
        ("mcp-docker tools docker_sto", "docker_stop_container"),
        ("mcp-docker prompt secu", "security_audit"),
        ("mcp-docker install claude", "claude-code claude-desktop"),
        ("mcp-docker install cursor --profile re", "read-only"),
        ("mcp-docker comp", "completions"),
        (
            "mcp-docker --safety-confirmation-fallback ''",
            "plan refuse",
        ),
        ("mcp-docker serve --mcp-log-level WA", "WARNING"),
        ("mcp-docker serve --docker-timeout s", "s"),
        ("mcp-docker resource container:", ""),
        ("mcp-docker call '['", ""),
    ] {
        let asking = r#"
            source "$2"
            eval "COMP_WORDS=($1)"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            completer=$(complete -p mcp-docker | sed 's/.*-F \([^ ]*\).*/\1/')
            $completer mcp-docker "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
            printf '%s\n' "${COMPREPLY[@]}" | sort | xargs"#;
        let output = Command::new("bash")
            .args(["--norc", "-c", asking, "bash", words])
            .arg(&completions)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            expected,
            "{words}: {said}"
        );
    }
}
