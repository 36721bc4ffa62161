//! What a person is told who writes the arguments of a tool or a prompt as flags, or asks for its help.

use super::*;

#[test]
fn an_argument_that_is_written_as_a_flag_is_named_as_it_is_written() {
    for (words, said) in [
        (&["call", "list_containers", "--all"][..], "`all=true`"),
        (
            &["call", "docker_list_containers", "--all=false"],
            "`all=false`",
        ),
        (
            &["call", "container_logs", "container_id=web", "--tail=20"],
            "`tail=20`",
        ),
        (
            &["call", "container_logs", "web", "--tail", "20"],
            "`tail=20`",
        ),
        (
            &["call", "remove_image", "x", "--force-all"],
            "`mcp-docker call docker_remove_image --help`",
        ),
        (
            &["call", "exec_command", "--container-id"],
            "`container_id=…`",
        ),
        (
            &["prompt", "debug_networking", "--target-host=db"],
            "`target_host=db`",
        ),
        (
            &["prompt", "debug_networking", "--verbose"],
            "`mcp-docker prompt debug_networking --help`",
        ),
    ] {
        let ended = run(words);
        assert_eq!(ended.code, 2, "{words:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(said), "{words:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("--allowed-host"), "{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    }
    // What is no tool, and a flag of the program, are mistakes as before.
    assert!(run(&["call", "nothing", "--all"]).stderr.contains("--all"));
    assert!(
        run(&["tools", "--all"])
            .stderr
            .contains("unexpected argument")
    );
}

#[test]
fn the_help_of_a_tool_or_a_prompt_is_its_own() {
    for help in ["--help", "-h"] {
        let ended = run(&["call", "container_logs", help]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let tool = mcp_docker::catalog::find("docker_container_logs").unwrap();
        for param in tool.params {
            assert!(
                ended.stdout.contains(param.name),
                "{}: {}",
                param.name,
                ended.stdout
            );
        }
        assert!(
            !ended.stdout.contains("--docker-timeout"),
            "{}",
            ended.stdout
        );
        assert!(
            ended
                .stdout
                .contains("mcp-docker call docker_container_logs container_id=")
        );

        let ended = run(&["prompt", "debug_networking", help]);
        assert!(ended.stdout.contains("target_host"), "{}", ended.stdout);
        assert!(
            !ended.stdout.contains("--docker-timeout"),
            "{}",
            ended.stdout
        );
    }
    assert!(run(&["call", "--help"]).stdout.contains("--docker-timeout"));
    assert!(
        run(&["call", "nothing", "--help"])
            .stdout
            .contains("--docker-timeout")
    );
}
