//! Opens the files that images are written to and loaded from, on this server's host.
//!
//! Others may write to the directory meanwhile, a container for one, so no path is resolved twice: the
//! policy judges where it leads, and what bears this very name is opened without following a link.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use cap_fs_ext::FollowSymlinks;
use cap_std::fs::Dir;
use tokio::fs::File;

use crate::call::{Call, CallError};
use crate::confined::{open_file, open_without_links};
use crate::engine::policy::VettedArchive;
use crate::files::aside;
use crate::params::InvalidArgument;
use crate::unfinished::Unfinished;

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

/// Makes a file for this user alone.
///
/// # Errors
/// The path is none of a file that may be made, or something is there already.
pub(super) async fn make(path: &str, call: &Call<'_>) -> Result<(Unfinished, File), CallError> {
    check(path)?;
    let vetted = call.engine.vet_new_archive(path).await?;
    let path = vetted.path().to_owned();
    let made = aside(move || {
        let (directory, name) = parts(&path)?;
        match directory.symlink_metadata(&name) {
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // Its layers may hold what nobody else is to read.
        Unfinished::make(directory, &path, 0o600)
    });
    let (unfinished, file) = made
        .await
        .map_err(|error| unwritten(vetted.path(), &error))?;
    Ok((unfinished, File::from_std(file)))
}

/// Gives the file its name, now that all of it is written.
///
/// # Errors
/// Something else has that name by now, or it is not all on the disk. Nothing is left then.
pub(super) async fn finish(unfinished: Unfinished, file: File) -> io::Result<()> {
    let file = file.into_std().await;
    aside(move || unfinished.finish(file)).await
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
