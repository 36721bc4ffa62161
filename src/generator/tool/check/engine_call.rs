//! Reads `call = "stop_container(container_id, Some(options))"` as the bollard call it becomes.

use std::ops::Range;

use syn::spanned::Spanned;

use super::scope::Scope;
use super::structure::{assigned, assignment, options_path, overlaps, structure};
use crate::generator::common::at::{At, Table};
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::in_order;
use crate::generator::common::reply::{Form, INDEX};
use crate::generator::common::vocabulary::types;
use crate::generator::tool::model::{Argument, Request, Slot};

/// The parts of a file that make one bollard call.
pub(super) struct Parts<'a> {
    pub text: &'a At<String>,
    pub options: &'a Table<At<toml::Value>>,
    pub options_type: Option<&'a At<String>>,
    pub body: &'a Table<At<toml::Value>>,
}

impl<'a> Parts<'a> {
    /// A call without options and body.
    pub(super) fn alone(text: &'a At<String>) -> Self {
        const NONE: &Table<At<toml::Value>> = &Table::new();
        Self {
            text,
            options: NONE,
            options_type: None,
            body: NONE,
        }
    }
}

/// The call of a `[docker]` table.
pub(super) fn request(
    parts: &Parts<'_>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Request> {
    let call = parts.text;
    let mut request = expression(call, &CallText::Quoted(call.span()), scope, findings);
    let mut filled = |table: &Table<At<toml::Value>>,
                      path: String,
                      span: Range<usize>,
                      findings: &mut Findings| {
        let mut structure = structure(path, span, scope);
        for (field, value) in in_order(table)
            .into_iter()
            .filter(|(field, _)| ***field != "type")
        {
            let clash = structure
                .assignments
                .iter()
                .find(|other| overlaps(&other.target, field));
            if let Some(clash) = clash {
                let title = format!("`{}` is set twice", **field);
                findings.error(
                    field.span(),
                    title,
                    format!("`{}` already sets it", clash.target.join(".")),
                );
            }
            if let Some(assigned) = assigned(value, value.span(), scope, findings) {
                structure
                    .assignments
                    .push(assignment(field, assigned, field.span(), scope));
            }
        }
        structure
    };
    let written = parts.options_type.map(|written| written.as_str());
    if !parts.options.is_empty() {
        let method = request.as_ref().map_or("", |request| &request.method);
        let span = parts.options_type.unwrap_or(call).span();
        let path = options_path(method, written, span, findings);
        let options = filled(parts.options, path, call.span(), findings);
        if let Some(request) = &mut request {
            request.options = Some(options);
        }
    }
    if let Some((first, _)) = parts.body.first_key_value() {
        let named = parts
            .body
            .iter()
            .find(|(key, _)| ***key == "type")
            .and_then(|(_, value)| value.as_str());
        let body = filled(
            parts.body,
            format!("models::{}", named.unwrap_or_default()),
            call.span(),
            findings,
        );
        if named.is_none() {
            findings.error(
                first.span(),
                "the body has no `type`",
                "which struct of `bollard::models`?",
            );
        }
        if let Some(request) = &mut request {
            request.body = Some(body);
        }
    }
    let mut request = request?;
    complete(&mut request, written, &call.span(), scope, findings);
    Some(request)
}

/// Fills in an options struct that nothing sets, and refuses one that the call does not pass.
pub(super) fn complete(
    request: &mut Request,
    options_type: Option<&str>,
    span: &Range<usize>,
    scope: &Scope<'_>,
    findings: &mut Findings,
) {
    let passes = |slot: Slot| {
        request
            .arguments
            .iter()
            .any(|argument| argument.value == slot)
    };
    let (options, body) = (passes(Slot::Options), passes(Slot::Body));
    if options && request.options.is_none() {
        let path = options_path(&request.method, options_type, span.clone(), findings);
        request.options = Some(structure(path, span.clone(), scope));
    }
    for (passed, given, name) in [
        (options, request.options.is_some(), "options"),
        (body, request.body.is_some(), "body"),
    ] {
        if passed != given {
            let title = if given {
                format!("`{name}` is filled in but the call does not pass it")
            } else {
                format!("the call passes `{name}` but there is no such table")
            };
            findings.error(span.clone(), title, format!("`{name}`"));
        }
    }
}

/// Where the text of a call stands.
pub(super) enum CallText {
    /// A string of one line between quotes, in which each token has its own place.
    Quoted(Range<usize>),
    /// Something that is pointed at as a whole.
    Whole(Range<usize>),
}

impl CallText {
    fn whole(&self) -> Range<usize> {
        match self {
            Self::Quoted(span) | Self::Whole(span) => span.clone(),
        }
    }

    /// Where the name of the method is, with which the text begins.
    fn method(&self, name: &str) -> Range<usize> {
        match self {
            Self::Quoted(span) => span.start + 1..span.start + 1 + name.len(),
            Self::Whole(span) => span.clone(),
        }
    }

    fn of(&self, token: proc_macro2::Span) -> Range<usize> {
        match self {
            Self::Quoted(span) => {
                let token = token.byte_range();
                span.start + 1 + token.start..span.start + 1 + token.end
            }
            Self::Whole(span) => span.clone(),
        }
    }
}

pub(super) fn expression(
    text: &str,
    place: &CallText,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Request> {
    let parsed = syn::parse_str::<syn::ExprCall>(text).ok();
    let method = parsed.as_ref().and_then(|call| match &*call.func {
        syn::Expr::Path(path) => path.path.get_ident(),
        _ => None,
    });
    let (Some(call), Some(method)) = (&parsed, method) else {
        findings.error(
            place.whole(),
            format!("`{text}` is not a call"),
            "not a call",
        );
        findings.help("write a bollard method with its arguments: `stop_container(container_id, Some(options))`");
        return None;
    };
    let mut subject = None;
    let mut arguments = Vec::new();
    for argument in &call.args {
        let (inner, some) = match argument {
            syn::Expr::Call(call) if is_some(&call.func) && call.args.len() == 1 => {
                (call.args.first()?, true)
            }
            other => (other, false),
        };
        let syn::Expr::Path(path) = inner else {
            findings.error(
                place.of(inner.span()),
                "this is not an argument",
                "a parameter, `options`, `body` or `None`",
            );
            continue;
        };
        let name = path
            .path
            .get_ident()
            .map(ToString::to_string)
            .unwrap_or_default();
        let value = match name.as_str() {
            "options" => Slot::Options,
            "body" => Slot::Body,
            "None" => Slot::None,
            _ => {
                let span = place.of(inner.span());
                let Some(param) = scope.known_param(&name, span.clone(), findings) else {
                    continue;
                };
                if types::find(&param.kind).is_some_and(|known| !known.reference) {
                    let title = format!(
                        "`{name}` stands in the request's path but is a `{}`",
                        param.kind
                    );
                    findings.error(span, title, "not a reference");
                    findings.help("use the type `container`, `image`, `network` or `volume`, which refuse `../`");
                } else if param.optional() {
                    let title = format!("`{name}` stands in the request's path and may be absent");
                    if !findings.is_said(&title) {
                        findings.error(span, title, "may be nothing");
                        findings.help(format!(
                            "write `required = true` in `[params.{name}]`, or give it a `default`"
                        ));
                    }
                } else if subject.is_none() {
                    subject = Some((param.kind.clone(), name.clone()));
                }
                Slot::Param(name)
            }
        };
        arguments.push(Argument { value, some });
    }
    let method = method.to_string();
    let returns = returned(&method, place, findings);
    Some(Request {
        method,
        arguments,
        options: None,
        body: None,
        subject,
        returns,
        reply: Form::of(returns),
        origin: scope.origin(&place.whole()),
    })
}

/// The Rust type of what a method gives; none where there is no such method that a call can be.
fn returned(method: &str, place: &CallText, findings: &mut Findings) -> &'static str {
    let Some(known) = INDEX.methods.get(method) else {
        findings.error(
            place.method(method),
            format!("bollard's `Docker` has no `{method}`"),
            "no such method",
        );
        findings.help_nearest(method, INDEX.methods.keys().copied());
        return "";
    };
    if known.reply.starts_with("Stream<") {
        findings.error(
            place.method(method),
            format!("`{method}` gives a stream"),
            "not one reply",
        );
        findings.help("a stream is for a handler to read");
    }
    known.reply
}

fn is_some(function: &syn::Expr) -> bool {
    matches!(function, syn::Expr::Path(path) if path.path.is_ident("Some"))
}
