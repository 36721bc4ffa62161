//! Lets a call go on as a task, for clients that follow one: the extension `io.modelcontextprotocol/tasks`, from
//! protocol version 2026-07-28 on.
//!
//! Which tools may says the catalogue. A task makes its call as every call is made, with its permit, its
//! questions and its line in the audit; whose it is, nobody else learns that it is there.

mod store;

use std::sync::Arc;

use futures_util::FutureExt as _;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskMethod, CancelTaskParams, ConstString,
    CreateTaskResult, ErrorData, GetTaskMethod, GetTaskParams, GetTaskResult, ProtocolVersion,
    TaskPayload, UpdateTaskMethod, UpdateTaskParams,
};
use rmcp::service::RequestContext;
use serde_json::Value;

use super::outcome::{failure, outcome};
use super::person::{self, Way, way};
use super::{Server, clipped, said, via};
use crate::call::gate::{Person, Principal};
use crate::call::progress::Progress;
use crate::call::{CallError, Caller, ErrorKind};
use crate::catalog::Tool;
use store::{MOST_RUNNING, NoPlace};
pub(super) use store::{Place, Tasks};

/// Ends the tasks of a session that is over, which nobody could ask for any more.
#[derive(Debug)]
pub(super) struct Leaving {
    tasks: Tasks,
    owner: Principal,
}

impl Leaving {
    /// Those of this client, when the last clone of the server for it is dropped.
    pub(super) fn of(tasks: &Tasks, owner: &Principal) -> Option<Arc<Self>> {
        owner.session.as_ref()?;
        Some(Arc::new(Self {
            tasks: tasks.clone(),
            owner: owner.clone(),
        }))
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.tasks.forget(&self.owner);
    }
}

/// Whether whoever made the request follows tasks.
pub(super) fn follows(cx: &RequestContext<RoleServer>) -> bool {
    is_modern(cx)
        && cx
            .client_capabilities()
            .is_some_and(|it| it.supports_tasks())
}

fn is_modern(cx: &RequestContext<RoleServer>) -> bool {
    cx.protocol_version() >= Some(ProtocolVersion::V_2026_07_28)
}

impl Server {
    /// Has a call go on as a task, where the tool and the client let it; else hands back what was asked.
    pub(super) async fn as_task(
        &self,
        tool: &'static Tool,
        request: CallToolRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, CallToolRequestParams> {
        // A panel is the result of a call.
        let needs_panel =
            || tool.plan.is_some() && way(cx.client_capabilities().as_ref()) == Way::Panel;
        if !tool.task || !follows(cx) || needs_panel() {
            return Err(request);
        }
        let owner = self.principal(cx);
        let arguments = request.arguments.as_ref();
        let longest = self
            .fleet
            .longest(tool, arguments.cloned().unwrap_or_default());
        let budget = self.fleet.config().safety.max_response_bytes;
        let meta = self.meta(cx);
        let place = match self.tasks.place(&owner, longest) {
            Ok(place) => place,
            // Its result is the answer, as where a client follows no tasks.
            Err(NoPlace::Kept) => return Err(request),
            Err(NoPlace::Running) => {
                let error = CallError::TooManyTasks { most: MOST_RUNNING };
                let arguments = request.arguments.unwrap_or_default();
                let error = self.fleet.refused(tool, &arguments, &via(cx), error).await;
                let failed = failure(error.kind(), &error.to_string(), budget, meta);
                return Ok(failed.into());
            }
        };
        let caller = Caller {
            principal: owner,
            via: via(cx),
            progress: progress(&place),
            person: person(&place, cx),
        };
        let fleet = Arc::clone(&self.fleet);
        let arguments = request.arguments.unwrap_or_default();
        let of_result = meta.clone();
        let task = place.run(async move {
            let result = fleet.call(tool, arguments, caller).await;
            completed(&outcome(result, budget, of_result))
        });
        let mut created = CreateTaskResult::new(task);
        created.meta = meta;
        Ok(created.into())
    }

    /// How a task stands, with what came of it.
    pub(super) fn task(
        &self,
        request: &GetTaskParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        has_tasks::<GetTaskMethod>(cx)?;
        let task = self.tasks.get(&request.task_id, &self.principal(cx));
        let mut result = GetTaskResult::new(task.ok_or_else(|| unknown(&request.task_id))?);
        result.meta = self.meta(cx);
        Ok(result)
    }

    /// Takes answers to what a task asks.
    pub(super) fn answer_task(
        &self,
        request: UpdateTaskParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        has_tasks::<UpdateTaskMethod>(cx)?;
        let (id, said) = (request.task_id, request.input_responses);
        let known = self.tasks.answer(&id, &self.principal(cx), said);
        known.ok_or_else(|| unknown(&id))
    }

    /// Ends a task.
    pub(super) fn end_task(
        &self,
        request: &CancelTaskParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        has_tasks::<CancelTaskMethod>(cx)?;
        let known = self.tasks.cancel(&request.task_id, &self.principal(cx));
        known.ok_or_else(|| unknown(&request.task_id))
    }
}

/// Older versions have no tasks, or others.
fn has_tasks<M: ConstString>(cx: &RequestContext<RoleServer>) -> Result<(), ErrorData> {
    match is_modern(cx) {
        true => Ok(()),
        false => Err(ErrorData::method_not_found::<M>()),
    }
}

/// The same of a task that is another's as of one that never was.
fn unknown(id: &str) -> ErrorData {
    let text = format!("unknown task `{}`", clipped(id, 100));
    ErrorData::invalid_params(text, said(ErrorKind::Argument))
}

/// A result as a task has it.
pub(super) fn completed(result: &rmcp::model::CallToolResult) -> TaskPayload {
    let result = match serde_json::to_value(result) {
        Ok(Value::Object(result)) => result,
        _ => Default::default(),
    };
    TaskPayload::Completed { result }
}

/// What a call says of how far it is, as what the task says.
fn progress(place: &Place) -> Progress {
    let place = place.clone();
    Progress::to(move |report| {
        if !report.message.is_empty() {
            place.say(report.message);
        }
        std::future::ready(()).boxed()
    })
}

/// Whoever is behind a task is asked by it, while it waits.
fn person(place: &Place, cx: &RequestContext<RoleServer>) -> Person {
    if way(cx.client_capabilities().as_ref()) != Way::Form {
        return Person::Nobody(person::ADVICE);
    }
    let place = place.clone();
    Person::Present(Box::new(move |text| {
        let place = place.clone();
        async move { person::answered(place.ask(person::KEY, person::question(text)).await) }
            .boxed()
    }))
}
