//! Runs a program once, for a tool whose file says all that there is to it.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::model::judged;
use super::program;
use super::said::Said;
use super::tally::Tally;
use crate::call::{Call, CallError};
use crate::catalog::Command;
use crate::compose::{Selection, walk};
use crate::vocabulary::{Stdin, Written};

/// What came of it: a file's `[output]` reads it by these keys.
#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    written: Output,
    warnings: Vec<String>,
}

/// What it wrote.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Output {
    Json(Value),
    Lines(Vec<Value>),
    Text(String),
}

/// Runs it on the model of a project that was judged, or has it read the files that were walked through.
///
/// # Errors
/// The files are not taken or refused, the program was refused something, or failed.
pub(crate) async fn run(
    command: &Command,
    words: Vec<String>,
    selection: &Selection,
    call: &Call<'_>,
) -> Result<Outcome, CallError> {
    let limit: Duration = call.engine.deadline();
    let title = command.program.title();
    let mut tally = Tally::new(&call.progress);
    let ran = match command.stdin {
        Some(Stdin::Model) => {
            let model = judged(selection, call, |_| Ok(())).await?;
            let told = |done| tally.tell(super::bring::in_words(&done));
            program::carry_out(command, words, &model, limit, call, told).await
        }
        None => {
            let walked = walk(&call.engine, selection).await;
            let walked = walked.map_err(super::model::Unresolved::from)?;
            program::of_files(&walked, &walked.profiles, words, limit, call).await
        }
    };
    let ran = ran.map_err(super::model::Unresolved::from)?;
    let Said { warnings, error } = Said::read(&ran.stderr);
    if ran.code != Some(0) || !ran.account.refusals.is_empty() {
        let refused = ran.account.refusals.iter();
        let mut parts: Vec<String> = refused.map(|it| format!("refused: {it}")).collect();
        parts.push(match error.is_empty() {
            false => format!("{title}: {error}"),
            true => format!("{title} failed and did not say why"),
        });
        return Err(CallError::Operation(parts.join("\n")));
    }
    let written = read(command.reply, &ran.stdout);
    let written = written.map_err(|why| {
        CallError::Operation(format!(
            "what {title} wrote is not what it was to write: {why}"
        ))
    })?;
    Ok(Outcome { written, warnings })
}

/// Reads what it wrote.
fn read(form: Written, bytes: &[u8]) -> serde_json::Result<Output> {
    match form {
        Written::Json => serde_json::from_slice(bytes).map(Output::Json),
        Written::JsonLines => {
            let values = serde_json::Deserializer::from_slice(bytes).into_iter();
            values.collect::<Result<_, _>>().map(Output::Lines)
        }
        Written::Text => Ok(Output::Text(String::from_utf8_lossy(bytes).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_program_writes_is_read_in_its_form() {
        let read =
            |form, bytes: &[u8]| read(form, bytes).map(|it| serde_json::to_value(it).unwrap());
        assert_eq!(
            read(Written::Json, b"{\"a\":1}\n").unwrap(),
            json!({ "a": 1 })
        );
        assert!(read(Written::Json, b"{\"a\":1}\n{\"a\":2}").is_err());
        let lines = read(Written::JsonLines, b"{\"a\":1}\n\n{\"a\":2}\n");
        assert_eq!(lines.unwrap(), json!([{ "a": 1 }, { "a": 2 }]));
        assert_eq!(read(Written::JsonLines, b"").unwrap(), json!([]));
        assert!(read(Written::JsonLines, b"{\"a\":1}\nwarning").is_err());
        let text = read(Written::Text, b"as \xff it is");
        assert_eq!(text.unwrap(), json!("as \u{fffd} it is"));
    }
}
