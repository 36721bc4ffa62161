//! Asks the person at the terminal whether a destructive call may be made.

use std::io::{self, BufRead, IsTerminal, Write};

use futures_util::FutureExt;
use mcp_docker::call::gate::{Answer, Person};

use super::bar::Bar;
use super::screen;

/// What helps where nobody is at a terminal.
const ADVICE: &str = "there is no terminal to ask at; `--yes` agrees beforehand";

/// The person at the terminal, who may have agreed beforehand.
pub(super) fn at_terminal(agreed: bool, bar: &Bar) -> Person {
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
            let asked = tokio::task::spawn_blocking(move || bar.ask(|| ask(&question)));
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
    // Not locked while the answer is waited for: an interruption has something to say.
    let mut stderr = io::stderr();
    let question = screen::wrapped(question, screen::stderr());
    write!(stderr, "{question}\nDo it? [y/N] ")?;
    stderr.flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        // The line of the question was not ended by an answer.
        writeln!(stderr)?;
        return Ok(Answer::Cancelled);
    }
    Ok(match line.trim() {
        "y" | "Y" | "yes" => Answer::Accepted,
        _ => Answer::Declined,
    })
}

/// Says to the person that nothing was done, because this was their answer.
pub(super) fn unagreed(answer: &Answer) -> String {
    let answer = match answer {
        Answer::Missing(why) => format!("no answer ({why})"),
        Answer::Cancelled => "no answer".to_owned(),
        Answer::Declined | Answer::Accepted => "declined".to_owned(),
    };
    format!("{answer}; nothing was done")
}
