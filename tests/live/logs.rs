//! `docker_container_logs`: which lines are shown, and how.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::docker::{Container, docker};
use crate::session::Session;

const TOOL: &str = "docker_container_logs";

/// The lines that a call gives.
async fn lines(session: &Session, container: &Container, mut arguments: Value) -> Vec<String> {
    arguments["container_id"] = json!(container.name);
    let result = session.ok(TOOL, arguments).await;
    assert_eq!(result["container_id"], container.id());
    let lines: Vec<_> = result["logs"]
        .as_str()
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(result["lines"], lines.len());
    assert_eq!(
        result["truncated"], false,
        "`tail` cuts nothing away from the budget"
    );
    lines
}

/// `tail` counts what `stream` and `grep` leave, so it cannot be the Engine's, which counts both.
#[tokio::test]
async fn tail_counts_after_stream_and_grep() {
    let Some(session) = Session::start().await else {
        return;
    };
    let program = "for i in $(seq 1 60); do echo out $i; echo err $i >&2; done";
    let container = Container::logged("tail", &[], program, "60");
    for last in ["out 60", "err 60"] {
        container.has_logged(last);
    }

    let all = lines(&session, &container, json!({"tail": "all"})).await;
    assert_eq!(all.len(), 120);
    let last = lines(&session, &container, json!({"tail": 3})).await;
    assert_eq!(last.len(), 3);

    let err = lines(&session, &container, json!({"stream": "stderr", "tail": 2})).await;
    assert_eq!(err, ["err 59", "err 60"]);
    let out = lines(&session, &container, json!({"stream": "stdout", "tail": 1})).await;
    assert_eq!(out, ["out 60"]);
    let hits = lines(
        &session,
        &container,
        json!({"stream": "stdout", "grep": "^out .*0$", "tail": "2"}),
    )
    .await;
    assert_eq!(hits, ["out 50", "out 60"]);
    let none = lines(&session, &container, json!({"grep": "no such line"})).await;
    assert!(none.is_empty());
    let zero = lines(&session, &container, json!({"tail": 0})).await;
    assert!(zero.is_empty());
}

/// A driver cuts a long line into records of 16 KiB, each with a time of its own.
#[tokio::test]
async fn a_line_in_several_records_has_one_time_and_counts_once() {
    let Some(session) = Session::start().await else {
        return;
    };
    let program = "echo first; head -c 17000 /dev/zero | tr '\\0' x; echo; echo last";
    let drivers = ["json-file", "local"];
    for (driver, tty) in drivers.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        let mut flags = vec!["--log-driver", driver];
        flags.extend(tty.then_some("-t"));
        let container = Container::logged("records", &flags, program, "last");
        let log = session
            .ok(
                TOOL,
                json!({"container_id": container.name, "tail": 2, "timestamps": true}),
            )
            .await;
        let text = log["logs"].as_str().unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{driver} {tty}");
        for (line, length) in lines.iter().zip([17_000, 4]) {
            let (stamp, line) = line.split_once(' ').unwrap();
            assert!(
                stamp.parse::<Timestamp>().is_ok(),
                "{driver} {tty}: {stamp}"
            );
            assert_eq!(line.len(), length, "{driver} {tty}");
        }
        assert_eq!(
            (&log["truncated"], &log["more_before"]),
            (&json!(false), &json!(true))
        );
        let args = json!({"container_id": container.name, "tail": 1, "grep": "^x{17000}$"});
        let found = session.ok(TOOL, args).await;
        assert_eq!(found["lines"], 1, "{driver} {tty}");
        let args = json!({"container_id": container.name, "tail": 3});
        assert_eq!(session.ok(TOOL, args).await["more_before"], false);
    }
}

/// The default is the last 200 lines.
#[tokio::test]
async fn a_long_log_is_shown_from_its_end() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::logged("long", &[], "seq 1 1000", "1000");
    let shown = lines(&session, &container, json!({})).await;
    assert_eq!(shown.len(), 200);
    assert_eq!(shown[0], "801");
    assert_eq!(shown[199], "1000");
}

/// Two lines, eight seconds apart; each form of a time is put halfway between them. The Engine tells its
/// time in whole seconds.
#[tokio::test]
async fn since_and_until_take_every_form_of_a_time() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::logged("times", &[], "echo early; sleep 8; echo late", "late");
    let written = docker(&["logs", "-t", &container.name]);
    let times: Vec<Timestamp> = written
        .lines()
        .map(|line| line.split(' ').next().unwrap().parse().unwrap())
        .collect();
    let half = times[1].duration_since(times[0]).as_millis() / 2;
    let between = times[0] + SignedDuration::from_millis(half.try_into().unwrap());
    let expect = [("since", "late"), ("until", "early")];
    for (form, time) in [
        ("seconds", json!(between.as_second())),
        (
            "seconds in a string",
            json!(between.as_second().to_string()),
        ),
        ("RFC 3339", json!(between.to_string())),
        ("RFC 3339 with an offset", json!(offset(between))),
    ] {
        for (key, line) in expect {
            let shown = lines(&session, &container, json!({ key: time })).await;
            assert_eq!(shown, [line], "{key} as {form}: {time}");
        }
    }
    // A duration counts back from the moment of the call. One that came late, on a machine with other work
    // to do, is made again.
    for form in ["", "0h0m"] {
        for (key, line) in expect {
            loop {
                let asked = Timestamp::now();
                let back = asked.duration_since(between).as_secs();
                let time = json!(format!("{form}{back}s"));
                let shown = lines(&session, &container, json!({ key: time })).await;
                if Timestamp::now().duration_since(asked) < SignedDuration::from_secs(2) {
                    assert_eq!(shown, [line], "{key} as a duration: {time}");
                    break;
                }
            }
        }
    }
    let recent = lines(&session, &container, json!({"since": "7d", "until": "0s"})).await;
    assert_eq!(recent, ["early", "late"]);
}

fn offset(time: Timestamp) -> String {
    let zone = jiff::tz::offset(5).to_time_zone();
    time.to_zoned(zone)
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

#[tokio::test]
async fn timestamps_are_the_engines() {
    let Some(session) = Session::start().await else {
        return;
    };
    let container = Container::logged("stamps", &[], "echo one; echo two", "two");
    let shown = lines(&session, &container, json!({"timestamps": true})).await;
    let engine = docker(&["logs", "-t", &container.name]);
    assert_eq!(shown, engine.lines().collect::<Vec<_>>());
}

/// A terminal's log has no frames, ends its lines with a carriage return and is full of colour.
#[tokio::test]
async fn the_log_of_a_terminal_is_plain_text() {
    let Some(session) = Session::start().await else {
        return;
    };
    let program = r"printf '\033[31mred\033[0m\n'; printf '\001\002first\n'; echo grün";
    let container = Container::logged("tty", &["-t"], program, "grün");
    let shown = lines(&session, &container, json!({})).await;
    assert_eq!(shown[0], "red");
    assert!(shown[1].ends_with("first"), "{:?}", shown[1]);
    assert_eq!(shown[2], "grün");
}

#[tokio::test]
async fn bytes_that_are_no_text_and_lines_that_do_not_end_are_kept() {
    let Some(session) = Session::start().await else {
        return;
    };
    let program = r"printf 'a\377\376b\n'; printf '\033[1mbold\033[0m\n'; printf 'no end'";
    let container = Container::finished("bytes", program);
    let shown = lines(&session, &container, json!({})).await;
    assert_eq!(shown, ["a\u{FFFD}\u{FFFD}b", "bold", "no end"]);
}

/// The Engine cuts a long line into frames of 16 KiB; it is one line all the same.
#[tokio::test]
async fn a_line_in_several_frames_is_one_line() {
    let Some(session) = Session::start().await else {
        return;
    };
    let program = "head -c 20000 /dev/zero | tr '\\0' x; echo END; echo next";
    let container = Container::logged("frames", &[], program, "next");
    let shown = lines(&session, &container, json!({"grep": "END|next"})).await;
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(shown[0], format!("{}END", "x".repeat(20_000)));
}

#[tokio::test]
async fn a_call_for_logs_that_cannot_be_answered_says_why() {
    let Some(session) = Session::start().await else {
        return;
    };
    session.knows_none(TOOL, "container_id", "container").await;
    for (name, value) in [
        ("grep", json!("(")),
        ("since", json!("yesterday")),
        ("until", json!("12 parsecs")),
        ("tail", json!(-1)),
        ("tail", json!("some")),
        ("stream", json!("both")),
        ("follow_seconds", json!(61)),
        ("follow", json!("maybe")),
    ] {
        let mut arguments = json!({"container_id": "any"});
        arguments[name] = value;
        session.refuses(TOOL, arguments, &[name]).await;
    }
}
