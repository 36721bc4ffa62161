//! Carries one tool call from its arguments to its result: the one path that every call takes.
//!
//! Its stages, in order: parse the arguments, tier and filters, look, confirmation, permit and turn,
//! second look, secrets put in, run, redact, project, budget, audit. Only the run is a tool's own.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Map, Value};

use crate::arguments::{Arguments, secrets};
use crate::call::progress::Progress;
use crate::catalog::{Deadline, Tool};
use crate::computing::{compute, size};
use crate::config::Config;
use crate::engine::policy::{Observer, Policy, Refusal};
use crate::engine::{Engine, Request, Rights};
use crate::output::{self, ProjectionInput};
use crate::redaction::{self, Redactor};
use crate::spans::CallSpan;
use gate::{Access, Confirmation, Person, Principal, Record, Via};

mod conflict;
mod context;
mod error;
mod filling;
pub mod gate;
mod host;
mod look;
mod operation;
mod permits;
pub mod progress;
mod shared;
mod turn;

pub use crate::vocabulary::ErrorKind;
pub use context::Call;
pub use error::CallError;
pub use host::HostName;
pub use look::Look;
pub use operation::{Operation, Parse};
pub use shared::Shared;

use filling::Filling;
use permits::Permits;
use turn::Held;

/// What a long operation gets in place of `DOCKER_TIMEOUT`.
const LONG: Duration = Duration::from_secs(600);

/// The configuration, the Engine and the permits that every call to one host shares.
#[derive(Debug)]
pub struct Runtime {
    config: Config,
    parse: Parse,
    engine: Engine,
    permits: Permits,
    host: Option<HostName>,
    shared: Arc<Shared>,
}

/// Who makes a call.
#[derive(Debug)]
pub struct Caller {
    /// Whose it is.
    pub principal: Principal,
    /// Which way it comes.
    pub via: Via,
    /// Where they hear how far it is.
    pub progress: Progress,
    /// How the person behind it can be asked.
    pub person: Person,
}

impl Runtime {
    /// A runtime for that configuration, which reads arguments so. The Engine is not looked for yet.
    pub fn new(config: Config, parse: Parse) -> Self {
        let shared = Arc::new(Shared::of(&config));
        Self::of_host(None, config, parse, shared)
    }

    /// The same for a host of several, with what those share.
    pub fn of_host(
        host: Option<HostName>,
        config: Config,
        parse: Parse,
        shared: Arc<Shared>,
    ) -> Self {
        let policy = Policy::new(&config).beside(Arc::clone(&shared.neighbours));
        let engine = Engine::new(&config.docker).with_policy(policy);
        let permits = Permits::new(&config);
        Self {
            config,
            parse,
            engine,
            permits,
            host,
            shared,
        }
    }

    /// The same runtime, where somebody hears of each request that is about to leave.
    #[must_use]
    pub fn observed_by(self, observer: Arc<dyn Observer>) -> Self {
        let policy = Policy::new(&self.config)
            .beside(Arc::clone(&self.shared.neighbours))
            .observed_by(observer);
        Self {
            engine: self.engine.with_policy(policy),
            ..self
        }
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What takes secrets out of text that leaves.
    pub fn redactor(&self) -> &Redactor {
        self.shared.redactor()
    }

    /// The name of the host that its calls go to, where there are several.
    pub fn host(&self) -> Option<&str> {
        self.host.as_ref().map(HostName::as_str)
    }

    /// Makes a call and tells the caller how far it is meanwhile. Dropping the future ends both and
    /// closes the call's connections to the Engine. Result, error, question and progress hold no
    /// secrets and nothing that a reader does not see.
    ///
    /// # Errors
    /// Every way in which a call can fail, as text that says what to do about it.
    pub async fn call(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        caller: Caller,
    ) -> Result<Value, CallError> {
        let budget = self.config.safety.max_response_bytes;
        self.within(budget, tool, arguments, caller).await
    }

    /// The same for a result that is a part of another, which keeps to the budget as a whole.
    ///
    /// # Errors
    /// Those of [`call`](Self::call).
    pub async fn part(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        caller: Caller,
    ) -> Result<Value, CallError> {
        self.within(usize::MAX, tool, arguments, caller).await
    }

    async fn within(
        &self,
        budget: usize,
        tool: &'static Tool,
        arguments: Map<String, Value>,
        caller: Caller,
    ) -> Result<Value, CallError> {
        self.shared.secrets.refresh().await;
        let asked: usize = arguments.values().map(size).sum();
        let redactor = compute(asked, || {
            self.redactor().for_call(secrets(tool, &arguments))
        });
        let progress = caller.progress.redacted_by(redactor.clone());
        let caller = Caller {
            progress: progress.clone(),
            ..caller
        };
        let audited = async {
            let audit = &self.shared.audit;
            let record = || audit.record(tool, &arguments, &caller.via, &redactor);
            let subject = caller.principal.owner.subject();
            let mut record = compute(asked, record).at(self.host()).by(subject);
            let span = CallSpan::begin(tool, self.host(), caller.via.trace());
            let path = self.path(
                tool,
                arguments,
                caller,
                redactor.clone(),
                (&mut record, &span),
            );
            let result = AssertUnwindSafe(path)
                .catch_unwind()
                .await
                .unwrap_or_else(|panic| Err(CallError::panicked(tool, panic.as_ref())));
            let told = result.as_ref().map_or(0, size);
            let result = compute(told, || Self::leaving(tool, result, &redactor, budget));
            record.clock(self.engine.last_now());
            span.end(result.as_ref().err().map(|error| error.kind().name()));
            record.finish(result.as_ref().err());
            result
        };
        progress.beside(audited).await
    }

    /// Makes a request of the server's own, such as for names to complete, as far as the tool that
    /// shows the same is allowed. It is no call: it has no record, and its reply is not redacted.
    ///
    /// # Errors
    /// The tool is not allowed, too much is going on, or those of the Engine.
    pub(crate) async fn ask(&self, tool: &Tool, request: Request) -> Result<Value, CallError> {
        gate::permit(tool, &self.config.safety)?;
        let _permit = self.permits.run().await?;
        let reply = self.engine.json(request).await;
        reply.map_err(|error| CallError::from(error).redacted(self.redactor()))
    }

    /// The Engine, for what stays open beyond any call. Whether it may be asked is for the caller to
    /// have found out.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What an operation of that tool has at hand for a client who reaches so far; nothing is sent yet, and
    /// until it is [agreed](Call::agreed) to it only looks.
    pub fn begin(
        &self,
        tool: &'static Tool,
        operation: &dyn Operation,
        access: Access,
        progress: Progress,
        redactor: Redactor,
    ) -> Call<'_> {
        let params = operation.params();
        self.begin_with(tool, operation, params, access, progress, redactor)
    }

    fn begin_with(
        &self,
        tool: &'static Tool,
        operation: &dyn Operation,
        params: Value,
        access: Access,
        progress: Progress,
        redactor: Redactor,
    ) -> Call<'_> {
        let rights = Rights::new(tool, &self.config.safety, access.reaches());
        let engine = self.engine.serving(rights);
        let engine = engine.carrying(&self.shared.secrets, BTreeSet::new());
        Call {
            engine: engine.with_deadline(self.deadline(tool, operation)),
            look: Look::default(),
            config: &self.config,
            progress,
            redactor,
            tool,
            params,
            permits: &self.permits,
            secrets: &self.shared.secrets,
            host: self.host.as_ref(),
            held: Held::default(),
        }
    }

    async fn path(
        &self,
        tool: &'static Tool,
        mut arguments: Map<String, Value>,
        caller: Caller,
        redactor: Redactor,
        (record, span): (&mut Record<'_>, &CallSpan),
    ) -> Result<Value, CallError> {
        let safety = &self.config.safety;
        let token = gate::take_token(tool, safety, &mut arguments)?;
        let filling = Filling::of(tool, &arguments)?;
        let asked = arguments.values().map(size).sum();
        let (operation, params) = compute(asked, || self.parsed(tool, arguments))?;
        self.permit(tool)?;
        caller.principal.access.permit(tool)?;
        let access = caller.principal.access;
        let trace = caller.via.trace();
        let (person, by) = (caller.person, caller.principal);
        if let Some(filling) = &filling {
            filling.check(&self.shared.secrets).await?;
        }
        let questions = &self.shared.questions;
        let mut confirmation = Confirmation::prepare(tool, safety, person, by, questions, token)?;
        record.start()?;

        let operation = operation.as_ref();
        let mut call = self.begin_with(tool, operation, params, access, caller.progress, redactor);
        call.engine = call.engine.traced(trace, span);
        confirmation.obtain(operation, &mut call, record).await?;
        call.agreed();

        let filled = match filling {
            Some(filling) => Some(
                filling
                    .fill(self.parse, &self.shared.secrets, &mut call)
                    .await?,
            ),
            None => None,
        };
        let operation = filled.as_deref().unwrap_or(operation);
        let reply = operation.run(&call).await;
        call.let_go();
        record.about(&call.engine.changed_by_programs().into());
        let mut reply = reply.map_err(|error| conflict::explained(error, &call.look))?;
        record.about(&reply);

        // Only what the result shows has to be redacted: a look may be all that an Engine has.
        let mut look = call.look.of(tool.output.looks());
        let mut params = std::mem::take(&mut call.params);
        let known = size(&reply) + size(&params) + size(&look);
        Ok(compute(known, || {
            // Before the projection, which takes what stands around a secret away.
            for document in [&mut reply, &mut params, &mut look] {
                call.redactor.value(document);
            }
            let input = ProjectionInput {
                reply: &reply,
                params: &params,
                look: &look,
            };
            output::project(&tool.output, input)
        }))
    }

    /// Whether the configuration allows a tool here.
    fn permit(&self, tool: &Tool) -> Result<(), Refusal> {
        let permitted = gate::permit(tool, &self.config.safety);
        permitted.map_err(|refusal| match &self.host {
            Some(host) => {
                host.explained(tool, refusal, |safety| gate::permit(tool, safety).is_ok())
            }
            None => refusal,
        })
    }

    /// What leaves the server of a call: redacted once more, whatever it went through, and within
    /// the budget.
    fn leaving(
        tool: &Tool,
        result: Result<Value, CallError>,
        redactor: &Redactor,
        budget: usize,
    ) -> Result<Value, CallError> {
        let mut result = result.map_err(|error| error.redacted(redactor))?;
        redactor.value(&mut result);
        Ok(output::fit(result, &tool.output, budget))
    }

    /// The operation that a call asks for, and its parameters. No argument may hold a marker.
    fn parsed(
        &self,
        tool: &'static Tool,
        arguments: Map<String, Value>,
    ) -> Result<(Box<dyn Operation>, Value), CallError> {
        redaction::check_markers(&arguments)?;
        let operation = (self.parse)(tool, &mut Arguments::new(tool, arguments)?)?;
        let params = operation.params();
        // A marker may have been spelt with escapes in a string that holds JSON.
        params
            .as_object()
            .map_or(Ok(()), redaction::check_markers)?;
        Ok((operation, params))
    }

    /// How long a call may take, with the time for its turn and for a person's answer.
    pub(crate) fn longest(
        &self,
        tool: &'static Tool,
        mut arguments: Map<String, Value>,
    ) -> Duration {
        let _ = gate::take_token(tool, &self.config.safety, &mut arguments);
        // One that cannot be read is refused at once.
        let deadline = match self.parsed(tool, arguments) {
            Ok((operation, _)) => self.deadline(tool, operation.as_ref()),
            Err(_) => Duration::ZERO,
        };
        let answer = tool
            .plan
            .as_ref()
            .map_or(Duration::ZERO, |_| gate::confirmation::person::PATIENCE);
        deadline + answer + self.permits.patience()
    }

    fn deadline(&self, tool: &Tool, operation: &dyn Operation) -> Duration {
        let standard = self.config.docker.timeout;
        let base = match tool.deadline {
            Deadline::Standard => standard,
            Deadline::Long => standard.max(LONG),
        };
        base.saturating_add(operation.grace())
    }
}
