//! Gives pages to clients that show them beside a call, by MCP Apps: the one that asks before something is lost, and
//! those on which a result can be looked at.
//!
//! A tool names its page, the client reads that as a resource, and hands it the results of the tool. What a page does
//! after that is an ordinary call, of whoever the client is.

mod page;
mod views;

use rmcp::RoleServer;
use rmcp::model::{
    ClientCapabilities, JsonObject, MetaObject, ResourceContents, ServerCapabilities, Tool,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::Server;
use crate::ordered::object;
pub(super) use page::APPROVE;
use page::Page;
pub(super) use views::with_view;

/// What clients and servers that have MCP Apps declare.
const EXTENSION: &str = "io.modelcontextprotocol/ui";

/// The kind of page that such a client shows.
const MIME_TYPE: &str = "text/html;profile=mcp-app";

/// Which pages a client is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// It shows none.
    Nothing,
    /// Those on which results can be looked at.
    Views,
    /// Also the one by which its person agrees to what is lost.
    All,
}

/// Whether a client that declares this shows pages.
pub(super) fn shows(client: &ClientCapabilities) -> bool {
    let extension = client.extensions.as_ref().and_then(|it| it.get(EXTENSION));
    let kinds = extension.and_then(|it| it.get("mimeTypes")?.as_array());
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == MIME_TYPE))
}

impl Server {
    /// The pages that the client of a request is told of.
    pub(super) fn pages(
        &self,
        client: Option<&ClientCapabilities>,
        cx: &RequestContext<RoleServer>,
    ) -> Pages {
        if self.has_panel(client, cx) {
            Pages::All
        } else if client.is_some_and(shows) && views::any(&self.fleet.config().safety) {
            Pages::Views
        } else {
            Pages::Nothing
        }
    }

    /// Declares to such a client what the server does not declare to all.
    pub(super) fn declare(
        &self,
        capabilities: &mut ServerCapabilities,
        client: Option<&ClientCapabilities>,
        cx: &RequestContext<RoleServer>,
    ) {
        if self.pages(client, cx) != Pages::Nothing {
            let extensions = capabilities.extensions.get_or_insert_default();
            extensions.insert(EXTENSION.to_owned(), JsonObject::new());
        }
    }
}

/// The page of that address, if it is one of ours; of whichever version, because a client may show an
/// old result again.
pub(super) fn read(uri: &str) -> Option<ResourceContents> {
    let page = Page::at(uri)?;
    let ui = json!({ "csp": {}, "prefersBorder": true });
    let contents = ResourceContents::text(page.text(), uri).with_mime_type(MIME_TYPE);
    Some(contents.with_meta(meta([("ui", ui)])))
}

/// Names the page of a tool; `visibility` is who may call it, where that is not everybody.
pub(super) fn name_page(shown: &mut Tool, page: &Page, visibility: Option<&str>) {
    let uri = page.address();
    let mut ui = json!({ "resourceUri": uri });
    if let (Some(who), Some(ui)) = (visibility, ui.as_object_mut()) {
        ui.insert("visibility".to_owned(), json!([who]));
    }
    // The second is how it was said at first, which some clients still read.
    let of_page = meta([("ui", ui), ("ui/resourceUri", uri.into())]);
    shown.meta.get_or_insert_default().0.extend(of_page.0);
}

fn meta<const N: usize>(members: [(&str, Value); N]) -> MetaObject {
    let members = members.into_iter();
    MetaObject(object(members.map(|(key, it)| (key.to_owned(), it))))
}
