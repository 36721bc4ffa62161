//! How the records of a log's drivers become lines.

use super::*;

const AT: &str = "2026-05-01T10:00:00.000000001Z";
const LATER: &str = "2026-05-01T10:00:01.000000000Z";

/// The lines, each with its stamp, of records that come in steps of that length.
fn lines(mut records: Records, tty: bool, sent: &[&str], step: usize) -> Vec<(String, String)> {
    let mut all = vec![];
    let mut keep = |line: LogLine<'_>| {
        let text = String::from_utf8_lossy(line.bytes).into_owned();
        let stamp = line.stamp.map(|(text, _)| text.to_owned());
        all.push((stamp.unwrap_or_default(), text));
    };
    for record in sent {
        for (at, piece) in record.as_bytes().chunks(step).enumerate() {
            records.feed(Channel::Stdout, !tty && at == 0, piece, &mut keep);
        }
    }
    records.finish(&mut keep);
    all
}

fn stamped(text: &str) -> String {
    format!("{AT} {text}")
}

#[test]
fn a_line_in_several_records_has_one_stamp() {
    let long = "x".repeat(RECORD);
    let sent = [
        stamped(&long),
        stamped(&long),
        stamped("end\n"),
        format!("{LATER} next\n"),
    ];
    let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
    let whole = format!("{long}{long}end");
    for (tty, step) in [
        (false, 1),
        (false, 7000),
        (true, 1),
        (true, 7000),
        (true, 90_000),
    ] {
        let records = Records::new(90_000, true, tty);
        let lines = lines(records, tty, &sent, step);
        let expected = [(AT.into(), whole.clone()), (LATER.into(), "next".into())];
        assert!(lines == expected, "tty {tty}, in steps of {step}");
    }
}

#[test]
fn without_stamps_the_records_of_a_line_are_joined_too() {
    let long = "x".repeat(RECORD);
    for tty in [false, true] {
        let records = Records::new(90_000, false, tty);
        let lines = lines(records, tty, &[&long, "end\n"], 5000);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].1.len(), RECORD + 3);
    }
}

#[test]
fn a_record_that_is_not_full_ends_a_line_where_the_driver_leaves_its_newline_out() {
    let long = "x".repeat(RECORD);
    let sent = [stamped(&long), stamped("end"), format!("{LATER} next\n")];
    let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
    let records = Records::new(90_000, true, false).ending_short(true);
    let lines = lines(records, false, &sent, 5000);
    let expected = [
        (AT.into(), format!("{long}end")),
        (LATER.into(), "next".into()),
    ];
    assert!(lines == expected);
}

/// A terminal ends its lines with a carriage return and a newline.
#[test]
fn the_stamp_of_the_next_line_ends_one_of_a_terminal_whose_newline_the_driver_leaves_out() {
    let long = "x".repeat(RECORD);
    let begun = "x".repeat(RECORD - 1);
    let sent = [
        stamped("first\r\n"),
        stamped(&long),
        stamped("50%\rend\r"),
        format!("{LATER} next\r\n"),
        format!("{LATER} said\r{LATER} so\r\n"),
        stamped(&long),
        stamped("whole\r\n"),
        // A return at the joint ends no line.
        stamped(&format!("{begun}\r")),
        stamped("end\r"),
        stamped(&long),
        stamped("no end"),
    ];
    let sent: Vec<&str> = sent.iter().map(String::as_str).collect();
    let expected = [
        (AT.into(), "first\r".to_owned()),
        (AT.into(), format!("{long}50%\rend\r")),
        (LATER.into(), "next\r".into()),
        (LATER.into(), format!("said\r{LATER} so\r")),
        (AT.into(), format!("{long}whole\r")),
        (AT.into(), format!("{begun}\rend\r")),
        (AT.into(), format!("{long}no end")),
    ];
    for step in [1, 7, 7000, 90_000] {
        let records = Records::new(90_000, true, true).ending_short(true);
        let lines = lines(records, true, &sent, step);
        assert!(lines == expected, "in steps of {step}");
    }
}

#[test]
fn what_only_looks_like_a_stamp_belongs_to_the_line() {
    let records = || Records::new(1000, true, false);
    for (record, stamp, text) in [
        (
            format!("{AT} {LATER} said so\n"),
            AT,
            format!("{LATER} said so"),
        ),
        ("no stamp\n".to_owned(), "", "no stamp".to_owned()),
        ("\n".to_owned(), "", String::new()),
        (format!("{AT}\n"), "", AT.to_owned()),
        (format!("{AT} \n"), AT, String::new()),
        ("y".repeat(100), "", "y".repeat(100)),
        ("2026-05".to_owned(), "", "2026-05".to_owned()),
    ] {
        for step in [1, 3, 200] {
            let lines = lines(records(), false, &[&record], step);
            assert_eq!(lines, [(stamp.to_owned(), text.clone())], "{record:?}");
        }
    }
}

#[test]
fn pieces_of_two_channels_do_not_mix() {
    let mut records = Records::new(100, false, false);
    let mut all = vec![];
    let mut keep = |line: LogLine<'_>| all.push(line.bytes.to_vec());
    for (channel, piece) in [
        (Channel::Stdout, &b"one "[..]),
        (Channel::Stderr, b"oh "),
        (Channel::Stdout, b"two\n\nthree"),
        (Channel::Stderr, b"no\n"),
    ] {
        records.feed(channel, true, piece, &mut keep);
    }
    records.finish(&mut keep);
    assert_eq!(all, [&b"one two"[..], b"", b"oh no", b"three"]);
    assert_eq!(records.count(), 4);
}

#[test]
fn a_line_over_the_limit_is_cut_and_counted() {
    let mut records = Records::new(4, false, false);
    let mut all = vec![];
    records.feed(Channel::Stdout, true, b"12345678\n12\n", |line| {
        all.push((line.bytes.to_vec(), line.beyond));
    });
    assert_eq!(all, [(b"1234".to_vec(), 4), (b"12".to_vec(), 0)]);
}

#[test]
fn only_the_first_line_of_a_channel_is_doubtful_and_only_near_the_beginning() {
    let mut records = Records::new(100, false, false).of_an_end(2);
    let mut all = vec![];
    for (channel, record) in [
        (Channel::Stdout, &b"rest\n"[..]),
        (Channel::Stderr, b"rest\n"),
        (Channel::Stdout, b"line\n"),
        (Channel::Engine, b"line\n"),
    ] {
        records.feed(channel, true, record, |line| all.push(line.doubtful));
    }
    assert_eq!(all, [true, true, false, false]);
}
