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
        ("it asks for its own machine", asks("CACHE_HOST=LocalHost")),
        ("it asks for several, all there", asks("NATS_SERVERS=nats://app:4222,nats://db:4222")),
        ("it asks for a name that servers of its own may have", vec![app().env("DB_HOST=ledger").with("/HostConfig/Dns", json!(["10.0.0.2"]))]),
        ("it asks for a name that a domain of its own may have", vec![app().env("DB_HOST=ledger").with("/HostConfig/DnsSearch", json!(["corp.example"]))]),
        ("it asks for a name that another machine of a swarm may have", vec![app().env("DB_HOST=ledger").with("/NetworkSettings/Networks/shop/NetworkID", json!("k3v0q5p2m8w1x9y7z6a4b2c1d"))]),
        ("it names a bucket", asks("BACKUP_URL=s3://ledger/daily")),
        ("it names a file", asks("DATABASE_URL=sqlite+aiosqlite://ledger/app.db")),
        ("it names a socket", asks("DOCKER_HOST=unix:///var/run/docker.sock")),
        ("it names a switch", asks("START_SERVER=true")),
        ("it says who may ask for it", asks("ALLOWED_HOSTS=shop,www")),
        ("it says where it listens", asks("KAFKA_ADVERTISED_LISTENERS=INSIDE://broker:9093,OUTSIDE://localhost:9092")),
        ("it has a password that is none of a URL's", asks("CACHE_URL=redis://u:p@s3cret/x@db:6379")),
        ("it asked until it was stopped", vec![app().env("DB_HOST=ledger").state("exited", 143)]),
        ("it asks for a name on the default bridge", vec![app().env("DB_HOST=ledger").on(&["bridge"])]),
        ("it asks for an address", asks("DB_URL=postgres://10.0.0.3:5432/")),
        ("it asks for an extra host", vec![app().env("DB_URL=postgres://dbb/").with("/HostConfig/ExtraHosts", json!(["dbb:10.0.0.7"])), Made::new("db")]),
        ("it asks for an extra host in any case", vec![app().env("DB_HOST=Ledger").with("/HostConfig/ExtraHosts", json!(["LEDGER=10.0.0.7"]))]),
        ("it asks for a link", vec![app().env("DB_HOST=ledger").with("/NetworkSettings/Networks/shop/Links", json!(["db:ledger"])), Made::new("db")]),
        ("it restarted twice, days ago", vec![app().with("/RestartCount", json!(2)).with("/State/StartedAt", json!("2026-04-28T08:00:00Z")).with("/State/FinishedAt", json!("2026-04-28T07:59:59Z"))]),
        ("it was restarted once", vec![app().with("/RestartCount", json!(1)).with("/State/StartedAt", json!("2026-05-01T10:09:58Z"))]),
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
