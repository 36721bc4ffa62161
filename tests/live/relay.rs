//! Stands between the server under test and the Engine, to count connections and to cut them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

/// A Unix socket that leads to the Engine of the tests.
pub(crate) struct Relay {
    socket: PathBuf,
    open: Arc<AtomicUsize>,
    mute: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
    task: Option<JoinHandle<()>>,
    _directory: TempDir,
}

impl Relay {
    /// Opens the socket.
    ///
    /// # Panics
    /// Where the Engine of the tests is not on a Unix socket.
    pub(crate) fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut relay = Self {
            socket: directory.path().join("docker.sock"),
            open: Arc::default(),
            mute: Arc::default(),
            asked: Arc::default(),
            task: None,
            _directory: directory,
        };
        relay.resume();
        relay
    }

    /// The address of the socket, for `DOCKER_HOST`.
    pub(crate) fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    /// What the Engine was asked so far, as `METHOD /path` without the version.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Lets nothing of what the Engine says through, on connections that open from now on.
    pub(crate) fn mute(&self, mute: bool) {
        self.mute.store(mute, Ordering::SeqCst);
    }

    /// Cuts every connection and takes the socket away, as a daemon does that ends.
    pub(crate) async fn vanish(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
        std::fs::remove_file(&self.socket).unwrap();
    }

    /// Opens the socket again, as a daemon does that starts.
    pub(crate) fn resume(&mut self) {
        let listener = UnixListener::bind(&self.socket).unwrap();
        let engine = engine_socket();
        let open = Arc::clone(&self.open);
        let mute = Arc::clone(&self.mute);
        let asked = Arc::clone(&self.asked);
        self.task = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let count = Count::new(Arc::clone(&open));
                let engine = engine.clone();
                let mute = mute.load(Ordering::SeqCst);
                let asked = Arc::clone(&asked);
                connections.spawn(async move {
                    let _count = count;
                    forward(client, engine, mute, &asked).await;
                });
            }
        }));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// One open connection.
struct Count(Arc<AtomicUsize>);

impl Count {
    fn new(open: Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::SeqCst);
        Self(open)
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The path of the Engine's own socket.
fn engine_socket() -> PathBuf {
    let host = std::env::var("DOCKER_HOST").unwrap_or_default();
    let path = host.strip_prefix("unix://").unwrap_or_else(|| {
        panic!("this test needs an Engine on a Unix socket, and DOCKER_HOST is `{host}`")
    });
    PathBuf::from(path)
}

/// What begins a request, if that is what these bytes are.
fn request(bytes: &[u8]) -> Option<String> {
    let head = bytes.split(|byte| *byte == b'\r').next()?;
    let head = std::str::from_utf8(head).ok()?.strip_suffix(" HTTP/1.1")?;
    let (method, target) = head.split_once(' ')?;
    let path = target.split('?').next()?;
    let path = match path.strip_prefix("/v1.") {
        Some(rest) => rest.split_once('/').map_or("", |(_, path)| path),
        None => path.trim_start_matches('/'),
    };
    Some(format!("{method} /{path}"))
}

async fn forward(mut client: UnixStream, engine: PathBuf, mute: bool, asked: &Mutex<Vec<String>>) {
    let mut engine = UnixStream::connect(engine).await.unwrap();
    let (mut from_client, mut to_client) = client.split();
    let (mut from_engine, mut to_engine) = engine.split();
    // A client that closes its end has let go of all of it. The Engine would go on with what a
    // command writes, and keep its end open as long as the command runs.
    let asking = async {
        let mut bytes = vec![0; 64 << 10];
        loop {
            let read = from_client.read(&mut bytes).await.unwrap_or(0);
            let bytes = &bytes[..read];
            asked.lock().unwrap().extend(request(bytes));
            if read == 0 || to_engine.write_all(bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = asking => {}
        _ = copy(&mut from_engine, &mut to_client), if !mute => {}
    }
}
