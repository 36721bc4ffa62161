//! Completes what a person types into an argument of a prompt or a resource template.

use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};
use rmcp::service::RequestContext;

use super::{Server, clipped, given_up, said};
use crate::call;
use crate::catalog::{ArgumentKind, Of};
use crate::engine::ObjectKind;
use crate::fleet::HOST;
use crate::prompt;
use crate::server::completion::{Completion, Wanted, complete, ranked};
use crate::server::inventory::Inventory;

/// A service of a swarm, where `service` is that of a Compose project.
const OF_SWARM: &str = "service of a swarm";

impl Server {
    pub(super) async fn completion(
        &self,
        request: CompleteRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let argument = request.argument;
        let kind = self.kind_of(&request.r#ref, &argument.name)?;
        let context = request.context.and_then(|context| context.arguments);
        let mut context = context.unwrap_or_default();
        // The names are those of the host that was chosen by now.
        let runtime = self.fleet.runtime_of(context.remove(HOST).as_deref());
        let wanted = match kind {
            "project" => Some(Wanted::Project),
            // It is asked of no Engine.
            HOST => return self.completed(self.hosts(&argument.value), cx),
            "service" => {
                // The other variable, where the client says what it holds by now.
                let others = context.into_iter();
                let mut others = others.filter(|(name, _)| *name != argument.name);
                Some(Wanted::Service(others.next().map(|(_, value)| value)))
            }
            OF_SWARM => Some(Wanted::Object(ObjectKind::Service)),
            kind => ObjectKind::named(kind).map(Wanted::Object),
        };
        let inventory = runtime.map(|it| Inventory::new(Arc::clone(it)));
        let completion = match wanted.zip(inventory.ok()) {
            Some((wanted, inventory)) => tokio::select! {
                () = given_up(cx) => Completion::none(),
                completion = complete(&inventory, wanted, &argument.value) => completion,
            },
            None => Completion::none(),
        };
        self.completed(completion, cx)
    }

    /// The hosts that someone may mean.
    fn hosts(&self, typed: &str) -> Completion {
        ranked(self.fleet.names(), typed)
    }

    fn completed(
        &self,
        completion: Completion,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let shown = completion.values.len();
        let more = completion.total.is_none_or(|total| total > shown);
        let total = completion.total.and_then(|total| u32::try_from(total).ok());
        let info = CompletionInfo::with_pagination(completion.values, total, more)
            .map_err(|error| ErrorData::internal_error(error, said(call::ErrorKind::Panicked)))?;
        let mut result = CompleteResult::new(info);
        result.meta = self.meta(cx);
        Ok(result)
    }

    /// Whether an argument is the one that chooses a host.
    fn chooses(&self, argument: &str) -> bool {
        argument == HOST && !self.fleet.names().is_empty()
    }

    /// The type of an argument, as the catalogue names it.
    fn kind_of(&self, reference: &Reference, argument: &str) -> Result<&'static str, ErrorData> {
        match reference {
            Reference::Resource(template) => {
                let uri = template.uri.as_str();
                let resource = self
                    .offered()
                    .find(|resource| resource.template == uri || self.template(resource) == uri)
                    .ok_or_else(|| unknown("resource template", uri))?;
                if self.chooses(argument) {
                    return Ok(HOST);
                }
                let mut variables = resource.variables.iter();
                let at = variables.position(|variable| variable.name == argument);
                let at = at.ok_or_else(|| unknown("argument", argument))?;
                Ok(match (resource.of, at) {
                    (Of::Container, _) => "container",
                    (Of::Project, _) | (Of::Service, 0) => "project",
                    (Of::Service, _) => "service",
                    (Of::SwarmService, _) => OF_SWARM,
                })
            }
            #[cfg(feature = "conformance")]
            Reference::Prompt(named) if super::fixtures::has_prompt(&named.name) => Ok("text"),
            Reference::Prompt(named) => {
                let safety = &self.fleet.config().safety;
                let prompt = prompt::find(&named.name)
                    .and_then(|prompt| prompt::switched_on(prompt, safety).map(|()| prompt))
                    .map_err(|error| {
                        ErrorData::invalid_params(error.to_string(), said(error.kind()))
                    })?;
                if self.chooses(argument) {
                    return Ok(HOST);
                }
                let mut arguments = prompt.arguments.iter();
                arguments
                    .find(|known| known.name == argument)
                    .map(|known| match known.kind {
                        ArgumentKind::Container => "container",
                        ArgumentKind::Project => "project",
                        ArgumentKind::Service => OF_SWARM,
                        ArgumentKind::Directory | ArgumentKind::Host | ArgumentKind::Text => "text",
                    })
                    .ok_or_else(|| unknown("argument", argument))
            }
            other => Err(unknown("reference", other.reference_type())),
        }
    }
}

fn unknown(what: &str, name: &str) -> ErrorData {
    let text = format!("unknown {what} `{}`", clipped(name, 300));
    ErrorData::invalid_params(text, said(call::ErrorKind::Argument))
}
