//! Reads the file that a client keeps its servers in, where it is a file: a pipe would be waited for,
//! and a device would not outlive the text that takes its place.

use std::fs::{self, FileType, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use mcp_docker::files;

/// Larger than any client's file of settings, some of which hold a history too.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Text {
    /// The text itself.
    pub(crate) text: String,
    /// Where it is, behind links.
    pub(crate) path: PathBuf,
    /// Whose it is and who may read it.
    pub(crate) metadata: Metadata,
}

impl Text {
    /// Reads what is there; none where nothing is.
    pub(crate) fn read(path: &Path) -> io::Result<Option<Self>> {
        let behind = match fs::canonicalize(path) {
            Ok(behind) => behind,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return broken_link(path).map_or(Ok(None), Err);
            }
            Err(error) => return Err(error),
        };
        let metadata = fs::metadata(&behind)?;
        if !metadata.is_file() {
            return Err(no_file(path, &behind, metadata.file_type()));
        }
        Ok(Some(Self {
            text: files::read_text(&behind, LARGEST)?,
            path: behind,
            metadata,
        }))
    }
}

/// The link on the way to a file that leads nowhere, if there is one.
fn broken_link(path: &Path) -> Option<io::Error> {
    let broken = |path: &&Path| path.is_symlink() && !path.exists();
    let link = path.ancestors().find(broken)?;
    let target = fs::read_link(link).ok()?;
    let (link, target) = (link.display(), target.display());
    Some(io::Error::new(
        ErrorKind::NotFound,
        format!(
            "{link} is a link to {target}, which does not exist; make that, or remove the link"
        ),
    ))
}

fn no_file(path: &Path, behind: &Path, kind: FileType) -> io::Error {
    let kind = files::kind(kind);
    io::Error::other(if path.is_symlink() {
        let behind = behind.display();
        format!("it is a link to {behind}, which is {kind} and not a file; remove the link")
    } else {
        format!("it is {kind} and not a file; move it away")
    })
}
