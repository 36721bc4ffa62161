//! Tells a client which prompts there are and hands it one filled in.

use rmcp::RoleServer;
use rmcp::model::{
    CacheScope, ErrorData, GetPromptRequestParams, GetPromptResult, ListPromptsResult,
    PaginatedRequestParams, Prompt, PromptArgument, PromptMessage, Role,
};
use rmcp::service::RequestContext;

use super::{Server, TTL_MS, given_up, said, via};
use crate::call;
use crate::catalog::{self, PROMPTS};
use crate::prompt::{self, PromptError};

impl Server {
    /// Every prompt, in one page.
    pub(super) fn prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: &RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        if let Some(cursor) = super::cursor(request) {
            let text = format!("unknown cursor `{cursor}`: the prompts come in one page");
            return Err(ErrorData::invalid_params(
                text,
                said(call::ErrorKind::Argument),
            ));
        }
        let safety = &self.fleet.config().safety;
        let on = PROMPTS.iter().copied();
        let on = on.filter(|it| prompt::switched_on(it, safety).is_ok());
        let prompts = on.map(|prompt| self.with_host(describe(prompt)));
        #[cfg(feature = "conformance")]
        let prompts = prompts.chain(super::fixtures::all("prompts"));
        let mut result = ListPromptsResult::with_all_items(prompts.collect())
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Public);
        result.meta = self.meta(cx);
        Ok(result)
    }

    /// A prompt with what is known of its subject by now.
    pub(super) async fn prompt(
        &self,
        request: GetPromptRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<GetPromptResult, ErrorData> {
        let prompt = prompt::find(&request.name).map_err(|error| failure(&error))?;
        let mut arguments = request.arguments.unwrap_or_default();
        let via = via(cx);
        let runtime = self.fleet.take_runtime(&mut arguments).map_err(refused)?;
        let rendering = prompt::render(runtime, prompt, &arguments, &via);
        // rmcp does not drop the handler of a cancelled request.
        let text = tokio::select! {
            () = given_up(cx) => {
                let data = said(call::ErrorKind::Cancelled);
                return Err(ErrorData::internal_error("the request was cancelled", data));
            }
            text = rendering => text.map_err(|error| failure(&error))?,
        };
        let message = PromptMessage::new_text(Role::User, text);
        let mut result = GetPromptResult::new(vec![message]).with_description(prompt.summary);
        result.meta = self.meta(cx);
        Ok(result)
    }
}

fn refused(error: call::CallError) -> ErrorData {
    ErrorData::invalid_params(error.to_string(), said(error.kind()))
}

fn failure(error: &PromptError) -> ErrorData {
    let (text, data) = (error.to_string(), said(error.kind()));
    if error.is_about_the_arguments() {
        ErrorData::invalid_params(text, data)
    } else {
        ErrorData::internal_error(text, data)
    }
}

/// A prompt as clients see it.
fn describe(prompt: &catalog::Prompt) -> Prompt {
    let argument = |argument: &catalog::Argument| {
        PromptArgument::new(argument.name)
            .with_description(argument.doc)
            .with_required(argument.required)
    };
    let arguments = prompt.arguments.iter().map(argument).collect();
    Prompt::new(prompt.name, Some(prompt.summary), Some(arguments)).with_title(prompt.title)
}
