//! Makes the folders of one run.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::engine::relay;

/// The folders of one run: nobody else's, and gone when this is dropped.
#[derive(Debug)]
pub(super) struct Room(relay::Room);

impl Room {
    pub(super) fn open() -> io::Result<Self> {
        Self::made(relay::Room::open()?)
    }

    /// The same for what takes as much as an image: not where the system keeps it in memory.
    pub(super) fn open_large() -> io::Result<Self> {
        Self::made(relay::Room::open_in(Path::new("/tmp"))?)
    }

    fn made(room: relay::Room) -> io::Result<Self> {
        let room = Self(room);
        for folder in [
            room.programs(),
            room.home(),
            room.settings(),
            room.scratch(),
        ] {
            fs::create_dir(folder)?;
        }
        Ok(room)
    }

    fn folder(&self) -> &Path {
        self.0.folder()
    }

    /// What the server tells itself when it starts the program.
    #[cfg(target_os = "linux")]
    pub(super) fn plan(&self) -> PathBuf {
        self.folder().join("plan.json")
    }

    /// Where it looks for programs, and finds none.
    pub(super) fn programs(&self) -> PathBuf {
        self.folder().join("bin")
    }

    /// The home of the user, and nothing of theirs.
    pub(super) fn home(&self) -> PathBuf {
        self.folder().join("home")
    }

    /// The settings of the Docker CLI, of which there are none.
    pub(super) fn settings(&self) -> PathBuf {
        self.folder().join("docker")
    }

    /// Where it may write.
    pub(super) fn scratch(&self) -> PathBuf {
        self.folder().join("tmp")
    }

    /// The address of an Engine that there is not.
    pub(super) fn no_socket(&self) -> OsString {
        let mut address = OsString::from("unix://");
        address.push(self.folder().join("none.sock"));
        address
    }
}
