//! What is wrong around a container: its probe, its networks, its ports.

use serde_json::json;

use super::{ENDED, Made, Situation, exited, situation};

const UNHEALTHY: &str = "its probe failed 4 times in a row";

pub(super) fn probes() -> Vec<Situation> {
    let app = || Made::new("app");
    let curl = "curl -f http://localhost:8081/health || exit 1";
    vec![
        situation(
            "nothing answers the probe",
            [app().unhealthy(
                curl,
                7,
                "curl: (7) Failed to connect to localhost port 8081: Connection refused",
            )],
            ("critical", "app", UNHEALTHY),
            "nothing accepts connections",
            &["probe: CMD-SHELL curl", "Connection refused"],
        ),
        situation(
            "the probe's command is missing",
            [app().unhealthy(curl, 127, "/bin/sh: curl: not found")],
            ("critical", "app", UNHEALTHY),
            "the image has no such command",
            &["curl: not found"],
        ),
        situation(
            "the probe takes too long",
            [app().unhealthy(curl, -1, "Health check exceeded timeout (5s)")],
            ("critical", "app", UNHEALTHY),
            "its timeout of 5 s",
            &["exceeded timeout"],
        ),
        situation(
            "the application refuses the probe",
            [app().unhealthy(curl, 22, "curl: (22) The requested URL returned error: 503")],
            ("critical", "app", UNHEALTHY),
            "the status 503",
            &["returned error: 503"],
        ),
        situation(
            "a probe that says nothing",
            [app().unhealthy("test -f /ready", 1, "")],
            ("critical", "app", UNHEALTHY),
            None,
            &["its last exit code: 1"],
        ),
    ]
}

/// Names that nobody has, with one like them and without.
pub(super) fn names() -> Vec<Situation> {
    let asks = |entry: &str| Made::new("app").env(entry);
    let store = || {
        Made::new("shelf").with(
            "/NetworkSettings/Networks/shop/Aliases",
            json!(["events-north"]),
        )
    };
    let warning = ("warning", "app", "nobody on its networks has");
    let meant = "`shelf` is called `events-north`";
    vec![
        situation(
            "the words of another's name in another order",
            [
                asks("STORE_URL=tcp://app:s3cret@north-events:5000/app")
                    .log("store: connection failed, trying again"),
                store(),
                Made::new("north"),
            ],
            warning,
            meant,
            &[
                "STORE_URL asks for the host `north-events`",
                "log: store: connection failed",
            ],
        ),
        situation(
            "such words, one of them misspelt",
            [asks("STORE_HOST=north_event"), store()],
            warning,
            meant,
            &["STORE_HOST asks"],
        ),
        situation(
            "a name that is like nobody's but its own",
            [
                asks("MAIL_URL=smtp://mail:25").with(
                    "/NetworkSettings/Networks/shop/Aliases",
                    json!(["app", "app-mail-1"]),
                ),
                store(),
            ],
            warning,
            None,
            &["MAIL_URL asks for the host `mail`"],
        ),
        situation(
            "such a name that its log speaks of",
            [
                asks("MAIL_URL=smtp://mailgate:25")
                    .log("dial tcp: lookup mailgate on 127.0.0.11:53: no such host"),
                store(),
            ],
            ("critical", "app", "nobody on its networks has"),
            None,
            &["log: dial tcp: lookup mailgate"],
        ),
        situation(
            "the second of several",
            [asks(
                "NATS_SERVERS=nats://app:4222,nats://u:s3cret@queue:4222",
            )],
            warning,
            None,
            &["NATS_SERVERS asks for the host `queue`"],
        ),
        situation(
            "a driver's URL",
            [asks("DB=jdbc:postgresql://ledger/app?password=s3cret")],
            warning,
            None,
            &["DB asks for the host `ledger`"],
        ),
        situation(
            "a name that one asked for which ended long ago",
            [exited(1)
                .env("DB_HOST=ledger")
                .with("/State/FinishedAt", json!("2026-04-01T10:00:00Z"))],
            ("notice", "app", ENDED),
            None,
            &["State.ExitCode: 1"],
        ),
    ]
}

pub(super) fn networks() -> Vec<Situation> {
    let asks = |entry: &str| Made::new("app").env(entry);
    let db = || Made::new("postgres");
    let stopped = Made::new("db").state("exited", 0);
    let not_resolved = "Error: getaddrinfo ENOTFOUND postgrse";
    let elsewhere = Made::new("db").on(&["back"]);
    let bound = json!({ "8080/tcp": [{ "HostIp": "", "HostPort": "80" }] });
    let unpublished = Made::new("app").with("/HostConfig/PortBindings", bound);
    let default = |name| Made::new(name).on(&["bridge"]);
    vec![
        situation(
            "a name that is nearly another's",
            [
                asks("DATABASE_URL=postgres://app:s3cret@postgrse:5432/app"),
                db(),
            ],
            ("warning", "app", "asks for `postgrse`"),
            "`postgres` is called `postgres`",
            &["DATABASE_URL asks for the host `postgrse`"],
        ),
        situation(
            "a name that it failed over",
            [exited(1).env("DB_HOST=postgrse").log(not_resolved), db()],
            ("critical", "app", ENDED),
            "`postgres` is called `postgres`",
            &["log: Error: getaddrinfo", "DB_HOST asks for the host"],
        ),
        situation(
            "a name whose owner does not run",
            [asks("CACHE=redis://db:6379"), stopped],
            ("warning", "app", "which does not run"),
            "`db`, which has that name, is exited",
            &["CACHE asks for the host `db`"],
        ),
        situation(
            "a name on another network",
            [asks("DB_URL=mysql://db/x"), elsewhere],
            ("warning", "app", "nobody on its networks has"),
            "is on no network with it",
            &["`db` is on `back`"],
        ),
        situation(
            "a name on the default bridge",
            [default("app").env("DB_URL=mysql://db/x"), default("db")],
            ("warning", "app", "no names are resolved"),
            "the default bridge resolves no names",
            &["DB_URL asks for"],
        ),
        situation(
            "a port that is not there",
            [unpublished.clone()],
            (
                "critical",
                "app",
                "8080/tcp, which it is to publish, is not there",
            ),
            None,
            &["HostConfig.PortBindings has 8080/tcp"],
        ),
        situation(
            "a port of one without networks",
            [unpublished.on(&[])],
            ("critical", "app", "is not there"),
            "on no network any more",
            &["NetworkSettings.Ports"],
        ),
        situation(
            "trouble that only its log tells",
            [Made::new("app").log("up\nERROR could not connect to server: Connection refused")],
            ("warning", "app", "its log tells of trouble"),
            None,
            &["log: ERROR could not connect"],
        ),
    ]
}
