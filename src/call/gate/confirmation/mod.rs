//! Has a person agree before something is lost, to exactly what will be lost.
//!
//! A destructive call is planned first; the plan is what the person reads, and its
//! [`binding`](Planned::binding) is what their answer holds for. Before anything is done, the plan
//! is made again: where it no longer binds the same, they are asked again. Whatever goes wrong on
//! the way, nothing is done.
//!
//! A tool of a lower tier may have a plan, too: where it says that something would go, that call is a
//! destructive one; where it does not, the call asks nothing.

pub(crate) mod person;

use std::borrow::Cow;
use std::pin::pin;

use serde_json::{Map, Value};
use tokio::time::timeout;

use super::audit::{Decision, Record};
use super::plan::{self, Planned};
use super::principal::Principal;
use super::questions::{Asked, Leave, Proposal, Questions};
use super::tier;
use crate::call::context::Call;
use crate::call::error::CallError;
use crate::call::operation::Operation;
use crate::catalog::{Tier, Tool};
use crate::computing::{compute, size};
use crate::config::{ConfirmationFallback, SafetyConfig};
use crate::engine::policy::Refusal;

pub(crate) use person::PATIENCE;
pub use person::{Answer, Ask, CONFIRMATION, Person, Question, Reply};

/// How often one call asks, where what it is about keeps changing.
const ROUNDS: usize = 3;

/// What comes before a plan that is not the one that was asked about.
pub(crate) const CHANGED: &str = "This changed since it was asked last. ";

/// Whether a person may be asked about a tool's calls.
pub fn may_ask(tool: &Tool, config: &SafetyConfig) -> bool {
    let may_lose = tool.tier == Tier::Destructive || config.allow_destructive;
    tool.plan.is_some() && may_lose && config.require_confirmation
}

/// Whether a tool's calls can be confirmed by [`CONFIRMATION`].
pub fn takes_token(tool: &Tool, config: &SafetyConfig) -> bool {
    may_ask(tool, config) && config.confirmation_fallback == ConfirmationFallback::Plan
}

/// What one call has to go through before it may act.
pub(crate) struct Confirmation<'a> {
    tool: &'static Tool,
    by: Principal,
    questions: &'a Questions,
    leave: Option<Leave<'a>>,
    way: Way,
}

/// Where an answer was given.
enum Answered {
    /// In this call, to this.
    Here(Proposal),
    /// By another call, to the question with this state.
    Elsewhere(String),
}

enum Way {
    Free,
    Waived,
    Present(Ask),
    /// Nobody can be asked, and what would help this client.
    Nobody(&'static str),
    Away(Option<Reply>),
    /// A second call stands for the answer; it brings the state along.
    Twice(Option<String>),
}

impl<'a> Confirmation<'a> {
    /// Finds out how this call can be confirmed, before anything is sent to the Engine.
    ///
    /// # Errors
    /// It cannot be confirmed, and the text names the setting that would help this client; or too many
    /// questions of this client wait already.
    pub(crate) fn prepare(
        tool: &'static Tool,
        config: &SafetyConfig,
        person: Person,
        by: Principal,
        questions: &'a Questions,
        token: Option<String>,
    ) -> Result<Self, Refusal> {
        let way = match person {
            _ if tool.tier != Tier::Destructive && tool.plan.is_none() => Way::Free,
            _ if !config.require_confirmation => Way::Waived,
            Person::Present(ask) => Way::Present(ask),
            Person::Away(reply) => Way::Away(reply),
            Person::Nobody(_) if takes_token(tool, config) => Way::Twice(token),
            Person::Nobody(advice) if tool.tier != Tier::Destructive => Way::Nobody(advice),
            Person::Nobody(advice) => {
                return Err(Refusal(format!(
                    "`{}` is destructive and needs a person's consent; nothing was done: {advice}",
                    tool.name
                )));
            }
        };
        // Before anything is looked at, which takes longer than to refuse. Whether another tool has
        // anything to ask only shows then.
        let leave = match way {
            _ if tool.tier != Tier::Destructive => None,
            Way::Present(_) | Way::Away(None) | Way::Twice(None) => Some(questions.leave(&by)?),
            _ => None,
        };
        Ok(Self {
            tool,
            by,
            questions,
            leave,
            way,
        })
    }

    /// Makes the looks of the call, waits for consent to what they show, and lets the call act: with
    /// what was consented to as it is, and nobody else here to change it.
    ///
    /// # Errors
    /// [`CallError::Unconfirmed`] where the answer has to come with another call,
    /// [`CallError::Unagreed`] where the person does not agree, a refusal where their answer does not
    /// hold, and those of the looks.
    pub(crate) async fn obtain(
        &mut self,
        operation: &dyn Operation,
        call: &mut Call<'_>,
        record: &mut Record<'_>,
    ) -> Result<(), CallError> {
        let always = self.tool.tier == Tier::Destructive;
        if always && matches!(self.way, Way::Waived) {
            return self.waive(operation, call, record).await;
        }
        let mut brought = self.brought();
        // An answer is held against the look that is made once the call has its turn.
        if brought.is_none() {
            call.look(operation).await?;
            if always {
                for (kind, document) in call.look.objects() {
                    call.engine.judge_looked(kind, document)?;
                }
            }
            call.look.documents().for_each(|it| record.about(it));
        }
        if matches!(self.way, Way::Free) {
            return call.act_beside_others().await;
        }
        if !always && brought.is_none() {
            let planned = self.plan(call)?;
            match self.way {
                _ if planned.nothing => return call.act_beside_others().await,
                Way::Waived => return self.waive(operation, call, record).await,
                Way::Nobody(advice) => {
                    let text = shown(call, &planned);
                    return Err(Refusal(format!(
                        "this call of `{}` is destructive and needs a person's consent; nothing was done: {advice}. {text}",
                        self.tool.name
                    ))
                    .into());
                }
                _ => {}
            }
        }
        let mut news = "";
        for _ in 0..ROUNDS {
            let answered = match brought.take() {
                Some(Reply { state, answer }) => {
                    if answer != Answer::Accepted {
                        self.questions.settle(&state, &self.by);
                    }
                    consent(answer, record)?;
                    Answered::Elsewhere(state)
                }
                None => {
                    let planned = self.plan(call)?;
                    if planned.nothing {
                        return call.act_beside_others().await;
                    }
                    let leave = match self.leave.take() {
                        Some(leave) => leave,
                        None => self.questions.leave(&self.by)?,
                    };
                    let text = format!("{news}{}", shown(call, &planned));
                    let proposal = self.proposal(call, planned);
                    let Way::Present(ask) = &self.way else {
                        record.decided(Decision::Asked);
                        return Err(self.ask(text, proposal));
                    };
                    // It stays so where the person is never heard of again.
                    record.decided(Decision::Unanswered);
                    let mut asking = pin!(timeout(PATIENCE, ask(text)));
                    // Where the call is dropped, this goes first: a client that hears that its
                    // question is taken back finds room for the next.
                    let held = leave;
                    let answer = asking.as_mut().await;
                    let late =
                        |_| Answer::Missing(format!("none came within {} s", PATIENCE.as_secs()));
                    drop(held);
                    consent(answer.unwrap_or_else(late), record)?;
                    Answered::Here(proposal)
                }
            };
            // Not earlier: a call that waits for a person keeps nobody waiting.
            call.act_alone(operation).await?;
            call.look.documents().for_each(|it| record.about(it));
            let planned = self.plan(call)?;
            if planned.nothing {
                return Ok(());
            }
            let (asked, decision) = match answered {
                Answered::Here(proposal) => (Asked::Open(proposal), Decision::Confirmed),
                Answered::Elsewhere(state) => {
                    let repeated = matches!(self.way, Way::Twice(_));
                    let decision = if repeated {
                        Decision::Repeated
                    } else {
                        Decision::Confirmed
                    };
                    (self.questions.settle(&state, &self.by), decision)
                }
            };
            let going = planned.ids();
            if redeem(asked, &self.proposal(call, planned), record)? {
                record.decided(decision);
                call.lets_go(going);
                return Ok(());
            }
            call.let_go();
            news = CHANGED;
        }
        record.decided(Decision::Refused);
        Err(Refusal(format!(
            "what `{}` is about changed {ROUNDS} times while the person was asked; nothing was done: \
             find out what changes it, then try again",
            self.tool.name
        ))
        .into())
    }

    /// Lets the call act without asking anyone, as the operator chose.
    async fn waive(
        &self,
        operation: &dyn Operation,
        call: &mut Call<'_>,
        record: &mut Record<'_>,
    ) -> Result<(), CallError> {
        record.decided(Decision::Waived);
        call.act_alone(operation).await?;
        call.look.documents().for_each(|it| record.about(it));
        if self.tool.tier != Tier::Destructive {
            let planned = self.plan(call)?;
            call.lets_go(planned.ids());
        }
        Ok(())
    }

    /// What the call brings along: an answer, or what stands for one.
    fn brought(&mut self) -> Option<Reply> {
        match &mut self.way {
            Way::Away(reply) => reply.take(),
            Way::Twice(state) => Some(Reply {
                state: state.take()?,
                answer: Answer::Accepted,
            }),
            Way::Free | Way::Waived | Way::Present(_) | Way::Nobody(_) => None,
        }
    }

    fn proposal(&self, call: &Call<'_>, planned: Planned) -> Proposal {
        Proposal {
            by: self.by.clone(),
            host: call.host.map(|host| host.as_str().to_owned()),
            tool: self.tool.name,
            params: call.params().clone(),
            binding: planned.binding,
        }
    }

    fn plan(&self, call: &Call<'_>) -> Result<Planned, CallError> {
        let (params, look) = (call.params(), call.look.to_value());
        let planned = compute(size(params) + size(&look), || {
            plan::planned(self.tool, params, &look, &call.redactor)
        })?;
        // The generator wants one of every destructive tool.
        let planned = planned
            .ok_or_else(|| Refusal(format!("`{}` has no plan to confirm", self.tool.name)))?;
        if self.tool.tier != Tier::Destructive && !planned.nothing {
            let reaches = self.by.access.reaches();
            let permit = |safety: &SafetyConfig| tier::permit_loss(self.tool, safety, reaches);
            permit(&call.config.safety).map_err(|refusal| {
                let allowed = |safety: &SafetyConfig| permit(safety).is_ok();
                let refusal = match call.host {
                    Some(host) => host.explained(self.tool, refusal, allowed),
                    None => refusal,
                };
                let text = shown(call, &planned);
                Refusal(format!("{refusal}. {text}"))
            })?;
        }
        Ok(planned)
    }

    fn ask(&self, text: String, proposal: Proposal) -> CallError {
        let state = self.questions.ask(proposal);
        CallError::Unconfirmed(Question { text, state })
    }
}

/// What a person reads of a plan: of several hosts, which one first.
fn shown<'a>(call: &Call<'_>, planned: &'a Planned) -> Cow<'a, str> {
    let text = call.redactor.text(&planned.text);
    match call.host {
        Some(host) => format!("On host `{}`: {text}", host.as_str()).into(),
        None => text,
    }
}

/// Whether the answer holds for this proposal; not where it changed since.
fn redeem(asked: Asked, proposal: &Proposal, record: &mut Record<'_>) -> Result<bool, Refusal> {
    let why = match asked {
        Asked::Open(then) if then == *proposal => return Ok(true),
        Asked::Open(then) if is_for_the_same_call(&then, proposal) => return Ok(false),
        Asked::Open(_) => "that confirmation was given for another call",
        Asked::Expired => "that confirmation is too old",
        Asked::Unknown => "that confirmation is not one that is waited for, or was used already",
    };
    record.decided(Decision::Refused);
    Err(Refusal(format!(
        "{why}; nothing was done: make the call again without it, and the person is asked anew"
    )))
}

fn is_for_the_same_call(then: &Proposal, now: &Proposal) -> bool {
    then.host == now.host && then.tool == now.tool && then.params == now.params
}

fn consent(answer: Answer, record: &mut Record<'_>) -> Result<(), CallError> {
    record.decided(match answer {
        Answer::Accepted => return Ok(()),
        Answer::Declined => Decision::Declined,
        Answer::Cancelled => Decision::Cancelled,
        Answer::Missing(_) => Decision::Unanswered,
    });
    Err(CallError::Unagreed(answer))
}

/// Takes the token out of the arguments, where this tool takes one.
///
/// # Errors
/// It is not text.
pub(crate) fn take_token(
    tool: &Tool,
    config: &SafetyConfig,
    arguments: &mut Map<String, Value>,
) -> Result<Option<String>, Refusal> {
    if !takes_token(tool, config) {
        return Ok(None);
    }
    match arguments.remove(CONFIRMATION) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(token)) => Ok(Some(token)),
        Some(_) => Err(Refusal(format!(
            "`{CONFIRMATION}` must be the text that the first call gave"
        ))),
    }
}

#[cfg(test)]
mod tests;
