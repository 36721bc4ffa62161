//! Holds what the calls to all hosts share: who was asked what, where calls are recorded, and what nobody is to
//! see.

use std::net::IpAddr;
use std::sync::Arc;

use futures_util::FutureExt as _;
use serde_json::{Map, Value};
use url::Url;

use super::error::CallError;
use super::gate::{AuditLog, Principal, Questions, Via};
use crate::arguments::secrets;
use crate::catalog::Tool;
use crate::config::{Config, Host};
use crate::engine::policy::{Neighbour, Neighbours};
use crate::engine::{Address, Engine, record};
use crate::redaction::Redactor;
use crate::secrets::Secrets;

/// What the calls to all hosts share.
#[derive(Debug)]
pub struct Shared {
    pub(super) questions: Questions,
    pub(super) audit: AuditLog,
    pub(super) secrets: Secrets,
    /// The Engines beside this server, whose data is none of another's.
    pub(super) neighbours: Arc<Neighbours>,
    redactor: Redactor,
}

fn neighbours(hosts: &[Host]) -> Neighbours {
    let near = hosts.iter().filter_map(|host| {
        let address = Address::resolve(&host.docker).ok()?;
        let place = place_here(&address.url)?;
        let engine = Engine::new(&host.docker);
        let ask = move || {
            let engine = engine.clone();
            let root = async move {
                let request = record(|docker| async move { docker.info().await }).ok()?;
                let info = engine.json(request).await.ok()?;
                Some(info.get("DockerRootDir")?.as_str()?.to_owned())
            };
            root.boxed()
        };
        Some(Neighbour::new(place, Box::new(ask)))
    });
    Neighbours::of(near.collect())
}

/// Where an Engine of this machine is reached: its socket, or its address where that leads back here.
fn place_here(url: &str) -> Option<&str> {
    if let Some(socket) = url.strip_prefix("unix://") {
        return Some(socket);
    }
    let parsed = Url::parse(url).ok()?;
    let host = parsed.host_str()?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let leads_back = bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    (leads_back || host.eq_ignore_ascii_case("localhost")).then_some(url)
}

impl Shared {
    /// What that configuration says of it.
    pub fn of(config: &Config) -> Self {
        let redactor = Redactor::new(config.safety.redact_secrets);
        Self {
            questions: Questions::default(),
            audit: AuditLog::new(&config.server),
            secrets: Secrets::new(&config.secrets, &redactor),
            neighbours: Arc::new(neighbours(&config.hosts)),
            redactor,
        }
    }

    /// What takes secrets out of text that leaves.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Lets nothing hold any more for a question that was answered, whatever came of the answer.
    pub fn withdraw(&self, state: &str, by: &Principal) {
        self.questions.withdraw(state, by);
    }

    /// Records a call that goes to no host, and gives its error as it may leave.
    pub async fn refused(
        &self,
        tool: &'static Tool,
        arguments: &Map<String, Value>,
        via: &Via,
        error: CallError,
    ) -> CallError {
        self.secrets.refresh().await;
        let redactor = self.redactor.for_call(secrets(tool, arguments));
        let record = self.audit.record(tool, arguments, via, &redactor);
        let error = error.redacted(&redactor);
        record.finish(Some(&error));
        error
    }
}
