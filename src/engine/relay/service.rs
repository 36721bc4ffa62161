//! Takes one request of a program through all that may speak against it, and to the Engine.

use bollard::query_parameters::CreateImageOptions;
use bollard::{BollardRequest, ClientVersion, body_full, body_try_stream};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{CONNECTION, CONTENT_TYPE, UPGRADE};
use http::{HeaderName, HeaderValue};
use http_body_util::{BodyDataStream, BodyExt as _, Limited};
use hyper::Response;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::account::Ledger;
use super::bounds::{Bounds, Brings, brings, refused};
use super::foreign;
use super::head::{Head, OLDEST};
use super::ownership::Owner;
use super::refused::Refused;
use super::reply::{self, Body, Request};
use crate::engine::Engine;
use crate::engine::credentials::Credentials;
use crate::engine::record::{self, record};

/// The most that a JSON body may take; real ones take a few kilobytes.
const LARGEST: usize = 4 << 20;

/// The credentials for a pull.
const REGISTRY_AUTH: HeaderName = HeaderName::from_static("x-registry-auth");

/// What serves the program of one call.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) engine: Engine,
    pub(super) bounds: Bounds,
    pub(super) ledger: Ledger,
    /// Ends with the call, and with it all that is under way.
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Service {
    /// The answer to a request: the Engine's, or why it has none.
    pub(super) async fn answer(&self, request: hyper::Request<Incoming>) -> Response<Body> {
        match self.pass(request).await {
            Ok(answer) => answer,
            Err(refused) => {
                if refused.is_ours {
                    self.ledger.refused(&refused.text);
                }
                reply::error(&refused)
            }
        }
    }

    async fn pass(&self, mut request: hyper::Request<Incoming>) -> Result<Response<Body>, Refused> {
        let mut head = Head::read(&request)?;
        let endpoint = self.bounds.endpoint(&head)?;
        let agreed = self.engine.api_version().await?;
        let version = version(&head, agreed)?;
        let upgrade = head.upgrade.then(|| hyper::upgrade::on(&mut request));
        let (mut body, archive) = read(&head, request.into_body()).await?;
        check_upgrade(&head, &body)?;
        let owner = Owner {
            engine: &self.engine,
            bounds: &self.bounds,
            ledger: &self.ledger,
        };
        owner.check(&mut head, &mut body, endpoint).await?;
        let written = self.write(&head, &body, archive, upgrade.as_ref()).await?;
        let carried = self.engine.carry(written, version).await?;
        let request = Request {
            head,
            endpoint,
            body,
            upgrade,
            agreed,
        };
        self.reply(request, carried).await
    }

    /// The request as it goes on, written anew from what was read of it.
    async fn write(
        &self,
        head: &Head,
        body: &Map<String, Value>,
        archive: Option<Incoming>,
        upgrade: Option<&OnUpgrade>,
    ) -> Result<record::Request, Refused> {
        let query = head.written_query();
        let mark = if query.is_empty() { "" } else { "?" };
        let target = format!("{}{mark}{query}", head.path);
        let pulled = pulled(head, body);
        let (kind, body) = match (archive, brings(head)) {
            (Some(archive), _) => {
                let chunks = BodyDataStream::new(archive).map_err(std::io::Error::other);
                (Some("application/x-tar"), body_try_stream(chunks.boxed()))
            }
            (None, Brings::Json(_)) => {
                let body = Value::Object(body.clone()).to_string();
                (Some("application/json"), body_full(body.into()))
            }
            (None, _) => (None, body_full(Bytes::new())),
        };
        let mut written = BollardRequest::new(body);
        *written.method_mut() = head.method.clone();
        *written.uri_mut() = target
            .parse()
            .map_err(|_| Refused::malformed("the target of the request is no path"))?;
        let headers = written.headers_mut();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if upgrade.is_some() {
            headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
            headers.insert(UPGRADE, HeaderValue::from_static("tcp"));
        }
        if let Some(image) = pulled
            && let Some(auth) = self.credentials(&image).await?
        {
            headers.insert(REGISTRY_AUTH, auth);
        }
        Ok(written.into())
    }

    /// The server's own credentials for a pull; those of the program count for nothing.
    async fn credentials(&self, image: &str) -> Result<Option<HeaderValue>, Refused> {
        let credentials = Credentials::of(image, self.engine.deadline).await.found;
        let options = CreateImageOptions::default();
        let pull = record(|docker| async move {
            docker
                .create_image(Some(options), None, credentials)
                .boxed()
                .try_next()
                .await
        })?;
        Ok(pull.headers().get(REGISTRY_AUTH).cloned())
    }
}

/// The image that the Engine, or a node of its swarm, pulls on a request.
fn pulled(head: &Head, body: &Map<String, Value>) -> Option<String> {
    match head.segments().as_slice() {
        ["images", "create"] => Some(head.option("fromImage").unwrap_or_default().to_owned()),
        ["services", "create"] | ["services", _, "update"] => {
            let container = body.get("TaskTemplate")?.get("ContainerSpec")?;
            Some(container.get("Image")?.as_str()?.to_owned())
        }
        _ => None,
    }
}

/// The version that a request is sent under: its own, as far as this server knows it, or the agreed one. The
/// one request that is made to find a version has none.
fn version(head: &Head, agreed: ClientVersion) -> Result<Option<ClientVersion>, Refused> {
    if head.path == "/_ping" {
        return Ok(None);
    }
    let version = head.version.unwrap_or(agreed);
    if version > agreed {
        return Err(Refused::malformed(format!(
            "client version {version} is too new. Maximum supported API version is {agreed}"
        )));
    }
    if version < OLDEST && version < agreed {
        return Err(Refused::malformed(format!(
            "client version {version} is too old. Minimum supported API version is {OLDEST}"
        )));
    }
    Ok(Some(version))
}

/// What a request brings along: an object, or an archive that goes on as it comes.
async fn read(
    head: &Head,
    incoming: Incoming,
) -> Result<(Map<String, Value>, Option<Incoming>), Refused> {
    let most = match brings(head) {
        Brings::Archive => return Ok((Map::new(), Some(incoming))),
        Brings::Json(_) => LARGEST,
        Brings::Nothing => 0,
    };
    let body = Limited::new(incoming, most).collect().await;
    let body = body.map_err(|_| refused(head, "brings more along than it may"))?;
    let Brings::Json(shape) = brings(head) else {
        return Ok((Map::new(), None));
    };
    let object = foreign::read(&body.to_bytes(), shape);
    let object =
        object.map_err(|wrong| Refused::forbidden(format!("`{head}` was not sent: {wrong}")))?;
    Ok((object, None))
}

/// Only what a command and a container write and read takes the connection, and it does so always: an answer
/// that only streams would lose what the program sends meanwhile.
fn check_upgrade(head: &Head, body: &Map<String, Value>) -> Result<(), Refused> {
    let streams = match (head.method.as_str(), head.segments().as_slice()) {
        ("POST", ["exec", _, "start"]) => body.get("Detach") != Some(&Value::Bool(true)),
        ("POST", ["containers", _, "attach"]) => true,
        _ => false,
    };
    match (streams, head.upgrade) {
        (true, false) => Err(refused(head, "does not ask for the upgrade to `tcp`")),
        (false, true) => Err(refused(head, "asks for an upgrade that it does not need")),
        _ => Ok(()),
    }
}
