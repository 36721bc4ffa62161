//! Lists the pages on which what a tool gives can be looked at, and what each of them needs of the tool.

use serde::Deserialize;

/// A page beside a call that shows what it gave, in clients that have MCP Apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// A treemap of what takes disk.
    Disk,
    /// A log, to be searched and followed.
    Logs,
    /// Curves of what containers use.
    Stats,
}

impl View {
    /// Every page there is.
    pub const ALL: [Self; 3] = [Self::Disk, Self::Logs, Self::Stats];

    /// Its name in the TOML files, and in its address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disk => "disk",
            Self::Logs => "logs",
            Self::Stats => "stats",
        }
    }

    /// The keys of a result that it can show, in each of the ways that it knows.
    pub fn reads(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Disk => &[&["items", "totals", "truncated"], &["usage"]],
            Self::Logs => &[&["logs", "lines", "truncated", "more_before"]],
            Self::Stats => &[&["stats"]],
        }
    }

    /// The parameters by which it makes the tool's further calls, beside the arguments that were given.
    pub fn asks_by(self) -> &'static [&'static str] {
        match self {
            Self::Disk => &[],
            Self::Logs => &["since", "until", "tail", "timestamps"],
            Self::Stats => &["container_id"],
        }
    }
}
