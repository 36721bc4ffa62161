//! Records each call in the file that `MCP_DOCKER_AUDIT_LOG` names, as one line of JSON.
//!
//! A [`Record`] is opened with its call and writes its line when it is dropped, whatever ended the
//! call: a result, a refusal, a panic, or a client that cancelled, which drops the call where it
//! stands. Where `MCP_DOCKER_AUDIT_REQUIRED` is set, a line with the result `started` goes ahead of
//! the first request to Docker, because only writing shows that a disk has room.
//!
//! The file is opened for each line, so that one that was rotated is made anew, and takes the line
//! in a single `write` at its end, so that calls side by side, and servers that share a file, never
//! mix theirs. This blocks the runtime for some twenty microseconds; a call that is dropped could not
//! wait for another thread to do it.
//!
//! An unknown tool has no record: no call was made, and the client got a protocol error.

mod line;

use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::error::CallError;
use crate::call::gate::principal::Subject;
use crate::catalog::Tool;
use crate::config::ServerConfig;
use crate::engine::policy::Refusal;
use crate::files::{self, Links};
use crate::params::Now;
use crate::redaction::Redactor;
use crate::trace::Trace;
use line::{Line, Outcome};

/// Where calls are recorded, if they are.
#[derive(Debug)]
pub struct AuditLog {
    path: Option<PathBuf>,
    required: bool,
    /// Tells the calls of this process from those of others that share the file.
    process: u64,
    calls: AtomicU64,
    /// The last line could not be written, and that was said.
    failing: AtomicBool,
    /// The file may end within a line.
    torn: AtomicBool,
}

/// What is known of a call so far; its line is written when it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Record<'a> {
    log: &'a AuditLog,
    started: Instant,
    tool: &'static Tool,
    redactor: Redactor,
    line: Line,
    /// The last to be dropped, once the line is written.
    _open: Open,
}

/// Calls that are not over: whoever ends the program waits until they are recorded.
static OPEN: AtomicUsize = AtomicUsize::new(0);

/// Whether the program drops what still runs.
static ENDING: AtomicBool = AtomicBool::new(false);

/// From now on a call that fails was cancelled: the program ends, and what it waits for is dropped.
pub fn end_records() {
    ENDING.store(true, Ordering::SeqCst);
}

/// How many calls of this process are still to be recorded.
pub fn open_records() -> usize {
    OPEN.load(Ordering::SeqCst)
}

/// Counts a call as open until it is dropped.
#[derive(Debug)]
struct Open;

impl Open {
    fn new() -> Self {
        OPEN.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Which way a call comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Whoever typed the command.
    CommandLine,
    /// An MCP client.
    Client {
        /// The name and version that it gives itself, if it does.
        name: Option<String>,
        /// Where it says the call stands in a trace, if it does.
        trace: Option<Trace>,
    },
}

impl Via {
    /// Where the call stands in a trace, if that is known.
    pub(crate) fn trace(&self) -> Option<&Trace> {
        match self {
            Self::CommandLine => None,
            Self::Client { trace, .. } => trace.as_ref(),
        }
    }
}

/// Whether a call was allowed, and where a person was asked, what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The configuration allows it and nobody needs to confirm it.
    Allowed,
    /// The arguments do not fit, or the configuration does not allow it.
    Refused,
    /// A person confirmed it.
    Confirmed,
    /// A person declined.
    Declined,
    /// A person put the question away.
    Cancelled,
    /// Nobody answered in time.
    Unanswered,
    /// The question went out; the answer comes with another request.
    Asked,
    /// In the two-step mode, the client called again with the token of its first call.
    Repeated,
    /// A person would have been asked, but the operator switched that off.
    Waived,
}

impl AuditLog {
    /// The log of that configuration; nothing is opened yet.
    pub fn new(config: &ServerConfig) -> Self {
        Self {
            path: config.audit_log.clone(),
            required: config.audit_required,
            process: RandomState::new().hash_one(()),
            calls: AtomicU64::new(1),
            failing: AtomicBool::new(false),
            torn: AtomicBool::new(false),
        }
    }

    /// Whether a line could be appended, as far as opening the file shows; it is not left behind where
    /// it was not there.
    ///
    /// # Errors
    /// Why it could not.
    pub fn check(path: &Path) -> Result<(), String> {
        let there = path.symlink_metadata().is_ok();
        open(path).map_err(|error| reason(&error))?;
        if !there {
            // What cannot be taken away again does no harm.
            let _ = std::fs::remove_file(path);
        }
        Ok(())
    }

    /// Opens the record of a call, which counts as refused until something else is decided.
    pub fn record(
        &self,
        tool: &'static Tool,
        arguments: &Map<String, Value>,
        via: &Via,
        redactor: &Redactor,
    ) -> Record<'_> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let call = format!("{:016x}-{number}", self.process);
        Record {
            log: self,
            started: Instant::now(),
            tool,
            line: Line::new(call, tool, arguments, via, redactor),
            redactor: redactor.clone(),
            _open: Open::new(),
        }
    }

    /// Appends a line, where there is a log. The first failure in a row is said in the server's own
    /// log, which is stderr too.
    fn append(&self, line: &Line) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let written = self.write(path, line);
        let shown = path.display();
        match &written {
            Ok(()) if self.failing.swap(false, Ordering::Relaxed) => {
                tracing::warn!("calls are recorded in {shown} again");
            }
            Err(error) if !self.failing.swap(true, Ordering::Relaxed) => {
                let reason = reason(error);
                let consequence = if self.required {
                    "are refused"
                } else {
                    "go on unrecorded"
                };
                tracing::error!(
                    "cannot record calls in {shown}: {reason}; until that is mended, calls {consequence}"
                );
            }
            Ok(()) | Err(_) => {}
        }
        written
    }

    fn write(&self, path: &Path, line: &Line) -> io::Result<()> {
        let mut file = open(path)?;
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        if self.torn.load(Ordering::Relaxed) {
            text.insert(0, '\n');
        }
        let whole = append_to(&mut file, text.as_bytes())?;
        self.torn.store(!whole, Ordering::Relaxed);
        if whole {
            Ok(())
        } else {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
}

impl Record<'_> {
    /// The same record, of a call to that host of several.
    pub(crate) fn at(mut self, host: Option<&str>) -> Self {
        self.line.host = host.map(str::to_owned);
        self
    }

    /// The same record, of a call by somebody who signed in.
    pub(crate) fn by(mut self, subject: Option<&Subject>) -> Self {
        self.line.by(subject, &self.redactor);
        self
    }

    /// Says that the call is allowed and about to send its first request.
    ///
    /// # Errors
    /// It cannot be recorded, and the operator wants no call that is not.
    pub fn start(&mut self) -> Result<(), Refusal> {
        self.line.decision = Decision::Allowed;
        if !self.log.required {
            return Ok(());
        }
        self.line.result = Outcome::Started;
        let recorded = self.log.append(&self.line);
        self.line.result = Outcome::Cancelled;
        recorded.map_err(|error| {
            Refusal(format!(
                "`{}` was refused because it cannot be recorded ({}); nothing was done. The operator mends the \
                 file that MCP_DOCKER_AUDIT_LOG names, or allows calls without a record with MCP_DOCKER_AUDIT_REQUIRED=false",
                self.tool.name,
                reason(&error)
            ))
        })
    }

    /// Says what was decided.
    pub fn decided(&mut self, decision: Decision) {
        self.line.decision = decision;
    }

    /// Takes the ids of the objects that the call is about out of what the Engine or an operation
    /// said of them.
    pub fn about(&mut self, document: &Value) {
        self.line.about(document, &self.redactor);
    }

    /// Takes note of the Engine's clock, where its replies told it.
    pub fn clock(&mut self, engine: Option<Now>) {
        if let Some(now) = engine {
            self.line.clock(now);
        }
    }

    /// Closes the record of a call that came to its end, and logs it.
    pub fn finish(mut self, error: Option<&CallError>) {
        // Connections may be dropped before the calls that wait for them: those did not fail.
        if error.is_some() && ENDING.load(Ordering::SeqCst) {
            return;
        }
        self.line.milliseconds = milliseconds(self.started);
        let (tool, milliseconds) = (self.tool.name, self.line.milliseconds);
        // One that is not there is not written.
        let host = self.line.host.as_deref();
        let (traceparent, tracestate) = self.line.trace();
        match error {
            None => tracing::info!(tool, host, traceparent, tracestate, milliseconds, "called"),
            Some(error) => {
                tracing::info!(tool, host, traceparent, tracestate, milliseconds, %error, "failed");
            }
        }
        self.line.end(error);
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        self.line.milliseconds = milliseconds(self.started);
        // Whoever needs to know was told by `append`; the call is over either way.
        let _ = self.log.append(&self.line);
    }
}

fn milliseconds(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// A link may lead to a file of someone else's choice, or to stdout, which belongs to the protocol.
fn open(path: &Path) -> io::Result<std::fs::File> {
    files::append(path, Links::Refused)
}

/// Writes all at once or says that it was not all: what another process writes must not come in
/// between.
fn append_to(file: &mut impl Write, text: &[u8]) -> io::Result<bool> {
    Ok(file.write(text)? == text.len())
}

fn reason(error: &io::Error) -> String {
    #[cfg(unix)]
    if error.raw_os_error() == Some(libc::ELOOP) {
        return "it is a symbolic link; name the file itself".to_owned();
    }
    error.to_string()
}

#[cfg(test)]
mod tests;
