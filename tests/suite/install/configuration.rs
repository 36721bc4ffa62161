//! What becomes of the configuration file that an entry is to name.

use mcp_docker::config::{SCHEMA_NAME, example};

use super::*;

const CONFIG: &str = "MCP_DOCKER_CONFIG";

fn install(home: &Home, more: &[&str]) -> Ended {
    let config = [&["--profile", "normal"], more].concat();
    home.run(&words("cursor", &config))
}

#[test]
fn a_file_that_is_not_there_is_begun_and_named_in_full() {
    let home = Home::new();
    let ended = install(&home, &["--config", "own.toml"]).well();
    assert!(
        ended.stdout.contains("own.toml is begun"),
        "{}",
        ended.stdout
    );
    let file = home.path().join("own.toml");
    assert_eq!(fs::read_to_string(&file).unwrap(), example());
    assert!(home.path().join(SCHEMA_NAME).is_file());
    let entry = servers(&home.file("cursor"))["mcp-docker"].take();
    let named = entry["env"][CONFIG].as_str().unwrap();
    assert!(Path::new(named).is_absolute() && named.ends_with("own.toml"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it may come to hold tokens");
    }
    // Once more changes nothing.
    let before = home.everything();
    fs::write(&file, "DOCKER_TIMEOUT = 7\n").unwrap();
    let ended = install(&home, &["--config", "own.toml"]).well();
    assert!(
        ended.stdout.contains("nothing was changed"),
        "{}",
        ended.stdout
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "DOCKER_TIMEOUT = 7\n");
    assert_eq!(home.everything(), before);
}

#[test]
fn a_file_that_cannot_be_one_leaves_everything_as_it_is() {
    let home = Home::new();
    fs::create_dir(home.path().join("folder")).unwrap();
    fs::write(home.path().join("bad.toml"), "DOCKER_TIMEOT = 7\n").unwrap();
    let file = home.put("cursor", "{}");
    let before = home.everything();
    for (path, said) in [
        ("folder", "folder: it is a folder; name a TOML file"),
        ("gone/own.toml", "own.toml: its folder is not there"),
        ("bad.toml/own.toml", "own.toml: "),
        (
            "bad.toml",
            "bad.toml, line 1: the file has no key `DOCKER_TIMEOT`; did you mean `DOCKER_TIMEOUT`?",
        ),
    ] {
        let ended = install(&home, &["--config", path]);
        assert_eq!(ended.code, 2, "{path}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert_eq!(fs::read_to_string(&file).unwrap(), "{}");
        assert_eq!(home.everything(), before, "{path}");
    }
}

/// It may be anyone's.
#[test]
fn what_another_put_there_meanwhile_is_left() {
    let home = Home::new();
    let beside = home.path().join(SCHEMA_NAME);
    fs::write(&beside, "of another program").unwrap();
    install(&home, &["--config", "own.toml"]).well();
    assert_eq!(fs::read_to_string(&beside).unwrap(), "of another program");
}

#[test]
fn what_is_only_shown_begins_nothing() {
    let home = Home::new();
    let ended = install(&home, &["--config", "own.toml", "--print"]).well();
    assert!(ended.stdout.contains(CONFIG), "{}", ended.stdout);
    assert!(
        ended.stderr.contains("own.toml would be begun"),
        "{}",
        ended.stderr
    );
    assert!(home.everything().is_empty());
}

/// A server that the client starts in another folder reads the file.
#[test]
fn the_server_that_the_entry_starts_reads_the_file() {
    let home = Home::new();
    fs::write(
        home.path().join("own.toml"),
        "DOCKER_HOST = 'unix:///of/the/file.sock'\n",
    )
    .unwrap();
    install(&home, &["--config", "own.toml"]).well();
    let entry = servers(&home.file("cursor"))["mcp-docker"].take();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = home.program(entry["command"].as_str().unwrap());
    let env = entry["env"].as_object().unwrap();
    let env = env
        .iter()
        .map(|(name, value)| (name, value.as_str().unwrap()));
    command.envs(env).current_dir(elsewhere.path());
    command.args(["call", "list_containers"]);
    let ended = ended(command);
    assert!(
        ended.stderr.contains("/of/the/file.sock"),
        "{}",
        ended.stderr
    );
}
