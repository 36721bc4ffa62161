//! A program ends with its call, and with it what it started.

use std::fs;
use std::path::Path;
use std::time::Duration;

use mcp_docker::program::{self, Run};

use super::Place;

/// Tells its number, and stays.
const STAYS: &str = "echo $$ >ready; while :; do read -r line; done </dev/zero";

/// The number of a process that tells it in a file.
async fn ready(folder: &Path, file: &str) -> u32 {
    loop {
        let told = fs::read_to_string(folder.join(file)).unwrap_or_default();
        if let Some(number) = told.strip_suffix('\n') {
            return number.parse().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Waits until no program is left that this process started, as it is told, and as the system has it.
async fn gone(numbers: &[u32]) {
    let there = || {
        numbers
            .iter()
            .any(|number| fs::exists(format!("/proc/{number}")).unwrap())
    };
    while program::running() > 0 || there() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_nothing() {
    for _ in 0..20 {
        let place = Place::of(STAYS).await;
        let number = tokio::select! {
            ran = place.run(place.plain()) => panic!("{ran:?}"),
            number = ready(place.path(), "ready") => number,
        };
        gone(&[number]).await;
    }
}

#[tokio::test]
async fn one_that_does_not_listen_is_killed() {
    let place = Place::of(&format!("trap '' TERM\n{STAYS}")).await;
    let number = tokio::select! {
        ran = place.run(place.plain()) => panic!("{ran:?}"),
        number = ready(place.path(), "ready") => number,
    };
    gone(&[number]).await;
}

#[tokio::test]
async fn what_a_program_started_ends_with_it() {
    let place =
        Place::of("(trap '' TERM HUP; (:); while :; do :; done) & echo $! >child; exit 3").await;
    let ran = place.run(place.plain()).await.unwrap();
    assert_eq!(ran.code, Some(3));
    let child = ready(place.path(), "child").await;
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
    gone(&[ready(place.path(), "ready").await]).await;
}
