//! Gives connections and tasks of many types one type, so that what is generic over them is compiled once.
//!
//! HTTP over one more kind of connection takes 15 kB of code, and one more kind of task 3 kB. What it costs is an
//! allocation for each, and a call through a pointer.

use std::future::Future;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;

/// What is read from and written to.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection for hyper, over whatever it goes.
pub(crate) fn connection(over: impl Duplex + 'static) -> TokioIo<Box<dyn Duplex>> {
    TokioIo::new(Box::new(over))
}

/// A task that ends with nothing.
pub(crate) fn task(work: impl Future<Output = ()> + Send + 'static) -> BoxFuture<'static, ()> {
    work.boxed()
}

/// Runs a task beside everything else, on the runtime of whoever calls.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(task(work))
}
