//! Makes the folder in which a socket lies, for one call, and clears away those that servers left behind which
//! were killed.

use std::collections::HashSet;
use std::env;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::process::geteuid;
use tempfile::TempDir;

/// How such folders are called; the policy keeps what begins so from containers.
const PREFIX: &str = "mcp-docker-relay-";

const SOCKET: &str = "docker.sock";

/// The path of a socket has to be shorter, on every system.
const LONGEST: usize = 100;

/// The folder of one call's socket, or of what its program has: it is this user's alone, and gone when this is
/// dropped.
#[derive(Debug)]
pub(crate) struct Room {
    folder: TempDir,
    /// Held for as long as somebody is in.
    _lock: File,
}

impl Room {
    /// A folder where the user's programs have their sockets, or else in `/tmp`.
    pub(crate) fn open() -> io::Result<Self> {
        let own = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        match own.filter(|folder| is_private(folder)) {
            Some(folder) => Self::open_in(&folder).or_else(|_| Self::open_in(Path::new("/tmp"))),
            None => Self::open_in(Path::new("/tmp")),
        }
    }

    /// A folder in that one, which is cleared of old ones when it is used first.
    pub(crate) fn open_in(parent: &Path) -> io::Result<Self> {
        static CLEARED: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);
        let is_new = {
            let mut cleared = CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
            let cleared = cleared.get_or_insert_default();
            cleared.insert(parent.to_owned())
        };
        if is_new {
            clear(parent)?;
        }
        // Between a folder and its lock another server may clear it away.
        for _ in 0..10 {
            if let Some(room) = Self::make(parent)? {
                return Ok(room);
            }
        }
        Err(io::Error::other("no folder for the socket stays there"))
    }

    fn make(parent: &Path) -> io::Result<Option<Self>> {
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let room = match locked(folder.path()) {
            Ok(Some(lock)) => Self {
                folder,
                _lock: lock,
            },
            Ok(None) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let length = room.socket().as_os_str().len();
        if length >= LONGEST {
            return Err(io::Error::other(format!(
                "the path of the socket would be {length} bytes long"
            )));
        }
        Ok(Some(room))
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }
}

/// The lock of a folder, where nobody has it and it is still there.
fn locked(folder: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let lock = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(folder)?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        return Ok(None);
    }
    let (held, there) = (lock.metadata()?, fs::symlink_metadata(folder)?);
    let is_same = (held.dev(), held.ino()) == (there.dev(), there.ino());
    Ok(is_same.then_some(lock))
}

/// Removes the folders whose owners are gone.
fn clear(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)?.flatten() {
        let name = entry.file_name();
        let is_one = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !is_one || !is_private(&entry.path()) {
            continue;
        }
        if let Ok(Some(lock)) = locked(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
            drop(lock);
        }
    }
    Ok(())
}

/// Whether it is a folder of this user's that nobody else may enter.
fn is_private(folder: &Path) -> bool {
    let found = fs::symlink_metadata(folder);
    folder.is_absolute()
        && found.is_ok_and(|found| {
            found.is_dir() && found.uid() == geteuid().as_raw() && found.mode() & 0o077 == 0
        })
}
