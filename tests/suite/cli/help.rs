//! What the help of the program and of its commands shows.

use super::*;

#[test]
fn help_shows_every_setting_with_its_default_in_its_section() {
    for command in [&["--help"][..], &["serve", "--help"], &["call", "--help"]] {
        let help = run(command);
        assert_eq!(help.code, 0);
        for variable in VARIABLES {
            let usage = match variable.field {
                Field::Switch(_) => format!("[=<{}>]", variable.placeholder),
                _ => format!(" <{}>", variable.placeholder),
            };
            let flag = format!("      --{}{usage}\n", variable.flag());
            let (_, after) = help.stdout.split_once(&flag).expect(variable.name);
            let entry = after.split("\n\n").next().unwrap();
            if let Some(default) = variable.default_text() {
                assert!(entry.contains(&format!("[default: {default}]")), "{entry}");
            }
            let (before, _) = help.stdout.split_once(&flag).unwrap();
            let heading = before
                .lines()
                .rfind(|line| line.ends_with(':') && !line.starts_with(' '));
            assert_eq!(heading, Some(&*format!("{}:", variable.section.title())));
        }
    }
}

#[test]
fn help_shows_examples_and_exit_codes_and_no_token() {
    let directory = TempDir::new().unwrap();
    let set = [("MCP_DOCKER_AUTH_TOKEN", "hunter2")];
    for flag in ["-h", "--help"] {
        let help = run_in(directory.path(), &[flag], &set, "");
        assert_eq!(help.code, 0);
        assert!(
            help.stdout
                .contains("mcp-docker call list_containers all=true")
        );
        assert!(help.stdout.contains("Exit status:"));
        assert!(!help.stdout.contains("hunter2"));
    }
}

#[test]
fn the_help_of_every_command_shows_examples() {
    let help = run(&["--help"]).stdout;
    let (_, rest) = help.split_once("\nCommands:\n").unwrap();
    let (commands, _) = rest.split_once("\n\n").unwrap();
    let commands = commands.lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.split_whitespace().next()?;
        (!line.starts_with("   ") && name != "help").then_some(name)
    });
    let mut seen = 0;
    for command in commands {
        let help = run(&[command, "-h"]).stdout;
        let (_, examples) = help.split_once("Examples:\n").expect(command);
        assert!(examples.contains(&format!(" {command}")), "{examples}");
        // What is to be copied is not broken anywhere.
        let long = examples
            .lines()
            .find(|line| line.starts_with("  ") && line.len() > 80);
        assert_eq!(long, None, "{command}");
        seen += 1;
    }
    assert_eq!(seen, 10, "{help}");
}

#[test]
fn the_version_is_the_package_version() {
    let version = run(&["--version"]);
    assert_eq!(version.code, 0);
    assert_eq!(
        version.stdout.trim(),
        concat!("mcp-docker ", env!("CARGO_PKG_VERSION"))
    );
}
