//! Asks the person at the terminal whether a destructive call may be made.

use std::io::{self, BufRead, IsTerminal, Write};

use futures_util::FutureExt;
use indicatif::ProgressBar;
use mcp_docker::safety::{Answer, Person};

/// What helps where nobody is at a terminal.
const ADVICE: &str = "there is no terminal to ask at; `--yes` agrees beforehand";

/// The person at the terminal, who may have agreed beforehand.
pub(super) fn at_terminal(agreed: bool, bar: &ProgressBar) -> Person {
    if agreed {
        return Person::Present(Box::new(|_| std::future::ready(Answer::Accepted).boxed()));
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Person::Nobody(ADVICE);
    }
    let bar = bar.clone();
    Person::Present(Box::new(move |question| {
        let bar = bar.clone();
        async move {
            // Reading blocks, and the call's other work goes on meanwhile.
            let asked = tokio::task::spawn_blocking(move || bar.suspend(|| ask(&question)));
            match asked.await {
                Ok(Ok(answer)) => answer,
                Ok(Err(error)) => Answer::Missing(error.to_string()),
                Err(error) => Answer::Missing(error.to_string()),
            }
        }
        .boxed()
    }))
}

fn ask(question: &str) -> io::Result<Answer> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question}\nDo it? [y/N] ")?;
    stderr.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(match line.trim() {
        "y" | "Y" | "yes" => Answer::Accepted,
        _ => Answer::Declined,
    })
}
