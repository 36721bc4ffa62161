//! Tells whose a request is where many clients share the server: the HTTP transport has said so in
//! the request's extensions.

use std::fmt::Debug;
use std::sync::Arc;

use http::request::Parts;
use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio_util::sync::CancellationToken;

use super::Server;
use crate::call::gate::Principal;

/// What an HTTP transport knows of the client of a request: an extension of the request.
#[derive(Debug, Clone)]
pub struct ClientIdentity {
    /// Who it is.
    pub principal: Principal,
    /// Cancelled when their session is over, which rmcp tells a handler seconds later.
    pub session_ended: CancellationToken,
    /// Kept until the request is dealt with, which may be long after its client hung up.
    pub held: Option<Arc<dyn Debug + Send + Sync>>,
}

impl Server {
    /// Whose a request is.
    pub(super) fn principal(&self, cx: &RequestContext<RoleServer>) -> Principal {
        let identity = identity(cx).map(|identity| identity.principal.clone());
        identity.unwrap_or_else(|| self.client.clone())
    }
}

/// Waits until nobody wants the answer any more: the request is cancelled or its session over.
pub(super) async fn given_up(cx: &RequestContext<RoleServer>) {
    match identity(cx) {
        Some(identity) => tokio::select! {
            () = cx.ct.cancelled() => {}
            () = identity.session_ended.cancelled() => {}
        },
        None => cx.ct.cancelled().await,
    }
}

fn identity(cx: &RequestContext<RoleServer>) -> Option<&ClientIdentity> {
    cx.extensions
        .get::<Parts>()?
        .extensions
        .get::<ClientIdentity>()
}
