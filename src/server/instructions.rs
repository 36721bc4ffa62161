//! Writes what a model reads before it sees the first tool: what these tools are for, and what becomes of
//! a destructive call from this very client.

use rmcp::RoleServer;
use rmcp::model::ClientCapabilities;
use rmcp::service::RequestContext;

use super::Server;
use super::person::{self, Way};
use crate::call::gate::Access;
use crate::catalog::Tier;
use crate::catalog::generated;
use crate::config::{Config, ConfirmationFallback, SafetyConfig, Scope, Toolsets};
use crate::fleet::{ALL, Fleet, HOST};

const ONE: &str = "These tools manage one Docker Engine.";

const USE: &str = "List or inspect before changing anything, and refer to \
    objects by the names or ids you found there; long results are cut and say so, so narrow them with filters, \
    `fields`, `grep` or `limit`.";

const FAILURES: &str = "When a call fails, its text says why and what to do: `docker_healthcheck` tells whether the \
    Engine can be reached, and a refusal names the setting that only the person who runs this server can change.";

/// The same where that tool is off.
const FAILURES_ALONE: &str = "When a call fails, its text says why and what to do; a refusal names the setting that \
    only the person who runs this server can change.";

/// How a model hands on what it does not know.
const SECRETS: &str = "In a value of `environment`, `${secret:NAME}` stands for a secret that you need not see; \
    one that there is not is answered with the names of those that there are.";

/// What is so for every client.
pub(super) fn common(fleet: &Fleet) -> String {
    let safety = &fleet.config().safety;
    [used(fleet), failures(safety).to_owned()].join(" ")
}

/// How many Engines there are, and how one is chosen.
fn engines(fleet: &Fleet) -> String {
    let names = fleet.names();
    if names.is_empty() {
        return ONE.to_owned();
    }
    let default = fleet.default_host();
    let default = match default {
        Some(default) => format!("without it a call goes to `{default}`"),
        None => "none is the default".to_owned(),
    };
    format!(
        "These tools manage {} Docker Engines: `{HOST}` chooses one ({default}), and `{HOST}` = `{ALL}` asks all where a \
         tool takes it. Objects of the same name on two hosts are different objects.",
        names.len()
    )
}

/// What the tools are for: the first sentences are true of those that are on by default, and every other
/// choice says more.
fn used(fleet: &Fleet) -> String {
    let safety = &fleet.config().safety;
    let default = Toolsets::default();
    let whole = default.iter().all(|it| safety.toolsets.has(Some(it.name)));
    let said = safety.toolsets.iter().filter(|it| !(whole && it.default));
    let said = said.map(|toolset| format!("{}: {}", toolset.title, toolset.summary));
    [engines(fleet), USE.to_owned()]
        .into_iter()
        .chain(said)
        .collect::<Vec<_>>()
        .join(" ")
}

fn failures(safety: &SafetyConfig) -> &'static str {
    let healthcheck = &generated::healthcheck::TOOL;
    if safety.toolsets.has(Some(healthcheck.toolset)) {
        FAILURES
    } else {
        FAILURES_ALONE
    }
}

impl Server {
    /// What this client's model reads.
    pub(super) fn instructions(
        &self,
        client: Option<&ClientCapabilities>,
        cx: &RequestContext<RoleServer>,
    ) -> String {
        let access = self.principal(cx).access;
        let config = self.fleet.config();
        let safety = &config.safety;
        let named = config.secrets.dir.is_some() || !config.secrets.variables.is_empty();
        let consent = consent(safety, access, person::way(client));
        let used = used(&self.fleet);
        let reach = reach(config);
        let said = [used.as_str(), consent].into_iter();
        said.chain(reach.as_deref())
            .chain([failures(safety)])
            .chain(named.then_some(SECRETS))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What calls may change, where that is not everything.
fn reach(config: &Config) -> Option<String> {
    let more = match config.safety.scope_reads {
        true => "see and change",
        false => "change",
    };
    let scoped = |place: &str, scope: &Scope| {
        (!scope.is_all()).then(|| {
            let whose = scope.whose();
            format!("{place}alls may only {more} what {whose}; anything else is refused, with its owner named.")
        })
    };
    let hosts = config.hosts.iter();
    let of_hosts =
        hosts.filter_map(|it| scoped(&format!("On host `{}`, c", it.name), &it.safety.scope));
    let said: Vec<String> = match config.hosts.len() {
        0 | 1 => scoped("C", &config.safety.scope).into_iter().collect(),
        _ => of_hosts.collect(),
    };
    (!said.is_empty()).then(|| said.join(" "))
}

/// What becomes of a destructive call.
fn consent(config: &SafetyConfig, access: Access, way: Way) -> &'static str {
    let allowed = config.allow_moderate && config.allow_destructive;
    if !allowed || access.in_lists().reaches() < Tier::Destructive {
        return "Destructive calls are refused here.";
    }
    if !config.require_confirmation {
        return "A destructive call is made at once and asks nobody: make one only where the person wants just that.";
    }
    match (way, config.confirmation_fallback) {
        (Way::Form, _) => "A destructive call shows the person its plan and asks them first.",
        (Way::Panel, _) => {
            "A destructive call returns its plan, and nothing is done yet: this client shows the plan to the person in a \
             panel, where they decide. Say so to them and do not call again meanwhile; afterwards, the same call says what \
             became of it."
        }
        (Way::Nobody, ConfirmationFallback::Plan) => {
            "This client cannot ask a person. A destructive call returns its plan and a token; show the plan to the \
             person, and only if they agree, call again with the token as `confirmation`."
        }
        (Way::Nobody, ConfirmationFallback::Refuse) => {
            "This client cannot ask a person, so that destructive calls are refused; tell the person what they would \
             have to remove themselves."
        }
    }
}
