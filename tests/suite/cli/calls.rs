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
    // A flag of the program is a mistake as before.
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

        for words in [
            &["call", "--docker-timeout", "30", "container_logs", help][..],
            &["tools", "container_logs", help],
        ] {
            assert_eq!(run(words).stdout, ended.stdout, "{words:?}");
        }

        let ended = run(&["prompt", "debug_networking", help]);
        assert!(ended.stdout.contains("target_host"), "{}", ended.stdout);
        assert!(
            !ended.stdout.contains("--docker-timeout"),
            "{}",
            ended.stdout
        );
    }
    assert!(run(&["call", "--help"]).stdout.contains("--docker-timeout"));
}

/// Whatever is asked of one that is not there.
#[test]
fn a_tool_or_a_prompt_that_is_none_is_named_with_the_nearest() {
    for (command, name, near) in [
        ("call", "list_container", "`docker_list_containers`"),
        ("tools", "docker_list_imagse", "`docker_list_images`"),
        ("prompt", "debug_network", "`debug_networking`"),
        ("call", "nosuch", "`mcp-docker tools` lists all"),
        ("prompt", "nosuch", "`security_audit`"),
    ] {
        for words in [
            &[command, name][..],
            &[command, name, "--help"],
            &[command, "--docker-timeout", "30", name, "-h"],
            &[command, name, "--all"],
        ] {
            let ended = run(words);
            let said = &ended.stderr;
            assert_eq!((ended.code, &*ended.stdout), (2, ""), "{words:?}: {said}");
            assert!(said.starts_with("error: there is no "), "{words:?}: {said}");
            assert!(said.contains(&format!("`{name}`")), "{words:?}: {said}");
            assert!(said.contains(near), "{words:?}: {said}");
        }
    }
}
