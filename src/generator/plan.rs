//! Checks what a destructive tool says it would do.

use std::ops::Range;

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::check::Scope;
use super::diagnostic::Findings;
use super::model::{self, Look, Path, Root};
use super::path::path;
use super::reply::Form;
use super::spec::{Act, At, Plan, Tier, Tool};

/// The filters that the server gives the templates.
#[path = "../vocabulary/plan_filters.rs"]
mod filters;

use filters::FILTERS;

/// The plan of a destructive tool; any other has none.
pub(crate) fn checked(
    spec: &Tool,
    tier: Option<Tier>,
    start: &Range<usize>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<model::Plan> {
    let Some(plan) = &spec.plan else {
        if tier == Some(Tier::Destructive) {
            findings.error(
                start.clone(),
                "a destructive tool needs a `[plan]`",
                "no plan",
            );
            findings.help(
                "say in `ids`, `same` and `text` what would go, so that a person can be asked",
            );
        }
        return None;
    };
    if tier.is_some_and(|tier| tier != Tier::Destructive) {
        findings.error(
            plan.span(),
            "only a destructive tool has a `[plan]`",
            "never asked for",
        );
    }
    if plan.ids.is_empty() {
        findings.error(plan.span(), "the plan has no `ids`", "acts on nothing");
    }
    template(plan, scope, findings);
    let ids = looked_up(&plan.ids, scope, findings);
    for (written, path, form) in &ids {
        let acted_on = plan.act == Act::Id && subject(path, scope).is_some();
        let wanted = match form {
            Form::Open | Form::Text => continue,
            Form::List(_) if acted_on => "the call acts on one object",
            Form::List(id) if matches!(**id, Form::Open | Form::Text) => continue,
            _ => "an id is a string",
        };
        let title = format!("`{}` is {}", ***written, form.words());
        findings.error(written.span(), title, wanted);
    }
    let same = looked_up(&plan.same, scope, findings);
    let paths = |found: Vec<(&At<String>, Path, Form)>| {
        let paths = found.into_iter().map(|(_, path, _)| path);
        paths.collect()
    };
    let (ids, same) = (paths(ids), paths(same));
    Some(model::Plan {
        ids,
        same,
        text: (*plan.text).clone(),
    })
}

fn template(plan: &At<Plan>, scope: &Scope<'_>, findings: &mut Findings) {
    let mut environment = minijinja::Environment::empty();
    filters::add_to(&mut environment);
    match environment.template_from_str(&plan.text) {
        Ok(template) => {
            check_filters(&plan.text, findings);
            let known: Vec<&str> = scope
                .looks
                .iter()
                .map(|(name, _)| name.as_str())
                .chain(std::iter::once("params"))
                .collect();
            for name in template.undeclared_variables(false) {
                if !known.contains(&name.as_str()) {
                    findings.error(
                        plan.text.span(),
                        format!("the template uses `{name}`"),
                        "neither a look nor `params`",
                    );
                    findings.help_nearest(&name, known.iter().copied());
                }
            }
        }
        Err(error) => findings.error(
            plan.text.span(),
            format!("the template is wrong: {error}"),
            "not minijinja",
        ),
    }
}

/// Refuses filters and tests that the server does not have: it would find out only when it asks.
fn check_filters(text: &At<String>, findings: &mut Findings) {
    let names = FILTERS.map(|(name, _)| name);
    let tokens: Vec<Token<'_>> = tokenize(text, false, SyntaxConfig::default())
        .filter_map(|token| Some(token.ok()?.0))
        .collect();
    for pair in tokens.windows(2) {
        match pair {
            [Token::Pipe, Token::Ident(name)] if !names.contains(name) => {
                findings.error(
                    text.span(),
                    format!("the template uses the filter `{name}`"),
                    "no such filter",
                );
                findings.help_nearest(name, names);
            }
            [Token::Ident("is"), Token::Ident(_)] => findings.error(
                text.span(),
                "the template uses a test with `is`",
                "a plan has none",
            ),
            _ => {}
        }
    }
}

/// Which parameters of the call give way to the ids of the plan.
pub(crate) fn acts_on(
    spec: &Tool,
    plan: Option<&model::Plan>,
    scope: &Scope<'_>,
) -> Vec<(String, Path)> {
    let (Some(written), Some(plan)) = (&spec.plan, plan) else {
        return Vec::new();
    };
    if written.act == Act::Reference {
        return Vec::new();
    }
    let given_way = |path: &Path| Some((subject(path, scope)?.to_owned(), path.clone()));
    plan.ids.iter().filter_map(given_way).collect()
}

/// Paths into the looks, with what each leads to.
fn looked_up<'s>(
    paths: &'s [At<String>],
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Vec<(&'s At<String>, Path, Form)> {
    let mut found = Vec::new();
    for written in paths {
        let Some((path, form)) = path(written, written.span(), &Form::Open, scope, findings) else {
            continue;
        };
        if path.root != Root::Look {
            findings.error(
                written.span(),
                "a plan reads from the looks only",
                "write `look.…`",
            );
        }
        found.push((written, path, form));
    }
    found
}

/// The parameter that names the object which a path's look is about.
fn subject<'s>(path: &Path, scope: &'s Scope<'_>) -> Option<&'s str> {
    let mut looks = scope.looks.iter();
    let (_, look) = looks.find(|(name, _)| Some(name) == path.segments.first())?;
    match look {
        Look::Call(request) => Some(&request.subject.as_ref()?.1),
        Look::Handler(_) => None,
    }
}
