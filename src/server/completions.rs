//! Completes what a person types into an argument of a prompt or a resource template.

use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};
use rmcp::service::RequestContext;

use super::{Server, clipped, given_up, said};
use crate::call;
use crate::catalog::{ArgumentKind, Of};
use crate::engine::ObjectKind;
use crate::prompt;
use crate::server::completion::{Completion, Wanted, complete};
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
        let wanted = match kind {
            "project" => Some(Wanted::Project),
            "service" => {
                // The other variable, where the client says what it holds by now.
                let others = context.unwrap_or_default().into_iter();
                let mut others = others.filter(|(name, _)| *name != argument.name);
                Some(Wanted::Service(others.next().map(|(_, value)| value)))
            }
            OF_SWARM => Some(Wanted::Object(ObjectKind::Service)),
            kind => ObjectKind::named(kind).map(Wanted::Object),
        };
        let inventory = self
            .fleet
            .runtime_of(None)
            .map(|it| Inventory::new(Arc::clone(it)));
        let completion = match wanted.zip(inventory.ok()) {
            Some((wanted, inventory)) => tokio::select! {
                () = given_up(cx) => Completion::none(),
                completion = complete(&inventory, wanted, &argument.value) => completion,
            },
            None => Completion::none(),
        };
        let shown = completion.values.len();
        let more = completion.total.is_none_or(|total| total > shown);
        let total = completion.total.and_then(|total| u32::try_from(total).ok());
        let info = CompletionInfo::with_pagination(completion.values, total, more)
            .map_err(|error| ErrorData::internal_error(error, said(call::ErrorKind::Panicked)))?;
        let mut result = CompleteResult::new(info);
        result.meta = self.meta(cx);
        Ok(result)
    }

    /// The type of an argument, as the catalogue names it.
    fn kind_of(&self, reference: &Reference, argument: &str) -> Result<&'static str, ErrorData> {
        match reference {
            Reference::Resource(template) => {
                let uri = template.uri.as_str();
                let resource = self
                    .offered()
                    .find(|resource| resource.template == uri)
                    .ok_or_else(|| unknown("resource template", uri))?;
                let mut variables = resource.variables.iter();
                let at = variables.position(|variable| variable.name == argument);
                let at = at.ok_or_else(|| unknown("argument", argument))?;
                Ok(match (resource.of, at) {
                    (Of::Container, _) => "container",
                    (Of::Project, _) | (Of::Service, 0) => "project",
                    (Of::Service, _) => "service",
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
