use futures_util::stream;

use super::*;
use crate::operations::frames::tests::frame;
use crate::params::{ContainerRef, Parameter, Pattern};
use crate::safety::Redactor;

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
    Some(Time(text.parse().unwrap()))
}

async fn read(params: &Params, tty: bool, budget: usize, chunks: Vec<Vec<u8>>) -> Value {
    let mut log = Log::new(params, tty, budget, Redactor::new(true).log_lines());
    log.read(stream::iter(
        chunks.into_iter().map(|chunk| Ok(chunk.into())),
    ))
    .await
    .unwrap();
    log.into_result(&json!("0123"))
}

#[test]
fn the_engine_counts_the_tail_only_where_nothing_else_is_left_out() {
    assert_eq!(options(&params()).tail, "200");
    assert_eq!(
        options(&Params {
            tail: Tail::All,
            ..params()
        })
        .tail,
        "all"
    );
    let grep = Some(Pattern(regex::Regex::new("x").unwrap()));
    assert_eq!(
        options(&Params {
            grep: grep.clone(),
            ..params()
        })
        .tail,
        "all"
    );
    assert_eq!(
        options(&Params {
            grep,
            tail: Tail::Lines(0),
            ..params()
        })
        .tail,
        "0"
    );
    assert_eq!(
        options(&Params {
            until: time("2024-05-01T00:00:00Z"),
            ..params()
        })
        .tail,
        "all"
    );
    let stdout = options(&Params {
        stream: "stdout".into(),
        ..params()
    });
    assert_eq!(
        (stdout.tail.as_str(), stdout.stdout, stdout.stderr),
        ("all", true, false)
    );
}

#[test]
fn fractions_of_a_second_ask_for_a_little_more_and_for_timestamps() {
    let whole = options(&Params {
        since: time("1970-01-01T00:00:10Z"),
        ..params()
    });
    assert_eq!((whole.since, whole.until, whole.timestamps), (10, 0, false));
    let (since, until) = (
        time("1970-01-01T00:00:10.5Z"),
        time("1970-01-01T00:00:20.5Z"),
    );
    let fraction = options(&Params {
        since,
        until,
        ..params()
    });
    assert_eq!(
        (fraction.since, fraction.until, fraction.timestamps),
        (10, 21, true)
    );
    let far = Params {
        since: time("1970-01-01T00:00:00Z"),
        until: time("2050-01-01T00:00:00Z"),
        ..params()
    };
    assert_eq!((options(&far).since, options(&far).until), (0, i32::MAX));
}

#[tokio::test]
async fn lines_come_clean_and_in_order_with_the_last_one_unfinished() {
    let chunks = vec![
        [frame(1, b"\x1b[32mone\x1b[0m\n"), frame(2, b"oops\xff\n")].concat(),
        frame(1, b"three"),
    ];
    assert_eq!(
        read(&params(), false, 1000, chunks).await,
        json!({
            "container_id": "0123", "logs": "one\noops\u{fffd}\nthree", "lines": 3,
            "truncated": false,
        }),
    );
}

#[tokio::test]
async fn a_terminal_has_no_frames() {
    let log = read(
        &params(),
        true,
        1000,
        vec![
            b"\x01\x00\x00\x00".to_vec(),
            b"\x00\x00\x00\x02hi\r\n".to_vec(),
        ],
    )
    .await;
    assert_eq!((&log["logs"], &log["lines"]), (&json!("hi"), &json!(1)));
}

#[tokio::test]
async fn the_tail_counts_the_lines_that_match() {
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
    let log = read(&params, false, 1000, chunks.collect()).await;
    assert_eq!(log["logs"], format!("{stamp} error 2\n{stamp} error 3"));
    assert_eq!(
        (&log["lines"], &log["truncated"]),
        (&json!(2), &json!(false))
    );
}

#[tokio::test]
async fn lines_outside_the_fraction_of_a_second_are_left_out() {
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
    )
    .await;
    assert_eq!(
        log["logs"],
        "first\nlast\nError grabbing logs: unexpected EOF"
    );
}

#[tokio::test]
async fn the_budget_keeps_the_newest_lines_and_says_so() {
    let line = |number: u32| frame(1, format!("line \"{number}\"\n").as_bytes());
    let log = read(&params(), false, 1000, (0..10_000).map(line).collect()).await;
    assert_eq!(log["truncated"], true);
    let text = log["logs"].as_str().unwrap();
    assert!(text.ends_with("line \"9999\"") && text::json_len(text) <= 1000);
    assert_eq!(log["lines"], text.lines().count());
    assert!(text.lines().count() > 50, "{text}");
}

#[tokio::test]
async fn one_long_line_is_clipped_and_leaves_room_for_others() {
    let long = [b"short\n", vec![b'x'; 50_000].as_slice(), b"\nlast\n"].concat();
    let log = read(&params(), true, 1000, vec![long]).await;
    let expected = format!("short\n{} [... 49500 bytes cut]\nlast", "x".repeat(500));
    assert_eq!(log["logs"], expected);
    assert_eq!(
        (&log["lines"], &log["truncated"]),
        (&json!(3), &json!(true))
    );
}

#[tokio::test]
async fn only_the_stream_asked_for_is_returned() {
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
        let log = read(&params, false, 1000, both.clone()).await;
        assert_eq!(log["logs"], format!("{expected}\nError grabbing logs"));
    }
}
