//! Completes what a person types into an argument of a prompt or a resource template.

use rmcp::RoleServer;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};
use rmcp::service::RequestContext;

use super::{Server, clipped, given_up, said};
use crate::call;
use crate::catalog::ArgumentKind;
use crate::engine::ObjectKind;
use crate::prompt;
use crate::server::completion::{Completion, complete};

impl Server {
    pub(super) async fn completion(
        &self,
        request: CompleteRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let argument = request.argument;
        let kind = self.kind_of(&request.r#ref, &argument.name)?;
        let completion = match ObjectKind::named(kind) {
            Some(kind) => tokio::select! {
                () = given_up(cx) => Completion::none(),
                completion = complete(&self.inventory, kind, &argument.value) => completion,
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
                let mut params = resource.tool.params.iter();
                params
                    .find(|param| param.name == argument && argument == resource.variable)
                    .map(|param| param.kind)
                    .ok_or_else(|| unknown("argument", argument))
            }
            #[cfg(feature = "conformance")]
            Reference::Prompt(named) if super::fixtures::has_prompt(&named.name) => Ok("text"),
            Reference::Prompt(named) => {
                let safety = &self.runtime.config().safety;
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
                        ArgumentKind::Host | ArgumentKind::Text => "text",
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
