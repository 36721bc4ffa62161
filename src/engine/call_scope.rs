//! Says for which call requests are made and how far they may go, and keeps what they made.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use super::error::EngineError;
use super::error::RequestLine;
use super::objects::Objects;
use super::record::Request;
use super::successor::{Place, Places, removed, removed_alone};
use crate::catalog::{Tier, Tool};
use crate::config::SafetyConfig;
use crate::engine::policy::refusal::Refusal;
use crate::secrets::Secrets;
use crate::spans::CallSpan;
use crate::trace::Trace;
use crate::vocabulary::endpoint::{Concern, Effect, Endpoint};

/// So many objects that a program changed are remembered.
const MOST_CHANGED: usize = 1000;

/// The call that requests are made for.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallScope {
    pub(super) rights: Rights,
    /// What the call is about, beside what a request names itself.
    pub(super) objects: Objects,
    /// The call has the turn of all that it changes, so that its requests wait for none.
    pub(super) in_turn: bool,
    /// What the call made, by the paths of it. Ids alone: a name may be another object's by now, and a
    /// volume that was made may have been there before.
    made: Arc<Mutex<HashSet<String>>>,
    /// What a program of the call changed: ids, and of volumes their names.
    changed: Arc<Mutex<BTreeSet<String>>>,
    /// The Compose project that the call is about.
    project: Option<Arc<str>>,
    /// Where in that project the containers stand that the call made.
    places: Arc<Mutex<Places>>,
    /// The ids of what may go, because whoever had to agree was shown it.
    going: Arc<HashSet<String>>,
    /// The secrets that may not go everywhere, where there are such, and the names of those that the call
    /// brought.
    pub(super) carried: Option<(Secrets, Arc<BTreeSet<String>>)>,
    /// Where the call stands in a trace, if that is known.
    pub(super) trace: Option<Trace>,
    pub(super) span: CallSpan,
}

/// How far the requests of a call may go, whatever the handler of its tool sends.
#[derive(Debug, Clone, Copy)]
pub struct Rights {
    pub(super) tool: &'static str,
    /// As far as the tool's file says.
    tier: Tier,
    /// As far as the configuration allows.
    operator: Tier,
    /// As far as the client's token reaches.
    client: Tier,
    /// Whoever has to agree did so; until then a call only looks.
    agreed: bool,
    /// It may have a carrier: make a container, which it cannot start, and remove it again.
    carrier: bool,
}

impl Default for Rights {
    /// Those of the server itself, which only reads.
    fn default() -> Self {
        Self::of("mcp-docker", Tier::Safe)
    }
}

impl Rights {
    /// Those of a call of that tool by a client whose token reaches so far, before anybody agreed to it.
    pub fn new(tool: &'static Tool, safety: &SafetyConfig, client: Tier) -> Self {
        Self {
            operator: safety.ceiling(),
            client,
            agreed: false,
            carrier: tool.carrier,
            ..Self::of(tool.name, tool.tier)
        }
    }

    /// Those that a tier alone gives.
    pub fn of(tool: &'static str, tier: Tier) -> Self {
        Self {
            tool,
            tier,
            operator: Tier::Destructive,
            client: Tier::Destructive,
            agreed: true,
            carrier: false,
        }
    }

    /// Why a request that needs this tier may not be sent, if it may not.
    fn refusal(&self, needed: Tier, of_carrier: bool) -> Option<String> {
        let tool = self.tool;
        let reaches = match self.carrier && of_carrier {
            true => self.tier.max(Tier::Moderate),
            false => self.tier,
        };
        if needed > reaches {
            let tier = self.tier.name();
            return Some(format!("which `{tool}` may not, being a {tier} tool"));
        }
        if needed > self.client {
            return Some("which the token of this client does not reach".to_owned());
        }
        if needed > self.operator {
            let variable = match needed {
                Tier::Destructive if self.operator == Tier::Moderate => "DESTRUCTIVE",
                _ => "MODERATE",
            };
            return Some(format!(
                "which this server does not allow. The operator allows it with SAFETY_ALLOW_{variable}_OPERATIONS=true"
            ));
        }
        if needed > Tier::Safe && !self.agreed {
            return Some(format!("and `{tool}` only looks so far"));
        }
        None
    }
}

impl CallScope {
    /// The scope of another call, which made nothing yet.
    pub(super) fn of(rights: Rights) -> Self {
        Self {
            rights,
            ..Self::default()
        }
    }

    /// The same scope about these objects, whose turn it may have.
    pub(super) fn about(&self, objects: Objects, in_turn: bool) -> Self {
        Self {
            objects,
            in_turn,
            ..self.clone()
        }
    }

    /// The same scope about that Compose project.
    pub(super) fn of_project(&self, project: &str) -> Self {
        Self {
            project: Some(project.into()),
            ..self.clone()
        }
    }

    /// The same scope, in which the objects of these ids may go.
    pub(super) fn letting_go(&self, ids: Vec<String>) -> Self {
        Self {
            going: Arc::new(ids.into_iter().collect()),
            ..self.clone()
        }
    }

    /// The same scope, whose requests carry secrets of these names.
    pub(super) fn carrying(&self, secrets: &Secrets, names: BTreeSet<String>) -> Self {
        Self {
            carried: (!secrets.are_free()).then(|| (secrets.clone(), Arc::new(names))),
            ..self.clone()
        }
    }

    /// The same scope of a call that stands there in a trace.
    pub(super) fn traced(&self, trace: Option<Trace>, span: CallSpan) -> Self {
        Self {
            trace,
            span,
            ..self.clone()
        }
    }

    /// The same scope, once whoever has to agree to it did so.
    pub(super) fn agreed(&self) -> Self {
        let rights = Rights {
            agreed: true,
            ..self.rights
        };
        Self {
            rights,
            ..self.clone()
        }
    }

    /// Refuses a request that does more than the call may do; `may_go` says that it removes what this call has
    /// made a successor of, or what a person was shown. One that nobody knows is for the policy to refuse.
    pub(super) fn permit(&self, request: &RequestLine, may_go: bool) -> Result<(), EngineError> {
        let Some(endpoint) = Endpoint::of(request.method.as_str(), &request.path) else {
            return Ok(());
        };
        let effect = endpoint.effect;
        let needed = match effect {
            Effect::Reads => Tier::Safe,
            Effect::Changes => Tier::Moderate,
            Effect::Removes if may_go || self.has_made(&request.path) => Tier::Moderate,
            Effect::Removes => Tier::Destructive,
        };
        let refused = |why: &str| {
            let does = effect.words();
            Err(Refusal(format!("`{request}` was not sent: it {does}, {why}")).into())
        };
        let of_carrier = match effect {
            Effect::Reads => false,
            Effect::Changes => endpoint.concern == Concern::Create,
            Effect::Removes => self.has_made(&request.path),
        };
        if let Some(why) = self.rights.refusal(needed, of_carrier) {
            return refused(&why);
        }
        let exec = request.path.strip_prefix("/exec/");
        let exec = exec.and_then(|exec| exec.split('/').next());
        match exec {
            Some(id) if effect == Effect::Changes && !self.has_made(&format!("/exec/{id}")) => {
                refused("and the exec is not one that this call made")
            }
            _ => Ok(()),
        }
    }

    /// The place in the call's project that a container to create would take.
    pub(super) fn place(&self, request: &mut Request) -> Option<Place> {
        let project = self.project.as_deref()?;
        let is_create = request.path() == "/containers/create";
        Place::to_take(&is_create.then(|| request.body())??, project)
    }

    /// The container that a request removes, if it may be one that this call has made a successor of; the
    /// Engine is asked about no other.
    pub(super) fn maybe_replaced<'a>(&self, request: &'a Request) -> Option<&'a str> {
        let id = removed_alone(request)?;
        let is_empty = self.places().is_empty();
        (!is_empty && !self.has_made(request.path())).then_some(id)
    }

    /// Whether a request removes what was shown to whoever had to agree, and that alone.
    pub(super) fn lets_go(&self, request: &Request) -> bool {
        removed(request).is_some_and(|(_, id)| self.going.contains(id))
    }

    /// Whether a container, by its inspect, is the one of that id, and this call has made its successor.
    pub(super) fn has_replaced(&self, id: &str, container: &Value) -> bool {
        let is_it = container.get("Id").and_then(Value::as_str) == Some(id);
        let project = self.project.as_deref();
        let place = project.and_then(|project| Place::taken(container, project));
        is_it && place.is_some_and(|place| self.places().values().any(|taken| *taken == place))
    }

    /// Takes note of what a request made, by the reply to it, and of the place that it took.
    pub(super) fn note(&self, request: &RequestLine, reply: &[u8], place: Option<Place>) {
        #[derive(Deserialize)]
        struct Made {
            #[serde(rename = "Id")]
            id: String,
        }
        let endpoint = Endpoint::of(request.method.as_str(), &request.path);
        if endpoint.is_some_and(|known| known.effect == Effect::Removes) {
            let id = request.path.strip_prefix("/containers/");
            self.places().remove(id.unwrap_or_default());
        }
        let kind = match endpoint.map(|known| known.concern) {
            Some(Concern::Create) => "containers",
            Some(Concern::CreateNetwork) => "networks",
            Some(Concern::Exec) => "exec",
            _ => return,
        };
        if let Ok(Made { id }) = serde_json::from_slice(reply) {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            made.insert(format!("/{kind}/{id}"));
            if let Some(place) = place {
                self.places().insert(id, place);
            }
        }
    }

    /// Takes note of what a program had changed.
    pub(super) fn changed(&self, object: &str) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if changed.len() < MOST_CHANGED {
            changed.insert(object.to_owned());
        }
    }

    /// What a program had changed.
    pub(super) fn all_changed(&self) -> Vec<String> {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.iter().cloned().collect()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a container among what the call made.
    pub(super) fn adopt(&self, container: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(format!("/containers/{container}"));
    }

    pub(super) fn has_made(&self, path: &str) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.contains(path)
    }
}
