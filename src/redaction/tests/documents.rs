//! Documents, whose keys and neighbours tell what a string is.

use serde_json::json;

use super::*;

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
fn a_value_is_redacted_by_the_name_beside_it() {
    let given = json!({
        "env": [
            { "name": "DB_PASSWORD", "value": "swordfish" },
            { "value": "swordfish", "name": "API_TOKEN" },
            { "Key": "db_password", "Value": "swordfish" },
            { "name": "LOG_LEVEL", "value": "debug" },
            { "name": "DB_PASSWORD", "valueFrom": { "secretKeyRef": { "name": "db", "key": "password" } } },
        ],
        "properties": { "name": "password", "type": "string" },
    });
    let shaped: Value = serde_json::from_str(&shape(&value(given).to_string())).unwrap();
    assert_eq!(
        shaped,
        json!({
            "env": [
                { "name": "DB_PASSWORD", "value": "*" },
                { "value": "*", "name": "API_TOKEN" },
                { "Key": "db_password", "Value": "*" },
                { "name": "LOG_LEVEL", "value": "debug" },
                { "name": "DB_PASSWORD", "valueFrom": { "secretKeyRef": { "name": "db", "key": "password" } } },
            ],
            "properties": { "name": "password", "type": "string" },
        })
    );
}

#[test]
fn the_words_of_a_command_are_redacted_as_its_line_is() {
    for (given, expected) in [
        (
            json!(["zip", "-P", "swordfish", "a.zip"]),
            json!(["zip", "-P", "*", "a.zip"]),
        ),
        (
            json!(["vault", "login", "swordfish"]),
            json!(["vault", "login", "*"]),
        ),
        (
            json!(["vault", "login", "-method=oidc"]),
            json!(["vault", "login", "-method=oidc"]),
        ),
        (
            json!(["sqlplus", "-s", "shop/swordfish@db"]),
            json!(["sqlplus", "-s", "shop/*@db"]),
        ),
        (
            json!(["sqlplus", "/", "as", "sysdba"]),
            json!(["sqlplus", "/", "as", "sysdba"]),
        ),
        (
            json!(["htpasswd", "-bnBC", "10", "", "swordfish"]),
            json!(["htpasswd", "-bnBC", "10", "", "*"]),
        ),
        (
            json!(["openssl", "enc", "-pass", "pass:swordfish"]),
            json!(["openssl", "enc", "-pass", "pass:*"]),
        ),
        (
            json!(["openssl", "enc", "-pass", "file:/run/key"]),
            json!(["openssl", "enc", "-pass", "file:/run/key"]),
        ),
        (
            json!(["mosquitto_pub", "-P", "swordfish", "-t", "a"]),
            json!(["mosquitto_pub", "-P", "*", "-t", "a"]),
        ),
        (
            json!(["smbclient", "-U", "bob%swordfish"]),
            json!(["smbclient", "-U", "bob%*"]),
        ),
    ] {
        let shaped: Value = serde_json::from_str(&shape(&value(given).to_string())).unwrap();
        assert_eq!(shaped, expected);
    }
}

/// What a key says is found out once.
#[test]
fn each_item_of_a_list_is_redacted_by_its_keys() {
    let token = "ghp_0123456789abcdefghij";
    let item = |password: &str| json!({ "password": password, token: 1, "name": "web" });
    let redacted = value(json!([item("one"), item("two"), item("three")]));
    let shaped: Value = serde_json::from_str(&shape(&redacted.to_string())).unwrap();
    let expected = json!({ "password": "*", "*": 1, "name": "web" });
    assert_eq!(shaped, json!([expected, expected, expected]));
}

/// What a call learns on its way is hidden in what leaves, although it passed before.
#[test]
fn what_came_out_unchanged_is_hidden_once_it_is_known() {
    let redactor = redactor();
    let mut document = json!([{ "State": "blue-whale" }, { "State": "blue-whale" }]);
    redactor.value(&mut document);
    assert_eq!(document[1], json!({ "State": "blue-whale" }));
    redactor.learn("blue-whale");
    redactor.value(&mut document);
    for item in document.as_array().unwrap() {
        assert_eq!(shape(item["State"].as_str().unwrap()), "*");
    }
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

/// Vault and Consul call by the same name what lets somebody in.
#[test]
fn which_secret_a_service_is_given_is_none_itself() {
    let used = json!({ "SecretID": "1xzcsbmjvhofb0ty9m9ttxaj4", "SecretName": "db" });
    assert_eq!(
        value(json!({ "Secrets": [used] })),
        json!({ "Secrets": [used] })
    );
    for other in [
        json!({ "SecretID": "1xzcsbmjvhofb0ty9m9ttxaj4" }),
        json!({ "SecretID": "6a1253d2-1785-24fd-91c2-f8e78c745511", "SecretName": "db" }),
    ] {
        let redacted = value(other.clone());
        assert_eq!(
            shape(redacted["SecretID"].as_str().unwrap()),
            "*",
            "{other}"
        );
    }
}
