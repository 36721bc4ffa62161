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
use rmcp::model::{ClientCapabilities, JsonObject, Tool, ToolAnnotations};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::Server;
use super::apps::{APPROVE, name_page};
use super::person::{self, Way};
use crate::call::gate::{self, APPROVE_TOOL};
use crate::catalog::{self, Tier};
use crate::config::SafetyConfig;
pub(super) use waiting::Waiting;

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
    // No page calls it: what a person agrees to is said by the panel's own tool.
    name_page(&mut shown, &APPROVE, Some("model"));
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
    let said =
        "The panel that shows a plan says with this what the person answered; nobody else can.";
    let mut tool = Tool::new(APPROVE_TOOL, said, schema)
        .with_title(title)
        .with_annotations(annotations);
    name_page(&mut tool, &APPROVE, Some("app"));
    tool
}
