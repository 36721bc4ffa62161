//! Opens the files that images are written to and loaded from, on this server's host.
//!
//! Others may write to the directory meanwhile, a container for one, so no path is resolved twice: the
//! policy judges where it leads, and what bears this very name is opened without following a link.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, OpenOptions};
use tokio::fs::File;
use uuid::Uuid;

use crate::call::{Call, CallError};
use crate::confined::{open_file, open_without_links};
use crate::engine::policy::VettedArchive;
use crate::files::aside;
use crate::params::InvalidArgument;

/// A file that images are loaded from.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) file: File,
    /// In bytes, when it was opened.
    pub(super) size: u64,
    pub(super) vetted: VettedArchive,
}

impl Archive {
    /// Opens a regular file.
    ///
    /// # Errors
    /// The path is none of a file that may be used, or it cannot be read.
    pub(super) async fn open(path: &str, call: &Call<'_>) -> Result<Self, CallError> {
        check(path)?;
        let vetted = call.engine.vet_archive(path).await?;
        let real = vetted.path().to_owned();
        let opened = aside(move || {
            let (directory, name) = parts(&real)?;
            open_file(&directory, name.as_ref(), FollowSymlinks::No)
        });
        let (file, metadata) = opened.await.map_err(|error| {
            let shown = vetted.path().display();
            InvalidArgument(format!(
                "`path`: `{shown}` cannot be read on this server's host: {error}"
            ))
        })?;
        Ok(Self {
            file: File::from_std(file),
            size: metadata.len(),
            vetted,
        })
    }
}

/// A file that is not whole yet, under another name. Dropped, as when the call is cancelled, it is
/// removed.
#[derive(Debug)]
pub(super) struct Unfinished {
    directory: Dir,
    /// None once it is whole.
    temporary: Option<OsString>,
    name: OsString,
    /// Where it is to be, without links.
    pub(super) path: PathBuf,
}

impl Unfinished {
    /// Makes a file for this user alone.
    ///
    /// # Errors
    /// The path is none of a file that may be made, or something is there already.
    pub(super) async fn make(path: &str, call: &Call<'_>) -> Result<(Self, File), CallError> {
        check(path)?;
        let vetted = call.engine.vet_new_archive(path).await?;
        let path = vetted.path().to_owned();
        let made = aside(move || Self::open(&path)).await;
        let (unfinished, file) = made.map_err(|error| unwritten(vetted.path(), &error))?;
        Ok((unfinished, File::from_std(file)))
    }

    fn open(path: &Path) -> io::Result<(Self, std::fs::File)> {
        let (directory, name) = parts(path)?;
        match directory.symlink_metadata(&name) {
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create_new(true)
            .follow(FollowSymlinks::No);
        // Its layers may hold what nobody else is to read.
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let temporary = OsString::from(format!(".mcp-docker-{}.part", Uuid::new_v4().simple()));
        let file = directory.open_with(&temporary, &options)?.into_std();
        let unfinished = Self {
            directory,
            temporary: Some(temporary),
            name,
            path: path.to_owned(),
        };
        Ok((unfinished, file))
    }

    /// Gives the file its name, now that all of it is written.
    ///
    /// # Errors
    /// Something else has that name by now, or it is not all on the disk. Nothing is left then.
    pub(super) async fn finish(self, file: File) -> io::Result<()> {
        file.sync_all().await?;
        drop(file);
        aside(move || self.rename()).await
    }

    /// Renames it, unless something has the name.
    fn rename(mut self) -> io::Result<()> {
        let (directory, old, new) = (&self.directory, self.temporary.as_deref(), &*self.name);
        let old = old.unwrap_or(new);
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        {
            use rustix::fs::{RenameFlags, renameat_with};
            use rustix::io::Errno;

            match renameat_with(directory, old, directory, new, RenameFlags::NOREPLACE) {
                // Not every file system can.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => {
                    self.temporary.take();
                    return Ok(());
                }
            }
        }
        // The other name goes when this is dropped.
        directory.hard_link(old, directory, new)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(name) = self.temporary.take() else {
            return;
        };
        if let Err(error) = self.directory.remove_file(&name) {
            let path = self.path.with_file_name(name);
            tracing::warn!("{} is left, which is not whole: {error}", path.display());
        }
    }
}

/// Says why a file could not be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> CallError {
    let shown = path.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        let text = format!("`path`: `{shown}` is there already, and is never overwritten");
        return InvalidArgument(text).into();
    }
    CallError::Operation(format!(
        "`{shown}` could not be written on this server's host, and nothing is left of it: {error}"
    ))
}

fn check(path: &str) -> Result<(), InvalidArgument> {
    let given = Path::new(path);
    let is_of_a_file = given.file_name().is_some() && !path.ends_with(std::path::is_separator);
    if given.is_absolute() && is_of_a_file {
        return Ok(());
    }
    Err(InvalidArgument(format!(
        "`path` takes the absolute path of a file on this server's host, got `{path}`"
    )))
}

/// The directory of a file, opened without following a link, and the name within it.
fn parts(path: &Path) -> io::Result<(Dir, OsString)> {
    let parent = path.parent().unwrap_or(path);
    let directory = open_without_links(parent).map_err(|error| {
        let text = format!("its directory cannot be used: {error}");
        io::Error::new(error.kind(), text)
    })?;
    let name = path.file_name().unwrap_or_default();
    Ok((directory, name.to_owned()))
}
