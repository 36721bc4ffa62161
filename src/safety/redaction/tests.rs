use serde_json::json;

use super::*;

fn redactor() -> Redactor {
    Redactor::new(true)
}

fn text(given: &str) -> String {
    redactor().text(given).into_owned()
}

fn value(mut given: Value) -> Value {
    redactor().value(&mut given);
    given
}

/// The text with `*` for each marker.
fn shape(redacted: &str) -> String {
    let mut shape = redacted.to_owned();
    let markers: Vec<Range<usize>> = marker::all(redacted).collect();
    for marker in markers.into_iter().rev() {
        shape.replace_range(marker, "*");
    }
    shape
}

const JWT: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
const AWS: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Each given text, and what it becomes.
#[test]
fn secrets_in_text_are_hidden_and_what_stands_around_them_is_not() {
    for (given, expected) in [
        // Log-ins in URLs.
        (
            "connect postgres://app:hunter2@db:5432/shop",
            "connect postgres://app:*@db:5432/shop",
        ),
        ("redis://:p/a@ss@cache:6379/0", "redis://:*@cache:6379/0"),
        (
            "https://me:hunter2@example.com/a@b.png",
            "https://me:*@example.com/a@b.png",
        ),
        (
            "https://x-access-token:abc@github.com/a/b",
            "https://x-access-token:*@github.com/a/b",
        ),
        (
            "https://0123456789abcdef0123@sentry.example/1",
            "https://*@sentry.example/1",
        ),
        (
            "dsn app:hunter2@tcp(db:3306)/shop",
            "dsn app:*@tcp(db:3306)/shop",
        ),
        // Headers.
        (
            "Authorization: Bearer abc.def-123",
            "Authorization: Bearer *",
        ),
        (
            "curl -H 'Authorization: Basic dXNlcjpw' http://x",
            "curl -H 'Authorization: Basic *' http://x",
        ),
        ("got bearer 0a1b2c3d4e5f", "got bearer *"),
        (
            "X-Registry-Auth: eyJ1c2VybmFtZSI6ImEifQ==",
            "X-Registry-Auth: *",
        ),
        // Tokens by their look.
        (JWT, "*"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key * used"),
        (AWS, "*"),
        ("ghp_abcdefghijklmnopqrst0123456789ABCDEF.", "*."),
        ("glpat-abcdefghij0123456789", "*"),
        ("xoxb-123456789012-abcdefghij", "*"),
        (
            "https://hooks.slack.com/services/T00/B00/abcdef",
            "https://hooks.slack.com/services/*",
        ),
        ("AIzaSyA0123456789abcdefghijklmnopqrstuv", "*"),
        ("sk_live_0123456789abcdef", "*"),
        ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "*"),
        ("sk-ant-api03-0123456789abcdefghijkl", "*"),
        ("dckr_pat_0123456789abcdefghij", "*"),
        ("hvs.CAESIJ0123456789abcdefgh", "*"),
        // Pairs.
        ("DB_PASSWORD=correct horse, battery", "DB_PASSWORD=*"),
        ("export TOKEN='a b' # why", "export TOKEN='*' # why"),
        (
            "a=1 PGPASSWORD=hunter2 psql -h db",
            "a=1 PGPASSWORD=* psql -h db",
        ),
        (
            "user=bob password=hunter2, host=db",
            "user=bob password=*, host=db",
        ),
        (
            r#"{"user":"bob","password":"a\"b c","n":1}"#,
            r#"{"user":"bob","password":"*","n":1}"#,
        ),
        (
            r#"{"log":"{\"token\":\"abc\",\"n\":1}"}"#,
            r#"{"log":"{\"token\":\"*\",\"n\":1}"}"#,
        ),
        ("{'apiKey': 'abc', 'n': 1}", "{'apiKey': '*', 'n': 1}"),
        ("  password: my long secret", "  password: *"),
        (
            "login with password: hunter2 failed",
            "login with password: * failed",
        ),
        ("password:hunter2", "password:*"),
        (
            "GET /?access_token=abc&page=2",
            "GET /?access_token=*&page=2",
        ),
        (
            "https://x.blob.example/a?sv=1&sig=abc%3D",
            "https://x.blob.example/a?sv=1&sig=*",
        ),
        (
            "Server=db;Uid=sa;Pwd=hunter2;Encrypt=yes",
            "Server=db;Uid=sa;Pwd=*;Encrypt=yes",
        ),
        (
            "mount: addr=10.0.0.5,username=bob,password=hunter2,vers=3.0",
            "mount: addr=10.0.0.5,username=bob,password=*,vers=3.0",
        ),
        (
            "AccountName=a;AccountKey=abc==;End=x",
            "AccountName=a;AccountKey=*;End=x",
        ),
        (
            "tool --verbose --password hunter2 run",
            "tool --verbose --password * run",
        ),
        ("tool --token=abc run", "tool --token=* run"),
        (
            "docker run -e API_KEY=abc -e A=1 web",
            "docker run -e API_KEY=* -e A=1 web",
        ),
        (
            "docker login -u bob -p hunter2 registry.example.com",
            "docker login -u bob -p * registry.example.com",
        ),
        ("mysql -u root -phunter2 shop", "mysql -u root -p* shop"),
        ("curl -u bob:hunter2 http://x", "curl -u bob:* http://x"),
        // An image's history and a build's log.
        (
            "/bin/sh -c #(nop)  ENV DB_PASSWORD=a b",
            "/bin/sh -c #(nop)  ENV DB_PASSWORD=*",
        ),
        (
            "RUN |2 A=1 TOKEN=a b /bin/sh -c make # buildkit",
            "RUN |2 A=1 TOKEN=* /bin/sh -c make # buildkit",
        ),
        (
            "Step 2/5 : ENV PASSWORD hunter2",
            "Step 2/5 : ENV PASSWORD *",
        ),
        (
            "Step 2/5 : ENV A=1 SECRET=x y B=2",
            "Step 2/5 : ENV A=1 SECRET=* B=2",
        ),
    ] {
        assert_eq!(shape(&text(given)), expected, "{given}");
    }
}

#[test]
fn ordinary_values_are_untouched() {
    let hex = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";
    for given in [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "KEYBOARD=de",
        "TOKENIZER_MODEL=cl100k_base",
        "MAX_TOKENS=4096",
        "SSH_AUTH_SOCK=/run/user/1000/keyring/ssh",
        "POSTGRES_PASSWORD_FILE=/run/secrets/db_password",
        "GOOGLE_APPLICATION_CREDENTIALS=/var/run/google/key.json",
        "PUBLIC_KEY=MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
        "AUTHOR=Jane Doe <jane@example.com>",
        "KEY_NAME=production",
        "PASSENGER_APP_ENV=staging",
        "PWD=/app",
        "OLDPWD=/",
        "HOME=/root",
        "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568",
        "PYTHON_SHA256=4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898",
        "AUTH_TYPE=basic",
        "AUTH=ldap",
        "ENABLE_AUTH=true",
        "POSTGRES_HOST_AUTH_METHOD=trust",
        "REQUIRE_PASSWORD=true",
        "PASSWORD=",
        "PASSWORD=${DB_PASSWORD}",
        "TOKEN_TTL=3600",
        "SECRET_NAME=db-credentials",
        "OAUTH_CLIENT_ID=1234.apps.example.com",
        "DATABASE_URL=postgres://db:5432/shop",
        "NODE_ENV=production",
        "LANG=C.UTF-8",
        "JAVA_OPTS=-Xmx512m -Dfile.encoding=UTF-8",
        "CACHE_KEY=v2-linux-amd64-0123456789",
        "PRIMARY_KEY=id",
        "COMPASS_URL=https://compass.example.com",
        "S3_BUCKET=my-bucket-2024",
        "NGINX_VERSION=1.27.1",
        "sha256:4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898",
        hex,
        "4c01db0b339c",
        "d670460b4b4aece5915caf5c68d12f560a9fe3e4",
        "registry.example.com:5000/team/auth:1.2.3",
        "my-secret:latest",
        "vault-token:1.15",
        "Step 1/3 : FROM auth:1.2",
        "db_password:/run/secrets:ro",
        "/var/lib/docker/overlay2/4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898/merged",
        "550e8400-e29b-41d4-a716-446655440000",
        "2026-01-01T10:00:00.123456789Z",
        "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp",
        "git@github.com:docker/cli.git",
        "ssh://git@github.com/docker/cli",
        "http://localhost:8080/path@2x.png",
        "--- PASS: TestTokenizer (0.00s)",
        "PASS: 12 FAIL: 0",
        "tests: pass=12 fail=0",
        "prompt_tokens=12 completion_tokens: 34",
        "password authentication failed for user \"app\"",
        "error: invalid token: expired.",
        "Error: missing key in bearer authentication header",
        "basic authentication is required",
        "the global-configuration-settings-of-everything key",
        "sha512-oxQhQHGmUhXbsUUjGxJCpPNxHYZtgXNRrmlxDIX2FNAfmYVVwKGAl8fjkZOPZlSjtWOoNmQWYcRCpNNgGnEZSg==",
        "if token == null then return",
        "password=[FILTERED]",
        "password = (sensitive)",
        "PASSWORD=XXXXXX",
        "docker-image://docker.io/library/alpine:3@sha256:4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898",
        "com.example.description=A service with one key: value pairs",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vbqajDhA5k2ZJ1xZ8m2vR4T7q9w3E5r6t7y8u9i0o1p2 me@host",
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\nRTESMBAGA1UEChMJQmFsdGltb3Jl\n-----END CERTIFICATE-----",
    ] {
        assert_eq!(text(given), given);
        assert_eq!(
            value(json!({ "Env": [given], "x": given })),
            json!({ "Env": [given], "x": given })
        );
    }
}

#[test]
fn documents_are_redacted_by_the_keys_around_their_values() {
    let given = json!({
        "Config": {
            "Env": ["PATH=/bin", "DB_PASSWORD=a b\nc", "URL=amqp://u:hunter2@mq/", "EMPTY_TOKEN="],
            "Cmd": ["server", "--password", "hunter2", "--token=abc", "-e", "KEY_SECRET=x y", "--quiet"],
            "Entrypoint": ["sh", "-c", "PGPASSWORD=hunter2 psql -h db"],
            "Labels": { "com.example.api-key": "abc", "com.example.team": "shop" },
        },
        "Options": { "type": "cifs", "o": "addr=10.0.0.5,username=bob,password=hunter2,ro", "device": "//nas/share" },
        "auths": { "registry.example.com": { "auth": "dXNlcjpodW50ZXIy", "identitytoken": "abc" } },
        "headers": { "Authorization": "Bearer abc" },
        "Plugins": { "Authorization": ["authz-broker"] },
    });
    let redacted = value(given);
    let shaped: Value = serde_json::from_str(&shape(&redacted.to_string())).unwrap();
    assert_eq!(
        shaped,
        json!({
            "Config": {
                "Env": ["PATH=/bin", "DB_PASSWORD=*", "URL=amqp://u:*@mq/", "EMPTY_TOKEN="],
                "Cmd": ["server", "--password", "*", "--token=*", "-e", "KEY_SECRET=*", "--quiet"],
                "Entrypoint": ["sh", "-c", "PGPASSWORD=* psql -h db"],
                "Labels": { "com.example.api-key": "*", "com.example.team": "shop" },
            },
            "Options": { "type": "cifs", "o": "addr=10.0.0.5,username=bob,password=*,ro", "device": "//nas/share" },
            "auths": { "registry.example.com": { "auth": "*", "identitytoken": "*" } },
            "headers": { "Authorization": "Bearer *" },
            "Plugins": { "Authorization": ["authz-broker"] },
        })
    );
}

#[test]
fn equal_values_have_equal_markers_and_other_processes_other_ones() {
    let redactor = redactor();
    let mut document =
        json!({ "Env": ["DB_PASSWORD=hunter2", "OTHER_PASSWORD=hunter3"], "password": "hunter2" });
    redactor.value(&mut document);
    let marker = document["password"].as_str().unwrap();
    assert_eq!(document["Env"][0], format!("DB_PASSWORD={marker}"));
    assert_ne!(document["Env"][1], format!("OTHER_PASSWORD={marker}"));
    let in_url = redactor.text("redis://:hunter2@cache").into_owned();
    assert_eq!(in_url, format!("redis://:{marker}@cache"));
    assert_ne!(text("password=hunter2"), format!("password={marker}"));
    assert_eq!(marker.len(), "[REDACTED:01234567]".len());
}

fn key(lines: usize) -> Vec<String> {
    let line = |at: usize| {
        format!("b3VzZ{at:02}abcdefghijklmnopQRSTUVWXYZ0123456789abcdefghijklmnopQRSTUV")
    };
    let mut key = vec!["-----BEGIN RSA PRIVATE KEY-----".to_owned()];
    key.extend((0..lines).map(|at| line(at).chars().take(64).collect()));
    key.push("AbCdEfGhIjKlMnOp0123==".to_owned());
    key.push("-----END RSA PRIVATE KEY-----".to_owned());
    key
}

#[test]
fn a_private_key_is_hidden_line_by_line_wherever_it_was_cut() {
    let key = key(4);
    for from in 0..key.len() {
        for prefix in ["", "2026-01-01T10:00:00Z ", "web-1  | "] {
            let mut lines = redactor().log_lines();
            for line in key.iter().skip(from) {
                let line = format!("{prefix}{line}");
                let redacted = lines.line(line.as_bytes()).into_owned();
                let shown = line.contains("END") || redacted != line;
                assert!(shown, "from line {from}: {redacted}");
                assert!(redacted.starts_with(prefix), "{redacted}");
            }
        }
    }
    let mut lines = redactor().lines();
    for line in key.iter().flat_map(|line| [line.as_str(), "GET / 200"]) {
        let redacted = lines.line(line.as_bytes()).into_owned();
        let harmless = line.contains("END") || line.contains("GET");
        assert_eq!(redacted == line, harmless, "{line}: {redacted}");
    }
    let escaped = format!(r#"{{"key":"{}","n":1}}"#, key.join(r"\n"));
    let redacted = text(&escaped);
    assert!(
        key.iter().all(|line| !redacted.contains(line.as_str())),
        "{redacted}"
    );
    assert!(redacted.ends_with(r#"","n":1}"#), "{redacted}");
    assert_eq!(lines.line(b"started"), "started");
}

#[test]
fn a_private_key_is_hidden_behind_whatever_begins_before_it_on_its_line() {
    let block = |label: &str, body: &str| {
        format!(r"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    };
    let key = block("EC PRIVATE KEY", "secret-body");
    for before in [
        block("CERTIFICATE", "public"),
        block("EC PARAMETERS", "BggqhkjOPQMBBw=="),
        block("CERTIFICATE", "public").repeat(3),
        block("PRIVATE KEY", "first-secret"),
        "rest-of-secret-----END PRIVATE KEY-----".to_owned(),
        r"-----BEGIN CERTIFICATE-----\ncut off\n".to_owned(),
    ] {
        for given in [
            format!("{before}{key}"),
            format!("{before}{key}{}{key}", block("CERTIFICATE", "public")),
            format!(r"{before}-----BEGIN PRIVATE KEY-----\nsecret-body"),
        ] {
            assert!(
                !text(&given).contains("secret"),
                "{given}: {}",
                text(&given)
            );
            let shown = value(json!({ "data": given })).to_string();
            assert!(!shown.contains("secret"), "{given}: {shown}");
        }
    }
    let certificate = block("CERTIFICATE", "public");
    let given = format!(r"{key}{certificate}\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUF");
    assert!(text(&given).contains("public"));
}

#[test]
fn the_secrets_of_commands_are_hidden_in_arrays_and_quotes() {
    for words in [
        json!(["mysqladmin", "ping", "-uroot", "-pplanted"]),
        json!(["CMD", "redis-cli", "-a", "planted", "ping"]),
        json!(["sshpass", "-p", "planted", "ssh"]),
        json!(["curl", "-u", "admin:planted", "http://x"]),
        json!(["docker", "login", "-u", "a", "-p", "planted"]),
    ] {
        let shown = value(json!({ "Test": words })).to_string();
        assert!(!shown.contains("planted"), "{shown}");
        let shown = text(&words.to_string());
        assert!(!shown.contains("planted"), "{shown}");
    }
    for (given, expected) in [
        ("mysql -uroot -p'a b' shop", "mysql -uroot -p'*' shop"),
        (r#"mysql -uroot -p"ab" shop"#, r#"mysql -uroot -p"*" shop"#),
        ("curl -u bob:[ab http://x", "curl -u bob:* http://x"),
        ("sshpass -p 'a b' ssh x", "sshpass -p '*' ssh x"),
        (r#"redis-cli -a "ab" ping"#, r#"redis-cli -a "*" ping"#),
        ("docker login -u a -p 'ab' x", "docker login -u a -p '*' x"),
        ("redis-server requirepass ab", "redis-server requirepass *"),
    ] {
        assert_eq!(shape(&text(given)), expected);
    }
    let ports = json!(["docker", "run", "-p", "80:80", "web"]);
    assert_eq!(value(ports.clone()), ports);
}

/// Whoever writes a log must not be able to stop the server. What takes time in proportion to the
/// length takes seconds here; in proportion to its square it would take minutes.
#[test]
fn the_time_for_a_line_grows_no_faster_than_the_line() {
    for part in [
        "&pw=a",
        "pw=,",
        "pw='",
        r#"pw=\""#,
        "pw=[",
        ",pw=a",
        " --pw a",
        " --pw '",
        "ENV my_key :a ",
        "[REDACTED:12345678] pw=a ",
        "mysql curl ",
        "docker sshpass -px ",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "a:b@/",
        "a://b:c@",
        "IDENTIFIED BY '",
    ] {
        let begun = std::time::Instant::now();
        let line = part.repeat(50_000 / part.len());
        for line in [line.clone(), format!("{}{line}", " ".repeat(25_000))] {
            let once = text(&line);
            text(&once);
        }
        let took = begun.elapsed();
        assert!(took.as_secs() < 20, "{part}: {took:?}");
    }
}

#[test]
fn what_the_caller_gave_is_hidden_wherever_it_comes_back() {
    let tool = crate::catalog::find("docker_exec_command").unwrap();
    let environment = json!({ "A": "planted-1", "PIN_SECRET": "123456", "PORT": "8080", "MODE": "production", "Q": "say \"hi\" twice" });
    for given in [environment.clone(), json!(environment.to_string())] {
        let arguments = json!({ "container_id": "web", "environment": given });
        let redactor = redactor().for_call(tool, arguments.as_object().unwrap());
        let redacted = redactor
            .text(r#"planted-1! 123456 8080 production say "hi" twice, "say \"hi\" twice""#);
        assert_eq!(shape(&redacted), r#"*! * 8080 production *, "*""#);
    }
    let redactor = redactor();
    redactor.learn("registry-pass\nsecond line");
    assert_eq!(
        shape(&redactor.clone().text("a registry-pass b second line")),
        "a * b *"
    );
}

/// Some spellings nest: an assignment in an array in a text, a URL in a value.
#[test]
fn redacting_twice_changes_nothing() {
    let redactor = redactor();
    let texts = [
        "DB_PASSWORD=correct horse, battery".to_owned(),
        "Authorization: Digest username=\"a\", response=\"b\"".to_owned(),
        format!("token {JWT} and {AWS}"),
        "PASSWORD=postgres://u:hunter2@db TOKEN=abc".to_owned(),
        r#"{"password":"[REDACTED:12345678]","auth":"user [REDACTED:1"}"#.to_owned(),
        "mount o=username=bob,password=hunter2,ro: failed".to_owned(),
        "RUN |2 A=1 TOKEN=a b /bin/sh -c make PASSWORD=x".to_owned(),
        key(3).join("\n"),
    ];
    for given in &texts {
        let once = redactor.text(given).into_owned();
        assert_eq!(redactor.text(&once), once, "{given}");
        let mut document = json!({ "Env": [given], "o": given, "password": given, "Cmd": ["x", "--token", given] });
        redactor.value(&mut document);
        let once = document.clone();
        redactor.value(&mut document);
        assert_eq!(document, once);
    }
}

#[test]
fn a_name_that_an_escape_or_a_hidden_character_splits_is_still_one() {
    for given in ["pass\u{1b}[0mword=hunter2", "pass\u{200b}word=hunter2"] {
        assert_eq!(shape(&text(given)), "password=*");
        assert_eq!(shape(value(json!(given)).as_str().unwrap()), "password=*");
        assert_eq!(
            shape(&redactor().lines().line(given.as_bytes())),
            "password=*"
        );
    }
}

#[test]
fn switched_off_it_takes_out_hidden_characters_alone() {
    let redactor = Redactor::new(false);
    assert_eq!(
        redactor.text("PASSWORD=hunter2\u{1b}[0m"),
        "PASSWORD=hunter2"
    );
    let mut document = json!({ "Env": ["PASSWORD=hunter2\u{202e}"] });
    redactor.value(&mut document);
    assert_eq!(document, json!({ "Env": ["PASSWORD=hunter2"] }));
}

#[test]
fn a_marker_is_found_at_any_depth() {
    for given in [
        json!({ "a": "[REDACTED:12ab34cd]" }),
        json!({ "a": [{ "x[REDACTED:12ab34cd]": 1 }] }),
        json!({ "a": "{\"B\":\"[redacted:12AB34CD]\"}" }),
        json!({ "a": "cut [REDACTED:12ab" }),
    ] {
        let refused = check_markers(given.as_object().unwrap()).unwrap_err();
        assert!(refused.0.contains("ask the person"), "{refused}");
    }
    let harmless = json!({ "grep": "REDACTED", "a": "[REDACTED]", "b": "[redacted: yes]" });
    assert!(check_markers(harmless.as_object().unwrap()).is_ok());
}
