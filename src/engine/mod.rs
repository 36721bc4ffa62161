//! The one door to Docker: every request to the Engine leaves through [`Engine`].
//!
//! What is asked is [said](Docker) by bollard's methods and types, so that rustc checks it. bollard's client hands
//! back untouched JSON, because its types fail whole lists over one unknown value. On the way the request is judged
//! by the create [policy] and gets the negotiated API version, a last check of its path, and errors that help.
//!
//! Nothing is opened before the first request or relied on between two, though a read may take a connection
//! that was left open for a moment: the Engine may be absent at the start and may restart at any time.

mod address;
mod bounds;
mod call_scope;
mod carrier;
#[cfg(unix)]
mod carry;
mod certificates;
mod clock;
mod connect;
mod context;
mod credentials;
mod error;
mod exchange;
mod failure;
mod files;
mod idle;
pub(crate) mod labels;
mod mend;
mod objects;
mod path_stat;
pub mod policy;
mod probe;
mod process;
mod prospect;
mod record;
pub mod relay;
mod requests;
mod route;
pub(crate) mod scope;
mod shape;
#[cfg(unix)]
mod socket;
mod ssh;
mod stranger;
mod stream;
mod subject;
mod successor;
pub(crate) mod swarm;
mod tls;
mod told;
mod touch;
mod turns;
mod withheld;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bollard::{API_DEFAULT_VERSION, ClientVersion};
use futures_util::FutureExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

pub use address::{Address, Origin};
pub use call_scope::Rights;
pub(crate) use carrier::{CARRIER, maker};
pub use certificates::{Certificates, Client};
pub use credentials::{Credentials, registry};
pub use error::{EngineError, Reason};
pub use objects::ObjectKind;
pub(crate) use objects::Objects;
pub(crate) use path_stat::{FileKind, PathStat};
pub(crate) use probe::PolicyProbe;
pub use record::{Request, record};
pub use requests::{Docker, Unanswered, Unsent, UnsentStream};
pub use scope::server_id_file;
#[cfg(unix)]
pub use socket::SocketGroup;
pub use subject::Subject;
pub(crate) use told::known;
pub use told::{Items, Part, Told};
pub(crate) use turns::{Turn, Watch};

use crate::config::DockerConfig;
use crate::engine::policy::{Policy, UnlistedBind, Vetted, VettedBuild};
use crate::params::Now;
use crate::secrets::Secrets;
use call_scope::CallScope;
use connect::Connection;
use exchange::Exchange;
use touch::{Touch, Until};
use turns::Turns;

/// The most that a reply may take that is one document; thousands of containers take a few megabytes.
const LARGEST_REPLY: usize = 64 << 20;

/// The newest version of the Engine's API that is known here.
pub fn newest_api() -> String {
    API_DEFAULT_VERSION.to_string()
}

/// A connection to the Docker Engine, made when first needed and again after it was lost; clones share it.
#[derive(Debug, Clone)]
pub struct Engine {
    config: Arc<DockerConfig>,
    policy: Arc<Policy>,
    connection: Arc<Mutex<Arc<OnceCell<Connection>>>>,
    turns: Arc<Turns>,
    scope: Arc<CallScope>,
    deadline: Duration,
}

impl Engine {
    /// An Engine at the address that the configuration leads to, under the strict policy; it serves no
    /// call, so that it only reads. Nothing is opened yet.
    pub fn new(config: &DockerConfig) -> Self {
        Self {
            deadline: config.timeout,
            config: Arc::new(config.clone()),
            policy: Arc::default(),
            connection: Arc::default(),
            turns: Arc::default(),
            scope: Arc::default(),
        }
    }

    /// The same Engine under another policy, which judges each request before it is sent.
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self {
            policy: Arc::new(policy),
            ..self.clone()
        }
    }

    /// The same Engine with another time limit for each answer and each pause within a stream.
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self {
            deadline,
            ..self.clone()
        }
    }

    /// The same Engine for the requests of another call, which may go so far.
    #[must_use]
    pub fn serving(&self, rights: Rights) -> Self {
        Self {
            scope: Arc::new(CallScope::of(rights)),
            ..self.clone()
        }
    }

    /// The same Engine, once whoever has to agree to the call did so.
    pub(crate) fn agreed(&self) -> Self {
        Self {
            scope: Arc::new(self.scope.agreed()),
            ..self.clone()
        }
    }

    /// The same Engine for the requests of the same call, which may remove the objects of these ids: they were
    /// shown to whoever had to agree.
    pub(crate) fn letting_go(&self, ids: Vec<String>) -> Self {
        Self {
            scope: Arc::new(self.scope.letting_go(ids)),
            ..self.clone()
        }
    }

    /// The same Engine for the requests of the same call about that Compose project: it may remove a container
    /// there that it has made the successor of.
    #[must_use]
    pub fn of_project(&self, project: &str) -> Self {
        Self {
            scope: Arc::new(self.scope.of_project(project)),
            ..self.clone()
        }
    }

    /// The same Engine for the requests of the same call, which carry secrets of these names; of others, they
    /// may carry the values. None goes where it may not.
    pub(crate) fn carrying(&self, secrets: &Secrets, names: BTreeSet<String>) -> Self {
        Self {
            scope: Arc::new(self.scope.carrying(secrets, names)),
            ..self.clone()
        }
    }

    /// The same Engine for the requests of the same call about these objects. Each request that changes
    /// something shares the turn of its objects, unless the call has it already.
    pub(crate) fn about(&self, objects: Objects, in_turn: bool) -> Self {
        Self {
            scope: Arc::new(self.scope.about(objects, in_turn)),
            ..self.clone()
        }
    }

    /// Begins to note what others change, for a call that is to have a turn.
    pub(crate) fn watch(&self) -> Watch {
        self.turns.watch(self.scope.rights.tool)
    }

    /// The same Engine with so much more time for each answer, because it was asked to wait.
    pub(crate) fn with_more_time(&self, wait: Duration) -> Self {
        self.with_deadline(self.deadline.saturating_add(wait))
    }

    /// Whether the address that the configuration names can be one; nothing is opened.
    ///
    /// # Errors
    /// [`EngineError::Misconfigured`] where it cannot.
    pub fn check(config: &DockerConfig) -> Result<(), EngineError> {
        if config.base_url.is_none() && config.host.is_none() && config.context.is_none() {
            return Ok(());
        }
        connect::check(&Address::resolve(config)?)
    }

    /// Where the configuration leads to, and which part of it; nothing is opened.
    ///
    /// # Errors
    /// [`EngineError::Misconfigured`] where it leads nowhere.
    pub fn address(&self) -> Result<Address, EngineError> {
        Address::resolve(&self.config)
    }

    /// Whether the Engine seems to run on this machine, beside this server. That of a virtual machine has
    /// a socket here, too.
    pub(crate) fn is_beside(&self) -> bool {
        let address = self.address().ok();
        let socket = address
            .as_ref()
            .and_then(|it| it.url.strip_prefix("unix://"));
        socket.is_some_and(|socket| self.policy.is_beside(socket))
    }

    /// The certificates of the TLS that the configuration asks for, if it does; nothing is opened.
    ///
    /// # Errors
    /// [`EngineError::Misconfigured`] where it leads nowhere, or a file is missing or of no use.
    pub fn certificates(&self) -> Result<Option<Certificates>, EngineError> {
        Certificates::wanted(&self.address()?, &self.config)
    }

    /// The API version agreed with the Engine, which is asked for it if that was not done yet.
    ///
    /// # Errors
    /// Those of making the connection.
    pub async fn api_version(&self) -> Result<ClientVersion, EngineError> {
        let line = record(|docker| async move { docker.version().await })?.line();
        let connection = tokio::time::timeout(self.deadline, self.connection())
            .await
            .unwrap_or_else(|_| Err(line.timed_out(self.deadline, true, false)))?;
        Ok(connection.version)
    }

    /// The Engine's own present time, which may be far from that of this machine. Its replies tell it;
    /// it is asked where the last one is too long ago.
    ///
    /// # Errors
    /// Those of making the connection, and of asking.
    pub async fn now(&self) -> Result<Now, EngineError> {
        let request = record(|docker| async move { docker.version().await })?;
        let line = request.line();
        let connection = tokio::time::timeout(self.deadline, self.connection())
            .await
            .unwrap_or_else(|_| Err(line.timed_out(self.deadline, true, false)))?;
        if let Some(now) = connection.clock.now() {
            return Ok(now);
        }
        self.json(request).await?;
        Ok(connection.clock.at_best())
    }

    /// The Engine's time as its replies told it last; nothing is asked.
    pub(crate) fn last_now(&self) -> Option<Now> {
        let cell = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        cell.get()?.clock.now()
    }

    /// The bind mounts in a list of containers that the policy would refuse today and the operator can
    /// allow by naming their paths.
    ///
    /// # Errors
    /// Those of asking the Engine.
    pub async fn unlisted_binds(
        &self,
        containers: &[Value],
    ) -> Result<Vec<UnlistedBind>, EngineError> {
        let connection = self.connection().await?;
        self.policy
            .unlisted_binds(containers, PolicyProbe::new(&connection, &self.policy))
            .await
    }

    /// Has the policy judge the Dockerfile in a directory that was judged, with the values of its arguments;
    /// these bytes and no others may be sent.
    ///
    /// # Errors
    /// [`EngineError::Refused`].
    pub fn vet_dockerfile<'a>(
        &self,
        directory: Vetted,
        dockerfile: &[u8],
        buildargs: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<VettedBuild, EngineError> {
        self.policy.vet_dockerfile(directory, dockerfile, buildargs)
    }

    /// Sends a request and reads the JSON reply; `null` where the reply has no body.
    ///
    /// # Errors
    /// Any [`EngineError`]; the deadline covers the whole reply.
    pub async fn json(&self, request: Request) -> Result<Value, EngineError> {
        self.read(request, |reply| serde_json::from_slice(reply))
            .await
    }

    /// Sends a request and takes of the JSON reply what that type has of it. A type of [`Told`] members
    /// takes whatever comes.
    ///
    /// # Errors
    /// Those of [`json`](Self::json), or the reply does not fit the type.
    pub(crate) fn told<T: DeserializeOwned>(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<T, EngineError>> + Send {
        let line = request.line();
        let reply = self.json(request);
        reply.map(move |reply| told::whole(reply?, &line))
    }

    /// Sends a request and has the JSON reply read by a function that may leave out what nobody asks
    /// for; `null` where the reply has no body.
    ///
    /// # Errors
    /// Those of [`json`](Self::json).
    pub(crate) async fn read(
        &self,
        request: Request,
        read: impl FnOnce(&[u8]) -> serde_json::Result<Value>,
    ) -> Result<Value, EngineError> {
        let request = self.in_turn(request).await?;
        Exchange::new(self, request).json(self.deadline, read).await
    }

    /// The request, once nobody has the turn of what it changes alone. It shares that turn itself
    /// from then on, which is before it is judged: what it names may be another object by then.
    async fn in_turn(&self, mut request: Request) -> Result<Request, EngineError> {
        let CallScope {
            rights,
            objects,
            in_turn,
            ..
        } = &*self.scope;
        let touch = if *in_turn {
            None
        } else {
            Touch::of(&mut request)
        };
        let Some(Touch {
            objects: named,
            until,
        }) = touch
        else {
            return Ok(request);
        };
        let patience = self.config.timeout;
        let named = named.and(objects);
        let turn = self.turns.share(named, rights.tool, patience).await?;
        Ok(match until {
            Until::Begun => request.until_begun(turn),
            Until::Answered => request.until_done(turn),
        })
    }

    /// The connection in use; callers that come while it is made wait for the same one.
    async fn connection(&self) -> Result<Connection, EngineError> {
        let cell = Arc::clone(
            &self
                .connection
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        cell.get_or_try_init(|| Connection::open(&self.config, &self.policy))
            .await
            .cloned()
    }

    /// Makes the next request find the Engine anew: its address, its version.
    fn forget_connection(&self) {
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }
}
