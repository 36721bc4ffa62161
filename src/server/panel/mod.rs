//! Has a person agree in a panel that their client shows beside a destructive call, where the client has MCP
//! Apps and no elicitation.
//!
//! Such a call gives its plan as its result, with a handle in `_meta`, which clients hand to the panel and
//! to no model. The panel's own tool brings the handle back with the answer, and the call is made again here:
//! confirmed, carried out and recorded as every other.

mod approve;
mod waiting;

use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    ClientCapabilities, JsonObject, MetaObject, ResourceContents, ServerCapabilities, Tool,
    ToolAnnotations,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::Server;
use super::person::{self, Way};
use crate::call::gate;
use crate::catalog::{self, Tier};
use crate::config::SafetyConfig;
pub(super) use waiting::Waiting;

/// The tool that only a panel calls.
pub(super) const TOOL: &str = "docker_approve";

/// What clients and servers that have MCP Apps declare.
const EXTENSION: &str = "io.modelcontextprotocol/ui";

/// The kind of page that such a client shows.
const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// The page, whole: it loads nothing.
const PAGE: &str = include_str!("approve.html");

/// What the address of any version of the page begins with.
const PAGES: &str = "ui://mcp-docker/approve-";

/// Which page it is: clients keep one by its address.
const VERSION: u64 = digest(PAGE.as_bytes());

/// FNV-1a.
const fn digest(mut bytes: &[u8]) -> u64 {
    let mut digest = 0xcbf2_9ce4_8422_2325;
    while let [first, rest @ ..] = bytes {
        digest = (digest ^ *first as u64).wrapping_mul(0x0100_0000_01b3);
        bytes = rest;
    }
    digest
}

fn address() -> String {
    format!("{PAGES}{VERSION:016x}")
}

/// Whether a client that declares this shows panels.
pub(super) fn shows(client: &ClientCapabilities) -> bool {
    let extension = client.extensions.as_ref().and_then(|it| it.get(EXTENSION));
    let kinds = extension.and_then(|it| it.get("mimeTypes")?.as_array());
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == MIME_TYPE))
}

impl Server {
    /// Whether the client of a request has its person agree in a panel, and anything to agree to.
    pub(super) fn has_panel(
        &self,
        client: Option<&ClientCapabilities>,
        cx: &RequestContext<RoleServer>,
    ) -> bool {
        let config = &self.fleet.config().safety;
        person::way(client) == Way::Panel
            && self.principal(cx).access.in_lists().reaches() == Tier::Destructive
            && catalog::TOOLS.iter().any(|tool| is_asked(tool, config))
    }

    /// Declares to such a client what the server does not declare to all.
    pub(super) fn declare(
        &self,
        capabilities: &mut ServerCapabilities,
        client: Option<&ClientCapabilities>,
        cx: &RequestContext<RoleServer>,
    ) {
        if self.has_panel(client, cx) {
            let extensions = capabilities.extensions.get_or_insert_default();
            extensions.insert(EXTENSION.to_owned(), JsonObject::new());
        }
    }
}

/// The page of that address, if it is one of ours; of whichever version, because a client may show an
/// old result again.
pub(super) fn page(uri: &str) -> Option<ResourceContents> {
    uri.strip_prefix(PAGES)?;
    let ui = json!({ "csp": {}, "prefersBorder": true });
    let contents = ResourceContents::text(PAGE, uri).with_mime_type(MIME_TYPE);
    Some(contents.with_meta(meta([("ui", ui)])))
}

/// Whether the calls of a tool may have to be agreed to in a panel.
fn is_asked(tool: &catalog::Tool, config: &SafetyConfig) -> bool {
    gate::may_ask(tool, config) && gate::permit(tool, config).is_ok()
}

/// The tool as clients see it that show panels.
pub(super) fn with_page(mut shown: Tool, tool: &catalog::Tool, config: &SafetyConfig) -> Tool {
    if !is_asked(tool, config) {
        return shown;
    }
    if let Some(Value::Object(properties)) =
        Arc::make_mut(&mut shown.input_schema).get_mut("properties")
    {
        properties.remove(gate::CONFIRMATION);
    }
    if let Some(schema) = &mut shown.output_schema {
        let schema = Arc::make_mut(schema);
        // Of a call that waits for the person there is the plan alone.
        schema.remove("required");
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.insert("plan".to_owned(), plan_schema());
        }
    }
    let uri = address();
    let ui = json!({ "resourceUri": uri, "visibility": ["model"] });
    // The second is how it was said at first, which some clients still read.
    let of_page = meta([("ui", ui), ("ui/resourceUri", uri.into())]);
    shown.meta.get_or_insert_default().0.extend(of_page.0);
    shown
}

fn plan_schema() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "description": "Alone in a result: nothing was done yet.",
        "properties": { "text": text, "until": text },
        "required": ["text", "until"],
    })
}

/// The tool that only a panel calls.
pub(super) fn tool() -> Tool {
    let title = "Answer a plan";
    let schema = json!({
        "type": "object",
        "properties": {
            "nonce": { "type": "string", "description": "What came with the plan, for the panel alone." },
            "approve": { "type": "boolean", "description": "What the person said." },
        },
        "required": ["nonce", "approve"],
    });
    let schema = match schema {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    };
    let annotations = ToolAnnotations::with_title(title)
        .read_only(false)
        .destructive(true)
        .idempotent(false)
        .open_world(false);
    let ui = json!({ "resourceUri": address(), "visibility": ["app"] });
    Tool::new(
        TOOL,
        "The panel that shows a plan says with this what the person answered; nobody else can.",
        schema,
    )
    .with_title(title)
    .with_annotations(annotations)
    .with_meta(meta([("ui", ui)]))
}

fn meta<const N: usize>(members: [(&str, Value); N]) -> MetaObject {
    let members = members.into_iter();
    MetaObject(members.map(|(key, it)| (key.to_owned(), it)).collect())
}
