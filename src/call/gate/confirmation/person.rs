//! How a person is asked, and what they can answer.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::redaction::Redactor;

/// How long an answer may take, and how long it holds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// The argument that answers for a person in the two-step mode. It is no parameter of a tool: it
/// is listed and accepted in that mode only.
pub const CONFIRMATION: &str = "confirmation";

/// How the person behind a call can be asked.
pub enum Person {
    /// Here and now, while the call waits.
    Present(Ask),
    /// By the result of the call, which is made again with the reply.
    Away(Option<Reply>),
    /// Not at all; why, and what would help.
    Nobody(&'static str),
}

/// Asks a question and waits for the answer.
pub type Ask = Box<dyn Fn(String) -> BoxFuture<'static, Answer> + Send + Sync>;

/// What a client sent along when it made a call again.
#[derive(Debug)]
pub struct Reply {
    /// The state of the [`Question`] it answers.
    pub state: String,
    /// What the person said.
    pub answer: Answer,
}

/// What became of a question. Only one of these lets anything happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The person agreed.
    Accepted,
    /// The person said no.
    Declined,
    /// The person closed the question.
    Cancelled,
    /// There was none, or none that can be read; why.
    Missing(String),
}

/// In words for the model whose call it was about.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("the person agreed"),
            Self::Declined => f.write_str(
                "the person declined; nothing was done. Do not try again unless they ask for it",
            ),
            Self::Cancelled => f.write_str(
                "the person closed the question without an answer; nothing was done. Ask them what they want",
            ),
            Self::Missing(why) => write!(
                f,
                "the person was asked, but there is no answer ({why}); nothing was done"
            ),
        }
    }
}

impl Answer {
    /// The same answer in words that hold no secret.
    pub(crate) fn redacted(self, redactor: &Redactor) -> Self {
        match self {
            Self::Missing(why) => Self::Missing(redactor.text(&why).into_owned()),
            answer => answer,
        }
    }
}

/// A question that has to be answered before the call is made again.
#[derive(Debug)]
pub struct Question {
    /// What the person reads.
    pub text: String,
    /// What the answer has to bring along.
    pub state: String,
}

/// Without the state, because logs are written of it.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "nothing was done yet: a person has to agree first. {}",
            self.text
        )
    }
}

impl Question {
    /// The question and how to answer it by calling again, for a client that cannot ask.
    pub fn in_two_steps(&self) -> String {
        let minutes = PATIENCE.as_secs() / 60;
        format!(
            "{self}\n\nShow this to the person you work for. Only if they agree, make the same call again within \
             {minutes} minutes with `{CONFIRMATION}`: \"{}\"",
            self.state
        )
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Present(_) => "Present",
            Self::Away(_) => "Away",
            Self::Nobody(_) => "Nobody",
        })
    }
}
