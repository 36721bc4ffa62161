//! The entry of a Compose project is in the client's file of that project, and kept to what belongs to it.

use super::*;

/// A directory below that home with these files.
fn project(home: &Home, files: &[(&str, &str)]) -> PathBuf {
    let project = home.path().join("Shop");
    fs::create_dir(&project).unwrap();
    for (name, text) in files {
        fs::write(project.join(name), text).unwrap();
    }
    project
}

/// Sets a client up in that directory, with these variables set.
fn set_up(home: &Home, directory: &Path, set: &[(&str, &str)], words: &[&str]) -> Ended {
    let mut command = home.command(words);
    command.current_dir(directory).envs(set.iter().copied());
    ended(command)
}

/// What the entry of Cursor in that directory sets.
fn settings(directory: &Path) -> Value {
    servers(&directory.join(".cursor/mcp.json"))["mcp-docker"]["env"].take()
}

const FILE: (&str, &str) = ("compose.yaml", "services: {}");

#[test]
fn a_project_has_a_file_of_its_own() {
    for (client, path) in [
        ("claude-code", ".mcp.json"),
        ("cursor", ".cursor/mcp.json"),
        ("vscode", ".vscode/mcp.json"),
        ("zed", ".zed/settings.json"),
        ("gemini-cli", ".gemini/settings.json"),
        ("copilot-cli", ".mcp.json"),
        ("codex", ".codex/config.toml"),
        ("opencode", "opencode.json"),
        ("junie", ".junie/mcp/mcp.json"),
    ] {
        let home = Home::new();
        let project = project(&home, &[FILE]);
        let said = set_up(&home, &project, &[], &words(client, &["--project"]));
        let said = said.well().stdout;
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "its calls may only change what belongs to project `shop` (SAFETY_SCOPE=project:shop)",
            "look at it before it is committed",
            "can write to this file",
        ] {
            assert!(said.contains(part), "no `{part}`: {said}");
        }
        let mut left = [project.join(FILE.0), project.join(path)];
        left.sort();
        assert_eq!(home.everything(), left, "{client}");
        let servers = servers(&project.join(path));
        let scope = &variables(&servers["mcp-docker"])["SAFETY_SCOPE"];
        assert_eq!(scope, "project:shop", "{client}");
    }
    for client in ["claude-desktop", "windsurf", "goose", "cline", "lm-studio"] {
        let home = Home::new();
        let refused = home.run(&words(client, &["--project"]));
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(
            refused.stderr.contains("--safety-scope"),
            "{}",
            refused.stderr
        );
        assert_eq!(home.everything(), [""; 0].map(PathBuf::from));
    }
}

#[test]
fn a_project_is_called_as_compose_calls_it_or_as_it_is_said() {
    let named = ("compose.yaml", "name: said\nservices: {}");
    let shell = ("COMPOSE_PROJECT_NAME", "of-shell");
    let env = (".env", "COMPOSE_PROJECT_NAME=of-env");
    for (files, set, flag, scope) in [
        (&[FILE][..], &[][..], "--project", "project:shop"),
        (&[named], &[], "--project", "project:said"),
        (&[named, env], &[], "--project", "project:of-env"),
        (&[named, env], &[shell], "--project", "project:of-shell"),
        (&[named, env], &[shell], "--project=mine", "project:mine"),
        (&[], &[], "--project=blog", "project:blog"),
    ] {
        let home = Home::new();
        let project = project(&home, files);
        set_up(&home, &project, set, &words("cursor", &[flag])).well();
        assert_eq!(
            settings(&project)["SAFETY_SCOPE"],
            scope,
            "{files:?} {flag}"
        );
    }
    // Whoever says what calls may change is not told otherwise.
    for scope in ["all", "mine"] {
        let home = Home::new();
        let project = project(&home, &[]);
        let more = ["--project", "--safety-scope", scope];
        set_up(&home, &project, &[], &words("cursor", &more)).well();
        assert_eq!(settings(&project)["SAFETY_SCOPE"], scope);
    }
}

#[test]
fn where_the_project_is_not_known_nothing_is_set_up() {
    let varying = ("compose.yaml", "name: shop-${STAGE}\nservices: {}");
    for (files, more, said) in [
        (&[][..], &["--project"][..], "there is no Compose file in"),
        (
            &[varying],
            &["--project"],
            "`name` of `compose.yaml` has a variable in it",
        ),
        (
            &[FILE, (".env", "COMPOSE_FILE=a.yaml")],
            &["--project"],
            "chooses other files",
        ),
        (&[FILE], &["--project=a b"], "a project is named by"),
        (
            &[FILE],
            &["--project=a", "--safety-scope", "project:b"],
            "leave one of them out",
        ),
    ] {
        let home = Home::new();
        let project = project(&home, files);
        let ended = set_up(&home, &project, &[], &words("cursor", more));
        assert_eq!(ended.code, 2, "{}{}", ended.stdout, ended.stderr);
        let text = ended
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(text.contains(said), "no `{said}`: {text}");
        assert!(!project.join(".cursor").exists());
    }
}

/// It is taken out of where it was put, whatever the project is called by now.
#[test]
fn the_entry_of_a_project_is_taken_out_without_its_name() {
    let home = Home::new();
    let project = project(&home, &[FILE]);
    set_up(&home, &project, &[], &words("cursor", &["--project"])).well();
    fs::remove_file(project.join(FILE.0)).unwrap();
    let out = words("cursor", &["--project", "--remove"]);
    set_up(&home, &project, &[], &out).well();
    let left = servers(&project.join(".cursor/mcp.json"));
    assert_eq!(left, serde_json::json!({}));
}
