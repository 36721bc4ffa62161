//! The marker: the same for the same secret, never redacted itself, found in what comes back.

use serde_json::json;

use super::*;

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

/// Some spellings nest: an assignment in an array in a text, a URL in a value.
#[test]
fn redacting_twice_changes_nothing() {
    let redactor = redactor();
    let texts = [
        "DB_PASSWORD=correct horse, battery".to_owned(),
        "Authorization: Digest username=\"a\", response=\"b\"".to_owned(),
        "key AKIAIOSFODNN7EXAMPLE and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgN".to_owned(),
        "PASSWORD=postgres://u:hunter2@db TOKEN=abc".to_owned(),
        r#"{"password":"[REDACTED:12345678]","auth":"user [REDACTED:1"}"#.to_owned(),
        "mount o=username=bob,password=hunter2,ro: failed".to_owned(),
        "RUN |2 A=1 TOKEN=a b /bin/sh -c make PASSWORD=x".to_owned(),
        super::private_keys::key(3).join("\n"),
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
fn a_marker_is_found_at_any_depth() {
    for given in [
        json!({ "a": "[REDACTED:12ab34cd]" }),
        json!({ "a": [{ "x[REDACTED:12ab34cd]": 1 }] }),
        json!({ "a": "{\"B\":\"[redacted:12AB34CD]\"}" }),
        json!({ "a": "cut [REDACTED:12ab" }),
    ] {
        let refused = check_markers(given.as_object().unwrap()).unwrap_err();
        assert!(refused.to_string().contains("ask the person"), "{refused}");
    }
    let harmless = json!({ "grep": "REDACTED", "a": "[REDACTED]", "b": "[redacted: yes]" });
    assert!(check_markers(harmless.as_object().unwrap()).is_ok());
}
