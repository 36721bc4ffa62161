//! Opens and reads the files of secrets: what is none is refused, whoever put it there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::io::{self, Read as _};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use cap_fs_ext::FollowSymlinks;
use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::confined::{leads_out, open_file};
use crate::ordered;
use crate::vocabulary::is_secret_name;

/// As short as a secret may be: what is shorter occurs by chance, and is guessed.
pub(super) const SHORTEST: usize = 8;

/// As long as one may be.
pub(super) const LONGEST: usize = 64 << 10;

/// As many files are looked through for what has changed.
const MOST: usize = 1000;

/// How often a file is read anew that changes while it is read.
const READS: usize = 5;

/// A file that was changed so lately may be half written: whoever writes it may be waiting, and a second change
/// may bear the time of the first.
const SETTLED: Duration = Duration::from_millis(100);

/// How a file was when it was read.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    /// Its number and when that was last changed, where there are such.
    number: (u64, i64, i64),
}

/// The directory, into which the operator's own path may lead by links.
pub(super) fn opened(path: &Path) -> io::Result<Dir> {
    let directory = Dir::open_ambient_dir(path, ambient_authority())?;
    let metadata = directory.try_clone()?.into_std_file().metadata()?;
    // Where it is sticky, nobody changes another's file: so Kubernetes mounts it.
    if is_writable_by_others(&metadata) && !is_sticky(&metadata) {
        return Err(io::Error::other(
            "others may write to the directory of secrets (`chmod go-w` it)",
        ));
    }
    Ok(directory)
}

/// The files that have the name of a secret, with how they are.
pub(super) fn stamps(directory: &Dir) -> io::Result<BTreeMap<String, Stamp>> {
    let mut names = BTreeSet::new();
    for entry in directory.entries()? {
        let name = entry?.file_name().into_string();
        names.extend(name.ok().filter(|name| is_secret_name(name)));
    }
    let stamp = |name: String| {
        let metadata = directory.metadata(&name).ok().filter(|it| it.is_file())?;
        #[cfg(unix)]
        let number = {
            use cap_std::fs::MetadataExt as _;

            (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let number = (0, 0, 0);
        let stamp = Stamp {
            length: metadata.len(),
            modified: metadata
                .modified()
                .ok()
                .map(cap_std::time::SystemTime::into_std),
            number,
        };
        Some((name, stamp))
    };
    Ok(ordered::map(names.into_iter().take(MOST).filter_map(stamp)))
}

/// The value that a file holds, and how the file was.
pub(super) fn read(directory: &Path, name: &str) -> io::Result<(String, Stamp)> {
    let directory = opened(directory)?;
    for _ in 0..READS {
        let opened = open_file(&directory, Path::new(name), FollowSymlinks::Yes);
        let (file, before) = opened.map_err(|error| match leads_out(&error) {
            true => {
                io::Error::other("its file is a link that leads out of the directory of secrets")
            }
            false => error,
        })?;
        if is_writable_by_others(&before) {
            return Err(io::Error::other(
                "others may write to its file (`chmod go-w` it)",
            ));
        }
        let mut bytes = Vec::new();
        let most = LONGEST as u64 + 3;
        (&file).take(most).read_to_end(&mut bytes)?;
        if let Some(left) = SETTLED.checked_sub(Stamp::of(&before).age()) {
            sleep(left);
        }
        let after = Stamp::of(&file.metadata()?);
        // One that is written meanwhile may be read in part.
        if after == Stamp::of(&before)
            && (after.length == bytes.len() as u64 || after.length >= most)
        {
            let ends = [b"\r\n".as_slice(), b"\n"].into_iter();
            let mut ends = ends.filter_map(|end| bytes.strip_suffix(end).map(<[u8]>::len));
            bytes.truncate(ends.next().unwrap_or(bytes.len()));
            return Ok((checked(bytes)?, after));
        }
    }
    Err(io::Error::other("its file changes while it is read"))
}

/// The bytes as a value that can be put into a variable.
pub(super) fn checked(bytes: Vec<u8>) -> io::Result<String> {
    let wrong = |why: &str| Err(io::Error::other(why));
    if bytes.len() < SHORTEST {
        return wrong("it has less than 8 bytes");
    }
    if bytes.len() > LONGEST {
        return wrong("it has more than 64 KiB");
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => wrong("it holds a NUL, which no variable can"),
        Ok(text) => Ok(text),
        Err(_) => wrong("it is no UTF-8 text"),
    }
}

impl Stamp {
    /// How long ago the file was changed; long where that cannot be said.
    fn age(&self) -> Duration {
        let age = self.modified.and_then(|it| it.elapsed().ok());
        age.unwrap_or(Duration::MAX)
    }

    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt as _;

            (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let number = (0, 0, 0);
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            number,
        }
    }
}

#[cfg(unix)]
fn is_writable_by_others(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o022 != 0
}

#[cfg(unix)]
fn is_sticky(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o1000 != 0
}

/// Modes say nothing there.
#[cfg(not(unix))]
fn is_writable_by_others(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn is_sticky(_: &Metadata) -> bool {
    false
}
