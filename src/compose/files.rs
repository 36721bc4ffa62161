//! Opens the files of a project as they were judged: by the path without links, regular ones only, and
//! no more of each than a bound.

use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::confined::open_as_judged;
use crate::files::aside;

/// As much as a Compose file or a file of variables may have.
pub(super) const LARGEST: u64 = crate::files::SMALL;

/// The text of a file.
pub(super) async fn text(path: &Path) -> io::Result<String> {
    let path = path.to_owned();
    aside(move || {
        let mut bytes = Vec::new();
        let (file, _) = open_as_judged(&path)?;
        file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > LARGEST {
            return Err(too_large());
        }
        String::from_utf8(bytes)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no UTF-8 text"))
    })
    .await
}

/// Whether a file can be given to Compose.
pub(super) async fn probe(path: &Path) -> io::Result<()> {
    let path = path.to_owned();
    aside(move || match open_as_judged(&path)?.1.len() {
        0..=LARGEST => Ok(()),
        _ => Err(too_large()),
    })
    .await
}

/// The directory without links.
pub(super) async fn directory(path: &Path) -> io::Result<PathBuf> {
    let path = path.to_owned();
    aside(move || {
        let real = std::fs::canonicalize(path)?;
        match std::fs::metadata(&real)?.is_dir() {
            true => Ok(real),
            false => Err(io::Error::other("it is no directory")),
        }
    })
    .await
}

/// The first of these names that a directory has.
pub(super) async fn first(
    directory: &Path,
    names: &'static [&'static str],
) -> Option<&'static str> {
    let directory = directory.to_owned();
    let found = aside(move || {
        let mut names = names.iter();
        let there = |name: &&&str| std::fs::symlink_metadata(directory.join(name)).is_ok();
        Ok(names.find(there).copied())
    });
    found.await.ok().flatten()
}

fn too_large() -> io::Error {
    io::Error::new(
        ErrorKind::FileTooLarge,
        format!("it is larger than {} KiB", LARGEST / 1024),
    )
}
