//! Opens directories and files so that no link leads out of where it was meant to stay.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Component, Path};

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

/// Opens a directory without following a link on the way to it.
pub(crate) fn open_without_links(path: &Path) -> io::Result<Dir> {
    let start = path.ancestors().last().unwrap_or(path);
    let mut directory = Dir::open_ambient_dir(start, ambient_authority())?;
    for part in path.components() {
        match part {
            Component::Prefix(_) | Component::RootDir => {}
            part => directory = directory.open_dir_nofollow(part)?,
        }
    }
    Ok(directory)
}

/// Opens a regular file below a directory, and nothing else: to open a pipe is to wait for its other
/// end.
pub(crate) fn open_file(
    directory: &Dir,
    path: &Path,
    follow: FollowSymlinks,
) -> io::Result<(File, Metadata)> {
    let mut options = OpenOptions::new();
    options.read(true).follow(follow).nonblock(true);
    let file = directory.open_with(path, &options)?.into_std();
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok((file, metadata))
}

/// Opens a regular file by the path that was judged: a link that somebody has put there since leads nowhere.
pub(crate) fn open_as_judged(path: &Path) -> io::Result<(File, Metadata)> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::Error::other("it is no regular file"));
    };
    open_file(
        &open_without_links(parent)?,
        name.as_ref(),
        FollowSymlinks::No,
    )
}

/// Whether a path was not followed because it leads out of the directory it starts from. No call of
/// the system fails so: what is beyond is not even asked for.
pub(crate) fn leads_out(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}
