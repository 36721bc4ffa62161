//! Tells what the lines of a log point to.

mod signs;

use serde::Serialize;

use signs::{SIGNS, Sign, tells_of_a_request};

/// The most causes that are told.
const MOST: usize = 5;

/// What the log points to.
#[derive(Serialize)]
pub(super) struct Cause {
    pub(super) what: &'static str,
    /// The newest line that does.
    pub(super) line: String,
    pub(super) next: &'static str,
}

/// What the lines of a log point to, most telling first.
pub(super) fn causes(log: &str) -> Vec<Cause> {
    let lines: Vec<&str> = log
        .lines()
        .map(str::trim)
        .filter(|line| !tells_of_a_request(line))
        .collect();
    let cause = |sign: &Sign| {
        let mut matching = lines.iter().rev().filter(|line| sign.is_in(line));
        let newest = matching.next()?;
        // A trace begins with a line that says nothing; what was thrown is named in its last.
        let telling = std::iter::once(newest)
            .chain(matching)
            .find(|line| !line.starts_with("Traceback") && !line.starts_with("at "))
            .or_else(|| lines.last())?;
        Some(Cause {
            what: sign.what,
            line: (*telling).to_owned(),
            next: sign.next,
        })
    };
    let mut causes: Vec<Cause> = SIGNS.iter().filter_map(cause).take(MOST).collect();
    let mut lines: Vec<String> = Vec::new();
    // A line is told once, by its most telling sign.
    causes.retain(|cause| {
        let is_new = !lines.contains(&cause.line);
        lines.push(cause.line.clone());
        is_new
    });
    causes
}

/// The lines that speak of network trouble.
pub(super) fn about_network(log: &str) -> String {
    let lines = log.lines().filter(|line| {
        !tells_of_a_request(line) && SIGNS.iter().any(|sign| sign.network && sign.is_in(line))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
