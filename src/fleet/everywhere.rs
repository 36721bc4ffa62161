//! Asks all Engines at once, and makes one result of what they give.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::{Fleet, Member};
use crate::arguments::Arguments;
use crate::call::gate::Person;
use crate::call::progress::Progress;
use crate::call::{CallError, Caller, ErrorKind};
use crate::catalog::{Across, Deadline, Tool};
use crate::output;
use crate::params::clip;

/// How long a call to all hosts waits for one of them.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// The same for what takes an Engine long.
const LONG: Duration = Duration::from_secs(60);

/// The key of the hosts that gave no result.
pub const FAILED: &str = "failed";

/// How much of a reason is told, in characters; a call to that host alone tells all of it.
const LONGEST: usize = 300;

/// What a host gave, or what kept it from giving anything.
type Given<'a> = Result<(&'a str, Value), Silent<'a>>;

/// A host that gave nothing, and why.
#[derive(Debug)]
pub struct Silent<'a> {
    /// Its name.
    pub host: &'a str,
    /// What happened.
    pub kind: ErrorKind,
    /// The same in words.
    pub text: String,
}

impl Silent<'_> {
    /// As a result names it.
    pub fn record(&self) -> Value {
        json!({
            output::HOST: self.host, "kind": self.kind.name(), "error": clip(&self.text, LONGEST),
        })
    }

    /// What is said where all are: nothing was given that could be taken for all that there is.
    pub fn nowhere(all: &[Self]) -> Option<CallError> {
        let kind = all.first()?.kind;
        let each = all.iter().map(|it| format!("{}: {}", it.host, it.text));
        let text = each.collect::<Vec<_>>().join("; ");
        Some(CallError::Nowhere { kind, text })
    }
}

impl Fleet {
    /// What the arguments limit a list to, where they can be read.
    pub(super) fn limit(
        &self,
        tool: &'static Tool,
        arguments: &Map<String, Value>,
    ) -> Result<Option<u64>, CallError> {
        let mut arguments = Arguments::new(tool, arguments.clone())?;
        let params = (self.parse)(tool, &mut arguments)?.params();
        Ok(params.get("limit").and_then(Value::as_u64))
    }

    /// Makes a call on all hosts side by side; each has a record of its own. One that gives no result is named
    /// with its reason, and is not waited for longer than the others may take.
    pub(super) async fn everywhere(
        &self,
        tool: &'static Tool,
        across: &Across,
        arguments: Map<String, Value>,
        limit: Option<u64>,
        caller: Caller,
    ) -> Result<Value, CallError> {
        let progress = caller.progress.clone();
        let patience = match tool.deadline {
            Deadline::Standard => PATIENCE,
            Deadline::Long => LONG,
        };
        let asked = self.members.iter().filter_map(|member| {
            let host = member.host.as_ref()?;
            Some(self.asked(
                &host.name,
                member,
                tool,
                arguments.clone(),
                &caller,
                patience,
            ))
        });
        let given: Vec<Given<'_>> = progress.beside(join_all(asked)).await;

        let mut results = Vec::new();
        let mut silent = Vec::new();
        for given in given {
            match given {
                Ok(result) => results.push(result),
                Err(host) => silent.push(host),
            }
        }
        if results.is_empty()
            && let Some(error) = Silent::nowhere(&silent)
        {
            return Err(error);
        }
        let mut result = output::merged(&tool.output, across, results, limit);
        if let Some(keys) = result.as_object_mut() {
            keys.insert(
                FAILED.to_owned(),
                silent.iter().map(Silent::record).collect(),
            );
        }
        let budget = self.config.safety.max_response_bytes;
        Ok(output::fit(result, &tool.output, budget))
    }

    async fn asked<'a>(
        &'a self,
        host: &'a str,
        member: &'a Member,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        caller: &Caller,
        patience: Duration,
    ) -> Given<'a> {
        let caller = Caller {
            principal: caller.principal.clone(),
            via: caller.via.clone(),
            progress: Progress::none(),
            person: Person::Nobody("what changes nothing asks nobody"),
        };
        let call = self.runtime(member).part(tool, arguments, caller);
        let (kind, text) = match timeout(patience, call).await {
            Ok(Ok(result)) => return Ok((host, result)),
            Ok(Err(error)) => (error.kind(), error.to_string()),
            Err(_) => {
                let seconds = patience.as_secs();
                let text =
                    format!("no answer within {seconds} s; a call to this host alone waits longer");
                (ErrorKind::TimedOut, text)
            }
        };
        Err(Silent { host, kind, text })
    }
}
