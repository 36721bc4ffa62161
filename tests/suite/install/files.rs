//! What becomes of a client's file beside the entry: nothing.

use super::*;

/// What a client has that nobody wrote for this test: other servers, comments, commas, tabs.
#[test]
fn an_entry_is_put_beside_what_was_there_and_taken_out_again_to_the_byte() {
    for (client, name, _) in CLIENTS {
        let text = fixture(name);
        let mut results = Vec::new();
        for written in [
            text.clone(),
            text.replace('\n', "\r\n"),
            format!("\u{feff}{text}"),
            text.trim_end().to_owned(),
        ] {
            let home = Home::new();
            let file = home.put(client, &written);
            home.run(&words(client, &[])).well();
            let result = fs::read_to_string(&file).unwrap();
            assert_eq!(fs::read_to_string(backup(&file)).unwrap(), written);
            assert_eq!(home.everything().len(), 2, "{:?}", home.everything());
            assert_eq!(
                result.starts_with('\u{feff}'),
                written.starts_with('\u{feff}')
            );
            assert_eq!(result.ends_with('\n'), written.ends_with('\n'));
            let line_ends = |text: &str| text.matches("\r\n").count();
            if line_ends(&written) > 0 {
                assert_eq!(line_ends(&result), result.matches('\n').count(), "{client}");
            }
            results.push(result.trim_start_matches('\u{feff}').replace("\r\n", "\n"));

            let again = home.run(&words(client, &[])).well();
            assert!(
                again.stdout.contains("nothing was changed"),
                "{}",
                again.stdout
            );
            home.run(&words(client, &["--remove"])).well();
            assert_eq!(fs::read_to_string(&file).unwrap(), written, "{client}");
            let again = home.run(&words(client, &["--remove"])).well();
            assert!(
                again.stdout.contains("nothing was changed"),
                "{}",
                again.stdout
            );
        }
        let program = serde_json::to_string(PROGRAM).unwrap();
        let first = results[0]
            .replace(&program, "\"/opt/mcp-docker\"")
            .replace(PROGRAM, "/opt/mcp-docker");
        assert!(
            results
                .iter()
                .all(|result| result.trim_end() == results[0].trim_end())
        );
        golden::check(format!("tests/golden/install/{name}"), &first);
    }
}

#[test]
fn a_file_that_is_not_there_is_made_with_its_folders_for_its_owner_alone() {
    for (client, name, _) in CLIENTS {
        let empty = match name {
            "codex.toml" => ["[mcp_servers]", "# mine\n"],
            "goose.yaml" => ["extensions: {} # none", "# mine\n"],
            _ => ["{}", "{\n}\n"],
        };
        let empty = empty.map(Some);
        for text in [None, Some(""), Some("\n\n"), empty[0], empty[1]] {
            let home = Home::new();
            let file = home.file(client);
            if let Some(text) = text {
                home.put(client, text);
            }
            home.run(&words(client, &[])).well();
            let servers = servers(&file);
            assert_eq!(
                program(&servers["mcp-docker"]),
                PROGRAM,
                "{client} {text:?}"
            );
            assert_eq!(backup(&file).exists(), text.is_some(), "{client} {text:?}");
            #[cfg(unix)]
            if text.is_none() {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(
                    fs::metadata(&file).unwrap().permissions().mode() & 0o777,
                    0o600
                );
            }
        }
    }
}

/// Without the objects that lead to a server there is none, and none is made.
#[test]
fn nothing_is_made_to_be_taken_out_of() {
    for text in [None, Some(""), Some("{}"), Some("{\"mcpServers\": {}}")] {
        let home = Home::new();
        if let Some(text) = text {
            home.put("cursor", text);
        }
        let ended = home.run(&["install", "cursor", "--remove"]).well();
        assert!(ended.stdout.contains("is not in"), "{}", ended.stdout);
        assert_eq!(home.everything().len(), usize::from(text.is_some()));
    }
}

/// What a person wrote is in the first; a later one holds what this program wrote.
#[test]
fn each_text_that_was_there_is_kept() {
    let home = Home::new();
    let file = home.put("cursor", &fixture("cursor.json"));
    let change = |words: &[&str]| home.run(words).well().stdout;
    change(&words("cursor", &[]));
    let with_entry = fs::read_to_string(&file).unwrap();
    let second = change(&words("cursor", &["--profile", "full"]));
    let kept = backup(&file);
    assert_eq!(fs::read_to_string(&kept).unwrap(), fixture("cursor.json"));
    let second_kept = PathBuf::from(format!("{}-2", kept.display()));
    assert_eq!(fs::read_to_string(&second_kept).unwrap(), with_entry);
    assert!(
        second.contains(&format!(
            "is in {}-2",
            fs::canonicalize(&kept).unwrap().display()
        )),
        "{second}"
    );

    // What is kept already is not kept twice.
    for _ in 0..3 {
        change(&words("cursor", &["--remove"]));
        change(&words("cursor", &["--profile", "full"]));
    }
    let of_file = |path: &&PathBuf| path.parent() == file.parent();
    assert_eq!(home.everything().iter().filter(of_file).count(), 4);
}

#[test]
fn what_would_be_written_is_shown_and_nothing_is_written() {
    for (client, name, _) in CLIENTS {
        let home = Home::new();
        let shown = home.run(&words(client, &["--print"])).well();
        assert_eq!(home.everything(), [""; 0].map(PathBuf::from));

        let file = home.put(client, &fixture(name));
        assert_eq!(
            home.run(&words(client, &["--print"])).well().stdout,
            shown.stdout
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), fixture(name));

        fs::remove_file(&file).unwrap();
        home.run(&words(client, &[])).well();
        assert_eq!(servers_of(&shown.stdout), servers(&file));

        let before = fs::read_to_string(&file).unwrap();
        let shown = home.run(&words(client, &["--remove", "--print"])).well();
        assert!(
            shown.stderr.contains("would be taken out of"),
            "{}",
            shown.stderr
        );
        assert_eq!(servers_of(&shown.stdout), servers(&file));
        assert_eq!(fs::read_to_string(&file).unwrap(), before);
    }
    let nothing = Home::new().run(&["install", "cursor", "--remove", "--print"]);
    let nothing = nothing.well().stdout;
    assert!(nothing.contains("`mcp-docker` is not in"), "{nothing}");
}

#[test]
fn a_variable_of_the_platform_says_where_the_file_is() {
    let home = Home::new();
    let elsewhere = home.path().join("elsewhere");
    let name = match std::env::consts::OS {
        "macos" => return,
        "windows" => "APPDATA",
        _ => "XDG_CONFIG_HOME",
    };
    let set = [(name, elsewhere.to_str().unwrap())];
    home.run_with(&set, &words("vscode", &[])).well();
    assert_eq!(home.everything(), [elsewhere.join("Code/User/mcp.json")]);
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn the_mode_and_the_owner_of_a_file_are_those_of_what_takes_its_place() {
        for wanted in [0o600, 0o640, 0o664] {
            let home = Home::new();
            let file = home.put("cursor", &fixture("cursor.json"));
            fs::set_permissions(&file, fs::Permissions::from_mode(wanted)).unwrap();
            // Only root can give a file away; it then belongs to whoever it was written for.
            let given = chown(&file, Some(4242), Some(4242)).is_ok();
            home.run(&words("cursor", &[])).well();
            for path in [&file, &backup(&file)] {
                assert_eq!(mode(path), wanted, "{}", path.display());
                let metadata = fs::metadata(path).unwrap();
                assert_eq!(metadata.uid() == 4242, given);
                assert_eq!(metadata.gid() == 4242, given);
            }
        }
    }

    #[test]
    fn a_link_stays_a_link_and_its_file_is_changed() {
        let home = Home::new();
        let file = home.put("vscode", "");
        let kept = home.path().join("dotfiles/mcp.json");
        fs::create_dir(kept.parent().unwrap()).unwrap();
        fs::rename(&file, &kept).unwrap();
        fs::write(&kept, fixture("vscode.json")).unwrap();
        symlink(&kept, &file).unwrap();

        home.run(&words("vscode", &[])).well();
        assert_eq!(fs::read_link(&file).unwrap(), kept);
        assert!(fs::read_to_string(&kept).unwrap().contains(PROGRAM));
        assert_eq!(
            fs::read_to_string(backup(&kept)).unwrap(),
            fixture("vscode.json")
        );
        assert_eq!(home.everything().len(), 3);
    }
}
