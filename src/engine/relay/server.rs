//! Serves a program on the socket of its call.

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::account::{Account, Done, Ledger};
use super::bounds::{Bounds, Whose};
use super::peers::Group;
use super::room::Room;
use super::service::Service;
use crate::engine::Engine;
use crate::erased;

/// How many connections a program may have at a time; Compose has a few dozen.
const MOST: usize = 256;

/// A socket for the program of one call. Until it is served, whoever connects waits.
#[derive(Debug)]
pub struct Relay {
    room: Room,
    listener: UnixListener,
    service: Arc<Service>,
}

/// A socket that is served, until this is dropped.
#[derive(Debug)]
pub struct Serving {
    service: Arc<Service>,
    _stop: DropGuard,
    _room: Room,
}

impl Relay {
    /// Makes a socket whose requests are those of this Engine's call, within these bounds.
    ///
    /// # Errors
    /// There is no place for a socket.
    pub fn open(engine: &Engine, bounds: Bounds) -> io::Result<Self> {
        Self::with(Room::open()?, engine, bounds)
    }

    /// The same, in a folder of this one.
    ///
    /// # Errors
    /// There is no place for a socket there.
    pub fn open_in(folder: &Path, engine: &Engine, bounds: Bounds) -> io::Result<Self> {
        Self::with(Room::open_in(folder)?, engine, bounds)
    }

    fn with(room: Room, engine: &Engine, bounds: Bounds) -> io::Result<Self> {
        let listener = UnixListener::bind(room.socket())?;
        let service = Service {
            engine: match &bounds.whose {
                Whose::Project(name) => engine.of_project(name),
                Whose::Stack(..) | Whose::Image(_) => engine.clone(),
            },
            bounds,
            ledger: Ledger::new(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        Ok(Self {
            room,
            listener,
            service: Arc::new(service),
        })
    }

    /// The address of the socket, as `DOCKER_HOST` has it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.room.socket().display())
    }

    /// Where the socket is.
    pub fn socket(&self) -> PathBuf {
        self.room.socket()
    }

    /// What the program does, as it does it.
    pub fn follow(&self) -> mpsc::UnboundedReceiver<Done> {
        self.service.ledger.follow()
    }

    /// Serves the processes of the group that this one leads: the program, once it was started, and what it
    /// starts.
    pub fn serve(self, leader: u32) -> Serving {
        let Self {
            room,
            listener,
            service,
        } = self;
        let (stop, own) = (service.stop.clone(), Arc::clone(&service));
        service.tasks.spawn(erased::task(async move {
            tokio::select! {
                () = own.stop.cancelled() => {}
                () = accept(&listener, Group::led_by(leader), &own) => {}
            }
        }));
        Serving {
            service,
            _stop: stop.drop_guard(),
            _room: room,
        }
    }
}

impl Serving {
    /// What came of the requests so far.
    pub fn account(&self) -> Account {
        self.service.ledger.account()
    }

    /// Ends all that is under way, and says what came of it.
    pub async fn end(self) -> Account {
        self.service.stop.cancel();
        self.service.tasks.close();
        self.service.tasks.wait().await;
        self.account()
    }
}

async fn accept(listener: &UnixListener, group: Group, service: &Arc<Service>) {
    let places = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) if group.has(&stream) => stream,
            Ok(_) => {
                tracing::warn!("a process that is none of the program's connected to its relay");
                continue;
            }
            // Such as that there are no more files to open.
            Err(error) => {
                tracing::warn!(%error, "a relay accepts no connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let service = Arc::clone(service);
        let tasks = service.tasks.clone();
        tasks.spawn(erased::task(async move {
            tokio::select! {
                () = service.stop.cancelled() => {}
                () = serve(stream, &service) => {}
            }
            drop(place);
        }));
    }
}

async fn serve(stream: UnixStream, service: &Arc<Service>) {
    let answer = service_fn(|request| {
        let service = Arc::clone(service);
        async move { Ok::<_, Infallible>(service.answer(request).await) }
    });
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answer)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection of a program ended");
    }
}
