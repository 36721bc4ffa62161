//! Sends what the server logs to stderr and, where asked, to a file; stdout belongs to the protocol.

use std::fs::OpenOptions;
use std::io;
use std::sync::Arc;

use mcp_docker::config::ServerConfig;
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::Layer;
use tracing_subscriber::prelude::*;

/// Starts logging, to stderr no more than `terminal` says. A log file that cannot be opened must not keep anyone from working: it is left
/// out, and the text to be said about it returned.
pub(crate) fn start(config: &ServerConfig, terminal: LevelFilter) -> Option<String> {
    let file = config.log_path.as_deref().map(|path| {
        let file = OpenOptions::new().create(true).append(true).open(path);
        file.map_err(|error| format!("cannot log to {}: {error}", path.display()))
    });
    let (file, warning) = match file.transpose() {
        Ok(file) => (file, None),
        Err(warning) => (None, Some(warning)),
    };
    let subscriber = tracing_subscriber::registry()
        .with(targets(config.log_level))
        .with(lines().with_writer(io::stderr).with_filter(terminal))
        .with(file.map(|file| lines().with_writer(Arc::new(file))));
    // Fails only where logging was started before, which then goes on.
    let _ = tracing::subscriber::set_global_default(subscriber);
    warning
}

/// Plain lines. A line that cannot be written is dropped: to report that on stderr panics where
/// stderr is what was closed.
fn lines<S>() -> Layer<S> {
    Layer::default().with_ansi(false).log_internal_errors(false)
}

/// Other crates log at most warnings: below that they write what passes through them, secrets
/// included.
fn targets(level: Level) -> Targets {
    Targets::new()
        .with_default(LevelFilter::from_level(level).min(LevelFilter::WARN))
        .with_target("mcp_docker", level)
}
