//! Private keys, which take up many lines or stand among others on one.

use serde_json::json;

use super::*;

pub(super) fn key(lines: usize) -> Vec<String> {
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
