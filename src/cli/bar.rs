//! Shows a person how far a call is: a bar on a terminal, nothing on a pipe.

use std::io::{self, IsTerminal};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mcp_docker::call::progress::{Progress, Report};

/// How finely a bar moves; no terminal has as many cells.
const STEPS: f64 = 1000.0;

/// A place on stderr for a bar; clones are the same place.
#[derive(Debug, Clone, Default)]
pub(super) struct Bar(Arc<Mutex<Shown>>);

/// What is in the place.
#[derive(Debug, Default)]
enum Shown {
    #[default]
    Nothing,
    Bar(ProgressBar),
    /// Nothing, and nothing is to be drawn.
    Question,
}

/// The place of a bar and what moves it, which does nothing where stderr is no terminal.
pub(super) fn on_terminal() -> (Bar, Progress) {
    let bar = Bar::default();
    if !io::stderr().is_terminal() {
        return (bar, Progress::none());
    }
    let shown = bar.clone();
    let progress = Progress::to(move |report| {
        shown.show(report);
        std::future::ready(()).boxed()
    });
    (bar, progress)
}

impl Bar {
    /// Takes the bar away; the next report brings another.
    pub(super) fn clear(&self) {
        self.put(Shown::Nothing);
    }

    /// Asks a question where the bar was. Reports are passed over meanwhile: they wait neither for
    /// the answer, nor are they written over what is being typed.
    pub(super) fn ask<T>(&self, question: impl FnOnce() -> T) -> T {
        self.put(Shown::Question);
        let answer = question();
        self.put(Shown::Nothing);
        answer
    }

    fn put(&self, next: Shown) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Shown::Bar(bar) = mem::replace(&mut *shown, next) {
            bar.finish_and_clear();
        }
    }

    fn show(&self, report: Report) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = match &*shown {
            Shown::Question => return,
            Shown::Bar(bar) => bar.clone(),
            // Hidden until it says something: each of its changes is drawn.
            Shown::Nothing => {
                ProgressBar::with_draw_target(Some(STEPS as u64), ProgressDrawTarget::hidden())
            }
        };
        let template = match report.total {
            Some(_) => "{bar:30} {wide_msg}",
            None => "{spinner} {wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(report.message);
        if let Some(total) = report.total {
            bar.set_position((report.done / total * STEPS) as u64);
        }
        if let Shown::Nothing = *shown {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            *shown = Shown::Bar(bar.clone());
        }
        bar.tick();
    }
}
