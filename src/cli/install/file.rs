//! Replaces a file by another text, whole or not at all, and keeps the one that was there beside it.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that may not be there yet.
#[derive(Debug)]
pub(super) struct File {
    /// Where it is, behind links.
    path: PathBuf,
    /// What it holds.
    text: String,
    /// Whose it is and who may read it; none where it is not there.
    metadata: Option<Metadata>,
}

impl File {
    /// Reads what is there.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        // A link stays a link, so that what keeps a person's files together goes on doing so.
        let path = match fs::canonicalize(path) {
            Ok(path) => path,
            Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
                return Ok(Self {
                    path: path.to_owned(),
                    text: String::new(),
                    metadata: None,
                });
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            text: fs::read_to_string(&path)?,
            metadata: Some(fs::metadata(&path)?),
            path,
        })
    }

    /// What it holds; nothing where it is not there.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Replaces it, and makes the folders to it. Returns where the text is that was there.
    pub(super) fn replace(&self, text: &str) -> io::Result<Option<PathBuf>> {
        let Some(metadata) = &self.metadata else {
            self.path.parent().map_or(Ok(()), fs::create_dir_all)?;
            place(&self.path, text, None)?;
            return Ok(None);
        };
        // Its folder would let it be replaced, but whoever made it read-only did not want that.
        if metadata.permissions().readonly() {
            return Err(io::Error::new(
                ErrorKind::PermissionDenied,
                "it is read-only",
            ));
        }
        let mut name = OsString::from(self.path.file_name().unwrap_or_default());
        name.push(".mcp-docker-backup");
        let backup = self.path.with_file_name(name);
        place(&backup, &self.text, Some(metadata))?;
        place(&self.path, text, Some(metadata))?;
        Ok(Some(backup))
    }
}

/// Puts a file in its place with one step. A new one is for its owner alone.
fn place(path: &Path, text: &str, like: Option<&Metadata>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut file = tempfile::Builder::new()
        .prefix(".mcp-docker-")
        .tempfile_in(folder)?;
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
    if (made.uid(), made.gid()) != (like.uid(), like.gid()) {
        fchown(file, Some(like.uid()), Some(like.gid()))?;
    }
    file.set_permissions(like.permissions())
}

/// The folder says who may read what is in it.
#[cfg(not(unix))]
fn resemble(_: &fs::File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
