//! Holds the tier of a tool to what its requests do.

use std::ops::Range;

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::INDEX;
use crate::generator::common::vocabulary::Tier;
use crate::generator::common::vocabulary::endpoint::{Effect, Endpoint};
use crate::generator::tool::model::{Action, Look, Request};
use crate::generator::tool::spec::Tool;

const LIST: &str = "src/vocabulary/endpoint.rs";

/// What a request of the tool does, and how it is written.
struct Sent {
    request: String,
    effect: Effect,
}

/// Refuses a look that does more than reading, and a tier that is less than what the tool does.
///
/// What a handler sends is known from the examples; the door holds it to the tier when it is called.
pub(super) fn checked(
    spec: &Tool,
    action: Option<&Action>,
    looks: &[(String, Look)],
    findings: &mut Findings,
) {
    for (name, look) in looks {
        let entry = spec.look.iter().find(|(key, _)| ***key == *name);
        if let (Look::Call(call), Some((_, entry))) = (look, entry) {
            look_reads(name, call, entry.span(), findings);
        }
    }
    let sent: Vec<Sent> = match (action, &spec.docker) {
        (Some(Action::Calls { call, then }), Some(docker)) => {
            let texts = [docker.call.as_ref(), docker.then.as_ref()];
            let calls = [Some(call), then.as_ref()];
            texts
                .into_iter()
                .zip(calls)
                .filter_map(|(text, call)| sent_by(call?, text?.span(), findings))
                .collect()
        }
        (Some(Action::Handler(_)), _) => {
            let examples = spec.example.iter();
            let requests = examples.flat_map(|example| &example.requests);
            requests
                .filter_map(|it| known(it, it.span(), findings))
                // The door knows whether the call made what it removes.
                .filter(|sent| {
                    sent.effect != Effect::Removes || spec.tier.as_deref() == Some(&Tier::Safe)
                })
                .collect()
        }
        _ => return,
    };
    let Some(most) = sent.into_iter().max_by_key(|sent| sent.effect) else {
        return;
    };
    let needed = match most.effect {
        Effect::Reads => Tier::Safe,
        Effect::Changes => Tier::Moderate,
        Effect::Removes => Tier::Destructive,
    };
    let Some(tier) = spec.tier.as_ref().filter(|tier| ***tier < needed) else {
        return;
    };
    let Sent { request, effect } = most;
    findings.error(
        tier.span(),
        format!("the tool does more than its tier `{}` says", tier.name()),
        format!("`{request}` {}", effect.words()),
    );
    findings.help(match needed {
        Tier::Destructive => "write `tier = \"destructive\"`, with a `[plan]` of what would go",
        _ => "write `tier = \"moderate\"`",
    });
}

/// A look comes before anybody was asked.
fn look_reads(name: &str, call: &Request, place: Range<usize>, findings: &mut Findings) {
    let Some(Sent { request, effect }) = sent_by(call, place.clone(), findings) else {
        return;
    };
    if effect != Effect::Reads {
        findings.error(
            place,
            format!("the look `{name}` does more than look"),
            format!("`{request}` {}", effect.words()),
        );
        findings.help("a look is made before anybody agreed to anything, so that it only reads");
    }
}

/// What a call sends; none where there is no such method, or nobody knows what its request does.
fn sent_by(call: &Request, place: Range<usize>, findings: &mut Findings) -> Option<Sent> {
    let known = INDEX.methods.get(call.method.as_str())?;
    self::known(known.request, place, findings)
}

fn known(request: &str, place: Range<usize>, findings: &mut Findings) -> Option<Sent> {
    let (method, target) = request.split_once(' ')?;
    let path = target.split('?').next().unwrap_or_default();
    // In an example, a part in braces stands for an id.
    match Endpoint::of(method, &path.replace('*', "any")) {
        Some(endpoint) => Some(Sent {
            request: format!("{method} {path}"),
            effect: endpoint.effect,
        }),
        None => {
            findings.error(
                place,
                format!("`{method} {path}` is not on the list in `{LIST}`"),
                "would be refused",
            );
            findings.help("say there what it does, and what has to be judged of it");
            None
        }
    }
}
