//! Checks the operation of a tool: its calls, or its handler.

use std::ops::Range;

use super::engine_call;
use super::engine_call::Parts;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::tool::model::{Action, Handler};
use crate::generator::tool::spec::Docker;

/// What the tool does.
pub(super) fn action(
    docker: &At<Docker>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Action> {
    match (&docker.call, &docker.handler) {
        (Some(call), None) => {
            let parts = Parts {
                options: &docker.options,
                options_type: docker.options_type.as_ref(),
                body: &docker.body,
                text: call,
            };
            let request = engine_call::request(&parts, scope, findings);
            let then = docker.then.as_ref().and_then(|then| {
                engine_call::request(&Parts::alone(then), scope, findings).map(Box::new)
            });
            Some(Action::Calls {
                call: Box::new(request?),
                then,
            })
        }
        (None, Some(handler)) => {
            for (table, name) in [(&docker.options, "options"), (&docker.body, "body")] {
                if let Some((key, _)) = table.first_key_value() {
                    findings.error(
                        key.span(),
                        format!("a handler takes no `{name}`"),
                        "belongs to a `call`",
                    );
                }
            }
            if let Some(then) = &docker.then {
                findings.error(
                    then.span(),
                    "a handler takes no `then`",
                    "belongs to a `call`",
                );
            }
            let handler = self::handler(handler, handler.span(), scope, findings);
            Some(Action::Handler(handler))
        }
        (Some(_), Some(handler)) => {
            findings.error(
                handler.span(),
                "both `call` and `handler` are given",
                "one too many",
            );
            findings.help(
                "a handler is for what one Engine call cannot do; otherwise `call` is enough",
            );
            None
        }
        (None, None) => {
            findings.error(
                docker.span(),
                "neither `call` nor `handler` is given",
                "what does the tool do?",
            );
            None
        }
    }
}

/// A handler, whose name must be that of a module.
pub(super) fn handler(
    module: &str,
    span: Range<usize>,
    scope: &Scope<'_>,
    findings: &mut Findings,
) -> Handler {
    let origin = scope.origin(&span);
    if syn::parse_str::<syn::Ident>(module).is_err() {
        findings.error(
            span,
            format!("`{module}` is not a module's name"),
            "not a name",
        );
    }
    Handler {
        module: module.to_owned(),
        origin,
    }
}
