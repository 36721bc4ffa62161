//! Lets clients subscribe, each in the way of its era, to resources and to the list of them.
//!
//! Up to 2025-11-25 a client names one resource after the other, and hears of the list once it
//! has read it; all of that ends with the session. From 2026-07-28 on one request says what it
//! wants to hear and stays open for as long.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::{self, join_all};
use rmcp::RoleServer;
use rmcp::model::{
    ErrorData, ProtocolVersion, ResourceUpdatedNotificationParam, SubscriptionFilter,
};
use rmcp::service::{Peer, RequestContext, SubscriptionContext, SubscriptionSink};
use tokio_util::task::AbortOnDropHandle;

use super::resources::error_of;
use super::{Server, said};
use crate::call::{self, gate};
use crate::engine::ObjectKind;
use crate::erased;
use crate::resource::subscription::MOST;
use crate::resource::{Address, permit};

/// What the client of one session hears of; it ends with the session.
#[derive(Debug, Default)]
pub(super) struct Session {
    resources: Mutex<HashMap<String, AbortOnDropHandle<()>>>,
    list: Mutex<Option<AbortOnDropHandle<()>>>,
}

impl Clone for Session {
    /// Another session, which has subscribed to nothing: a server is cloned for each.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Server {
    /// Subscribes the client of a session to a resource, once.
    pub(super) async fn subscribe_session(
        &self,
        uri: String,
        cx: &RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let refused = |error| error_of(error, &uri);
        let address = Address::parse(&uri).map_err(refused)?;
        let mut subscription = tokio::select! {
            () = cx.ct.cancelled() => return Ok(()),
            made = self.subscriptions.subscribe(&address) => made.map_err(refused)?,
        };
        let mut resources = lock(&self.session.resources);
        resources.retain(|_, task| !task.is_finished());
        if resources.contains_key(&uri) {
            return Ok(());
        }
        if resources.len() >= MOST {
            let text = format!("this session is subscribed to {MOST} resources already");
            return Err(ErrorData::invalid_request(
                text,
                said(call::ErrorKind::Busy),
            ));
        }
        let (peer, told) = (cx.peer.clone(), uri.clone());
        let task = erased::spawn(async move {
            while subscription.changed().await {
                let param = ResourceUpdatedNotificationParam::new(told.clone());
                if peer.notify_resource_updated(param).await.is_err() {
                    return;
                }
            }
        });
        resources.insert(uri, AbortOnDropHandle::new(task));
        Ok(())
    }

    /// Ends the subscription to a resource, if there is one.
    pub(super) fn unsubscribe_session(&self, uri: &str) {
        lock(&self.session.resources).remove(uri);
    }

    /// A client that has read the list is told when it is another, if its era has no other way.
    pub(super) fn follow_list(&self, cx: &RequestContext<RoleServer>) {
        if cx.protocol_version() >= Some(ProtocolVersion::V_2026_07_28) || !self.lists() {
            return;
        }
        let mut list = lock(&self.session.list);
        if list.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let peer: Peer<RoleServer> = cx.peer.clone();
        let mut changes = self.subscriptions.subscribe_to_list();
        let task = erased::spawn(async move {
            loop {
                changes.changed().await;
                if peer.notify_resource_list_changed().await.is_err() {
                    return;
                }
            }
        });
        *list = Some(AbortOnDropHandle::new(task));
    }

    /// Of what a client wants to hear, that which there is to hear.
    pub(super) fn accepted(&self, requested: &SubscriptionFilter) -> SubscriptionFilter {
        let safety = &self.fleet.config().safety;
        let known = |uri: &&String| {
            Address::parse(uri).is_ok_and(|address| {
                let is_there = self.fleet.runtime_of(address.host()).is_ok();
                is_there && permit(address.resource(), safety).is_ok()
            })
        };
        let mut accepted = requested.clone();
        accepted.resource_subscriptions = requested
            .resource_subscriptions
            .as_ref()
            .map(|uris| uris.iter().filter(known).take(MOST).cloned().collect());
        accepted.resources_list_changed = requested.resources_list_changed.filter(|_| self.lists());
        accepted
    }

    /// Tells a client what it wants to hear until it cancels. That nothing more will come, because
    /// the containers are gone, does not end it: the end of a request means that of the server.
    pub(super) async fn tell(&self, cx: &SubscriptionContext) {
        let accepted = cx.accepted();
        let uris = accepted.resource_subscriptions.iter().flatten();
        let updates = uris.map(|uri| self.tell_updates(uri, cx.sink()));
        let list = accepted.resources_list_changed == Some(true);
        let told = future::join(join_all(updates), async {
            if list {
                self.tell_list(cx.sink()).await;
            }
        });
        tokio::select! {
            () = cx.cancelled() => {}
            _ = async { told.await; future::pending::<()>().await } => {}
        }
    }

    async fn tell_updates(&self, uri: &str, sink: &SubscriptionSink) {
        let subscription = match Address::parse(uri) {
            Ok(address) => self.subscriptions.subscribe(&address).await,
            Err(error) => Err(error),
        };
        let Ok(mut subscription) = subscription else {
            // The client reads it and hears what is wrong with it.
            drop(sink.notify_resource_updated(uri).await);
            return;
        };
        while subscription.changed().await && sink.notify_resource_updated(uri).await.is_ok() {}
    }

    async fn tell_list(&self, sink: &SubscriptionSink) {
        let mut changes = self.subscriptions.subscribe_to_list();
        loop {
            changes.changed().await;
            if sink.notify_resource_list_changed().await.is_err() {
                return;
            }
        }
    }

    /// Whether the operator shows which containers there are.
    fn lists(&self) -> bool {
        gate::permit(ObjectKind::Container.tool(), &self.fleet.config().safety).is_ok()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
