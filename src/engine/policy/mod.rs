//! Refuses the requests that would reach out of Docker into the host, at the door, so that no tool,
//! handler or spelling gets around it.
//!
//! It judges the final request by its method, path, query and body (called by
//! [`Engine`](crate::engine::Engine) for each one) and lets nothing pass that it cannot judge: an
//! endpoint or a field of a container that it does not know is refused. What the request alone does
//! not tell it asks of the Engine: what a container to run in holds, what a volume really is.
//!
//! It does not judge what a container may do inside, whom it may talk to, or what was made by
//! others: a container that somebody else made privileged can be started, but no command runs in it.

mod address;
mod archive;
mod build;
mod classification;
mod commit;
mod container;
mod dockerfile;
mod exposure;
mod inspected;
mod judge;
pub(crate) mod judged;
mod kept;
pub(crate) mod known;
mod links;
mod mounts;
mod neighbours;
mod network;
mod path_rules;
pub(crate) mod paths;
mod places;
mod plain;
mod portion;
mod prospect;
pub(crate) mod refusal;
mod remedy;
mod restarts;
pub(crate) mod rules;
mod seen;
mod sensitive;
mod service;
mod spelling;
mod subnets;
pub(crate) mod surroundings;
mod target;
mod unlisted;
pub(crate) mod vetted;
mod volume;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

pub use build::Vetted;
pub(crate) use judged::Judged;
pub use judged::{Observer, Passed};
pub use neighbours::{Neighbour, Neighbours};
pub use prospect::Prospect;
pub use refusal::Refusal;
pub use rules::Policy;
pub use surroundings::Surroundings;
pub use unlisted::UnlistedBind;
pub use vetted::{Proof, VettedArchive, VettedBuild};

use crate::config::Config;
use crate::engine::address::Address;
use crate::engine::error::EngineError;
use crate::engine::probe::PolicyProbe;
use crate::engine::record::Request;
use crate::engine::scope::ObjectScope;
use crate::vocabulary::endpoint::Concern;
use classification::Classification;
use container::check_fields;
use judge::Judge;
use remedy::{text, unjudged, unlisted_endpoint};

/// The sockets of this machine that lead to the hosts, where there are several.
fn sockets(config: &Config) -> Vec<String> {
    let addresses = config
        .hosts
        .iter()
        .map(|host| Address::resolve(&host.docker));
    let sockets = addresses.filter_map(|address| {
        let address = address.ok()?;
        address.url.strip_prefix("unix://").map(str::to_owned)
    });
    sockets.collect()
}

impl Policy {
    /// The policy that the operator set.
    pub fn new(config: &Config) -> Self {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        Self {
            allow_privileged: config.safety.allow_privileged,
            allowed: config.safety.mount_allowlist.iter().map(text).collect(),
            kept: kept::paths(config),
            sockets: sockets(config),
            neighbours: Arc::default(),
            surroundings: OnceLock::new(),
            scope: ObjectScope::new(&config.safety),
            observer: None,
        }
    }

    /// Judges a request that is about to be sent.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or what kept the Engine from telling what the verdict depends on.
    pub(crate) async fn judge(
        &self,
        mut request: Request,
        engine: PolicyProbe<'_>,
    ) -> Result<Judged, EngineError> {
        self.weigh(&mut request, engine).await?;
        Ok(self.passed(request))
    }

    async fn weigh(
        &self,
        request: &mut Request,
        engine: PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let asked =
            Classification::of(&method, &path).ok_or_else(|| unlisted_endpoint(&method, &path))?;
        if asked.concern == Concern::Nothing {
            return Ok(());
        }
        let body = if asked.is_in_the_body() {
            let body = request.body();
            body.ok_or_else(|| unjudged(&method, &path, "has a body that is no JSON object"))?
        } else {
            Map::new()
        };
        let (build, file) = match request.proof() {
            None => (false, false),
            Some(Proof::Build(_)) => (true, false),
            Some(Proof::File(_)) => (false, true),
        };
        let query = request.query().to_owned();
        let judge = Judge::new(self, engine);

        let committed;
        let disturbed = match asked.concern {
            Concern::Disconnect => {
                check_fields(&body, &["Container", "Force"])?;
                Some(text(&body, "Container"))
            }
            Concern::Connect => body.get("Container").and_then(Value::as_str),
            Concern::Commit => {
                committed = commit::container(&query, &body)?;
                Some(&*committed)
            }
            _ => asked.disturbs(),
        };
        if let Some(container) = disturbed {
            judge.not_own(container).await?;
        }
        if self.allow_privileged {
            return Ok(());
        }
        let object = asked.object;
        match asked.concern {
            Concern::Nothing | Concern::Disturb | Concern::Disconnect | Concern::Commit => Ok(()),
            Concern::Create => judge.create(&body).await,
            Concern::Update => judge.update(object, &body).await,
            Concern::Exec => {
                judge.exec(&body)?;
                judge.target(object).await
            }
            Concern::Enter => judge.target(asked.object).await,
            Concern::Start | Concern::Restart => judge.links(object).await,
            Concern::CreateNetwork => judge.create_network(&body).await,
            Concern::Connect => judge.connect(object, &body).await,
            Concern::CreateVolume => judge.create_volume(&body).await,
            Concern::Build => judge.build(build, &query).await,
            Concern::Load => Judge::load(file),
            Concern::Service if object == "create" => judge.of_a_swarm().service(&body).await,
            Concern::Service => {
                let judge = judge.of_a_swarm();
                judge.update_service(object, &query, &body).await
            }
            Concern::CreateSecret => service::secret(&body),
            Concern::UpdateNode => service::node(&body),
        }
    }
}
