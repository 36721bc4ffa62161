//! Speaks MCP: tells a client what the catalogue holds and hands its calls to the [`Fleet`].
//!
//! Written by hand over the catalogue's tables; rmcp's macros want one function per tool. rmcp
//! keeps the protocol versions apart. Nothing here knows a tool, decides whether it may run or
//! talks to Docker.

mod apps;
pub mod completion;
mod completions;
#[cfg(feature = "conformance")]
#[expect(
    deprecated,
    reason = "the suite looks for all that older versions have"
)]
mod fixtures;
mod hosts;
mod identity;
mod instructions;
pub mod inventory;
mod misfit;
mod outcome;
mod panel;
mod person;
mod prompts;
mod resources;
mod subscriptions;
mod tasks;
mod tools;

use std::sync::Arc;

use futures_util::FutureExt as _;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorData, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, Icon, Implementation, InitializeRequestParams,
    InitializeResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, MetaObject, PaginatedRequestParams, ProgressNotificationParam,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};

use crate::call;
use crate::call::gate::{Access, Principal, Via};
use crate::call::progress::Progress;
use crate::fleet::Fleet;
use crate::resource::subscription::Subscriptions;
use crate::trace::Trace;
pub use identity::ClientIdentity;
use identity::given_up;
pub(crate) use misfit::misfit;

/// How long a client may keep a list, in milliseconds. A list changes only with the process, but
/// over HTTP another one may take its place.
const TTL_MS: u64 = 300_000;

/// Where a result names the server, from protocol version 2026-07-28 on.
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Where a person reads on: what a release is built with (`packaging/flags.sh`), else `repository` of `Cargo.toml`.
const WEBSITE: &str = match option_env!("MCP_DOCKER_WEBSITE") {
    Some(website) => website,
    None => env!("CARGO_PKG_REPOSITORY"),
};

/// What a client may show beside the server's name.
const ICON: &str = "data:image/svg+xml;base64,\
    PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyNCAyNCI+PHBhdGggZmlsbD0iIzFkNjNlZCIgZD0iTTMg\
    MTFoNHY0SDN6bTUgMGg0djRIOHptNSAwaDR2NGgtNHpNOCA2aDR2NEg4em01IDBoNHY0aC00ek0yIDE2aDIwYy0xIDMtMyA1LTcgNUg4Yy00IDAtNi0yLTYt\
    NXoiLz48L3N2Zz4=";

/// An MCP server over the catalogue; a clone is the same server for another session.
#[derive(Debug, Clone)]
pub struct Server {
    fleet: Arc<Fleet>,
    tools: Arc<tools::Lists>,
    panels: Arc<panel::Waiting>,
    subscriptions: Arc<Subscriptions>,
    session: subscriptions::Session,
    client: Principal,
    tasks: tasks::Tasks,
    /// Those of this session go with it.
    _leaving: Option<Arc<tasks::Leaving>>,
}

impl Server {
    /// A server whose calls go to the Engines of that fleet, for the operator alone.
    pub fn new(fleet: Arc<Fleet>) -> Self {
        Self {
            subscriptions: Arc::new(Subscriptions::new(Arc::clone(&fleet))),
            session: subscriptions::Session::default(),
            client: Principal::operator(),
            fleet,
            tools: Arc::default(),
            panels: Arc::default(),
            tasks: tasks::Tasks::default(),
            _leaving: None,
        }
    }

    /// The same server for another client: every request that does not say whose it is, is theirs.
    pub fn for_client(&self, client: Principal) -> Self {
        Self {
            _leaving: tasks::Leaving::of(&self.tasks, &client),
            client,
            ..self.clone()
        }
    }

    fn implementation(&self) -> Implementation {
        let config = &self.fleet.config().server;
        Implementation::new(&config.name, &config.version)
    }

    /// The same for a client that meets the server: no result carries a picture along.
    fn introduction(&self) -> Implementation {
        let icon = Icon::new(ICON)
            .with_mime_type("image/svg+xml")
            .with_sizes(vec!["any".to_owned()]);
        let introduction = self.implementation().with_title("Docker");
        let introduction = introduction.with_icons(vec![icon]);
        match WEBSITE {
            "" => introduction,
            website => introduction.with_website_url(website),
        }
    }

    /// The metadata of a result: who gave it, for clients that open no session.
    fn meta(&self, cx: &RequestContext<RoleServer>) -> Option<MetaObject> {
        if cx.protocol_version()? < ProtocolVersion::V_2026_07_28 {
            return None;
        }
        let mut meta = MetaObject::new();
        let implementation = serde_json::to_value(self.implementation()).ok()?;
        meta.insert(SERVER_INFO.to_owned(), implementation);
        Some(meta)
    }
}

/// What kind of failure it is, as results and errors have it.
fn kind_of(kind: call::ErrorKind) -> Value {
    json!({ "kind": kind.name() })
}

/// The same as the data of an error of the protocol.
#[expect(clippy::unnecessary_wraps, reason = "as an error takes it")]
fn said(kind: call::ErrorKind) -> Option<Value> {
    Some(kind_of(kind))
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_resources_list_changed()
            .enable_completions()
            .enable_tasks()
            .build();
        #[cfg(feature = "conformance")]
        let capabilities = fixtures::with_their_own(capabilities);
        ServerConfig::new(capabilities)
            .with_server_info(self.introduction())
            .with_instructions(instructions::common(&self.fleet))
    }

    async fn initialize(
        &self,
        mut request: InitializeRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        let mut result = self.negotiate_initialize(&request)?;
        // Of the versions that have this request, none has tasks, or not these.
        result.capabilities.extensions = None;
        result.instructions = Some(self.instructions(Some(&request.capabilities), &cx));
        self.declare(&mut result.capabilities, Some(&request.capabilities), &cx);
        // rmcp keeps the version that was asked for, which matters when a client initializes
        // twice: the session would go on in a version that was never agreed.
        request.protocol_version = result.protocol_version.clone();
        cx.peer.set_peer_info(request);
        Ok(result)
    }

    /// For this client alone: the instructions depend on what it declares.
    async fn discover(&self, cx: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let client = cx.client_capabilities();
        let instructions = self.instructions(client.as_ref(), &cx);
        let mut info = self.get_info().with_instructions(instructions);
        self.declare(&mut info.capabilities, client.as_ref(), &cx);
        Ok(DiscoverResult::from_server_info(versions, info)
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.tool_list(request, &cx)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        self.tool_call(request, &cx).await
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        self.task(&request, &cx)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.answer_task(request, &cx)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.end_task(&request, &cx)
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        self.prompts(request, &cx)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        #[cfg(feature = "conformance")]
        if let Some(response) = fixtures::prompt(&request, &cx) {
            return response;
        }
        self.prompt(request, &cx).await.map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        self.completion(request, &cx).await
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        self.resource_templates(request, &cx)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        self.resources(request, &cx).await
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        self.read(request, &cx).await
    }

    #[cfg(feature = "conformance")]
    #[expect(deprecated, reason = "older versions have it")]
    async fn set_level(
        &self,
        _request: rmcp::model::SetLevelRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        fixtures::set_level(&cx)
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        #[cfg(feature = "conformance")]
        if fixtures::read(&request.uri).is_some() {
            return Ok(());
        }
        self.subscribe_session(request.uri, &cx).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _cx: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.unsubscribe_session(&request.uri);
        Ok(())
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        cx: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(misfit::error_of(&request, cx.protocol_version()))
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(self.accepted(requested))
    }

    async fn listen(&self, cx: SubscriptionContext) -> Result<(), ErrorData> {
        self.tell(&cx).await;
        Ok(())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let mut tools = self.tools(Access::Full, apps::Pages::Nothing).iter();
        tools.find(|tool| tool.name == name).cloned()
    }
}

/// The client, by what it says of itself, and the trace that it says the call stands in.
fn via(cx: &RequestContext<RoleServer>) -> Via {
    let client = cx.client_info();
    let told = |client: &Implementation| {
        let (name, version) = (clipped(&client.name, 100), clipped(&client.version, 100));
        format!("{name} {version}")
    };
    let trace = cx
        .meta
        .get_traceparent()
        .and_then(|parent| Trace::read(parent, cx.meta.get_tracestate()));
    Via::Client {
        name: client.as_ref().map(told),
        trace,
    }
}

/// Where the client wants to hear how far a call is: nowhere, unless it gave a token.
fn progress(cx: &RequestContext<RoleServer>) -> Progress {
    let Some(token) = cx.meta.get_progress_token() else {
        return Progress::none();
    };
    let peer = cx.peer.clone();
    Progress::to(move |report| {
        let mut param = ProgressNotificationParam::new(token.clone(), report.done);
        param.total = report.total;
        param.message = Some(report.message);
        let peer = peer.clone();
        // A client that is gone needs no progress.
        async move { drop(peer.notify_progress(param).await) }.boxed()
    })
}

/// The place that a list goes on from; an empty one is none.
fn cursor(request: Option<PaginatedRequestParams>) -> Option<String> {
    request?.cursor.filter(|cursor| !cursor.is_empty())
}

/// The beginning of a text that may quote an argument of any length.
fn clipped(text: &str, bytes: usize) -> &str {
    let end = text
        .char_indices()
        .map(|(start, _)| start)
        .find(|start| *start >= bytes);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
