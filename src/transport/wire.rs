//! Carries a session's messages over texts that come one after the other: lines, or what a socket carries.
//!
//! Every text that is no message gets a JSON-RPC error. And a client that does not read is not read either,
//! once so much waits for it: rmcp would begin every request that comes in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::backlog::{self, Backlog, Flow};
use super::message::{self, Refusal};
use crate::computing::compute;

/// How long after the end of input requests wait for room that does not come.
const LAST: Duration = Duration::from_secs(5);

/// A text that came in.
pub(super) enum Text {
    Whole(Bytes),
    /// It has more bytes than this, and was skipped.
    TooLong(usize),
}

/// A text to be written, and who waits until it is.
pub(super) type Written = (Vec<u8>, oneshot::Sender<io::Result<()>>);

/// Both ends of the connection; clones share them.
#[derive(Clone)]
pub(super) struct Wire {
    input: Arc<Mutex<Input>>,
    output: Output,
}

struct Input {
    texts: BoxStream<'static, Text>,
    /// There will be no more texts.
    ended: bool,
    backlog: Backlog,
    /// The answer to a text that was no message, while it is being written.
    refusal: Option<JoinHandle<io::Result<()>>>,
}

#[derive(Clone)]
struct Output {
    texts: mpsc::UnboundedSender<Written>,
    flow: Flow,
    stop: CancellationToken,
}

impl Wire {
    /// A connection whose texts come out of one end, and are put into the other, which [`Flow`] bounds.
    /// `stop` is cancelled where a text cannot be written.
    pub(super) fn new(
        input: BoxStream<'static, Text>,
        output: mpsc::UnboundedSender<Written>,
        stop: CancellationToken,
    ) -> Self {
        let input = Input {
            texts: input,
            ended: false,
            backlog: Backlog::default(),
            refusal: None,
        };
        Self {
            input: Arc::new(Mutex::new(input)),
            output: Output {
                texts: output,
                flow: Flow::default(),
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
        self.output
            .write(&message, backlog::answered(&message).cloned())
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let mut input = self.input.lock().await;
        let Input {
            texts,
            ended,
            backlog,
            refusal,
        } = &mut *input;
        let flow = &self.output.flow;
        loop {
            // rmcp drops this future whenever it has something else to do. The task then goes on
            // writing, and the handle is awaited next time, so that no text is torn or lost.
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
            let text = tokio::select! {
                () = flow.changed(), if !backlog.is_empty() => continue,
                text = texts.next(), if !*ended && !backlog.is_full() => text,
                () = sleep(LAST), if *ended => return None,
            };
            let read = match text {
                Some(Text::Whole(text)) => compute(text.len(), || message::read(&text))
                    .map(|message| (message, text.len())),
                Some(Text::TooLong(most)) => {
                    let text = format!("a message takes at most {most} bytes");
                    Err(Refusal::new(None, ErrorData::invalid_request(text, None)))
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
    /// Writes a message, which may answer a request. Where that fails the client is gone, and the session
    /// ends.
    fn write<M: Serialize + 'static>(
        &self,
        message: &M,
        answered: Option<RequestId>,
    ) -> impl Future<Output = io::Result<()>> + Send + use<M> {
        let text = serde_json::to_vec(message);
        let Self { texts, flow, stop } = self.clone();
        let unwritten = flow.write(text.as_ref().map_or(0, Vec::len), answered);
        async move {
            let _until_written = unwritten;
            let text = text?;
            let (done, written) = oneshot::channel();
            let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
            let written = async {
                texts.send((text, done)).map_err(|_| closed())?;
                written.await.map_err(|_| closed())?
            };
            written.await.inspect_err(|_| stop.cancel())
        }
    }
}
