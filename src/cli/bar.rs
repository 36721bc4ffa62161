//! Shows a person how far a call is: a bar on a terminal, nothing on a pipe.

use std::io::{self, IsTerminal};

use futures_util::FutureExt;
use indicatif::{ProgressBar, ProgressStyle};
use mcp_docker::progress::{Progress, Report};

/// How finely a bar moves; no terminal has as many cells.
const STEPS: f64 = 1000.0;

/// A bar on stderr and what moves it. Neither does anything where stderr is no terminal.
pub(super) fn on_terminal() -> (ProgressBar, Progress) {
    if !io::stderr().is_terminal() {
        return (ProgressBar::hidden(), Progress::none());
    }
    let bar = ProgressBar::no_length();
    let shown = bar.clone();
    let progress = Progress::to(move |report| {
        show(&shown, report);
        std::future::ready(()).boxed()
    });
    (bar, progress)
}

fn show(bar: &ProgressBar, report: Report) {
    let template = if let Some(total) = report.total {
        bar.set_length(STEPS as u64);
        bar.set_position((report.done / total * STEPS) as u64);
        "{bar:30} {wide_msg}"
    } else {
        "{spinner} {wide_msg}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(report.message);
    bar.tick();
}
