//! A program ends with its call, and with it what it started.

use std::fs;
use std::time::{Duration, Instant};

use mcp_docker::program::{self, Program, Ran, Run};

use super::Place;

/// How long anything may take that should be quick, on a machine with other work to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Stays until it is ended.
const STAYS: &str = "while :; do :; done";

/// Stays, and does not listen.
const DEAF: &str = "trap '' TERM; while :; do :; done";

/// What a process does when it is asked to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Leaves,
    Decides,
    Stays,
}

/// What a process is called, and does when it is asked to leave.
fn state(number: &str) -> Option<(String, Asked)> {
    const TERM: u64 = 1 << 14;
    let status = fs::read_to_string(format!("/proc/{number}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let has = |mask| u64::from_str_radix(&field(mask), 16).is_ok_and(|mask| mask & TERM != 0);
    let asked = match (has("SigIgn:"), has("SigCgt:")) {
        (true, _) => Asked::Stays,
        (_, true) => Asked::Decides,
        _ => Asked::Leaves,
    };
    Some((field("Name:"), asked))
}

/// Waits until this process has started the program, which does that when it is asked to leave.
async fn started(asked: Asked) -> u32 {
    let wanted = Some((Program::Compose.file().to_owned(), asked));
    loop {
        for task in fs::read_dir("/proc/self/task").unwrap().flatten() {
            let children = fs::read_to_string(task.path().join("children"));
            for child in children.unwrap_or_default().split_whitespace() {
                if state(child) == wanted {
                    return child.parse().unwrap();
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Waits until no program is left, as this process has it, and these numbers are nobody's.
async fn gone(numbers: &[u32]) {
    let there = || {
        let mut numbers = numbers.iter();
        numbers.any(|number| fs::exists(format!("/proc/{number}")).unwrap())
    };
    let waited = Instant::now();
    while program::running() > 0 || there() {
        assert!(waited.elapsed() < PATIENCE, "{numbers:?} are still there");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_nothing() {
    let place = Place::of(STAYS).await;
    for _ in 0..20 {
        let number = tokio::select! {
            ran = place.run(place.plain()) => panic!("{ran:?}"),
            number = started(Asked::Leaves) => number,
        };
        gone(&[number]).await;
    }
}

/// Dropped before the server has become the program, too.
#[tokio::test]
async fn one_that_is_dropped_early_leaves_nothing() {
    let place = Place::of(STAYS).await;
    for early in 0..20 {
        let early = tokio::time::sleep(Duration::from_micros(early * 200));
        tokio::select! {
            ran = place.run(place.plain()) => panic!("{ran:?}"),
            () = early => {}
        }
        gone(&[]).await;
    }
}

#[tokio::test]
async fn one_that_does_not_listen_is_killed() {
    let place = Place::of(DEAF).await;
    let number = tokio::select! {
        ran = place.run(place.plain()) => panic!("{ran:?}"),
        number = started(Asked::Stays) => number,
    };
    gone(&[number]).await;
}

#[tokio::test]
async fn one_is_asked_to_leave_before_it_is_killed() {
    let place = Place::of(&format!("trap '{DEAF}' TERM; {STAYS}").replace("''", "\"\"")).await;
    let number = tokio::select! {
        ran = place.run(place.plain()) => panic!("{ran:?}"),
        number = started(Asked::Decides) => number,
    };
    while let Some((_, asked)) = state(&number.to_string()) {
        if asked == Asked::Stays {
            return gone(&[number]).await;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("it was not asked");
}

#[tokio::test]
async fn what_a_program_started_ends_with_it() {
    let place = Place::of(&format!("({DEAF}) & echo $!; exit 3")).await;
    let Ran { code, stdout, .. } = place.run(place.plain()).await.unwrap();
    assert_eq!(code, Some(3));
    let child = String::from_utf8(stdout).unwrap().trim().parse().unwrap();
    gone(&[child]).await;
}

#[tokio::test]
async fn one_that_takes_too_long_is_ended() {
    let place = Place::of(STAYS).await;
    let limit = Duration::from_millis(300);
    let run = Run {
        limit,
        ..place.plain()
    };
    let error = place.run(run).await.unwrap_err();
    assert!(error.to_string().contains("was ended after"), "{error}");
    gone(&[]).await;
}
