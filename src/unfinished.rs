//! Writes files that are there whole or not at all, whoever else writes to their directory.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, Metadata, OpenOptions};
use uuid::Uuid;

/// How many of a name are kept beside it.
const MOST_KEPT: usize = 1000;

/// A file that is not whole yet, under another name. Dropped, as when the call is cancelled, it is
/// removed.
#[derive(Debug)]
pub(crate) struct Unfinished {
    directory: Dir,
    /// None once it is whole.
    temporary: Option<OsString>,
    name: OsString,
    /// Where it is to be.
    path: PathBuf,
}

impl Unfinished {
    /// Makes a file that nobody knows yet, with these permissions as far as the system grants them.
    pub(crate) fn make(directory: Dir, path: &Path, mode: u32) -> io::Result<(Self, File)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut options = OpenOptions::new();
        options
            .write(true)
            .create_new(true)
            .follow(FollowSymlinks::No);
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        let temporary = OsString::from(format!(".mcp-docker-{}.part", Uuid::new_v4().simple()));
        let file = directory.open_with(&temporary, &options)?.into_std();
        let unfinished = Self {
            directory,
            temporary: Some(temporary),
            name: name.to_owned(),
            path: path.to_owned(),
        };
        Ok((unfinished, file))
    }

    /// Where it is to be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, unless something has it.
    pub(crate) fn finish(mut self, file: File) -> io::Result<()> {
        file.sync_all()?;
        drop(file);
        let (directory, old, new) = (&self.directory, self.temporary.as_deref(), &*self.name);
        let old = old.unwrap_or(new);
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        {
            use rustix::fs::{RenameFlags, renameat_with};

            match renameat_with(directory, old, directory, new, RenameFlags::NOREPLACE) {
                Err(error) if cannot(error) => {}
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

    /// Puts the file in the place of another that was looked at, and keeps that under a name beside it,
    /// which it gives. Where something else has come there since, all stays as it is.
    pub(crate) fn replace(mut self, file: File, old: &Metadata) -> io::Result<PathBuf> {
        file.sync_all()?;
        drop(file);
        let kept = self.keep()?;
        if let Err(error) = self.exchange(old, &kept) {
            // Unless the new file is in its place, which could not be undone.
            if self.temporary.is_some() {
                self.directory.remove_file(&kept)?;
            }
            return Err(error);
        }
        Ok(self.path.with_file_name(kept))
    }

    /// Gives what has the name another one, too, that nothing has.
    fn keep(&self) -> io::Result<OsString> {
        for number in 1..=MOST_KEPT {
            let mut kept = self.name.clone();
            kept.push(format!(".{number}"));
            match self.directory.hard_link(&self.name, &self.directory, &kept) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| kept),
            }
        }
        let text = format!("{MOST_KEPT} older ones are kept beside it; remove some");
        Err(io::Error::other(text))
    }

    fn exchange(&mut self, old: &Metadata, kept: &OsStr) -> io::Result<()> {
        let is_old = |name: &OsStr| -> io::Result<()> {
            match same(&self.directory.symlink_metadata(name)?, old) {
                true => Ok(()),
                false => Err(io::Error::other("it was changed meanwhile")),
            }
        };
        is_old(kept)?;
        let (directory, name) = (&self.directory, &*self.name);
        let temporary = self.temporary.clone().unwrap_or_default();
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        {
            use rustix::fs::{RenameFlags, renameat_with};

            let swap = || {
                renameat_with(
                    directory,
                    &temporary,
                    directory,
                    name,
                    RenameFlags::EXCHANGE,
                )
            };
            match swap() {
                Err(error) if cannot(error) => {}
                Err(error) => return Err(error.into()),
                // What was there has another name still, so that this one goes.
                Ok(()) => {
                    return is_old(&temporary).inspect_err(|_| {
                        if swap().is_err() {
                            self.temporary.take();
                        }
                    });
                }
            }
        }
        directory.rename(&temporary, directory, name)?;
        self.temporary.take();
        Ok(())
    }
}

/// Not every file system can rename so.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn cannot(error: rustix::io::Errno) -> bool {
    use rustix::io::Errno;

    matches!(error, Errno::INVAL | Errno::NOSYS | Errno::NOTSUP)
}

/// Whether two looks saw the same file, and nothing written to it in between.
fn same(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use cap_std::fs::MetadataExt as _;

        if (one.dev(), one.ino()) != (other.dev(), other.ino()) {
            return false;
        }
    }
    let modified = |it: &Metadata| it.modified().ok();
    one.is_file() && one.len() == other.len() && modified(one) == modified(other)
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use cap_std::ambient_authority;

    use super::*;

    fn begun(folder: &Path) -> (Unfinished, File, Metadata) {
        let path = folder.join("file");
        let old = Metadata::from_just_metadata(fs::metadata(&path).unwrap());
        let directory = Dir::open_ambient_dir(folder, ambient_authority()).unwrap();
        let (unfinished, mut file) = Unfinished::make(directory, &path, 0o644).unwrap();
        file.write_all(b"new").unwrap();
        (unfinished, file, old)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_old_file_is_kept_under_a_name_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "old").unwrap();
        fs::write(at("file.1"), "older").unwrap();
        let (unfinished, file, old) = begun(folder.path());
        assert_eq!(unfinished.replace(file, &old).unwrap(), at("file.2"));
        let read = |name: &str| fs::read_to_string(at(name)).unwrap();
        assert_eq!(
            ["file", "file.1", "file.2"].map(read),
            ["new", "older", "old"]
        );
        assert_eq!(names(folder.path()), ["file", "file.1", "file.2"]);
    }

    /// Somebody else writes to it, or puts another file or a link in its place.
    #[test]
    fn what_came_into_its_place_meanwhile_stays() {
        let change: [fn(&Path); 3] = [
            |path| fs::write(path, "theirs").unwrap(),
            |path| {
                fs::remove_file(path).unwrap();
                fs::write(path, "theirs").unwrap();
            },
            #[cfg(unix)]
            |path| {
                fs::remove_file(path).unwrap();
                fs::write(path.with_file_name("other"), "theirs").unwrap();
                std::os::unix::fs::symlink("other", path).unwrap();
            },
            #[cfg(not(unix))]
            |path| fs::write(path, "theirs").unwrap(),
        ];
        for change in change {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            fs::write(&path, "old").unwrap();
            let (unfinished, file, old) = begun(folder.path());
            change(&path);
            let before = names(folder.path());
            let error = unfinished.replace(file, &old).unwrap_err();
            assert_eq!(error.to_string(), "it was changed meanwhile");
            assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
            let mut before = before;
            before.retain(|name| !name.starts_with('.'));
            assert_eq!(names(folder.path()), before);
        }
    }

    /// The same, at the last moment: after what is kept was found to be the old one.
    #[test]
    fn nor_is_what_came_at_the_last_moment_lost() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "old").unwrap();
        let (mut unfinished, file, old) = begun(folder.path());
        drop(file);
        let kept = unfinished.keep().unwrap();
        fs::write(at("theirs"), "theirs").unwrap();
        fs::rename(at("theirs"), at("file")).unwrap();
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        {
            assert!(unfinished.exchange(&old, &kept).is_err());
            assert_eq!(fs::read_to_string(at("file")).unwrap(), "theirs");
        }
        let _ = (&mut unfinished, old, kept);
    }
}
