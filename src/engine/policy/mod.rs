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
mod build;
mod container;
mod dockerfile;
mod effect;
mod exposure;
mod judged;
mod kept;
mod known;
mod links;
mod mounts;
mod network;
mod paths;
mod places;
mod plain;
mod portion;
mod restarts;
mod seen;
mod sensitive;
mod spelling;
mod subnets;
mod surroundings;
mod target;
mod unlisted;
mod volume;

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use http::Method;
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

pub use build::Vetted;
pub use dockerfile::VettedBuild;
pub(crate) use judged::{Cleared, Judged};
pub use judged::{Observer, Passed};
pub use surroundings::Surroundings;
pub use unlisted::UnlistedBind;

use crate::config::Config;
use crate::engine::{EngineError, Request, Witness};
use crate::vocabulary::endpoint::Matter;
use container::check_fields;
use effect::Effect;
use kept::Held;
use known::Known;

/// Why the configuration does not allow a call, and which setting would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub(crate) String);

/// What requests may reach beside Docker itself. The default is the strict one: nothing.
#[derive(Debug, Default)]
pub struct Policy {
    allow_privileged: bool,
    /// Host paths that may be mounted wherever they are, as the operator wrote them.
    allowed: Vec<String>,
    /// Files and folders of this server, which nobody is to change through a mount.
    kept: Vec<String>,
    surroundings: OnceLock<Surroundings>,
    observer: Option<Arc<dyn Observer>>,
}

impl Policy {
    /// The policy that the operator set.
    pub fn new(config: &Config) -> Self {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        Self {
            allow_privileged: config.safety.allow_privileged,
            allowed: config.safety.mount_allowlist.iter().map(text).collect(),
            kept: kept::paths(config),
            surroundings: OnceLock::new(),
            observer: None,
        }
    }

    /// The same policy, whose verdicts somebody hears.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// The same policy for a process that runs elsewhere than this one seems to.
    #[must_use]
    pub fn within(self, surroundings: Surroundings) -> Self {
        Self {
            surroundings: surroundings.into(),
            ..self
        }
    }

    fn surroundings(&self) -> &Surroundings {
        self.surroundings.get_or_init(Surroundings::of_this_process)
    }

    /// Judges a request that is about to be sent.
    ///
    /// # Errors
    /// [`EngineError::Refused`], or what kept the Engine from telling what the verdict depends on.
    pub(crate) async fn judge(
        &self,
        mut request: Request,
        engine: Witness<'_>,
    ) -> Result<Judged, EngineError> {
        self.weigh(&mut request, engine).await?;
        Ok(self.passed(request))
    }

    async fn weigh(&self, request: &mut Request, engine: Witness<'_>) -> Result<(), EngineError> {
        let (method, path) = (request.method().clone(), request.path().to_owned());
        let effect = Effect::of(&method, &path).ok_or_else(|| unlisted_endpoint(&method, &path))?;
        if effect.matter == Matter::Nothing {
            return Ok(());
        }
        let body = if effect.is_in_the_body() {
            let body = request.body();
            body.ok_or_else(|| unjudged(&method, &path, "has a body that is no JSON object"))?
        } else {
            Map::new()
        };
        let build = (request.is_vetted(), request.query().to_owned());
        let judge = Judge::new(self, engine);

        let disturbed = match effect.matter {
            Matter::Disconnect => {
                check_fields(&body, &["Container", "Force"])?;
                Some(text(&body, "Container"))
            }
            Matter::Connect => body.get("Container").and_then(Value::as_str),
            _ => effect.disturbs(),
        };
        if let Some(container) = disturbed {
            judge.not_own(container).await?;
        }
        if self.allow_privileged {
            return Ok(());
        }
        let object = effect.object;
        match effect.matter {
            Matter::Nothing | Matter::Disturb | Matter::Disconnect => Ok(()),
            Matter::Create => judge.create(&body).await,
            Matter::Update => judge.host_config(&body).await,
            Matter::Exec => {
                judge.exec(&body)?;
                judge.target(object).await
            }
            Matter::Enter => judge.target(effect.object).await,
            Matter::Start | Matter::Restart => judge.links(object).await,
            Matter::CreateNetwork => judge.create_network(&body).await,
            Matter::Connect => judge.connect(object, &body).await,
            Matter::CreateVolume => judge.create_volume(&body).await,
            Matter::Build => judge.build(build.0, &build.1).await,
        }
    }
}

/// That nobody knows what a request does.
fn unlisted_endpoint(method: &Method, path: &str) -> EngineError {
    let why = "is not on the list in `src/vocabulary/endpoint.rs`";
    unjudged(method, path, why)
}

fn unjudged(method: &Method, path: &str, why: &str) -> EngineError {
    let reason = format!("`{method} {path}` {why}, so this server does not send it");
    refused(reason, Remedy::None)
}

/// One request's way to its verdict.
struct Judge<'a> {
    policy: &'a Policy,
    engine: Witness<'a>,
    /// The host paths of the Engine are those that this process sees.
    sees_files: bool,
    known: OnceCell<Known>,
    held: OnceCell<Held>,
}

impl<'a> Judge<'a> {
    fn new(policy: &'a Policy, engine: Witness<'a>) -> Self {
        let socket = engine.socket();
        let sees_files = socket.is_some_and(|socket| policy.surroundings().hold(socket))
            || engine.is_local_pipe();
        Self {
            policy,
            engine,
            sees_files,
            known: OnceCell::new(),
            held: OnceCell::new(),
        }
    }
}

/// Which setting allows what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    Privileged,
    /// The path, and by that the allow-list.
    Mount,
    /// The file of this server's own, and by that the allow-list.
    Kept,
    None,
}

/// The refusal for that reason.
fn refused(reason: impl Display, remedy: Remedy) -> EngineError {
    let remedy = match remedy {
        Remedy::Privileged => {
            ". The operator allows it with SAFETY_ALLOW_PRIVILEGED_CONTAINERS=true"
        }
        Remedy::Mount => {
            ". The operator allows it by naming the path in SAFETY_VOLUME_MOUNT_ALLOWLIST"
        }
        Remedy::Kept => {
            ". The operator allows it by naming that file in SAFETY_VOLUME_MOUNT_ALLOWLIST, or keeps it elsewhere"
        }
        Remedy::None => "",
    };
    Refusal(format!("{reason}; nothing was done{remedy}")).into()
}

/// What makes a setting, by the name of the field and its value, reach into the host.
fn reaches(field: &str, value: impl Display) -> EngineError {
    refused(
        format!("{field}: {value} reaches into the host, which this server does not allow"),
        Remedy::Privileged,
    )
}

/// A value as a refusal repeats it.
fn shown(value: impl Display) -> String {
    const LONGEST: usize = 120;
    let text = value.to_string();
    let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().map(plain).take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    format!("`{shown}`")
}

fn text<'a>(body: &'a Map<String, Value>, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a value says nothing, so that the Engine's own default holds.
fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(set) => !set,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}
