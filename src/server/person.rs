//! Asks the person behind a client, by elicitation, in the way of the client's protocol version.
//!
//! Up to 2025-11-25 the server sends a request of its own and waits; from 2026-07-28 on the result
//! of the call says what is asked, and the client makes the call again with the answer.

use futures_util::FutureExt as _;
use rmcp::model::{
    CallToolRequestParams, CancelledNotificationParam, ClientCapabilities, ClientResult,
    ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
    InputRequest, InputRequests, InputRequiredResult, ProtocolVersion, RequestId, ServerRequest,
};
use rmcp::service::{Peer, PeerRequestOptions, RequestContext};
use rmcp::{RoleServer, ServiceError};
use serde_json::{Value, from_value};

use super::apps;
use crate::call::gate::{Answer, Person, Question, Reply};
use crate::erased;

/// The name of the one question of a call.
pub(super) const KEY: &str = "confirmation";

/// What helps a client that cannot ask.
pub(super) const ADVICE: &str = "this client cannot ask one (it offers neither elicitation nor MCP Apps). The operator can set \
    SAFETY_CONFIRMATION_FALLBACK=plan, with which it shows you the plan and you call again, or \
    SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE=false, which waives the question";

/// How a client has its person agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It asks them by a form.
    Form,
    /// It shows them a panel.
    Panel,
    /// In no way.
    Nobody,
}

/// How a client that declares this has its person agree.
pub(super) fn way(client: Option<&ClientCapabilities>) -> Way {
    let elicitation = client.and_then(|client| client.elicitation.as_ref());
    // One that names no mode has forms, as all had before there were modes.
    if elicitation.is_some_and(|modes| modes.form.is_some() || modes.url.is_none()) {
        Way::Form
    } else if client.is_some_and(apps::shows) {
        Way::Panel
    } else {
        Way::Nobody
    }
}

/// How the person behind this call can be asked.
pub(super) fn behind(request: &CallToolRequestParams, cx: &RequestContext<RoleServer>) -> Person {
    match way(cx.client_capabilities().as_ref()) {
        Way::Form => {}
        // The panel brings the answer, and never the model's own call.
        Way::Panel => return Person::Away(None),
        Way::Nobody => return Person::Nobody(ADVICE),
    }
    if cx.protocol_version() >= Some(ProtocolVersion::V_2026_07_28) {
        return Person::Away(reply(request));
    }
    let peer = cx.peer.clone();
    Person::Present(Box::new(move |text| ask(peer.clone(), text).boxed()))
}

/// The result that has the client ask.
pub(super) fn ask_first(question: Question) -> InputRequiredResult {
    let request = self::question(question.text);
    InputRequiredResult::new(
        Some(InputRequests::from([(KEY.to_owned(), request)])),
        Some(question.state),
    )
}

/// The question that a client puts to the person.
pub(super) fn question(text: String) -> InputRequest {
    InputRequest::Elicitation(ElicitRequest::new(form(text)))
}

/// What the client made of it; none where the task that asked is over.
pub(super) fn answered(said: Option<Value>) -> Answer {
    match said.map(from_value) {
        Some(Ok(result)) => answer(&result),
        Some(Err(error)) => Answer::Missing(format!("the answer cannot be read: {error}")),
        None => Answer::Missing("the task is over".to_owned()),
    }
}

fn reply(request: &CallToolRequestParams) -> Option<Reply> {
    let state = request.request_state.clone()?;
    let said = request.input_responses.as_ref().and_then(|it| it.get(KEY));
    let answer = match said {
        Some(said) => answered(Some(said.clone())),
        None => Answer::Missing(format!("`inputResponses` has no `{KEY}`")),
    };
    Some(Reply { state, answer })
}

async fn ask(peer: Peer<RoleServer>, text: String) -> Answer {
    match elicit(peer, form(text)).await {
        Ok(result) => answer(&result),
        Err(reason) => Answer::Missing(reason),
    }
}

/// Puts a question to the person by a request of the server's own, or says why there is no answer.
pub(super) async fn elicit(
    peer: Peer<RoleServer>,
    question: ElicitRequestParams,
) -> Result<ElicitResult, String> {
    let reason = |error: ServiceError| error.to_string();
    let request = ServerRequest::ElicitRequest(ElicitRequest::new(question));
    let sent = peer.send_cancellable_request(request, PeerRequestOptions::no_options());
    let handle = sent.await.map_err(reason)?;
    let mut open = Open(Some((peer, handle.id.clone())));
    let answered = handle.await_response().await;
    open.0 = None;
    match answered.map_err(reason)? {
        ClientResult::ElicitResult(result) => Ok(result),
        _ => Err("the answer is not one to an elicitation".to_owned()),
    }
}

/// A question that nobody waits for any more is taken back when this is dropped.
struct Open(Option<(Peer<RoleServer>, RequestId)>);

impl Drop for Open {
    fn drop(&mut self) {
        if let Some((peer, id)) = self.0.take() {
            let reason = "the call it belongs to is over".to_owned();
            let param = CancelledNotificationParam::new(Some(id), Some(reason));
            // A client that is gone shows no question.
            erased::spawn(async move { drop(peer.notify_cancelled(param).await) });
        }
    }
}

/// To accept is the whole answer, so that the form has nothing to fill in.
fn form(message: String) -> ElicitRequestParams {
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema: ElicitationSchema::new(Default::default()),
    }
}

fn answer(result: &ElicitResult) -> Answer {
    match result.action {
        ElicitationAction::Accept => match &result.content {
            None | Some(Value::Object(_)) => Answer::Accepted,
            Some(_) => Answer::Missing("the answer's `content` is not an object".to_owned()),
        },
        ElicitationAction::Decline => Answer::Declined,
        ElicitationAction::Cancel => Answer::Cancelled,
        _ => Answer::Missing("the answer is none of accept, decline and cancel".to_owned()),
    }
}
