//! What the fake Engine says on a connection that is no longer HTTP.

use futures_util::stream::{self, StreamExt};
use http_body_util::StreamBody;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Body;

/// Takes the connection as an Engine does, and echoes.
pub(super) fn echo(upgrade: OnUpgrade) -> hyper::Response<Body> {
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let (mut read, mut write) = tokio::io::split(TokioIo::new(upgraded));
        // Before anything came.
        let _ = write.write_all(b"ready\n").await;
        let mut buffer = vec![0; 16 << 10];
        while let Ok(length @ 1..) = read.read(&mut buffer).await {
            if write.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
        let _ = write.write_all(b"end\n").await;
        let _ = write.shutdown().await;
    });
    hyper::Response::builder()
        .status(101)
        .header("connection", "Upgrade")
        .header("upgrade", "tcp")
        .header("content-type", "application/vnd.docker.raw-stream")
        .body(StreamBody::new(stream::empty().boxed()))
        .unwrap()
}
