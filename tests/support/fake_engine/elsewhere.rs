//! Lets the fake Engine be one of another machine, as far as an address tells.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};

use super::FakeEngine;

impl FakeEngine {
    /// An address by TCP that leads to its socket.
    pub async fn elsewhere(&self) -> String {
        let socket = self.socket();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(async move {
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        format!("tcp://127.0.0.1:{port}")
    }
}
