//! What is asked for a log, and which of its lines are kept.

use futures_util::{FutureExt as _, stream};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::frames::tests::frame;
use super::*;
use crate::config::DockerConfig;
use crate::engine::Engine;
use crate::output::text;
use crate::params::{ContainerRef, Now, Parameter, Time};
use crate::redaction::Redactor;

fn params() -> Params {
    Params {
        container_id: ContainerRef::parse("web".into()).unwrap(),
        tail: Tail::Lines(200),
        since: None,
        until: None,
        timestamps: false,
        follow: false,
        follow_seconds: 5,
        grep: None,
        stream: "all".into(),
    }
}

fn time(text: &str) -> Option<Time> {
    Some(Time::parse(text.into()).unwrap())
}

/// What a reader of a log with these parameters makes.
fn with_reader<T>(params: &Params, tty: bool, budget: usize, made: impl FnOnce(&Reader) -> T) -> T {
    let now = Now::at(Timestamp::now());
    made(&Reader {
        params,
        engine: &Engine::new(&DockerConfig::default()),
        redactor: &Redactor::new(true),
        budget,
        stretch: Stretch::new(params.since, params.until, now).unwrap(),
        tty,
        local: false,
    })
}

fn read(params: &Params, tty: bool, budget: usize, chunks: Vec<Vec<u8>>) -> Value {
    with_reader(params, tty, budget, |reader| {
        let mut log = reader.log(reader.limit(), 0);
        let chunks = chunks.into_iter().map(|chunk| Ok(chunk.into()));
        let read = log.read(stream::iter(chunks)).now_or_never();
        read.unwrap().unwrap();
        log.finish();
        serde_json::to_value(log.into_reply("0123".into())).unwrap()
    })
}

#[test]
fn the_engine_counts_the_tail_only_where_nothing_else_is_left_out() {
    let grep = Some(Pattern(regex::Regex::new("x").unwrap()));
    for (params, counting) in [
        (params(), Counting::Engine),
        (
            Params {
                grep: grep.clone(),
                ..params()
            },
            Counting::Ours,
        ),
        (
            Params {
                grep,
                tail: Tail::Lines(0),
                ..params()
            },
            Counting::Engine,
        ),
        (
            Params {
                until: time("2024-05-01T00:00:00Z"),
                ..params()
            },
            Counting::Ours,
        ),
        (
            Params {
                stream: "stdout".into(),
                ..params()
            },
            Counting::Ours,
        ),
    ] {
        assert_eq!(Counting::of(&params), counting);
    }
}

#[test]
fn fractions_of_a_second_ask_for_a_little_more_and_for_timestamps() {
    let options = |since, until| {
        let params = Params {
            since: time(since),
            until: time(until),
            ..params()
        };
        with_reader(&params, false, 1000, |reader| {
            let options = reader.options("all", false);
            (options.since, options.until, options.timestamps)
        })
    };
    let whole = options("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z");
    assert_eq!(whole, (10, 20, false));
    let fraction = options("1970-01-01T00:00:10.5Z", "1970-01-01T00:00:20.5Z");
    assert_eq!(fraction, (10, 21, true));
    let far = options("1970-01-01T00:00:00Z", "2050-01-01T00:00:00Z");
    assert_eq!(far, (0, i32::MAX, false));
}

#[test]
fn lines_come_clean_and_in_order_with_the_last_one_unfinished() {
    let chunks = vec![
        [frame(1, b"\x1b[32mone\x1b[0m\n"), frame(2, b"oops\xff\n")].concat(),
        frame(1, b"three"),
    ];
    assert_eq!(
        read(&params(), false, 1000, chunks),
        json!({
            "container_id": "0123", "logs": "one\noops\u{fffd}\nthree", "lines": 3,
            "truncated": false, "more_before": false,
        }),
    );
}

#[test]
fn a_terminal_has_no_frames() {
    let log = read(
        &params(),
        true,
        1000,
        vec![
            b"\x01\x00\x00\x00".to_vec(),
            b"\x00\x00\x00\x02hi\r\n".to_vec(),
        ],
    );
    assert_eq!((&log["logs"], &log["lines"]), (&json!("hi"), &json!(1)));
}

#[test]
fn the_tail_counts_the_lines_that_match() {
    let grep = Some(Pattern(regex::Regex::new("^error").unwrap()));
    let params = Params {
        grep,
        tail: Tail::Lines(2),
        timestamps: true,
        ..params()
    };
    let stamp = "2024-05-01T10:00:00.000000001Z";
    let lines = ["error 1", "error 2", "no error", "error 3", "fine"];
    let chunks = lines
        .iter()
        .map(|line| frame(1, format!("{stamp} {line}\n").as_bytes()));
    let log = read(&params, false, 1000, chunks.collect());
    assert_eq!(log["logs"], format!("{stamp} error 2\n{stamp} error 3"));
    assert_eq!(
        (&log["lines"], &log["truncated"], &log["more_before"]),
        (&json!(2), &json!(false), &json!(true))
    );
}

#[test]
fn lines_outside_the_fraction_of_a_second_are_left_out() {
    let params = Params {
        since: time("2024-05-01T10:00:00.5Z"),
        until: time("2024-05-01T10:00:01.5Z"),
        ..params()
    };
    let chunks = [
        "00.499999999Z early",
        "00.500000000Z first",
        "01.500000000Z last",
        "01.500000001Z late",
    ];
    let chunks = chunks.map(|line| frame(1, format!("2024-05-01T10:00:{line}\n").as_bytes()));
    let engine = frame(3, b"Error grabbing logs: unexpected EOF");
    let log = read(
        &params,
        false,
        1000,
        [chunks.to_vec(), vec![engine]].concat(),
    );
    assert_eq!(
        log["logs"],
        "first\nlast\nError grabbing logs: unexpected EOF"
    );
}

#[test]
fn the_budget_keeps_the_newest_lines_and_says_so() {
    let line = |number: u32| frame(1, format!("line \"{number}\"\n").as_bytes());
    let log = read(&params(), false, 1000, (0..10_000).map(line).collect());
    assert_eq!(log["truncated"], true);
    let text = log["logs"].as_str().unwrap();
    assert!(text.ends_with("line \"9999\"") && text::json_len(text) <= 1000);
    assert_eq!(log["lines"], text.lines().count());
    assert!(text.lines().count() > 50, "{text}");
}

/// Ids have more tokens than their bytes let on; still the newest lines are those that are kept.
#[test]
fn of_dense_lines_the_budget_keeps_fewer() {
    let line = |number: u32| {
        let id = format!("0b7c9e3a-51f2-4d8e-9a6c-7e1f2d3c4b5a-{number:04}\n");
        frame(1, id.as_bytes())
    };
    let log = read(&params(), false, 10_000, (0..1000).map(line).collect());
    let text = log["logs"].as_str().unwrap();
    assert!(text.ends_with("0999"), "{text}");
    let bytes = text::json_len(text);
    assert!((5_000..9_500).contains(&bytes), "{bytes} bytes");
}

#[test]
fn one_long_line_is_clipped_and_leaves_room_for_others() {
    let long = [b"short\n", vec![b'x'; 50_000].as_slice(), b"\nlast\n"].concat();
    let log = read(&params(), true, 1000, vec![long]);
    let expected = format!("short\n{} [... 49500 bytes cut]\nlast", "x".repeat(500));
    assert_eq!(log["logs"], expected);
    assert_eq!(
        (&log["lines"], &log["truncated"]),
        (&json!(3), &json!(true))
    );
}

#[test]
fn only_the_stream_asked_for_is_returned() {
    let both = vec![
        frame(1, b"out\n"),
        frame(2, b"err\n"),
        frame(3, b"Error grabbing logs\n"),
    ];
    for (stream, expected) in [("stdout", "out"), ("stderr", "err")] {
        let params = Params {
            stream: stream.into(),
            ..params()
        };
        let log = read(&params, false, 1000, both.clone());
        assert_eq!(log["logs"], format!("{expected}\nError grabbing logs"));
    }
}
