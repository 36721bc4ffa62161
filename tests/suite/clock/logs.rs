//! Reads logs of a stretch of time, and logs whose lines the Engine keeps in several records.

use super::*;

const RECORD: usize = 16 << 10;

#[tokio::test]
async fn times_are_counted_on_the_engines_clock() {
    for ahead in AHEAD {
        let engine = engine(ahead);
        let args = json!({ "container_id": "web", "since": "10m", "until": "5m" });
        call(&engine, "docker_container_logs", args).await.unwrap();
        let seen = last(&engine, "/containers/web/logs");
        for (name, seconds) in [("since", 600), ("until", 300)] {
            is_ago(&engine, time(&seen, name).unwrap(), seconds, name);
        }
        let args =
            json!({ "container_id": "web", "since": "1 hour 10 minutes ago", "until": "5m ago" });
        call(&engine, "docker_container_logs", args).await.unwrap();
        let seen = last(&engine, "/containers/web/logs");
        for (name, seconds) in [("since", 4200), ("until", 300)] {
            is_ago(&engine, time(&seen, name).unwrap(), seconds, name);
        }
    }
}

#[tokio::test]
async fn a_line_of_just_now_is_not_lost_to_the_end_of_the_stretch() {
    for ahead in AHEAD {
        let engine = engine(ahead);
        let stamp = engine.now();
        let engine = engine.on(
            "GET /containers/web/logs",
            Reply::chunks([frame(1, &format!("{stamp:.9} just now\n"))]),
        );
        let args = json!({ "container_id": "web", "since": "1m", "until": "now" });
        let log = call(&engine, "docker_container_logs", args).await.unwrap();
        assert_eq!(log["logs"], "just now", "{ahead}");
    }
}

#[tokio::test]
async fn a_time_without_a_zone_is_utc_and_what_is_no_time_is_refused_with_the_reason() {
    let engine = engine(0);
    let logs = |since: &str| json!({ "container_id": "web", "since": since });
    for (since, read) in [
        ("2026-05-01T10:00:00", "2026-05-01T10:00:00Z"),
        ("2026-05-01", "2026-05-01T00:00:00Z"),
    ] {
        let log = call(&engine, "docker_container_logs", logs(since))
            .await
            .unwrap();
        let hint = log["hint"].as_str().unwrap();
        assert!(
            hint.contains("read as UTC") && hint.contains(read),
            "{hint}"
        );
        let sent = time(&last(&engine, "/containers/web/logs"), "since").unwrap();
        assert_eq!(sent.to_string(), read);
    }
    call(&engine, "docker_container_logs", logs("now"))
        .await
        .unwrap();
    let sent = last(&engine, "/containers/web/logs");
    is_ago(&engine, time(&sent, "since").unwrap(), 0, "now");
    let asked = engine.requests().len();
    for tool in ["docker_container_logs", "docker_events"] {
        let mut args = logs("yesterday");
        if tool == "docker_events" {
            args = json!({ "since": "yesterday" });
        }
        let error = call(&engine, tool, args).await.unwrap_err();
        for part in [
            "`since`",
            "RFC 3339",
            "15m",
            "neither a date nor a duration",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
    for (since, reason) in [
        ("-5m", "it is negative"),
        ("+5 minutes ago", "ahead and `ago` at once"),
        ("1 month ago", "no fixed length"),
    ] {
        let error = call(&engine, "docker_container_logs", logs(since)).await;
        let error = error.unwrap_err();
        assert!(error.contains(reason), "{since}: {error}");
    }
    assert_eq!(engine.requests().len(), asked);
}

#[tokio::test]
async fn a_stretch_that_ends_before_it_begins_is_refused_with_both_ends() {
    let engine = engine(0);
    let times =
        json!({ "container_id": "web", "since": "2026-05-02T00:00:00Z", "until": "2026-05-01" });
    let error = call(&engine, "docker_container_logs", times)
        .await
        .unwrap_err();
    for part in [
        "2026-05-02T00:00:00Z",
        "2026-05-01T00:00:00Z",
        "later than `until`",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert!(!engine.requests().iter().any(|it| it.contains("/logs")));
    let error = call(
        &engine,
        "docker_events",
        json!({ "since": "1h", "until": "2h" }),
    )
    .await;
    assert!(error.unwrap_err().contains("later than `until`"));
}

/// An Engine whose container has this log, of which it sends the last records as it is asked.
fn kept(tty: bool, records: &[(u8, String)]) -> FakeEngine {
    let records = records.to_vec();
    engine(0)
        .on(
            "GET /containers/web/json",
            json!({ "Id": ID, "Name": "/web", "Config": { "Tty": tty } }),
        )
        .answer("GET /containers/web/logs", move |seen| {
            let value = |name: &str| {
                let (_, query) = seen.target.split_once('?').unwrap();
                let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                pairs.find(|(key, _)| *key == name).unwrap().1.to_owned()
            };
            let tail: usize = value("tail").parse().unwrap_or(usize::MAX);
            let stamped = value("timestamps") == "true";
            let sent = records.iter().skip(records.len().saturating_sub(tail));
            let sent = sent.map(|(channel, text)| {
                let text = if stamped {
                    format!("2026-05-01T10:00:00.000000000Z {text}")
                } else {
                    text.clone()
                };
                if tty {
                    text.into_bytes()
                } else {
                    frame(*channel, &text)
                }
            });
            Reply::chunks(sent)
        })
}

async fn tail(engine: &FakeEngine, args: Value) -> Value {
    let mut args = args;
    args["container_id"] = json!("web");
    call(engine, "docker_container_logs", args).await.unwrap()
}

/// The records of a line of that length, and the line.
fn long(length: usize) -> (Vec<(u8, String)>, String) {
    let line = "x".repeat(length);
    let mut records: Vec<(u8, String)> = line
        .as_bytes()
        .chunks(RECORD)
        .map(|part| (1, String::from_utf8(part.to_vec()).unwrap()))
        .collect();
    records.last_mut().unwrap().1.push('\n');
    (records, line)
}

#[tokio::test]
async fn a_line_in_several_records_is_one_line_with_one_stamp() {
    let (mut records, line) = long(17_000);
    records.insert(0, (1, "first\n".into()));
    records.push((1, "last\n".into()));
    for tty in [false, true] {
        let engine = kept(tty, &records);
        for stamped in [false, true] {
            let log = tail(&engine, json!({ "tail": 2, "timestamps": stamped })).await;
            let text = log["logs"].as_str().unwrap();
            let stamps = text.matches("2026-05-01T10:00:00.000000000Z ").count();
            assert_eq!(stamps, if stamped { 2 } else { 0 }, "tty {tty}");
            let plain = text.replace("2026-05-01T10:00:00.000000000Z ", "");
            assert_eq!(plain, format!("{line}\nlast"), "tty {tty}");
            assert_eq!(
                (&log["lines"], &log["truncated"], &log["more_before"]),
                (&json!(2), &json!(false), &json!(true))
            );
            let grep = json!({ "tail": 1, "grep": "^x{16999}", "timestamps": stamped });
            assert_eq!(tail(&engine, grep).await["lines"], 1, "tty {tty}");
        }
    }
}

/// Older Engines lose the newline of such a line where the driver is `local`.
#[tokio::test]
async fn a_line_in_several_records_that_lost_its_newline_still_ends() {
    for (tty, end) in [(false, ""), (true, "\r")] {
        let (mut records, line) = long(17_000);
        let last = records.last_mut().unwrap();
        last.1 = last.1.replace('\n', end);
        records.insert(0, (1, format!("first{end}\n")));
        records.push((1, format!("last{end}\n")));
        let local = json!({
            "Id": ID, "Name": "/web", "Config": { "Tty": tty },
            "HostConfig": { "LogConfig": { "Type": "local" } },
        });
        let engine = kept(tty, &records).on("GET /containers/web/json", local);
        for stamped in [false, true] {
            let log = tail(&engine, json!({ "tail": 2, "timestamps": stamped })).await;
            let text = log["logs"].as_str().unwrap();
            let plain = text.replace("2026-05-01T10:00:00.000000000Z ", "");
            assert_eq!(plain, format!("{line}\nlast"), "tty {tty}");
            assert_eq!(text.matches("2026").count(), if stamped { 2 } else { 0 });
            for (grep, found) in [("^x{17000}$", 1), ("^last$", 1), ("xlast", 0)] {
                let args = json!({ "grep": grep, "timestamps": stamped });
                assert_eq!(tail(&engine, args).await["lines"], found, "{tty} {grep}");
            }
        }
    }
}

/// The records that the Engine is asked for may begin within the line: then it is asked for more.
#[tokio::test]
async fn a_line_of_many_records_is_read_from_its_beginning() {
    let (mut records, line) = long(40 * RECORD);
    records.insert(0, (1, "first\n".into()));
    for tty in [false, true] {
        let engine = kept(tty, &records);
        let log = tail(&engine, json!({ "tail": 1 })).await;
        let text = log["logs"].as_str().unwrap();
        assert!(text.ends_with("bytes cut]"), "{} bytes", text.len());
        let cut: usize = text.rsplit(' ').nth(2).unwrap().parse().unwrap();
        let kept = text.matches('x').count();
        assert_eq!(kept + cut, line.len(), "tty {tty}");
        assert_eq!(
            (&log["lines"], &log["truncated"], &log["more_before"]),
            (&json!(1), &json!(true), &json!(true))
        );
        let log = tail(&engine, json!({ "tail": 2 })).await;
        assert!(
            log["logs"].as_str().unwrap().starts_with("first\n"),
            "tty {tty}"
        );
        assert_eq!(log["more_before"], false);
    }
}

#[tokio::test]
async fn a_line_of_the_other_stream_does_not_end_one_that_goes_on() {
    let (mut records, line) = long(17_000);
    records.insert(1, (2, "meanwhile\n".into()));
    let log = tail(&kept(false, &records), json!({ "tail": 2 })).await;
    assert_eq!(log["logs"], format!("meanwhile\n{line}"));
}

#[tokio::test]
async fn what_the_tail_left_out_is_not_called_cut() {
    let records: Vec<(u8, String)> = (1..=5).map(|at| (1, format!("line {at}\n"))).collect();
    for tty in [false, true] {
        let engine = kept(tty, &records);
        for (args, lines, more) in [
            (json!({ "tail": 2 }), 2, true),
            (json!({ "tail": 5 }), 5, false),
            (json!({ "tail": 6 }), 5, false),
            (json!({ "tail": 0 }), 0, true),
            (json!({ "tail": "all" }), 5, false),
            (json!({ "tail": 2, "grep": "line" }), 2, true),
            (json!({ "tail": 1, "grep": "line 1" }), 1, false),
            (
                json!({ "tail": 3, "since": "2026-05-01T09:00:00Z" }),
                3,
                true,
            ),
        ] {
            let log = tail(&engine, args.clone()).await;
            assert_eq!(
                (&log["lines"], &log["truncated"], &log["more_before"]),
                (&json!(lines), &json!(false), &json!(more)),
                "tty {tty} {args}"
            );
        }
    }
}

#[tokio::test]
async fn following_gives_the_tail_and_what_comes() {
    let records: Vec<(u8, String)> = (1..=5).map(|at| (1, format!("line {at}\n"))).collect();
    let args = json!({ "tail": 2, "follow": true, "follow_seconds": 1 });
    let log = tail(&kept(false, &records), args).await;
    assert_eq!(
        (&log["logs"], &log["more_before"]),
        (&json!("line 4\nline 5"), &json!(true))
    );
}

#[tokio::test]
async fn an_expression_in_slashes_that_matches_nothing_gets_a_hint() {
    let engine = kept(
        false,
        &[(1, "an ERROR\n".into()), (1, "a /path/i\n".into())],
    );
    let log = tail(&engine, json!({ "grep": "/error/i" })).await;
    assert_eq!(log["lines"], 0);
    assert!(log["hint"].as_str().unwrap().contains("(?i)error"), "{log}");
    let log = tail(&engine, json!({ "grep": "/path/i" })).await;
    assert_eq!((&log["lines"], &log["hint"]), (&json!(1), &Value::Null));
}
