//! Says why there is no configuration.

use std::path::PathBuf;

/// Why there is no configuration, on one line.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is not accepted.
    #[error("`{name}` from {origin} must be {accepted}, not {shown}{advice}")]
    Value {
        /// The variable.
        name: &'static str,
        /// The value in quotes, or words in its place.
        shown: String,
        /// Where it came from.
        origin: String,
        /// What is accepted.
        accepted: String,
        /// What was most likely meant, behind a semicolon.
        advice: String,
    },
    /// The file that the operator named cannot be used.
    #[error("cannot use {} (from flag `--env-file`): {reason}", path.display())]
    EnvFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The configuration file cannot be used.
    #[error("{}{}: {reason}", path.display(), line.map_or(String::new(), |line| format!(", line {line}")))]
    File {
        /// The file.
        path: PathBuf,
        /// The line that is wrong.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
    },
    /// Values that are accepted, but not together.
    #[error("{0}")]
    Together(&'static str),
}
