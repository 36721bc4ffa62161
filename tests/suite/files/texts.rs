//! `docker_read_file`: what is given of a content.

use super::*;

/// SHA-256 of `abc`.
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[tokio::test]
async fn a_file_is_given_with_what_describes_it() {
    let engine = engine(files([
        ("/srv/a", Node::File(0o640, b"abc".to_vec())),
        ("/empty", file("")),
    ]));
    let result = read(&engine, "/srv/a", json!({})).await;
    let expected = json!({
        "path": "/srv/a", "text": "abc", "base64": null, "size": 3, "sha256": ABC, "mode": "0640",
        "modified": "2026-01-01T09:00:00Z", "truncated": false,
    });
    assert_eq!(result, expected);
    let result = read(&engine, "/empty", json!({})).await;
    assert_eq!(
        (&result["text"], &result["size"]),
        (&json!(""), &json!(0)),
        "{result}"
    );
}

#[tokio::test]
async fn lines_are_chosen_by_number_and_by_what_they_say() {
    let text: String = (1..=9).map(|at| format!("line {at}\n")).collect();
    let engine = engine(files([("/t", file(text + "line 10"))]));
    for (more, expected) in [
        (json!({ "lines": "2-3" }), "line 2\nline 3\n"),
        (json!({ "lines": "9-" }), "line 9\nline 10"),
        (json!({ "lines": "4" }), "line 4\n"),
        (json!({ "lines": "11-20" }), ""),
        (json!({ "grep": "[13]$" }), "line 1\nline 3\n"),
        (json!({ "grep": "^line 1", "lines": "2-" }), "line 10"),
    ] {
        let result = read(&engine, "/t", more.clone()).await;
        assert_eq!(result["text"], expected, "{more}: {result}");
        assert_eq!(result["truncated"], false, "{more}: {result}");
    }
    for (more, words) in [
        (json!({ "lines": "3-2" }), "`lines`"),
        (json!({ "lines": "all" }), "`lines`"),
        (json!({ "lines": "1-2", "base64": true }), "`base64`"),
        (json!({ "grep": "x", "base64": true }), "`base64`"),
    ] {
        let mut arguments = of("/t");
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let text = failed(&engine, READ, arguments).await;
        assert!(text.contains(words), "{more}: {text}");
    }
}

/// The digest is of what is there, and the search is in what is shown.
#[tokio::test]
async fn secrets_are_hidden_before_anything_is_searched_or_cut() {
    let key = "MIIEpAIBAAKCAQEAplantedAbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdE\n";
    let many = (0..5000)
        .map(|at| format!("plain line {at}\n"))
        .collect::<String>();
    let pem = format!(
        "-----BEGIN RSA PRIVATE KEY-----\n{}-----END RSA PRIVATE KEY-----\n",
        key.repeat(30)
    );
    let content = format!("DB_PASSWORD=hunter2hunter2\n{many}{pem}end\n");
    let engine = engine(files([("/t", file(content))]));
    for more in [
        json!({}),
        json!({ "grep": "PASSWORD|hunter2|MIIE|end" }),
        // The beginning of the key is before what is asked for.
        json!({ "lines": "5010-5020" }),
    ] {
        let result = read(&engine, "/t", more).await.to_string();
        assert!(
            !result.contains("hunter2") && !result.contains("planted"),
            "{result}"
        );
    }
    let found = read(&engine, "/t", json!({ "grep": "hunter2" })).await;
    assert_eq!(found["text"], "", "{found}");
    let bytes = read(&engine, "/t", json!({ "base64": true })).await;
    assert_eq!(bytes["base64"], Value::Null, "{bytes}");
    assert!(
        bytes["hint"].as_str().unwrap().contains("secrets"),
        "{bytes}"
    );
}

#[tokio::test]
async fn of_what_is_no_text_there_are_bytes_where_they_are_asked_for() {
    let engine = engine(files([("/b", file(*b"a\0b"))]));
    let result = read(&engine, "/b", json!({})).await;
    assert_eq!(
        (&result["text"], &result["base64"]),
        (&Value::Null, &Value::Null),
        "{result}"
    );
    assert_eq!(result["size"], 3, "{result}");
    assert_eq!(result["sha256"].as_str().unwrap().len(), 64, "{result}");
    let result = read(&engine, "/b", json!({ "base64": true })).await;
    assert_eq!(result["base64"], "YQBi", "{result}");
    assert_eq!(result["text"], Value::Null, "{result}");
}

#[tokio::test]
async fn a_long_text_is_cut_and_says_where_to_go_on() {
    let text: String = (1..=20_000)
        .map(|at| format!("this is line {at}\n"))
        .collect();
    let engine = engine(files([
        ("/t", file(text)),
        ("/one", file("word ".repeat(100_000))),
    ]));
    let result = read(&engine, "/t", json!({})).await;
    assert_eq!(result["truncated"], true, "{result}");
    let lines = result["text"].as_str().unwrap().lines().count();
    assert!(lines > 500, "{lines}");
    let next = format!("from {} on", lines + 1);
    assert!(
        result["hint"].as_str().unwrap().contains(&next),
        "{lines}: {}",
        result["hint"]
    );
    assert!(result.to_string().len() <= 40_000);
    let rest = read(&engine, "/t", json!({ "lines": format!("{}-", lines + 1) })).await;
    let begins = format!("this is line {}\n", lines + 1);
    assert!(
        rest["text"].as_str().unwrap().starts_with(&begins),
        "{rest}"
    );

    let result = read(&engine, "/one", json!({})).await;
    assert_eq!(result["truncated"], true);
    assert!(result["text"].as_str().unwrap().len() > 10_000);
}
