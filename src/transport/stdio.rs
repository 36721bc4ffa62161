//! Serves one client over stdin and stdout, one JSON-RPC message per line.
//!
//! rmcp has such a transport, but it drops malformed lines without a word, and the session ends
//! with an error when a client opens with anything but a request. Here only the end of input, a closed
//! stdout or a signal ends the session, in good order.
//!
//! Both streams block, each on a thread of its own that nobody waits for, so that a signal ends the
//! process while the client keeps stdin open. To borrow a thread of the runtime for each read and
//! write would cost every call two hand-overs.

use std::future::ready;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::thread;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::io::AsyncRead;
use tokio::sync::mpsc;
use tokio_util::codec::{AnyDelimiterCodec, AnyDelimiterCodecError, Decoder, FramedRead};
use tokio_util::io::StreamReader;
use tokio_util::sync::CancellationToken;

use super::wire::{Text, Wire, Written};
use super::{Signals, session};
use crate::fleet::Fleet;
use crate::server::Server;

/// The longest line that is read, in bytes; as much as rmcp's transports take.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// How much is read at once, in bytes.
const PIECE: usize = 8 << 10;

/// Serves the client at the other end of stdin and stdout until it leaves or a signal comes. A
/// second signal does not wait for what runs.
///
/// # Errors
/// The signal handlers or a thread could not be had, or the session failed from within. A client that
/// leaves, in whatever state, is no error.
pub async fn serve(fleet: Arc<Fleet>) -> Result<(), io::Error> {
    let mut signals = Signals::take_over()?;
    let stop = CancellationToken::new();
    let wire = Wire::new(lines()?.boxed(), stdout()?, stop.clone());
    let session = session::run(Server::new(fleet), wire, stop.clone());
    tokio::pin!(session);
    tokio::select! {
        ended = &mut session => return ended,
        () = signals.next() => {}
    }
    stop.cancel();
    tokio::select! {
        ended = session => ended,
        () = signals.next() => Ok(()),
    }
}

/// The lines that come in, until there are no more, or none can be read.
fn lines() -> io::Result<impl Stream<Item = Text> + Send + 'static> {
    let lines = FramedRead::new(stdin()?, Lines::default());
    Ok(lines.scan((), |(), line| {
        let read = line.inspect_err(
            |error| tracing::warn!(%error, "stdin cannot be read, which is taken for its end"),
        );
        ready(read.ok())
    }))
}

/// What comes in, read ahead by one piece.
fn stdin() -> io::Result<impl AsyncRead + Send + Unpin> {
    let (pieces, mut read) = mpsc::channel(1);
    let read_on = move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = vec![0; PIECE];
        loop {
            let piece = match stdin.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => Ok(Bytes::copy_from_slice(
                    buffer.get(..length).unwrap_or_default(),
                )),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = piece.is_err();
            if pieces.blocking_send(piece).is_err() || failed {
                return;
            }
        }
    };
    thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(read_on)?;
    Ok(StreamReader::new(stream::poll_fn(move |context| {
        read.poll_recv(context)
    })))
}

/// Takes the lines that go out.
fn stdout() -> io::Result<mpsc::UnboundedSender<Written>> {
    let (lines, mut written) = mpsc::unbounded_channel::<Written>();
    let write_on = move || {
        let mut stdout = io::stdout().lock();
        while let Some((mut line, done)) = written.blocking_recv() {
            line.push(b'\n');
            let result = stdout.write_all(&line).and_then(|()| stdout.flush());
            // Who waited may have been dropped meanwhile.
            let _ = done.send(result);
        }
    };
    thread::Builder::new()
        .name("stdout".to_owned())
        .spawn(write_on)?;
    Ok(lines)
}

/// Cuts the input into lines; what follows the last line break counts as one.
///
/// A line that is too long is an item here, because after an error [`FramedRead`] leaves what it
/// has buffered alone until more comes in.
struct Lines(AnyDelimiterCodec);

impl Default for Lines {
    fn default() -> Self {
        Self(AnyDelimiterCodec::new_with_max_length(
            b"\n".to_vec(),
            Vec::new(),
            MAX_LINE,
        ))
    }
}

impl Lines {
    fn line(cut: Result<Option<Bytes>, AnyDelimiterCodecError>) -> io::Result<Option<Text>> {
        match cut {
            Ok(line) => Ok(line.map(Text::Whole)),
            Err(AnyDelimiterCodecError::MaxChunkLengthExceeded) => {
                Ok(Some(Text::TooLong(MAX_LINE)))
            }
            Err(AnyDelimiterCodecError::Io(error)) => Err(error),
        }
    }
}

impl Decoder for Lines {
    type Item = Text;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Text>> {
        Self::line(self.0.decode(buffer))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Text>> {
        Self::line(self.0.decode_eof(buffer))
    }
}
