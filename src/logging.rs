//! Sends what the server logs to stderr and, where asked, to a file; stdout belongs to the protocol.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use mcp_docker::config::ServerConfig;
use mcp_docker::files::{self, Links};
use mcp_docker::redaction::Redactor;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{Layer, MakeWriter};
use tracing_subscriber::prelude::*;

#[cfg(feature = "opentelemetry")]
use crate::telemetry;

/// Starts logging, to stderr no more than `terminal` says. A log file that cannot be opened must not keep anyone from working: it is left
/// out, and the text to be said about it returned.
pub(crate) fn start(config: &ServerConfig, terminal: LevelFilter) -> Option<String> {
    let file = config.log_path.as_deref().map(|path| {
        let file = files::append(path, Links::Followed);
        file.map_err(|error| format!("cannot log to {}: {error}", path.display()))
    });
    let (file, warning) = match file.transpose() {
        Ok(file) => (file, None),
        Err(warning) => (None, Some(warning)),
    };
    let subscriber = tracing_subscriber::registry()
        .with(targets(config.log_level))
        .with(lines().with_writer(Plain(io::stderr)).with_filter(terminal))
        .with(file.map(|file| lines().with_writer(Plain(Arc::new(file)))));
    #[cfg(feature = "opentelemetry")]
    let (subscriber, warning) = match telemetry::layer() {
        Ok(layer) => (subscriber.with(layer), warning),
        Err(failure) => (subscriber.with(None), warning.or(Some(failure))),
    };
    // Fails only where logging was started before, which then goes on.
    let _ = tracing::subscriber::set_global_default(subscriber);
    warning
}

/// Plain lines. A line that cannot be written is dropped: to report that on stderr panics where
/// stderr is what was closed.
fn lines<S>() -> Layer<S> {
    Layer::default().with_ansi(false).log_internal_errors(false)
}

/// What takes secrets out of what is logged, once there is one.
static REDACTOR: OnceLock<Redactor> = OnceLock::new();

/// Has all that is logged from now on hold no secrets that this redactor knows.
pub(crate) fn redact_by(redactor: &Redactor) {
    // A second one is that of a second runtime, which no program has.
    let _ = REDACTOR.set(redactor.clone());
}

/// Has each event be one line of bounded length, whatever of a client's stands in it.
struct Plain<W>(W);

/// The longest line, in characters.
const LONGEST: usize = 4096;

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Plain<W> {
    type Writer = Plain<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Plain(self.0.make_writer())
    }
}

impl<W: Write> Write for Plain<W> {
    /// Takes one event at a time, which is how they come.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = event.strip_suffix(b"\n").unwrap_or(event);
        let text = String::from_utf8_lossy(line);
        let text = match REDACTOR.get() {
            Some(redactor) => redactor.text(&text).into_owned(),
            None => text.into_owned(),
        };
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let mut line: String = text.chars().take(LONGEST).map(plain).collect();
        if text.chars().nth(LONGEST).is_some() {
            line.push('…');
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Other crates log at most warnings: below that they write what passes through them, secrets
/// included.
fn targets(level: Level) -> Targets {
    Targets::new()
        .with_default(LevelFilter::from_level(level).min(LevelFilter::WARN))
        .with_target("mcp_docker", level)
        .with_targets(spans())
}

/// What is exported, whatever is logged.
fn spans() -> Option<(&'static str, LevelFilter)> {
    #[cfg(feature = "opentelemetry")]
    let spans = Some((mcp_docker::spans::TARGET, LevelFilter::INFO));
    #[cfg(not(feature = "opentelemetry"))]
    let spans = None;
    spans
}
