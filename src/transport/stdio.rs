//! Serves one client over stdin and stdout, one JSON-RPC message per line.
//!
//! rmcp has such a transport, but it drops malformed lines without a word, and the session ends
//! with an error when a client opens with anything but a request. Here every line that is no
//! message gets a JSON-RPC error, and only the end of input, a closed stdout or a signal ends the
//! session, in good order. And a client that does not read is not read either, once so much waits for
//! it: rmcp would begin every request that comes in.
//!
//! Both streams block, each on a thread of its own that nobody waits for, so that a signal ends the
//! process while the client keeps stdin open. To borrow a thread of the runtime for each read and
//! write would cost every call two hand-overs.

use std::io::{self, Read as _, Write as _};
use std::sync::{Arc, mpsc as queue};
use std::thread;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use tokio::io::AsyncRead;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::codec::{AnyDelimiterCodec, AnyDelimiterCodecError, Decoder, FramedRead};
use tokio_util::io::StreamReader;
use tokio_util::sync::CancellationToken;

use super::backlog::{self, Backlog, Flow};
use super::message::{self, Refusal};
use super::{Signals, session};
use crate::computing::compute;
use crate::fleet::Fleet;
use crate::server::Server;

/// The longest line that is read, in bytes; as much as rmcp's transports take.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// How much is read at once, in bytes.
const PIECE: usize = 8 << 10;

/// How long after the end of input requests wait for room that does not come.
const LAST: Duration = Duration::from_secs(5);

/// Serves the client at the other end of stdin and stdout until it leaves or a signal comes. A
/// second signal does not wait for what runs.
///
/// # Errors
/// The signal handlers or a thread could not be had, or the session failed from within. A client that
/// leaves, in whatever state, is no error.
pub async fn serve(fleet: Arc<Fleet>) -> Result<(), io::Error> {
    let mut signals = Signals::take_over()?;
    let stop = CancellationToken::new();
    let wire = Wire::open(stop.clone())?;
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

/// Both ends of the connection; clones share them.
#[derive(Clone)]
struct Wire {
    input: Arc<Mutex<Input>>,
    output: Output,
}

struct Input {
    lines: FramedRead<Box<dyn AsyncRead + Send + Unpin>, Lines>,
    /// There will be no more lines.
    ended: bool,
    backlog: Backlog,
    /// The answer to a line that was no message, while it is being written.
    refusal: Option<JoinHandle<io::Result<()>>>,
}

#[derive(Clone)]
struct Output {
    lines: queue::Sender<Written>,
    flow: Flow,
    stop: CancellationToken,
}

/// A line of output, and who waits until it is written.
type Written = (Vec<u8>, oneshot::Sender<io::Result<()>>);

impl Wire {
    fn open(stop: CancellationToken) -> io::Result<Self> {
        let input = Input {
            lines: FramedRead::new(Box::new(stdin()?), Lines::default()),
            ended: false,
            backlog: Backlog::default(),
            refusal: None,
        };
        Ok(Self {
            input: Arc::new(Mutex::new(input)),
            output: Output {
                lines: stdout()?,
                flow: Flow::default(),
                stop,
            },
        })
    }
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

/// Takes the lines that go out; [`Flow`] bounds how much waits here.
fn stdout() -> io::Result<queue::Sender<Written>> {
    let (lines, written) = queue::channel::<Written>();
    let write_on = move || {
        let mut stdout = io::stdout().lock();
        for (line, done) in written {
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

impl Transport<RoleServer> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.output
            .write(&message, backlog::answered(&message).cloned())
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let mut input = self.input.lock().await;
        let Input {
            lines,
            ended,
            backlog,
            refusal,
        } = &mut *input;
        let flow = &self.output.flow;
        loop {
            // rmcp drops this future whenever it has something else to do. The task then goes on
            // writing, and the handle is awaited next time, so that no line is torn or lost.
            if let Some(task) = refusal {
                // A failure has cancelled the session already.
                let _ = task.await;
                *refusal = None;
            }
            if let Some(request) = backlog.next(flow) {
                return Some(request);
            }
            if *ended && backlog.is_empty() {
                return None;
            }
            let line = tokio::select! {
                () = flow.changed(), if !backlog.is_empty() => continue,
                line = lines.next(), if !*ended && !backlog.is_full() => line,
                () = sleep(LAST), if *ended => return None,
            };
            let read = match line {
                Some(Ok(Line::Whole(line))) => compute(line.len(), || message::read(&line))
                    .map(|message| (message, line.len())),
                Some(Ok(Line::TooLong)) => {
                    let text = format!("a message takes at most {MAX_LINE} bytes");
                    Err(Refusal::new(None, ErrorData::invalid_request(text, None)))
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, "stdin cannot be read, which is taken for its end");
                    *ended = true;
                    continue;
                }
                None => {
                    *ended = true;
                    continue;
                }
            };
            match read {
                Ok((message, bytes)) => {
                    if let Some(message) = backlog.take(message, bytes, flow) {
                        return Some(message);
                    }
                }
                Err(wrong) => {
                    *refusal = Some(tokio::spawn(self.output.write(&wrong, None)));
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    /// Writes a message as one line, which may answer a request. Where that fails the client is gone,
    /// and the session ends.
    fn write<M: Serialize + 'static>(
        &self,
        message: &M,
        answered: Option<RequestId>,
    ) -> impl Future<Output = io::Result<()>> + Send + use<M> {
        let line = serde_json::to_vec(message);
        let Self { lines, flow, stop } = self.clone();
        let unwritten = flow.write(line.as_ref().map_or(0, Vec::len), answered);
        async move {
            let _until_written = unwritten;
            let mut line = line?;
            line.push(b'\n');
            let (done, written) = oneshot::channel();
            let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
            let written = async {
                lines.send((line, done)).map_err(|_| closed())?;
                written.await.map_err(|_| closed())?
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
