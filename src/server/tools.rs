//! Tells a client which tools there are and makes its calls.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use rmcp::RoleServer;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, ErrorData, JsonObject, ListToolsResult,
    MetaObject, PaginatedRequestParams, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::apps::{self, Pages};
#[cfg(feature = "conformance")]
use super::fixtures;
use super::identity::given_up;
use super::outcome::outcome;
use super::person::Way;
use super::{Server, TTL_MS, clipped, hosts, panel, person, progress, said, via};
use crate::call::gate::{self, APPROVE_TOOL, Access};
use crate::call::{self, CallError, Caller};
use crate::catalog::{self, Output, Tier};
use crate::config::SafetyConfig;
use crate::ordered;

/// What a model reads of the argument that confirms a plan.
const TOKEN: &str = "What the first call gave, once the person agreed to its plan.";

/// Up to how many characters Claude Code hands on a result whole, where it would put a longer one
/// into a file.
const SHOWN_WHOLE: &str = "anthropic/maxResultSizeChars";
/// More than this it does not take there.
const MOST_CHARACTERS: usize = 500_000;

/// The tools as clients see them, made when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Lists {
    plain: ByTier,
    /// For clients that show pages.
    with_views: ByTier,
    /// For those that have their person agree on one of them.
    with_panel: OnceLock<Vec<Tool>>,
}

/// By how far the client's token reaches.
#[derive(Debug, Default)]
struct ByTier {
    full: OnceLock<Vec<Tool>>,
    moderate: OnceLock<Vec<Tool>>,
    read_only: OnceLock<Vec<Tool>>,
}

impl Lists {
    fn list(&self, reaches: Tier, pages: Pages) -> &OnceLock<Vec<Tool>> {
        let by_tier = match pages {
            Pages::Nothing => &self.plain,
            Pages::Views => &self.with_views,
            Pages::All => return &self.with_panel,
        };
        match reaches {
            Tier::Destructive => &by_tier.full,
            Tier::Moderate => &by_tier.moderate,
            Tier::Safe => &by_tier.read_only,
        }
    }
}

impl Server {
    /// The tools that a client is told about, in the order of the catalogue.
    pub(super) fn tools(&self, access: Access, pages: Pages) -> &[Tool] {
        let config = &self.fleet.config().safety;
        let access = access.in_lists();
        self.tools.list(access.reaches(), pages).get_or_init(|| {
            let tools = catalog::TOOLS
                .iter()
                .filter(|tool| gate::listed(tool, config, access))
                .map(|tool| {
                    let shown = describe(tool, config, access);
                    let shown = hosts::with_host(shown, tool, &self.fleet);
                    match pages {
                        Pages::Nothing => shown,
                        Pages::Views => apps::with_view(shown, tool, config),
                        Pages::All => {
                            let shown = apps::with_view(shown, tool, config);
                            panel::with_page(shown, tool, config)
                        }
                    }
                })
                .chain((pages == Pages::All).then(panel::tool));
            #[cfg(feature = "conformance")]
            let tools = tools.chain(fixtures::all("tools"));
            tools.collect()
        })
    }

    /// Who may keep a list of tools: it is not the same for all where tokens differ, or what clients show.
    fn scope(&self, pages: Pages) -> CacheScope {
        let config = self.fleet.config();
        let differ = config.server.readonly_token.is_some() || config.sign_in.issuer.is_some();
        match differ || pages != Pages::Nothing {
            true => CacheScope::Private,
            false => CacheScope::Public,
        }
    }

    /// Every tool that a client may know of, in one page.
    pub(super) fn tool_list(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: &RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if let Some(cursor) = super::cursor(request) {
            let text = format!("unknown cursor `{cursor}`: the tools come in one page");
            return Err(ErrorData::invalid_params(
                text,
                said(call::ErrorKind::Argument),
            ));
        }
        let access = self.principal(cx).access;
        let pages = self.pages(cx.client_capabilities().as_ref(), cx);
        let mut result = ListToolsResult::with_all_items(self.tools(access, pages).to_vec())
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(self.scope(pages));
        result.meta = self.meta(cx);
        Ok(result)
    }

    /// What comes of a call, or the question that comes before it.
    pub(super) async fn tool_call(
        &self,
        request: CallToolRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        #[cfg(feature = "conformance")]
        if let Some(response) = fixtures::call(&request, self, cx).await {
            return response;
        }
        let way = person::way(cx.client_capabilities().as_ref());
        if request.name == APPROVE_TOOL && self.has_panel(cx.client_capabilities().as_ref(), cx) {
            return Ok(self.answered_by_panel(request, cx).await.into());
        }
        let tool = catalog::find(&request.name).ok_or_else(|| unknown_tool(&request.name))?;
        let request = match self.as_task(tool, request, cx).await {
            Ok(response) => return Ok(response),
            Err(request) => request,
        };
        let principal = match way {
            // Their answer comes as a call of its own.
            Way::Panel | Way::Nobody => self.principal(cx).in_any_session(),
            Way::Form => self.principal(cx),
        };
        let caller = Caller {
            principal: principal.clone(),
            via: via(cx),
            progress: progress(cx),
            person: person::behind(&request, cx),
        };
        let arguments = request.arguments.unwrap_or_default();
        let again = (way == Way::Panel).then(|| arguments.clone());
        if let Some(arguments) = &again
            && let Some(before) = self.answered_before(&principal, tool, arguments, cx).await
        {
            return Ok(before.into());
        }
        let budget = self.fleet.config().safety.max_response_bytes;
        let call = self.fleet.call(tool, arguments, caller);
        // rmcp does not drop the handler of a cancelled request.
        let result = tokio::select! {
            // The call first, so that one that is cancelled before it begins has its line in the audit.
            biased;
            result = call => match result {
                Err(CallError::Unconfirmed(question)) if way == Way::Form => {
                    let mut ask_first = person::ask_first(question);
                    ask_first.meta = self.meta(cx);
                    return Ok(ask_first.into());
                }
                Err(CallError::Unconfirmed(question)) if way == Way::Panel => {
                    self.shown_in_panel(question, principal, tool, again.unwrap_or_default(), cx)
                }
                result => outcome(result, budget, self.meta(cx)),
            },
            () = given_up(cx) => {
                self.failure(call::ErrorKind::Cancelled, "the call was cancelled", budget, cx)
            }
        };
        Ok(result.into())
    }
}

fn unknown_tool(name: &str) -> ErrorData {
    let name = clipped(name, 100);
    let text = match catalog::nearest(name) {
        Some(nearest) => format!("unknown tool `{name}`; did you mean `{nearest}`?"),
        None => format!("unknown tool `{name}`"),
    };
    ErrorData::invalid_params(text, said(call::ErrorKind::Argument))
}

/// A tool as clients see it.
fn describe(tool: &catalog::Tool, config: &SafetyConfig, access: Access) -> Tool {
    // All four, because the absent ones default to the worst.
    let annotations = ToolAnnotations::with_title(tool.title)
        .read_only(tool.tier == Tier::Safe)
        .destructive(tool.hints.destructive)
        .idempotent(tool.hints.idempotent)
        .open_world(tool.hints.open_world);
    let permitted = gate::permit(tool, config).and_then(|()| access.permit(tool));
    let description = match permitted {
        Ok(()) => Cow::Borrowed(tool.description),
        Err(_) => Cow::Owned(format!("{} Not allowed here.", tool.description)),
    };
    let mut input_schema = tool.input_schema();
    if gate::takes_token(tool, config)
        && let Some(Value::Object(properties)) = input_schema.get_mut("properties")
    {
        let token = json!({ "type": "string", "description": TOKEN });
        properties.insert(gate::CONFIRMATION.to_owned(), token);
    }
    let shown = Tool::new(tool.name, description, input_schema)
        .with_title(tool.title)
        .with_raw_output_schema(schema(tool.output_schema))
        .with_annotations(annotations);
    if may_be_long(tool) {
        let characters = json!(config.max_response_bytes.min(MOST_CHARACTERS));
        let whole = ordered::object([(SHOWN_WHOLE.to_owned(), characters)]);
        shown.with_meta(MetaObject(whole))
    } else {
        shown
    }
}

/// Whether a result may be as large as the budget.
fn may_be_long(tool: &catalog::Tool) -> bool {
    match &tool.output {
        Output::List(_) | Output::Document(_) => true,
        Output::Fields(fields) => fields.iter().any(|field| field.key == "truncated"),
    }
}

/// A schema of the catalogue, which the generator has made an object.
fn schema(text: &str) -> Arc<JsonObject> {
    serde_json::from_str(text).unwrap_or_default()
}
