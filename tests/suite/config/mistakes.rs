//! Makes the mistakes in the configuration file that people make, and looks whether they are told file, line, what
//! was most likely meant and how to mend it, and that nothing secret is repeated.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use mcp_docker::config::Config;
use mcp_docker::engine::Engine;

use super::toml::{configured, refused};
use crate::support::client::command;

/// The home of whoever runs the tests, as a message writes it out.
fn home(below: &str) -> String {
    std::env::home_dir()
        .unwrap()
        .join(below)
        .display()
        .to_string()
}

#[test]
fn a_path_or_socket_that_begins_nowhere_is_written_out() {
    for (text, said) in [
        (
            "[hosts.nas]\naddress = 'tcp://nas:1'\ncert_path = '~/certs'",
            format!(
                "line 3: `cert_path` must be a path in which no `~` stands for the home folder, not \"~/certs\"; did you mean \
                 `{}`?",
                home("certs")
            ),
        ),
        (
            "\nMCP_DOCKER_AUDIT_LOG = '~/audit.jsonl'",
            format!("line 2: `MCP_DOCKER_AUDIT_LOG` must be a path in which no `~` stands for the home folder, not \"~/audit.jsonl\"; \
                 did you mean `{}`?", home("audit.jsonl")),
        ),
        (
            "[hosts.mac]\naddress = 'unix://~/.docker/run/docker.sock'",
            format!("line 2: `address` must be the whole path of a socket behind `unix://`, not \"unix://~/.docker/run/docker.sock\"; \
                 did you mean `unix://{}`?", home(".docker/run/docker.sock")),
        ),
        (
            "DOCKER_HOST = 'unix://var/run/docker.sock'",
            "line 1: `DOCKER_HOST` must be the whole path of a socket behind `unix://`, not \"unix://var/run/docker.sock\"; \
             did you mean `unix:///var/run/docker.sock`?"
                .to_owned(),
        ),
        (
            "SAFETY_VOLUME_MOUNT_ALLOWLIST = ['~/data']",
            "line 1: `SAFETY_VOLUME_MOUNT_ALLOWLIST` must be an array of absolute paths, not [\"~/data\"]".to_owned(),
        ),
    ] {
        let line = refused(text);
        assert!(line.contains(&said), "{text}: {line}");
    }
    // A name may begin so.
    let text = "MCP_DOCKER_AUDIT_LOG = '~audit.jsonl'";
    let config = Config::from_sources(&configured(text)).unwrap();
    let beside = Path::new("/etc/mcp-docker/~audit.jsonl");
    assert_eq!(config.server.audit_log.as_deref(), Some(beside));
}

#[test]
fn what_is_written_in_another_way_is_told_how_it_is_written() {
    for (text, said) in [
        (
            "[hosts.nas.local]\naddress = 'tcp://nas:1'",
            "line 1: `[hosts.nas]` has no table `local`; a name with a dot is written in quotes: `[hosts.\"nas.local\"]`",
        ),
        (
            "[[hosts]]\naddress = 'tcp://nas:1'",
            "line 1: `hosts` must be a table, written as `[hosts.NAME]`",
        ),
        (
            "[hosts]\nnas = 'tcp://nas:1'",
            "line 2: `nas` must be a table, `[hosts.nas]` with an `address` or a `context`",
        ),
        (
            "[host.nas]\naddress = 'tcp://nas:1'",
            "line 1: the file has no key `host`; did you mean `hosts`?",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://a:1'\n[hosts.\"nas\"]\naddress = 'tcp://b:1'",
            "line 3: duplicate key `\"nas\"`; it may stand there once",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://a:1'\naddress = 'tcp://b:1'",
            "line 3: duplicate key `address`; it may stand there once",
        ),
        (
            "[hosts.nas]\naddress = tcp://nas:1",
            "line 2: a value that is neither true nor false, nor a number, stands in quotes",
        ),
        (
            "DOCKER_TIMEOUT: 5",
            "line 1: key with no value, expected `=`",
        ),
        ("[hosts.nas\n", "line 1: unclosed table, expected `]`"),
        ("DOCKER_TIMEOUT =", "line 1: "),
        (
            "[hosts.'n\u{e4}s']\naddress = 'tcp://nas:1'",
            "line 1: `n\u{e4}s` is no name of a host; it takes letters, digits,",
        ),
        (
            "[hosts.'']\naddress = 'tcp://nas:1'",
            "line 1: `` is no name of a host",
        ),
        (
            "[hosts.nas]\naddress = ['tcp://nas:1']",
            "line 2: `address` must be an address that starts with unix://",
        ),
        (
            "[hosts.nas]\naddress = 'tcp://nas:1'\ntier = 'Safe'",
            "line 3: `tier` must be `safe`, `moderate`, `destructive`, not \"Safe\"; did you mean `safe`?",
        ),
        // With the mark and the ends of lines of Windows.
        (
            "\u{feff}[hosts.nas]\r\naddress = 'tcp://nas:1'\r\n\r\ntimout = 5\r\n",
            "line 4: `[hosts.nas]` has no key `timout`; did you mean `timeout`?",
        ),
    ] {
        let line = refused(text);
        assert!(line.contains(said), "{text}: {line}");
    }
    let text = "\u{feff}[hosts.nas]\r\naddress = 'tcp://nas:1'\r\n";
    let config = Config::from_sources(&configured(text)).unwrap();
    assert_eq!(config.hosts[0].name, "nas");
}

/// What is written for TLS is not passed over, and a folder of certificates is not sent past.
#[test]
fn what_a_host_has_for_tls_is_read_or_refused() {
    for key in [
        "tls_verify = true",
        "cert_path = 'certs'",
        "tls_ca_cert = 'ca.pem'",
        "tls_client_cert = 'cert.pem'",
        "tls_client_key = 'key.pem'",
    ] {
        for address in ["ssh://me@nas", "unix:///nas.sock", "npipe:////./pipe/nas"] {
            let line = refused(&format!("[hosts.nas]\naddress = '{address}'\n{key}"));
            let name = key.split(' ').next().unwrap();
            let said = format!("line 3: `{name}` is for an address that TLS is spoken to");
            assert!(line.contains(&said), "{address} {key}: {line}");
        }
    }
    for key in ["tls_verify = false", "cert_path = ''"] {
        let text = format!("[hosts.nas]\naddress = 'ssh://me@nas'\n{key}");
        assert_eq!(
            Config::from_sources(&configured(&text))
                .unwrap()
                .hosts
                .len(),
            1
        );
    }
    let text = "[hosts.nas]\naddress = 'tcp://nas:2376'\ncert_path = 'certs'";
    let config = Config::from_sources(&configured(text)).unwrap();
    let tls = Engine::new(&config.hosts[0].docker).certificates();
    let said = tls.unwrap_err().to_string();
    assert!(said.contains("/etc/mcp-docker/certs/ca.pem"), "{said}");
    assert!(
        said.contains("correct `cert_path` of `[hosts.nas]`"),
        "{said}"
    );
}

async fn run(at: &Path, words: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = command(at);
    command.args(words).envs(env.iter().copied());
    let output = command.stdin(Stdio::null()).output();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await;
    output.expect("nothing is waited for").unwrap()
}

/// The one line by which a command says that it does not start.
async fn stopped(at: &Path, words: &[&str], env: &[(&str, &str)]) -> String {
    let output = run(at, words, env).await;
    assert_eq!(output.status.code(), Some(2), "{words:?}: {output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[tokio::test]
async fn a_file_that_was_named_and_cannot_be_read_is_said_with_who_named_it() {
    let at = tempfile::tempdir().unwrap();
    fs::write(at.path().join("wide.toml"), b"\xff\xfe[\0h\0").unwrap();
    let tools = ["tools", "stop_container"];
    let flagged = |path: &'static str| [&["--config", path][..], &tools].concat();
    let missing =
        "correct the path, or have `mcp-docker install CLIENT --config PATH` write the file";
    for (words, path, said) in [
        (
            tools.to_vec(),
            "/nowhere/config.toml",
            ["`MCP_DOCKER_CONFIG` from the environment", missing],
        ),
        (flagged("nowhere.toml"), "", ["flag `--config`", missing]),
        (
            tools.to_vec(),
            "/",
            [
                "it is a folder and not a file",
                "name a file of TOML in UTF-8",
            ],
        ),
        (
            flagged("wide.toml"),
            "",
            ["it is no UTF-8 text", "name a file of TOML in UTF-8"],
        ),
        (
            tools.to_vec(),
            "~/config.toml",
            [
                "error: ~/config.toml: ",
                "`~` stands for no folder there, write `",
            ],
        ),
    ] {
        let line = stopped(at.path(), &words, &[("MCP_DOCKER_CONFIG", path)]).await;
        for said in said {
            assert!(line.contains(said), "{said}: {line}");
        }
    }
}

/// What cannot be seen may limit something.
#[tokio::test]
async fn a_file_at_its_usual_place_is_passed_over_only_where_it_is_not_there() {
    let at = tempfile::tempdir().unwrap();
    let settings = at.path().join(".config");
    assert!(run(at.path(), &["tools"], &[]).await.status.success());
    fs::write(&settings, "").unwrap();
    assert!(run(at.path(), &["tools"], &[]).await.status.success());
    fs::remove_file(&settings).unwrap();
    fs::create_dir_all(settings.join("mcp-docker")).unwrap();
    symlink("/nowhere", settings.join("mcp-docker/config.toml")).unwrap();
    let line = stopped(at.path(), &["tools"], &[]).await;
    assert!(
        line.contains("mcp-docker/config.toml: cannot be read: "),
        "{line}"
    );
    assert!(line.contains("mend it, or take it away"), "{line}");
}

/// What an address or a context leads to is looked at behind the form of the file.
#[tokio::test]
async fn what_leads_nowhere_is_said_with_the_line_and_no_password() {
    let at = tempfile::tempdir().unwrap();
    let contexts = at.path().join("docker/contexts/meta/1");
    fs::create_dir_all(&contexts).unwrap();
    let meta = r#"{"Name":"office","Endpoints":{"docker":{"Host":"tcp://office:1"}}}"#;
    fs::write(contexts.join("meta.json"), meta).unwrap();
    let docker: PathBuf = at.path().join("docker");
    for (host, said) in [
        (
            "context = 'offise'",
            "the Docker context `offise` does not exist, did you mean `office`?; correct `context` of `[hosts.nas]` \
             (own.toml, line 2)",
        ),
        (
            "address = 'ssh://me:hunter2@nas'",
            "`ssh://me:…@nas` (from `[hosts.nas]`, own.toml, line 2) holds a password",
        ),
        (
            "address = 'tcp://me:hunter2@nas:1'",
            "`tcp://…@nas:1` (from `[hosts.nas]`, own.toml, line 2) holds a user name",
        ),
    ] {
        fs::write(
            at.path().join("own.toml"),
            format!("\n[hosts.nas]\n{host}\n"),
        )
        .unwrap();
        let env = [("DOCKER_CONFIG", docker.to_str().unwrap())];
        for words in [&["config"][..], &["tools"], &["call", "version"]] {
            let words = [words, &["--config", "own.toml"]].concat();
            let line = stopped(at.path(), &words, &env).await;
            assert!(line.contains(said), "{line}");
            assert!(!line.contains("hunter"), "{line}");
        }
        let doctor = run(at.path(), &["--config", "own.toml", "doctor"], &env).await;
        let told = format!("{doctor:?}");
        assert!(!told.contains("hunter"), "{told}");
    }
}

/// Whatever may be a secret, in whichever place and form.
#[tokio::test]
async fn the_settings_in_force_are_shown_without_a_secret() {
    let at = tempfile::tempdir().unwrap();
    let text = "MCP_DOCKER_AUTH_TOKEN = 'hunter2-a'\nMCP_DOCKER_READONLY_TOKEN = 'hunter2-b'\n";
    fs::write(at.path().join("own.toml"), text).unwrap();
    fs::write(
        at.path().join(".env"),
        "MCP_DOCKER_AUTH_TOKEN=hunter2-c\nMCP_SERVER_NAME=named\n",
    )
    .unwrap();
    let env = [
        ("MCP_DOCKER_SECRET_DB", "hunter2-d"),
        ("MCP_DOCKER_READONLY_TOKEN", "hunter2-e"),
        ("DOCKER_HOST", "ssh://me@nas"),
    ];
    for words in [&["config"][..], &["config", "--json"]] {
        let words = [words, &["--config", "own.toml"]].concat();
        let output = run(at.path(), &words, &env).await;
        let told = format!("{output:?}");
        assert!(
            output.status.success() && told.contains("own.toml, line 1"),
            "{told}"
        );
        assert!(told.contains("named") && !told.contains("hunter"), "{told}");
    }
}
