//! Knows the Engines that calls may go to, and hands each call to the one that it names.
//!
//! Each has a [`Runtime`] of its own, made when a call first goes there, so that one which is slow or absent
//! delays nothing of another, and one that nobody uses costs nothing. Where there is one Engine, calls
//! know of no host.

mod choice;
mod everywhere;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::call::gate::{self, Principal, Via};
use crate::call::{CallError, Caller, HostName, Parse, Runtime, Shared};
use crate::catalog::Tool;
use crate::config::{Config, Host, SafetyConfig};
use crate::redaction::Redactor;
use choice::Choice;
pub use choice::{ALL, HOST};
pub use everywhere::{FAILED, PATIENCE, Silent};

/// The Engines that calls may go to: at least one.
#[derive(Debug)]
pub struct Fleet {
    /// What holds wherever a call goes; of what calls may do, what any host allows.
    config: Config,
    parse: Parse,
    shared: Arc<Shared>,
    /// What the server allows, whatever the hosts do.
    anywhere: Arc<SafetyConfig>,
    members: Vec<Member>,
}

/// One Engine of the fleet.
#[derive(Debug)]
struct Member {
    /// As the configuration has it; none where it names no host.
    host: Option<Host>,
    runtime: OnceLock<Arc<Runtime>>,
}

impl Fleet {
    /// The Engines of that configuration, with what reads arguments. None is looked for yet.
    pub fn new(mut config: Config, parse: Parse) -> Self {
        let shared = Arc::new(Shared::of(&config));
        let anywhere = Arc::new(config.safety.clone());
        let hosts = config.hosts.clone();
        match hosts.as_slice() {
            [] => {}
            [only] => config = config.of_host(only),
            several => {
                let safety = &mut config.safety;
                safety.allow_moderate = several.iter().any(|it| it.safety.allow_moderate);
                safety.allow_destructive = several.iter().any(|it| it.safety.allow_destructive);
            }
        }
        let member = |host| Member {
            host,
            runtime: OnceLock::new(),
        };
        let members = match hosts.len() {
            0 | 1 => vec![member(None)],
            _ => hosts.into_iter().map(Some).map(member).collect(),
        };
        Self {
            config,
            parse,
            shared,
            anywhere,
            members,
        }
    }

    /// The configuration in force, as far as it is the same wherever a call goes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What takes secrets out of text that leaves.
    pub fn redactor(&self) -> &Redactor {
        self.shared.redactor()
    }

    /// The names of the hosts; none where there is one Engine.
    pub fn names(&self) -> Vec<&str> {
        let hosts = self.members.iter().filter_map(|it| it.host.as_ref());
        hosts.map(|host| host.name.as_str()).collect()
    }

    /// The host that a call goes to which names none, where there are several and one is the default.
    pub fn default_host(&self) -> Option<&str> {
        let hosts = self.members.iter().filter_map(|it| it.host.as_ref());
        hosts
            .filter(|host| host.is_default)
            .map(|host| host.name.as_str())
            .next()
    }

    /// What makes the calls to each of them.
    pub fn runtimes(&self) -> impl Iterator<Item = &Arc<Runtime>> {
        self.members.iter().map(|member| self.runtime(member))
    }

    /// What makes the calls to the Engine of that name, or of the default where none is given.
    ///
    /// # Errors
    /// There is no such host, or none is the default; the text names those that there are.
    pub fn runtime_of(&self, host: Option<&str>) -> Result<&Arc<Runtime>, CallError> {
        Ok(self.runtime(self.chosen(host)?))
    }

    /// The same of the host that arguments name, which do not name it any more.
    ///
    /// # Errors
    /// They name none that there is, or all.
    pub fn take_runtime(
        &self,
        arguments: &mut Map<String, Value>,
    ) -> Result<&Arc<Runtime>, CallError> {
        match self.take_host(arguments)? {
            Choice::One(member) => Ok(self.runtime(member)),
            Choice::All => self.runtime_of(Some(ALL)),
        }
    }

    /// Makes a call on the host that its arguments name.
    ///
    /// # Errors
    /// There is no such host, and those of the [call](Runtime::call).
    pub async fn call(
        &self,
        tool: &'static Tool,
        mut arguments: Map<String, Value>,
        caller: Caller,
    ) -> Result<Value, CallError> {
        // Before the arguments: a model that was never told of the tool cannot know them.
        let chosen = gate::switched_on(tool.name, Some(tool.toolset), &self.config.safety)
            .map_err(CallError::from)
            .and_then(|()| self.take_host(&mut arguments));
        let error = match (chosen, &tool.across) {
            (Ok(Choice::One(member)), _) => {
                return self.runtime(member).call(tool, arguments, caller).await;
            }
            (Ok(Choice::All), Some(across)) => match self.limit(tool, &arguments) {
                Ok(limit) => {
                    return self
                        .everywhere(tool, across, arguments, limit, caller)
                        .await;
                }
                Err(error) => error,
            },
            (Ok(Choice::All), None) => self.not_all(tool),
            (Err(error), _) => error,
        };
        Err(self.refused(tool, &arguments, &caller.via, error).await)
    }

    /// Records a call that goes to no Engine, and gives its error as it may leave.
    pub async fn refused(
        &self,
        tool: &'static Tool,
        arguments: &Map<String, Value>,
        via: &Via,
        error: CallError,
    ) -> CallError {
        self.shared.refused(tool, arguments, via, error).await
    }

    /// Lets nothing hold any more for a question that was answered, whatever came of the answer.
    pub(crate) fn withdraw(&self, state: &str, by: &Principal) {
        self.shared.withdraw(state, by);
    }

    /// How long a call may take, with all that it waits for; a stream that goes on may take longer.
    pub(crate) fn longest(
        &self,
        tool: &'static Tool,
        mut arguments: Map<String, Value>,
    ) -> Duration {
        let runtime = self.take_runtime(&mut arguments).ok();
        let runtime = runtime.or_else(|| self.runtimes().next());
        runtime.map_or(Duration::ZERO, |runtime| runtime.longest(tool, arguments))
    }

    fn runtime<'a>(&'a self, member: &'a Member) -> &'a Arc<Runtime> {
        member.runtime.get_or_init(|| {
            let (host, config) = match &member.host {
                Some(host) => (
                    Some(HostName::new(&host.name, &self.anywhere)),
                    self.config.of_host(host),
                ),
                None => (None, self.config.clone()),
            };
            let shared = Arc::clone(&self.shared);
            Arc::new(Runtime::of_host(host, config, self.parse, shared))
        })
    }
}
