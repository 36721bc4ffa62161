//! Gives a plan to the panel, and takes the answer that the panel brings back.

use jiff::{SignedDuration, Timestamp};
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResult, ContentBlock, JsonObject};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::super::outcome::structured;
use super::super::{Server, given_up, progress, via};
use super::waiting::{Became, Brought, Outcome, Shown};
use crate::call::gate::{
    APPROVE_TOOL, Answer, CHANGED, PATIENCE, Person, Principal, Question, Reply,
};
use crate::call::{CallError, Caller, ErrorKind};
use crate::catalog::Tool;
use crate::engine::policy::Refusal;

/// Where a panel finds what it is to bring back; no model does.
const APPROVAL: &str = "io.mcp-docker/approval";

/// What an answer to nothing comes to.
const UNKNOWN: &str = "no plan of this client waits for that answer: it was answered already, or is too old; nothing \
    was done by this answer";

impl Server {
    /// The result of a call that waits for the person: its plan, which the panel shows.
    pub(in crate::server) fn shown_in_panel(
        &self,
        question: Question,
        by: Principal,
        tool: &'static Tool,
        arguments: JsonObject,
        cx: &RequestContext<RoleServer>,
    ) -> CallToolResult {
        let patience = SignedDuration::try_from(PATIENCE).unwrap_or_default();
        let until = Timestamp::now().saturating_add(patience);
        let until = until.map(|until| format!("{until:.0}")).unwrap_or_default();
        let (plan, changed) = match question.text.strip_prefix(CHANGED) {
            Some(plan) => (plan, true),
            None => (question.text.as_str(), false),
        };
        let news = if changed { CHANGED } else { "" };
        let said = format!(
            "Nothing was done yet. The person decides in the panel that shows this plan, until {until}. Do not make the call \
             again meanwhile; afterwards, the same call says what became of it. {news}The plan: {plan}"
        );
        let mut meta = self.meta(cx).unwrap_or_default();
        let approval = json!({
            "nonce": question.state,
            "until": until,
            "tool": tool.name,
            "title": tool.title,
            "changed": changed,
        });
        meta.insert(APPROVAL.to_owned(), approval);
        // In neither of these is the handle: clients give both to models.
        let mut result = CallToolResult::success(vec![ContentBlock::text(said)]);
        result.structured_content = Some(json!({ "plan": { "text": plan, "until": until } }));
        self.panels.keep(question.state, by, tool, arguments);
        result.with_meta(Some(meta))
    }

    /// What became of the same call, where a person answered it in a panel a short while ago.
    pub(in crate::server) async fn answered_before(
        &self,
        by: &Principal,
        tool: &'static Tool,
        arguments: &JsonObject,
        cx: &RequestContext<RoleServer>,
    ) -> Option<CallToolResult> {
        let became = self.panels.repeated(by, tool, arguments)?;
        let said = format!(
            "this very call was answered in the panel, {}. Nothing was done now; if it is wanted once more, make it again",
            became.said()
        );
        let refused = CallError::from(Refusal(said));
        let refused = self.fleet.refused(tool, arguments, &via(cx), refused).await;
        let text = refused.to_string();
        Some(match became {
            Became::Over(_, Outcome::Done(value), _) => {
                let mut result = structured(value).with_meta(self.meta(cx));
                result.content.insert(0, ContentBlock::text(text));
                result
            }
            _ => self.failure(ErrorKind::Refused, &text, usize::MAX, cx),
        })
    }

    /// Takes the answer that a panel brings.
    pub(in crate::server) async fn answered_by_panel(
        &self,
        request: CallToolRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> CallToolResult {
        let by = self.principal(cx).in_any_session();
        let (nonce, answer) = match given(request.arguments.unwrap_or_default()) {
            Ok(given) => given,
            Err(why) => return self.failure(ErrorKind::Argument, &why, usize::MAX, cx),
        };
        let shown = match self.panels.answer(&nonce, &by) {
            Brought::Open(shown) => shown,
            Brought::Answered(shown) => {
                let said = format!("answered already: {}. Nothing was done now", shown.said());
                let refused = CallError::from(Refusal(said));
                let (tool, arguments) = (shown.tool, &shown.arguments);
                let refused = self.fleet.refused(tool, arguments, &via(cx), refused).await;
                let text = refused.to_string();
                return self.failure(ErrorKind::Refused, &text, usize::MAX, cx);
            }
            Brought::Unknown => {
                tracing::warn!("a panel brought an answer to no plan that waits for one");
                return self.failure(ErrorKind::Refused, UNKNOWN, usize::MAX, cx);
            }
        };
        let Shown {
            tool, arguments, ..
        } = shown;
        let caller = Caller {
            principal: by.clone(),
            via: via(cx),
            progress: progress(cx),
            person: Person::Away(Some(Reply {
                state: nonce.clone(),
                answer,
            })),
        };
        let server = self.clone();
        let (made_with, asked) = (arguments.clone(), by.clone());
        // What a person agreed to is not given up half-way because a client did not wait for it.
        let made = tokio::spawn(async move {
            let made = server.fleet.call(tool, made_with, caller).await;
            // A call that failed before it came to the answer has not used it up.
            server.fleet.withdraw(&nonce, &asked);
            match &made {
                Ok(value) => server.panels.end(&nonce, Outcome::Done(value.clone())),
                Err(CallError::Unconfirmed(_)) => server.panels.asked_anew(&nonce),
                Err(error) => server.panels.end(&nonce, Outcome::Not(error.to_string())),
            }
            made
        });
        let made = tokio::select! {
            biased;
            made = made => made,
            () = given_up(cx) => {
                let said = "nobody waited for the end of the call; it goes on";
                return self.failure(ErrorKind::Cancelled, said, usize::MAX, cx);
            }
        };
        match made {
            Ok(Ok(value)) => structured(value).with_meta(self.meta(cx)),
            Ok(Err(CallError::Unconfirmed(question))) => {
                self.shown_in_panel(question, by, tool, arguments, cx)
            }
            Ok(Err(error)) => self.failure(error.kind(), &error.to_string(), usize::MAX, cx),
            Err(error) => self.failure(ErrorKind::Panicked, &error.to_string(), usize::MAX, cx),
        }
    }
}

/// The handle and the answer that a panel brings; what is wrong where it brings anything else.
fn given(mut arguments: JsonObject) -> Result<(String, Answer), String> {
    let nonce = arguments.remove("nonce");
    let approve = arguments.remove("approve");
    match (nonce, approve) {
        (Some(Value::String(nonce)), Some(Value::Bool(approve))) if arguments.is_empty() => {
            let answer = match approve {
                true => Answer::Accepted,
                false => Answer::Declined,
            };
            Ok((nonce, answer))
        }
        _ => Err(format!(
            "`{APPROVE_TOOL}` takes `nonce`, a text, and `approve`, a boolean, and only the panel that shows a plan has the \
             first; nothing was done: make the call itself, and the person is asked"
        )),
    }
}
