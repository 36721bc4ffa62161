//! How a secret is named in an argument, and how its value is spelt where it is hidden.

use serde_json::{Value, json};

use super::{CREATE, INSPECT, VALUE, Vault, client, create, engine, refused, told, variables};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

/// However variables are given, and with what else around.
#[tokio::test]
async fn a_name_counts_in_every_spelling_of_a_variable() {
    let (engine, vault) = (
        engine(),
        Vault::new(&[("db", VALUE), ("x", "$${secret:db} $1 \\")]),
    );
    let client = client(&engine, &vault, &[]).await;
    for (given, expected) in [
        (json!({ "A": "${secret:db}" }), VALUE),
        (json!("A=${secret:db}"), VALUE),
        (json!(["A=${secret:db}"]), VALUE),
        (json!(r#"{"A":"${secret:db}"}"#), VALUE),
        (json!(r#"["A=${secret:db}"]"#), VALUE),
        // What was put in is not looked at again.
        (json!({ "A": "${secret:x}" }), "$${secret:db} $1 \\"),
        (json!({ "A": "$${secret:db}" }), "${secret:db}"),
        (json!({ "A": "$$$${secret:db}" }), "$${secret:db}"),
        (
            json!({ "A": "$$ $ ${x} {secret:db}" }),
            "$$ $ ${x} {secret:db}",
        ),
    ] {
        let result = client.call(CREATE, create(given.clone())).await;
        assert_ne!(result.is_error, Some(true), "{given}: {result:?}");
        assert_eq!(variables(&engine), [format!("A={expected}")], "{given}");
    }
    let given = json!({ "A": "$$${secret:db}" });
    client.call(CREATE, create(given)).await;
    assert_eq!(variables(&engine), [format!("A=${VALUE}")]);
    client.stop().await;
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let (engine, vault) = (engine(), Vault::new(&[("db", VALUE)]));
    let client = client(&engine, &vault, &[]).await;
    let long = "a".repeat(65);
    for name in [
        "",
        ".",
        "..",
        "../db",
        "../../etc/shadow",
        "/etc/shadow",
        "a/b",
        "a\\b",
        "db:-x",
        "db ",
        "d\u{e4}",
        &long,
    ] {
        let given = create(json!({ "A": format!("x ${{secret:{name}}}") }));
        let text = refused(&client, &engine, CREATE, given).await;
        assert!(text.contains("names no secret"), "{name}: {text}");
    }
    for given in [
        json!({ "A": "${secret:db" }),
        json!({ "A": "${secret:db\n}" }),
    ] {
        let text = refused(&client, &engine, CREATE, create(given)).await;
        assert!(text.contains("names no secret"), "{text}");
    }
    for given in [
        json!({ "${secret:db}": "1" }),
        json!(["${secret:db}=1"]),
        json!("A${secret:db}=1"),
    ] {
        let text = refused(&client, &engine, CREATE, create(given)).await;
        assert!(text.contains("not in its name"), "{text}");
    }
    client.stop().await;
}

/// Logs as programs write them: what holds the value in its own form does not come out.
#[tokio::test]
async fn a_value_is_hidden_as_programs_quote_it() {
    let secret = "päss/wörd \"q\" <b> & \\n\ttab";
    let lines = "first line of it\nabc\nde\n{\nlast line of it";
    let quoted = serde_json::to_string(secret).unwrap();
    let python = quoted.replace('ä', "\\u00e4").replace('ö', "\\u00f6");
    let go = quoted
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let php = quoted.replace('/', "\\/");
    let twice = serde_json::to_string(&quoted).unwrap();
    let url = "p%C3%A4ss%2Fw%C3%B6rd%20%22q%22%20%3Cb%3E%20%26%20%5Cn%09tab";
    let written = [
        secret,
        &quoted,
        &python,
        &go,
        &php,
        &twice,
        url,
        "p\u{200b}äss/wörd \"q\" <b> & \\n\ttab",
    ];
    let log: String = written
        .iter()
        .map(|it| format!("value {it} end\n"))
        .collect();
    let engine = FakeEngine::start()
        .on("GET /containers/*/json", json!({
            "Id": "1", "Config": { "Env": [format!("X={lines}"), format!("Y={}", json!({ "a": lines }))] },
            "Args": [lines], "Labels": { (format!("k {secret}")): "x" },
        }))
        // In pieces that end within the value.
        .on("GET /containers/*/logs", Reply::chunks(log.as_bytes().chunks(7).map(|piece| {
            let length = u8::try_from(piece.len()).unwrap();
            [&[1, 0, 0, 0, 0, 0, 0, length], piece].concat()
        })));
    let vault = Vault::new(&[("db", secret), ("many", lines)]);
    let client = client(&engine, &vault, &[("SAFETY_REDACT_SECRETS", "false")]).await;
    let logged = client
        .call("docker_container_logs", json!({ "container_id": "web" }))
        .await;
    let logged = logged.structured_content.unwrap()["logs"].clone();
    let shown: Vec<&str> = logged.as_str().unwrap().lines().collect();
    assert_eq!(shown.len(), written.len(), "{logged}");
    for line in shown {
        let rest = line
            .strip_prefix("value ")
            .and_then(|it| it.strip_suffix(" end"));
        let rest = rest.unwrap_or(line).trim_matches(['"', '\\']);
        assert!(rest.starts_with("[REDACTED:") && rest.len() == 19, "{line}");
    }
    let inspected = client.call(INSPECT, json!({ "container_id": "web" })).await;
    let text = told(&inspected);
    for part in ["first line", "abc", "päss"] {
        assert!(!text.contains(part), "{text}");
    }
    let details: &Value = &inspected.structured_content.unwrap()["details"];
    assert!(
        details["Config"]["Env"][0]
            .as_str()
            .unwrap()
            .starts_with("X=[REDACTED:"),
        "{details}"
    );
    client.stop().await;
}

/// A budget cuts a result, and what it would cut is hidden by then.
#[tokio::test]
async fn a_value_at_the_edge_of_a_budget_is_hidden_whole() {
    let vault = Vault::new(&[("db", "edge-of-the-budget-value")]);
    let engine = FakeEngine::start()
        .on(
            "GET /containers/*/json",
            json!({ "Id": "1", "Config": { "Tty": false } }),
        )
        .answer("GET /containers/*/logs", |seen| {
            let pad = seen
                .target
                .split('/')
                .nth(2)
                .unwrap()
                .trim_start_matches('c')
                .parse()
                .unwrap();
            let text = format!(
                "{}edge-of-the-budget-value",
                "word ".repeat(800) + &"x".repeat(pad)
            );
            Reply::chunks([frame(1, &format!("{text} {text}\n"))])
        });
    let client = client(&engine, &vault, &[("SAFETY_MAX_RESPONSE_BYTES", "4096")]).await;
    for pad in 0..24 {
        let given = json!({ "container_id": format!("c{pad}") });
        let text = told(&client.call("docker_container_logs", given).await);
        for part in ["edge-of", "-budget", "t-value"] {
            assert!(!text.contains(part), "{pad}: {text}");
        }
    }
    client.stop().await;
}
