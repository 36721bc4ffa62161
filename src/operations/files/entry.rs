//! Says of an entry of an archive what a file is.

use jiff::Timestamp;
use serde::Serialize;

use super::archive::Entry;
use super::path::FilePath;
use crate::operations::units;

/// A file, as lists show it.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    path: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<i64>,
    mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// Where a link leads, as it is written; of the second name of a file, the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
}

impl Item {
    /// An entry that is called so; the archive has names of its own for others, of which `first` makes these.
    pub(super) fn of(
        entry: &Entry<'_>,
        path: &FilePath,
        first: impl FnOnce(&str) -> String,
    ) -> Self {
        let kind = kind(entry);
        let target = || {
            let target = String::from_utf8_lossy(&entry.link_name_bytes()?).into_owned();
            Some(match kind {
                "hard link" => first(&target),
                _ => target,
            })
        };
        Self {
            path: path.to_string(),
            kind,
            size: (kind == "file").then(|| units::bytes(entry.size())),
            mode: mode(entry.header().mode().unwrap_or_default()),
            modified: modified(entry.header().mtime().ok()),
            target: matches!(kind, "link" | "hard link").then(target).flatten(),
        }
    }

    /// About as many bytes as it takes in a result.
    pub(super) fn cost(&self) -> usize {
        const KEYS: usize = 100;
        let target = self.target.as_ref().map_or(0, |target| target.len() + 12);
        self.path.len() + target + KEYS
    }
}

/// What an entry is, in the words of results. The second name of a file is a link without a content of its
/// own.
pub(super) fn kind(entry: &Entry<'_>) -> &'static str {
    use tar::EntryType as Type;

    match entry.header().entry_type() {
        Type::Regular | Type::Continuous => "file",
        Type::Directory => "directory",
        Type::Symlink => "link",
        Type::Link => "hard link",
        Type::Fifo => "fifo",
        _ => "device",
    }
}

/// The path of an entry, however its root is written.
pub(super) fn path(entry: &Entry<'_>) -> FilePath {
    FilePath::told(&String::from_utf8_lossy(&entry.path_bytes()))
}

/// Permissions as `chmod` takes them.
pub(super) fn mode(mode: u32) -> String {
    format!("{:04o}", mode & 0o7777)
}

/// A time in seconds as results have it.
pub(super) fn modified(seconds: Option<u64>) -> Option<String> {
    let seconds = i64::try_from(seconds?).ok()?;
    Some(Timestamp::from_second(seconds).ok()?.to_string())
}
