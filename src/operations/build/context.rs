//! Packs the directory that an image is built from, as it is sent: piece by piece, never the whole
//! in memory, in an order that depends on nothing but the names.
//!
//! Others may write to the directory meanwhile, a container for one, and put a link to anywhere in
//! place of what was there. So no path is resolved twice: each step goes from an open directory to
//! an entry of it, and none follows a link.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use cap_fs_ext::{DirExt, FollowSymlinks};
use cap_std::fs::Dir;
use futures_util::stream::{self, Stream};
use tokio::sync::mpsc;

use super::dockerignore::Dockerignore;
use crate::confined::{leads_out, open_file, open_without_links};
use crate::ordered;
use crate::params::InvalidArgument;

/// The size of a piece, in bytes.
const PIECE: usize = 64 * 1024;
/// How many pieces may wait to be sent.
const WAITING: usize = 4;
/// How deep directories may be nested: each level is kept open while what is below it is packed.
const DEEPEST: usize = 128;
/// The latest time that an archive holds in its own eleven octal digits.
const LATEST: u64 = 0o777_7777_7777;
/// The longest `.dockerignore`, in bytes.
const LONGEST_IGNORE: u64 = 1024 * 1024;
/// The longest Dockerfile, in bytes.
const LONGEST_DOCKERFILE: u64 = 1024 * 1024;

/// A directory that an image can be built from.
#[derive(Debug)]
pub(crate) struct BuildContext {
    root: Dir,
    /// The path of the Dockerfile within the directory.
    pub(crate) dockerfile: String,
    /// The Dockerfile itself, as it is sent, whatever takes its place meanwhile.
    text: Vec<u8>,
    header: tar::Header,
    ignore: Dockerignore,
}

/// A context on its way to the Engine.
pub(crate) struct Archive<S> {
    /// The archive's bytes; an error ends it where a file could not be read.
    pub(crate) pieces: S,
    /// Why it ended early, if it did.
    pub(crate) problem: Arc<OnceLock<String>>,
}

impl BuildContext {
    /// Looks at a directory and its Dockerfile. This reads files, so it may block.
    ///
    /// The path is one without links: what is opened is what bears this very name.
    ///
    /// # Errors
    /// What is wrong with which argument.
    pub(crate) fn open(path: &Path, dockerfile: &str) -> Result<Self, InvalidArgument> {
        let shown = path.display();
        let refused = |text: String| InvalidArgument(text);
        if !path.is_absolute() {
            return Err(refused(format!(
                "`path` takes the absolute path of a directory on this server's host, and `{shown}` is relative"
            )));
        }
        if path.parent().is_none() {
            return Err(refused(
                "`path` leads to the root of the file system, which is never sent: give the directory that holds the Dockerfile".to_owned(),
            ));
        }
        let root = open_without_links(path).map_err(|error| {
            refused(match error.kind() {
                io::ErrorKind::NotADirectory => format!("`path`: `{shown}` is no directory"),
                _ => format!("`path`: `{shown}` cannot be used on this server's host: {error}"),
            })
        })?;

        let wrong = |why: &str| refused(format!("`dockerfile`: `{dockerfile}` {why} `{shown}`"));
        let within = Path::new(dockerfile);
        let within = within.strip_prefix(path).unwrap_or(within);
        let file = match root.metadata(within) {
            Ok(metadata) if metadata.is_file() => root.canonicalize(within),
            Ok(_) => Err(io::ErrorKind::InvalidInput.into()),
            Err(error) => Err(error),
        };
        let within = match file {
            Ok(file) => file,
            Err(error) if leads_out(&error) => return Err(wrong("lies outside of the context")),
            Err(_) => return Err(wrong("is no file within the context")),
        };

        let unread = |error: io::Error| wrong(&format!("cannot be read ({error}) in"));
        let (file, metadata) = open_file(&root, &within, FollowSymlinks::No).map_err(unread)?;
        let mut text = Vec::new();
        file.take(LONGEST_DOCKERFILE + 1)
            .read_to_end(&mut text)
            .map_err(unread)?;
        if text.len() as u64 > LONGEST_DOCKERFILE {
            return Err(wrong("is longer than 1 MB, in"));
        }
        let mut header = header(&metadata);
        header.set_size(text.len() as u64);
        let dockerfile = slashed(&within);

        let mut ignore = dockerignore(&root).map_err(refused)?;
        // The builder reads both.
        ignore.keep(".dockerignore");
        ignore.keep(&dockerfile);
        Ok(Self {
            root,
            dockerfile,
            text,
            header,
            ignore,
        })
    }

    /// The Dockerfile.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Starts to pack. Dropping the pieces ends it.
    pub(crate) fn archive(self) -> Archive<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let problem = Arc::new(OnceLock::new());
        let noted = Arc::clone(&problem);
        tokio::task::spawn_blocking(move || {
            let mut archive = tar::Builder::new(Pieces {
                sender: sender.clone(),
                piece: BytesMut::new(),
            });
            let written = self
                .write(&mut archive)
                .and_then(|()| archive.into_inner()?.flush());
            if let Err(error) = written {
                let _ = noted.set(error.to_string());
                // An archive that just stopped would be taken for a whole one.
                let _ = sender.blocking_send(Err(error));
            }
        });
        Archive {
            pieces: stream::poll_fn(move |context| receiver.poll_recv(context)),
            problem,
        }
    }

    fn write(mut self, archive: &mut tar::Builder<impl Write>) -> io::Result<()> {
        let mut sent = false;
        let mut levels = vec![Level::of(self.root, PathBuf::new())?];
        while let Some(level) = levels.last_mut() {
            let Some(name) = level.ahead.pop() else {
                levels.pop();
                continue;
            };
            let path = level.path.join(&name);
            let slashed = slashed(&path);
            if slashed == self.dockerfile {
                // Not what is there by now: this is what was judged.
                archive.append_data(&mut self.header, &path, &*self.text)?;
                sent = true;
                continue;
            }
            let excluded = self.ignore.excludes(&slashed);
            if excluded && !self.ignore.excepts_below(&slashed) {
                continue;
            }
            let below = level
                .add(name.as_ref(), &path, excluded, archive)
                .map_err(|error| unreadable(&path, &error))?;
            if let Some(directory) = below {
                if levels.len() > DEEPEST {
                    let error = io::Error::other(format!("it is deeper than {DEEPEST} levels"));
                    return Err(unreadable(&path, &error));
                }
                levels.push(Level::of(directory, path)?);
            }
        }
        if !sent {
            // A link in place of a folder on the way would lead to another one.
            let error = io::Error::other("it was moved while the context was read");
            return Err(unreadable(Path::new(&self.dockerfile), &error));
        }
        Ok(())
    }
}

/// A directory that is being packed.
struct Level {
    directory: Dir,
    /// Its path within the context.
    path: PathBuf,
    /// The names of what is still to be packed, the first of them last.
    ahead: Vec<OsString>,
}

impl Level {
    fn of(directory: Dir, path: PathBuf) -> io::Result<Self> {
        let read = || -> io::Result<Vec<_>> {
            directory
                .entries()?
                .map(|entry| Ok(entry?.file_name()))
                .collect()
        };
        let mut ahead = read().map_err(|error| unreadable(&path, &error))?;
        ordered::sort_by(&mut ahead, |a, b| b.cmp(a));
        Ok(Self {
            directory,
            path,
            ahead,
        })
    }

    /// Adds one entry, or only looks at it where it is left out. Sockets, pipes and devices have no
    /// place in an image.
    ///
    /// Gives the entry if it is a directory.
    fn add(
        &self,
        name: &Path,
        path: &Path,
        left_out: bool,
        archive: &mut tar::Builder<impl Write>,
    ) -> io::Result<Option<Dir>> {
        let metadata = match self.directory.symlink_metadata(name) {
            // It went while others were sent.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata?,
        };
        if metadata.is_dir() {
            let directory = self.directory.open_dir_nofollow(name)?;
            if !left_out {
                let mut header = header(&directory.try_clone()?.into_std_file().metadata()?);
                archive.append_data(&mut header, path, io::empty())?;
            }
            return Ok(Some(directory));
        }
        if left_out {
            return Ok(None);
        }
        if metadata.is_symlink() {
            let target = self.directory.read_link_contents(name)?;
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_mode(0o777);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(mtime(metadata.modified()?.into_std()));
            header.set_size(0);
            archive.append_link(&mut header, path, target)?;
        } else if metadata.is_file() {
            let (file, metadata) = open_file(&self.directory, name, FollowSymlinks::No)?;
            // As many bytes as the header says, even if the file shrinks or grows meanwhile.
            let content = file.chain(io::repeat(0)).take(metadata.len());
            archive.append_data(&mut header(&metadata), path, content)?;
        }
        Ok(None)
    }
}

fn dockerignore(root: &Dir) -> Result<Dockerignore, String> {
    let unread = |why: &str| Err(format!("`.dockerignore` cannot be read: {why}"));
    let file = match open_file(root, ".dockerignore".as_ref(), FollowSymlinks::Yes) {
        Ok((file, _)) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Dockerignore::default()),
        Err(error) if leads_out(&error) => {
            return unread("it is a link that leads out of the context; put the file itself there");
        }
        Err(error) => return unread(&error.to_string()),
    };
    let mut text = Vec::new();
    match file.take(LONGEST_IGNORE + 1).read_to_end(&mut text) {
        Ok(read) if read as u64 > LONGEST_IGNORE => unread("it is longer than 1 MB"),
        Ok(_) => Dockerignore::parse(&String::from_utf8_lossy(&text)),
        Err(error) => unread(&error.to_string()),
    }
}

fn header(metadata: &std::fs::Metadata) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_metadata(metadata);
    // Files belong to root in the image, whoever owns them here.
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(metadata.modified().map_or(0, mtime));
    header
}

/// A time as an archive has it, in seconds; 0 stands for one that it cannot hold, from before 1970
/// or after 2242, which would make all of it unreadable.
fn mtime(modified: SystemTime) -> u64 {
    let seconds = modified.duration_since(UNIX_EPOCH).map(|at| at.as_secs());
    seconds
        .ok()
        .filter(|seconds| *seconds <= LATEST)
        .unwrap_or(0)
}

fn unreadable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!(
            "`{}` cannot be read ({error}); mend that, or name it in `.dockerignore`",
            path.display()
        ),
    )
}

/// A relative path as `.dockerignore` and the Engine have it.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// Sends what is written in pieces, and waits while too many are on their way.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    piece: BytesMut,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = self.piece.split().freeze();
        if piece.is_empty() {
            return Ok(());
        }
        self.sender
            .blocking_send(Ok(piece))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
