//! Packs the directory that an image is built from, as it is sent: piece by piece, never the whole
//! in memory, in an order that depends on nothing but the names.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use tokio::sync::mpsc;

use super::dockerignore::Dockerignore;
use crate::params::InvalidArgument;

/// The size of a piece, in bytes.
const PIECE: usize = 64 * 1024;
/// How many pieces may wait to be sent.
const WAITING: usize = 4;

/// A directory that an image can be built from.
#[derive(Debug)]
pub(super) struct BuildContext {
    root: PathBuf,
    /// The path of the Dockerfile within the directory.
    pub(super) dockerfile: String,
    ignore: Dockerignore,
}

/// A context on its way to the Engine.
pub(super) struct Archive<S> {
    /// The archive's bytes; an error ends it where a file could not be read.
    pub(super) pieces: S,
    /// Why it ended early, if it did.
    pub(super) problem: Arc<OnceLock<String>>,
}

impl BuildContext {
    /// Looks at a directory and its Dockerfile. This reads files, so it may block.
    ///
    /// # Errors
    /// What is wrong with which argument.
    pub(super) fn open(path: &str, dockerfile: &str) -> Result<Self, InvalidArgument> {
        let refused = |text: String| InvalidArgument(text);
        if !Path::new(path).is_absolute() {
            return Err(refused(format!(
                "`path` takes the absolute path of a directory on this server's host, and `{path}` is relative"
            )));
        }
        let root = fs::canonicalize(path).map_err(|error| {
            refused(format!(
                "`path`: `{path}` cannot be used on this server's host: {error}"
            ))
        })?;
        if !root.is_dir() {
            return Err(refused(format!("`path`: `{path}` is no directory")));
        }
        if root.parent().is_none() {
            return Err(refused(format!(
                "`path`: `{path}` is the root of the file system, which is never sent: give the directory that holds the Dockerfile"
            )));
        }
        let wrong = |why: &str| {
            refused(format!(
                "`dockerfile`: `{dockerfile}` {why} `{}`",
                root.display()
            ))
        };
        let file = fs::canonicalize(root.join(dockerfile))
            .ok()
            .filter(|file| file.is_file())
            .ok_or_else(|| wrong("is no file within the context"))?;
        let dockerfile = file
            .strip_prefix(&root)
            .map(slashed)
            .map_err(|_| wrong("lies outside of the context"))?;

        let ignore = match fs::read(root.join(".dockerignore")) {
            Ok(text) => Dockerignore::parse(&String::from_utf8_lossy(&text)).map_err(refused)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Dockerignore::default(),
            Err(error) => return Err(refused(format!("`.dockerignore` cannot be read: {error}"))),
        };
        let mut context = Self {
            root,
            dockerfile,
            ignore,
        };
        // The builder reads both.
        context.ignore.keep(".dockerignore");
        context.ignore.keep(&context.dockerfile.clone());
        Ok(context)
    }

    /// Starts to pack. Dropping the pieces ends it.
    pub(super) fn archive(self) -> Archive<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
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

    fn write(&self, archive: &mut tar::Builder<impl Write>) -> io::Result<()> {
        let mut ahead = Vec::new();
        self.look_into(Path::new(""), &mut ahead)?;
        while let Some(path) = ahead.pop() {
            let metadata = match fs::symlink_metadata(self.root.join(&path)) {
                // It went while others were sent.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata.map_err(|error| unreadable(&path, &error))?,
            };
            let name = slashed(&path);
            let excluded = self.ignore.excludes(&name);
            if !excluded {
                self.add(&path, &metadata, archive)?;
            }
            if metadata.is_dir() && (!excluded || self.ignore.excepts_below(&name)) {
                self.look_into(&path, &mut ahead)?;
            }
        }
        Ok(())
    }

    /// Puts the entries of a directory ahead of everything else, the first of them last.
    fn look_into(&self, directory: &Path, ahead: &mut Vec<PathBuf>) -> io::Result<()> {
        let read = || -> io::Result<Vec<_>> {
            fs::read_dir(self.root.join(directory))?
                .map(|entry| Ok(entry?.file_name()))
                .collect()
        };
        let mut names = read().map_err(|error| unreadable(directory, &error))?;
        names.sort_unstable_by(|a, b| b.cmp(a));
        ahead.extend(names.into_iter().map(|name| directory.join(name)));
        Ok(())
    }

    /// Adds one entry. Sockets, pipes and devices have no place in an image.
    fn add(
        &self,
        path: &Path,
        metadata: &Metadata,
        archive: &mut tar::Builder<impl Write>,
    ) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_metadata(metadata);
        // Files belong to root in the image, whoever owns them here.
        header.set_uid(0);
        header.set_gid(0);
        let kind = metadata.file_type();
        if kind.is_symlink() {
            let target =
                fs::read_link(self.root.join(path)).map_err(|error| unreadable(path, &error))?;
            header.set_size(0);
            archive.append_link(&mut header, path, target)
        } else if kind.is_dir() {
            header.set_size(0);
            archive.append_data(&mut header, path, io::empty())
        } else if kind.is_file() {
            let file =
                File::open(self.root.join(path)).map_err(|error| unreadable(path, &error))?;
            // As many bytes as the header says, even if the file shrinks or grows meanwhile.
            let content = file.chain(io::repeat(0)).take(metadata.len());
            archive.append_data(&mut header, path, content)
        } else {
            Ok(())
        }
    }
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
#[path = "build_context_tests.rs"]
mod tests;
