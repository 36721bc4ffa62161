//! What each kind of setting takes and how it refuses the rest.

use super::*;

#[test]
fn booleans_have_eight_spellings_in_any_case() {
    let name = "SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS";
    for value in ["true", "1", "yes", "on", "True", "YES", " on "] {
        assert!(
            from_environment(name, value).safety.allow_destructive,
            "{value}"
        );
    }
    for value in ["false", "0", "no", "off", "FALSE", "Off"] {
        assert!(
            !from_environment(name, value).safety.allow_destructive,
            "{value}"
        );
    }
    for value in ["maybe", "2", "t", "truee"] {
        assert!(refusal(name, value).contains("true or false"), "{value}");
    }
}

#[test]
fn numbers_keep_their_limits() {
    for (name, accepted, refused) in [
        (
            "SAFETY_MAX_CONCURRENT_OPERATIONS",
            ["1", "100"],
            ["0", "101", "-1", "1.5", "ten"],
        ),
        (
            "DOCKER_TIMEOUT",
            ["1", "86400"],
            ["0", "86401", "-1", "60s", "1e3"],
        ),
        (
            "SAFETY_MAX_RESPONSE_BYTES",
            ["4096", "1073741824"],
            ["4095", "0", "-1", "64k", "99999999999999999999"],
        ),
    ] {
        for value in accepted {
            from_environment(name, value);
        }
        for value in refused {
            let line = refusal(name, value);
            assert!(line.contains("a whole number"), "{name}={value}: {line}");
        }
    }
}

#[test]
fn lists_are_comma_separated_or_json() {
    for (value, expected) in [
        ("docker_version", &["docker_version"][..]),
        (
            " docker_list_* , docker_version ,",
            &["docker_list_*", "docker_version"],
        ),
        (
            r#"["docker_list_*", " docker_version "]"#,
            &["docker_list_*", "docker_version"],
        ),
        ("[]", &[]),
        (",", &[]),
    ] {
        let config = from_environment("SAFETY_ALLOWED_TOOLS", value);
        assert_eq!(config.safety.allowed_tools, expected, "{value}");
    }
    for value in ["[docker_version]", "[1]", r#"["a""#] {
        let line = refusal("SAFETY_DENIED_TOOLS", value);
        assert!(line.contains("JSON array of strings"), "{line}");
    }
}

#[test]
fn mounts_are_absolute_on_either_system() {
    let config = from_environment("SAFETY_VOLUME_MOUNT_ALLOWLIST", r"/srv/data, C:\data");
    let expected = [PathBuf::from("/srv/data"), PathBuf::from(r"C:\data")];
    assert_eq!(config.safety.mount_allowlist, expected);
    for value in ["data", "./data", "/srv, data", "C:data", "~/data"] {
        let line = refusal("SAFETY_VOLUME_MOUNT_ALLOWLIST", value);
        assert!(line.contains("absolute paths"), "{line}");
    }
}

#[test]
fn addresses_start_with_a_known_scheme() {
    for value in [
        "unix:///var/run/docker.sock",
        "npipe:////./pipe/docker_engine",
        "tcp://10.0.0.1:2375",
        "http://localhost:2375",
        "https://docker.example:2376",
        "ssh://me@docker.example",
    ] {
        let config = from_environment("DOCKER_BASE_URL", value);
        assert_eq!(config.docker.base_url.as_deref(), Some(value));
        let config = from_environment("DOCKER_HOST", value);
        assert_eq!(config.docker.host.as_deref(), Some(value));
    }
    for value in [
        "localhost:2375",
        "ftp://x",
        "unix://",
        "/var/run/docker.sock",
        "tcp://a\nb",
    ] {
        let line = refusal("DOCKER_BASE_URL", value);
        assert!(line.contains("unix://, npipe://, tcp://"), "{line}");
    }
}

#[test]
fn words_are_read_in_any_case() {
    for (value, level) in [
        ("debug", Level::DEBUG),
        ("INFO", Level::INFO),
        ("Warning", Level::WARN),
        ("error", Level::ERROR),
        ("CRITICAL", Level::ERROR),
    ] {
        assert_eq!(
            from_environment("MCP_LOG_LEVEL", value).server.log_level,
            level
        );
    }
    let config = from_environment("SAFETY_CONFIRMATION_FALLBACK", "Plan");
    assert_eq!(
        config.safety.confirmation_fallback,
        ConfirmationFallback::Plan
    );
    assert!(refusal("MCP_LOG_LEVEL", "loud").contains("DEBUG, INFO, WARNING, ERROR or CRITICAL"));
    assert!(refusal("SAFETY_CONFIRMATION_FALLBACK", "allow").contains("refuse or plan"));
}

#[test]
fn a_bad_value_is_one_line_with_the_name_the_origin_the_value_and_what_is_accepted() {
    assert_eq!(
        refusal("DOCKER_TIMEOUT", "so\non"),
        "`DOCKER_TIMEOUT` from the environment must be \
         a whole number of seconds from 1 to 86400, not \"so\\non\""
    );
    let with_flag = Sources {
        flags: settings(&[("SAFETY_REDACT_SECRETS", "si")]),
        ..Sources::default()
    };
    assert_eq!(
        Config::from_sources(&with_flag).unwrap_err().to_string(),
        "`SAFETY_REDACT_SECRETS` from flag `--safety-redact-secrets` must be \
         true or false (also 1/0, yes/no, on/off), not \"si\""
    );
    let with_file = Sources {
        file: file("DOCKER_TIMEOUT=soon", false),
        ..Sources::default()
    };
    let line = Config::from_sources(&with_file).unwrap_err().to_string();
    assert!(
        line.contains("`DOCKER_TIMEOUT` from /project/.env must be"),
        "{line}"
    );
}

#[test]
fn no_message_shows_a_secret() {
    for (name, value) in [
        ("MCP_DOCKER_AUTH_TOKEN", "hunter2 and more"),
        ("MCP_DOCKER_READONLY_TOKEN", "hunter2\u{e9}"),
        ("DOCKER_BASE_URL", "ftp://me:hunter2@docker.example"),
    ] {
        let line = refusal(name, value);
        assert!(line.contains(name) && line.contains("not shown"), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
    let config = from_environment("MCP_DOCKER_AUTH_TOKEN", "hunter2");
    assert_eq!(
        config.server.auth_token.as_ref().unwrap().as_str(),
        "hunter2"
    );
    assert!(!format!("{config:?}").contains("hunter2"));

    let broken = found("MCP_DOCKER_AUTH_TOKEN=hunter2 and more");
    assert!(
        !broken.notices.join("\n").contains("hunter2"),
        "{:?}",
        broken.notices
    );
    let ignored = found("MCP_DOCKER_AUTH_TOKEN=hunter2");
    assert_eq!(ignored.notices.len(), 1);
    assert!(
        !ignored.notices.join("\n").contains("hunter2"),
        "{:?}",
        ignored.notices
    );
}
