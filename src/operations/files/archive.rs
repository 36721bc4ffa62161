//! Reads an archive as the Engine sends it: piece by piece, never the whole in memory.
//!
//! What the archive says of itself is not believed: names and notes take bounded memory, whatever their
//! length is said to be, and an end within a file is one.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use bollard::query_parameters::DownloadFromContainerOptions;
use bytes::{Buf, Bytes};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use tokio::sync::mpsc;

use super::path::FilePath;
use super::place::Place;
use crate::call::{Call, CallError};
use crate::engine::{EngineError, record};

/// How many pieces may wait to be read.
const WAITING: usize = 4;

/// The most that may stand between the contents of two files: heads, long names, notes.
const LARGEST_HEAD: u64 = 1 << 20;

/// An archive that comes piece by piece, for whoever reads it on a thread of its own.
pub(super) struct Pieces {
    receiver: mpsc::Receiver<Bytes>,
    piece: Bytes,
    /// The stream came to its end.
    whole: Rc<Cell<bool>>,
    /// How many more bytes may be read until somebody says how many.
    left: Rc<Cell<u64>>,
}

/// The entries of an archive, one after another.
pub(super) type Archive = tar::Archive<Pieces>;

/// One of them.
pub(super) type Entry<'a> = tar::Entry<'a, Pieces>;

/// What the Engine sends of a path.
///
/// # Errors
/// The request could not be built.
pub(super) fn bytes(
    place: &Place,
    path: &FilePath,
    call: &Call<'_>,
) -> Result<BoxStream<'static, Result<Bytes, EngineError>>, EngineError> {
    let container = &place.container;
    let options = DownloadFromContainerOptions {
        path: path.to_string(),
    };
    let request = record(|docker| async move {
        let mut archive = docker
            .download_from_container(container, Some(options))
            .boxed();
        archive.try_next().await
    })?;
    Ok(call.engine.bytes(request.about("container", container)))
}

/// Has each entry of the archive of a path taken, until one says that it was enough. Dropped, as when the
/// call is cancelled, it ends at the next piece.
///
/// # Errors
/// Those of the Engine; it is no archive; what taking an entry comes to.
pub(super) async fn read<T: Send + 'static>(
    mut pieces: BoxStream<'static, Result<Bytes, EngineError>>,
    mut taken: T,
    mut take: impl FnMut(&mut T, &mut Entry<'_>) -> io::Result<Next> + Send + 'static,
) -> Result<T, CallError> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let reading = tokio::task::spawn_blocking(move || {
        let (whole, left) = (Rc::default(), Rc::new(Cell::new(LARGEST_HEAD)));
        let pieces = Pieces {
            receiver,
            piece: Bytes::new(),
            whole,
            left: Rc::clone(&left),
        };
        let mut archive = Archive::new(pieces);
        let each = each(&mut archive, &left, |entry| take(&mut taken, entry));
        each.map(|()| taken)
    });
    let mut failed = None;
    loop {
        let piece = tokio::select! {
            piece = pieces.try_next() => piece,
            () = sender.closed() => break,
        };
        match piece {
            Ok(Some(piece)) => {
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    drop((sender, pieces));
    let read = reading.await;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let unread =
        |why: String| CallError::Operation(format!("the Engine's archive cannot be used: {why}"));
    match read {
        Ok(read) => read.map_err(|error| unread(error.to_string())),
        Err(error) => Err(unread(error.to_string())),
    }
}

/// Whether there is more to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    More,
    Enough,
}

fn each(
    archive: &mut Archive,
    left: &Cell<u64>,
    mut take: impl FnMut(&mut Entry<'_>) -> io::Result<Next>,
) -> io::Result<()> {
    let mut entries = archive.entries()?;
    loop {
        left.set(LARGEST_HEAD);
        let Some(entry) = entries.next() else {
            return Ok(());
        };
        let mut entry = entry?;
        if entry.header().entry_type().is_gnu_sparse() {
            // Its length is no more than said; the Engine writes none.
            return Err(io::Error::other("it has a file with holes"));
        }
        left.set(u64::MAX);
        if take(&mut entry)? == Next::Enough {
            return Ok(());
        }
        // So that nothing but what stands between is left for the next one.
        io::copy(&mut entry, &mut io::sink())?;
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.whole.get() {
            match self.receiver.blocking_recv() {
                Some(piece) => self.piece = piece,
                None => self.whole.set(true),
            }
        }
        let length = buffer.len().min(self.piece.len());
        let left = self.left.get();
        let spent = u64::try_from(length).unwrap_or(u64::MAX);
        if spent > left {
            return Err(io::Error::other(
                "the name of an entry, or what is noted of it, is over 1 MiB long",
            ));
        }
        self.left
            .set(if left == u64::MAX { left } else { left - spent });
        let (Some(target), Some(source)) = (buffer.get_mut(..length), self.piece.get(..length))
        else {
            return Ok(0);
        };
        target.copy_from_slice(source);
        self.piece.advance(length);
        Ok(length)
    }
}
