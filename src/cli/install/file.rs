//! Replaces a file by another text, whole or not at all, and keeps the one that was there beside it.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::super::clients::Text;

/// A file that may not be there yet.
#[derive(Debug)]
pub(super) struct File {
    /// Where it is to be.
    path: PathBuf,
    /// What is there. A link stays a link, so that what keeps a person's files together goes on
    /// doing so: this is the file behind it.
    found: Option<Text>,
}

impl File {
    /// Reads what is there.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            found: Text::read(path)?,
        })
    }

    /// What it holds; nothing where it is not there.
    pub(super) fn text(&self) -> &str {
        self.found.as_ref().map_or("", |found| &found.text)
    }

    /// Replaces it, and makes the folders to it. Returns where the text is that was there.
    pub(super) fn replace(&self, text: &str) -> io::Result<Option<PathBuf>> {
        let Some(found) = &self.found else {
            self.path.parent().map_or(Ok(()), make_folder)?;
            place(&self.path, text, None)?;
            return Ok(None);
        };
        // Its folder would let it be replaced, but whoever made it read-only did not want that.
        if found.metadata.permissions().readonly() {
            return Err(io::Error::new(
                ErrorKind::PermissionDenied,
                "it is read-only",
            ));
        }
        let backup = backup(found);
        if !backup.exists() {
            place(&backup, &found.text, Some(&found.metadata))?;
        }
        place(&found.path, text, Some(&found.metadata))?;
        Ok(Some(backup))
    }
}

/// Where the text is kept that was there: in a new file, because an older one may be all that is left
/// of what a person wrote, or in one that holds the same.
fn backup(found: &Text) -> PathBuf {
    let mut name = OsString::from(found.path.file_name().unwrap_or_default());
    name.push(".mcp-docker-backup");
    let first = found.path.with_file_name(&name);
    let others = (2..).map(|number: u32| {
        let mut name = name.clone();
        name.push(format!("-{number}"));
        found.path.with_file_name(name)
    });
    let serves = |path: &PathBuf| match Text::read(path) {
        Ok(Some(kept)) => kept.text == found.text,
        Ok(None) => true,
        Err(_) => false,
    };
    std::iter::once(first.clone())
        .chain(others)
        .find(serves)
        .unwrap_or(first)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(|error| {
        let shown = folder.display();
        io::Error::new(
            error.kind(),
            format!("its folder {shown} cannot be made: {error}"),
        )
    })
}

/// Puts a file in its place with one step. A new one is for its owner alone.
fn place(path: &Path, text: &str, like: Option<&Metadata>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let made = tempfile::Builder::new()
        .prefix(".mcp-docker-")
        .tempfile_in(folder);
    // The error names a file that nobody knows; its kind says enough.
    let mut file = made.map_err(|error| {
        let (kind, shown) = (error.kind(), folder.display());
        let text = format!(
            "nothing can be put into its folder {shown} ({kind}); do this as the user whose \
             folder it is"
        );
        io::Error::new(kind, text)
    })?;
    file.write_all(text.as_bytes())?;
    if let Some(like) = like {
        resemble(file.as_file(), like)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn resemble(file: &fs::File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let made = file.metadata()?;
    let (user, group) = (like.uid(), like.gid());
    if (made.uid(), made.gid()) != (user, group) {
        fchown(file, Some(user), Some(group)).map_err(|error| {
            let text = format!(
                "it belongs to user {user} and group {group}, and what takes its place cannot be \
                 given to them ({error}); do this as that user"
            );
            io::Error::new(error.kind(), text)
        })?;
    }
    file.set_permissions(like.permissions())
}

/// The folder says who may read what is in it.
#[cfg(not(unix))]
fn resemble(_: &fs::File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
