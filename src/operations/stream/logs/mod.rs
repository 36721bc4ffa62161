//! Reads a container's log: `docker_container_logs`.
//!
//! The log may be far larger than the result, so it is read in a stream and only the newest lines
//! that fit are held. `reader` asks the Engine for no more than it has to, `selection` keeps the lines.

mod reader;
mod selection;

use super::source::Shaped;
use super::stretch::Stretch;
use crate::call::{Call, CallError};
use crate::generated::params::container_logs::Params;
use crate::generated::reply::container_logs::Reply;
use crate::operations::budget;
use crate::output::Hinted;
use crate::params::{Pattern, Tail};
use reader::{Counting, Reader};

/// How to get what the budget cut.
const ADVICE: &str = "the newest lines are kept, and a very long one is cut short; choose lines \
    with `grep`, `since`, `until` or a smaller `tail`";

/// Gives the newest lines that match; with `follow`, also those of the next seconds.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    let container: Shaped = call.look.told("container");
    let source = container.source();
    let reader = Reader {
        params,
        engine: &call.engine,
        redactor: &call.redactor,
        budget: budget::budget(call),
        stretch: Stretch::of(params.since, params.until, call).await?,
        tty: source.tty,
        local: source.local,
    };
    let log = match (&params.tail, Counting::of(params)) {
        (Tail::Lines(lines), Counting::Engine) if params.follow => {
            let past = reader.end(*lines).await?;
            let mut log = reader.follow(&past.records_kept(*lines), call).await?;
            log.more_before = past.more_before();
            log
        }
        (Tail::Lines(lines), Counting::Engine) => reader.end(*lines).await?,
        _ if params.follow => reader.follow("all", call).await?,
        _ => reader.whole().await?,
    };
    let matched = !log.is_empty();
    let hint = params.grep.as_ref().filter(|_| !matched);
    let reply = log.into_reply(container.id.0.unwrap_or_default());
    let cut = reply.truncated;
    Ok(Hinted::from(reply)
        .hinted(cut.then(|| budget::advice(call, ADVICE)))
        .noted(hint.and_then(Pattern::hint))
        .noted(reader.stretch.note()))
}

#[cfg(test)]
mod tests;
