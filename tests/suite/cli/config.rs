//! What `mcp-docker config` says is in force, and where it comes from.

use super::*;

const FILE: &str = "\
DOCKER_TIMEOUT = 7
SAFETY_MAX_CONCURRENT_OPERATIONS = 3

[hosts.near]
address = 'unix:///near.sock'
default = true

[hosts.nas]
address = 'https://nas:2376'
tier = 'safe'
scope = 'project:media'
timeout = 5
";

fn setting<'s>(said: &'s Value, name: &str) -> &'s Value {
    let settings = said["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["name"] == name);
    setting.unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn each_value_is_said_with_where_it_comes_from_and_no_secret() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("own.toml"), FILE).unwrap();
    fs::write(directory.path().join(".env"), "MCP_LOG_LEVEL=debug\n").unwrap();
    let set = [
        ("SAFETY_HIDE_REFUSED", "yes"),
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2"),
    ];
    let words = [
        "config",
        "--config",
        "own.toml",
        "--safety-max-response-bytes",
        "5000",
    ];
    let ended = run_in(directory.path(), &words, &set, "");
    assert!(!ended.stdout.contains("hunter"), "{}", ended.stdout);
    let said = json(&ended);
    assert_eq!(said["file"], "own.toml");
    for (name, value, origin) in [
        ("DOCKER_TIMEOUT", "7", "own.toml, line 1"),
        ("SAFETY_MAX_CONCURRENT_OPERATIONS", "3", "own.toml, line 2"),
        ("SAFETY_HIDE_REFUSED", "yes", "the environment"),
        (
            "SAFETY_MAX_RESPONSE_BYTES",
            "5000",
            "flag `--safety-max-response-bytes`",
        ),
        ("SAFETY_REDACT_SECRETS", "true", "default"),
        ("MCP_DOCKER_CONFIG", "own.toml", "flag `--config`"),
    ] {
        let setting = setting(&said, name);
        assert_eq!(setting["value"], value, "{setting}");
        assert_eq!(setting["origin"], origin, "{setting}");
    }
    let level = setting(&said, "MCP_LOG_LEVEL");
    assert!(
        level["origin"].as_str().unwrap().ends_with(".env"),
        "{level}"
    );
    let token = setting(&said, "MCP_DOCKER_AUTH_TOKEN");
    assert_eq!(
        (&token["value"], &token["hidden"]),
        (&Value::Null, &Value::Bool(true))
    );
    let unset = setting(&said, "MCP_DOCKER_AUDIT_LOG");
    assert_eq!(
        (&unset["value"], &unset["origin"]),
        (&Value::Null, &"default".into())
    );
    assert_eq!(said["settings"].as_array().unwrap().len(), VARIABLES.len());

    let hosts = said["hosts"].as_array().unwrap();
    let shown: Vec<_> = hosts
        .iter()
        .map(|it| {
            (
                it["name"].as_str().unwrap(),
                it["tier"].as_str().unwrap(),
                it["timeout"].as_u64().unwrap(),
                it["default"].as_bool().unwrap(),
                it["origin"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("nas", "safe", 5, false, "own.toml, line 8"),
            ("near", "moderate", 7, true, "own.toml, line 4"),
        ]
    );
    assert_eq!(
        (&hosts[0]["scope"], &hosts[1]["scope"]),
        (&"project:media".into(), &"all".into())
    );
    assert_eq!(hosts[0]["address"], "https://nas:2376");
}

#[test]
fn an_engine_of_the_environment_is_the_host_env() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("own.toml"), FILE).unwrap();
    let set = [("DOCKER_HOST", "unix:///mine.sock")];
    let words = ["config", "--config", "own.toml"];
    let said = json(&run_in(directory.path(), &words, &set, ""));
    let env = &said["hosts"][0];
    assert_eq!(env["name"], "env");
    assert_eq!(env["address"], "unix:///mine.sock");
    assert_eq!(env["origin"], "the environment");
    assert_eq!(env["default"], true);
}

#[test]
fn a_file_that_is_wrong_stops_every_command_with_one_line() {
    let directory = TempDir::new().unwrap();
    fs::write(
        directory.path().join("own.toml"),
        "\nDOCKER_TIMEOUT = 'soon'\n",
    )
    .unwrap();
    for command in [&["config"][..], &["tools"], &[]] {
        let words = [command, &["--config", "own.toml"]].concat();
        let ended = run_in(directory.path(), &words, &[], "");
        assert_eq!(ended.code, 2);
        assert_eq!(
            ended.stderr,
            "error: own.toml, line 2: `DOCKER_TIMEOUT` must be a whole number of seconds from 1 to 86400, \
             not \"soon\"\n"
        );
    }
    let filter = "\n\nSAFETY_DENIED_TOOLS = ['docker_exec_comand']\n";
    fs::write(directory.path().join("own.toml"), filter).unwrap();
    let ended = run_in(
        directory.path(),
        &["--config", "own.toml", "tools"],
        &[],
        "",
    );
    let said = "error: own.toml, line 3: SAFETY_DENIED_TOOLS: `docker_exec_comand` names no tool; did you mean \
                `docker_exec_command`?\n";
    assert_eq!(ended.stderr, said);
    // Whoever has a wrong file may want to know what is right.
    let words = ["config", "--schema", "--config", "own.toml"];
    let ended = run_in(directory.path(), &words, &[], "");
    let schema: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(schema["properties"]["DOCKER_TIMEOUT"].is_object());
}

/// An address may be one in form, and lead nowhere.
#[test]
fn an_address_that_cannot_be_one_stops_the_start() {
    let directory = TempDir::new().unwrap();
    let file = "[hosts.nas]\naddress = 'tcp://nas:99999999'\n[hosts.near]\naddress = 'unix:///near.sock'\n";
    fs::write(directory.path().join("own.toml"), file).unwrap();
    let ended = run_in(
        directory.path(),
        &["--config", "own.toml", "tools"],
        &[],
        "",
    );
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("[hosts.nas]"), "{}", ended.stderr);
}
