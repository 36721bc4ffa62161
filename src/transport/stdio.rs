//! Serves one client over stdin and stdout, one JSON-RPC message per line.
//!
//! rmcp has such a transport, but it drops malformed lines without a word, and the session ends
//! with an error when a client opens with anything but a request. Here every line that is no
//! message gets a JSON-RPC error, and only the end of input, a closed stdout or a signal ends the
//! session, in good order.
//!
//! Both streams block on threads of the runtime that cannot be interrupted, so whoever calls
//! [`serve`] has to leave the runtime with `shutdown_background`, or a signal would not end the
//! process while the client keeps stdin open.

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ErrorData, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use tokio::io::{AsyncWriteExt as _, Stdin, Stdout};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::codec::{AnyDelimiterCodec, AnyDelimiterCodecError, Decoder, FramedRead};
use tokio_util::sync::CancellationToken;

use super::message::{self, Refusal};
use super::{Signals, session};
use crate::call::Runtime;
use crate::server::Server;

/// The longest line that is read, in bytes; as much as rmcp's transports take.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// Serves the client at the other end of stdin and stdout until it leaves or a signal comes. A
/// second signal does not wait for what runs.
///
/// # Errors
/// The signal handlers could not be installed, or the session failed from within. A client that
/// leaves, in whatever state, is no error.
pub async fn serve(runtime: Arc<Runtime>) -> Result<(), io::Error> {
    let mut signals = Signals::take_over()?;
    let stop = CancellationToken::new();
    let session = session::run(Server::new(runtime), Wire::new(stop.clone()), stop.clone());
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

/// Both ends of the connection; clones share them.
#[derive(Clone)]
struct Wire {
    input: Arc<Mutex<Input>>,
    output: Output,
}

struct Input {
    lines: FramedRead<Stdin, Lines>,
    /// The answer to a line that was no message, while it is being written.
    refusal: Option<JoinHandle<io::Result<()>>>,
}

#[derive(Clone)]
struct Output {
    stdout: Arc<Mutex<Stdout>>,
    stop: CancellationToken,
}

impl Wire {
    fn new(stop: CancellationToken) -> Self {
        let input = Input {
            lines: FramedRead::new(tokio::io::stdin(), Lines::default()),
            refusal: None,
        };
        Self {
            input: Arc::new(Mutex::new(input)),
            output: Output {
                stdout: Arc::new(Mutex::new(tokio::io::stdout())),
                stop,
            },
        }
    }
}

impl Transport<RoleServer> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.output.write(&message)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let mut input = self.input.lock().await;
        loop {
            // rmcp drops this future whenever it has something else to do. The task then goes on
            // writing, and the handle is awaited next time, so that no line is torn or lost.
            if let Some(refusal) = &mut input.refusal {
                // A failure has cancelled the session already.
                let _ = refusal.await;
                input.refusal = None;
            }
            let read = match input.lines.next().await? {
                Ok(Line::Whole(line)) => message::read(&line),
                Ok(Line::TooLong) => {
                    let text = format!("a message takes at most {MAX_LINE} bytes");
                    Err(Refusal::new(None, ErrorData::invalid_request(text, None)))
                }
                Err(error) => {
                    tracing::warn!(%error, "stdin cannot be read, which is taken for its end");
                    return None;
                }
            };
            match read {
                Ok(message) => return Some(message),
                Err(refusal) => {
                    input.refusal = Some(tokio::spawn(self.output.write(&refusal)));
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    /// Writes a message as one line. Where that fails the client is gone, and the session ends.
    fn write<M: Serialize + 'static>(
        &self,
        message: &M,
    ) -> impl Future<Output = io::Result<()>> + Send + use<M> {
        let line = serde_json::to_vec(message);
        let Self { stdout, stop } = self.clone();
        async move {
            let mut line = line?;
            line.push(b'\n');
            let mut stdout = stdout.lock().await;
            let written = async {
                stdout.write_all(&line).await?;
                stdout.flush().await
            };
            written.await.inspect_err(|_| stop.cancel())
        }
    }
}

/// A line of input.
enum Line {
    Whole(Bytes),
    /// It has more than [`MAX_LINE`] bytes; they are skipped.
    TooLong,
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
    fn line(cut: Result<Option<Bytes>, AnyDelimiterCodecError>) -> io::Result<Option<Line>> {
        match cut {
            Ok(line) => Ok(line.map(Line::Whole)),
            Err(AnyDelimiterCodecError::MaxChunkLengthExceeded) => Ok(Some(Line::TooLong)),
            Err(AnyDelimiterCodecError::Io(error)) => Err(error),
        }
    }
}

impl Decoder for Lines {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Line>> {
        Self::line(self.0.decode(buffer))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Line>> {
        Self::line(self.0.decode_eof(buffer))
    }
}
