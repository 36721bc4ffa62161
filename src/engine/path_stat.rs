//! Reads what the Engine tells of one file, which it does in the head of an answer that has no body.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use serde::Deserialize;

use super::told::Told;

const HEADER: &str = "x-docker-container-path-stat";

/// Go's bits for what a file is, which are not those of Unix.
const DIRECTORY: u32 = 1 << 31;
const LINK: u32 = 1 << 27;
const DEVICE: u32 = 1 << 26;
const PIPE: u32 = 1 << 25;
const SOCKET: u32 = 1 << 24;
const SETUID: u32 = 1 << 23;
const SETGID: u32 = 1 << 22;
const STICKY: u32 = 1 << 20;
const IRREGULAR: u32 = 1 << 19;

/// Where the head of an answer leaves what it tells of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct PathStatSlot(Arc<Mutex<Option<HeaderValue>>>);

impl PathStatSlot {
    pub(super) fn heard(&self, headers: &HeaderMap) {
        let told = headers.get(HEADER).cloned();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = told;
    }

    /// What was told, if it can be read.
    pub(super) fn told(&self) -> Option<PathStat> {
        let told = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        let json = BASE64_STANDARD.decode(told.as_bytes()).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

/// What the Engine tells of a file, of a link itself where the path ends in one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PathStat {
    pub(crate) name: Told<String>,
    pub(crate) size: Told<u64>,
    mode: Told<u32>,
    mtime: Told<String>,
    /// Where a link leads in the end, from the container's root.
    link_target: Told<String>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    File,
    Directory,
    Link,
    Device,
    Pipe,
    Socket,
}

impl FileKind {
    /// Its name in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Link => "link",
            Self::Device => "device",
            Self::Pipe => "fifo",
            Self::Socket => "socket",
        }
    }
}

impl PathStat {
    /// What it is; what nobody knows counts as a device, which is not read.
    pub(crate) fn kind(&self) -> FileKind {
        let mode = self.mode.unwrap_or(IRREGULAR);
        let is = |bit: u32| mode & bit != 0;
        match () {
            () if is(LINK) => FileKind::Link,
            () if is(DIRECTORY) => FileKind::Directory,
            () if is(PIPE) => FileKind::Pipe,
            () if is(SOCKET) => FileKind::Socket,
            () if is(DEVICE | IRREGULAR) => FileKind::Device,
            () => FileKind::File,
        }
    }

    /// Its permissions with the bits of Unix.
    pub(crate) fn mode(&self) -> u32 {
        let mode = self.mode.unwrap_or_default();
        let bit = |bit: u32, unix: u32| if mode & bit == 0 { 0 } else { unix };
        (mode & 0o777) | bit(SETUID, 0o4000) | bit(SETGID, 0o2000) | bit(STICKY, 0o1000)
    }

    /// When it was changed last, to the second.
    pub(crate) fn modified(&self) -> Option<i64> {
        let at: Timestamp = self.mtime.text().parse().ok()?;
        Some(at.as_second())
    }

    /// Where a link leads in the end.
    pub(crate) fn target(&self) -> &str {
        self.link_target.text()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_bits_of_go_become_those_of_unix() {
        for (mode, kind, unix) in [
            (0o644_u32, FileKind::File, 0o644),
            (2_147_484_141, FileKind::Directory, 0o755),
            (134_218_239, FileKind::Link, 0o777),
            (33_554_852, FileKind::Pipe, 0o644),
            (69_206_416, FileKind::Device, 0o620),
            (16_777_709, FileKind::Socket, 0o755),
            (8_389_101, FileKind::File, 0o4755),
            (2_148_532_735, FileKind::Directory, 0o1777),
            (524_708, FileKind::Device, 0o644),
        ] {
            let stat: PathStat = serde_json::from_value(json!({ "mode": mode })).unwrap();
            assert_eq!((stat.kind(), stat.mode()), (kind, unix), "{mode}");
        }
        assert_eq!(PathStat::default().kind(), FileKind::Device);
    }
}
