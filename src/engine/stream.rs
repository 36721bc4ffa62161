//! Hands on replies as they come, as bytes or as the JSON objects in them.

use bytes::{Buf, Bytes, BytesMut};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::Value;

use super::error::EngineError;
use super::exchange::Exchange;
use super::record::Request;
use super::{Engine, shape};
use crate::computing::compute;

/// The most that one object of a stream may take; real ones take a few kilobytes.
const LARGEST_OBJECT: usize = 4 << 20;

impl Engine {
    /// Sends a request and hands on the reply as it comes. Dropping the stream closes the connection.
    ///
    /// An error ends the stream; the deadline covers the wait for the first bytes and each pause.
    pub fn bytes(&self, request: Request) -> BoxStream<'static, Result<Bytes, EngineError>> {
        let (engine, deadline) = (self.clone(), self.deadline);
        let exchange = async move {
            let request = engine.in_turn(request).await?;
            Ok::<_, EngineError>(Exchange::new(&engine, request))
        };
        let chunks = move |exchange| {
            stream::try_unfold(exchange, move |mut exchange: Exchange| async move {
                let chunk = exchange.next(deadline).await?;
                // An Engine that sends faster than its output is read would leave no time to look at
                // the clock.
                tokio::task::yield_now().await;
                Ok(chunk.map(|chunk| (chunk, exchange)))
            })
        };
        stream::once(exchange).map_ok(chunks).try_flatten().boxed()
    }

    /// Sends a request and hands on the JSON objects of its reply, one by one, however the Engine
    /// cuts and separates them. Deadline and errors are those of [`bytes`](Self::bytes).
    pub fn objects(&self, request: Request) -> BoxStream<'static, Result<Value, EngineError>> {
        let line = request.line();
        let state = (self.bytes(request), BytesMut::new(), line);
        stream::try_unfold(state, |(mut chunks, mut buffer, line)| async move {
            loop {
                let object = compute(buffer.len(), || take_object(&mut buffer));
                let object =
                    object.map_err(|error| line.unreadable(&shape::no_json(&buffer, &error)))?;
                match object {
                    Some(object @ Value::Object(_)) => {
                        return Ok(Some((object, (chunks, buffer, line))));
                    }
                    Some(_) => return Err(line.unreadable(&"it holds what is no object")),
                    None => {}
                }
                if buffer.len() > LARGEST_OBJECT {
                    return Err(line.unreadable(&"one object of it is over 4 MiB long"));
                }
                match chunks.try_next().await? {
                    Some(chunk) => buffer.extend_from_slice(&chunk),
                    None if buffer.is_empty() => return Ok(None),
                    None => return Err(line.unreadable(&"it ends within an object")),
                }
            }
        })
        .boxed()
    }
}

/// Takes the first object out of the buffer, and the white space before it, if all of it is there.
fn take_object(buffer: &mut BytesMut) -> Result<Option<Value>, serde_json::Error> {
    let blank = buffer
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    buffer.advance(blank);
    let mut objects = serde_json::Deserializer::from_slice(buffer).into_iter();
    let object = match objects.next() {
        Some(Ok(object)) => object,
        Some(Err(error)) if !error.is_eof() => return Err(error),
        Some(Err(_)) | None => return Ok(None),
    };
    let used = objects.byte_offset();
    buffer.advance(used);
    Ok(Some(object))
}
