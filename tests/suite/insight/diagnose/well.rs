//! Where all is well, nothing is found.

use serde_json::{Value, json};

use super::{Made, diagnosed, engine};

fn healthy() -> Vec<(&'static str, Vec<Made>)> {
    let app = || Made::new("app");
    let published = json!({ "80/tcp": [{ "HostIp": "", "HostPort": "8080" }] });
    let asks = |entry: &str| vec![app().env(entry), Made::new("db")];
    vec![
        ("it runs", vec![app()]),
        ("it did its work", vec![app().state("exited", 0)]),
        ("it was stopped", vec![app().state("exited", 143)]),
        ("it was interrupted", vec![app().state("exited", 130)]),
        ("its probe passes", vec![app().with("/State/Health", json!({ "Status": "healthy" }))]),
        ("its probe has yet to pass", vec![app().with("/State/Health", json!({ "Status": "starting", "FailingStreak": 1 }))]),
        ("it publishes a port", vec![app().with("/HostConfig/PortBindings", published.clone()).with("/NetworkSettings/Ports", published)]),
        ("it asks for who is there", asks("DATABASE_URL=postgres://app:s3cret@db:5432/app")),
        ("it asks in any case", asks("DB_HOST=DB")),
        ("it asks for itself", asks("SELF_URL=http://app:80")),
        ("it asks for a machine outside", asks("API_URL=https://api.example.com/v1")),
        ("it asks for a name that is like nobody's", asks("MAIL_URL=smtp://mailgate:25")),
        ("it asks for an address", asks("DB_URL=postgres://10.0.0.3:5432/")),
        ("it asks for an extra host", vec![app().env("DB_URL=postgres://dbb/").with("/HostConfig/ExtraHosts", json!(["dbb:10.0.0.7"])), Made::new("db")]),
        ("it restarted once, long ago", vec![app().with("/RestartCount", json!(4)).with("/State/StartedAt", json!("2026-05-01T08:00:00Z"))]),
        ("its log tells of requests", vec![app().log("10.0.0.1 - - \"GET /x HTTP/1.1\" 500 12\nlistening on 80")]),
        ("its log told of trouble that is over", vec![app().log("connection refused by db:5432, could not connect to server: Connection refused\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10")]),
    ]
}

#[tokio::test]
async fn nothing_is_found_where_all_is_well() {
    for (what, containers) in healthy() {
        let engine = engine(&containers);
        let result = diagnosed(&engine, json!({})).await;
        assert_eq!(result["findings"], json!([]), "{what}: {result:#}");
        let names: Value = containers.iter().map(|made| made.name).collect();
        assert_eq!(result["healthy"], names, "{what}");
        assert_eq!(result["checked"], containers.len(), "{what}");
    }
}
