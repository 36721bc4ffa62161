//! Looks at what lies at a path of the host, where the server sees it.

use std::fs::{self, FileType};

use super::paths::as_seen;
use super::sensitive::is_of_an_engine;

/// What is seen at a path.
#[derive(Debug)]
pub(super) enum Seen {
    Socket,
    /// A directory with a socket of that name in it, that of an Engine where there is one.
    HoldsSocket(String),
    /// A regular file.
    File,
    /// A directory without sockets, nothing, or what cannot be looked at.
    Other,
}

/// What lies at a normalised path. Beside the protocol, because a file system may take its time.
pub(super) async fn look(path: &str) -> Seen {
    let Some(path) = as_seen(path) else {
        return Seen::Other;
    };
    let looked = tokio::task::spawn_blocking(move || {
        let kind = fs::metadata(&path).ok()?.file_type();
        if is_socket(kind) {
            return Some(Seen::Socket);
        }
        if kind.is_file() {
            return Some(Seen::File);
        }
        let entries = fs::read_dir(&path).ok()?.flatten();
        let sockets = entries.filter(|entry| entry.file_type().is_ok_and(is_socket));
        let names = sockets.map(|socket| socket.file_name().to_string_lossy().into_owned());
        names
            .max_by_key(|name| is_of_an_engine(name))
            .map(Seen::HoldsSocket)
    });
    looked.await.ok().flatten().unwrap_or(Seen::Other)
}

#[cfg(unix)]
fn is_socket(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_socket(&kind)
}

#[cfg(not(unix))]
fn is_socket(_: FileType) -> bool {
    false
}
