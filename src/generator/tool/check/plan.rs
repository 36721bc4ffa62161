//! Checks what a tool says would go.

use std::ops::Range;

use minijinja::syntax::SyntaxConfig;

use super::path::path;
use super::scope::Scope;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::Form;
use crate::generator::common::template;
use crate::generator::common::template::{Mistake, Names};
use crate::generator::tool::model;
use crate::generator::tool::model::{Look, Path};
use crate::generator::tool::spec::{Act, Plan, Tool};

use crate::generator::common::vocabulary::plan_filters::FILTERS;
use crate::generator::common::vocabulary::{Root, Tier};

/// What the parameters are called in a template.
const PARAMS: &str = "params";

/// The plan of a destructive tool, or of one of whose calls some are destructive.
pub(super) fn checked(
    spec: &Tool,
    tier: Option<Tier>,
    start: &Range<usize>,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<model::Plan> {
    let Some(plan) = &spec.plan else {
        if tier == Some(Tier::Destructive) && !findings.is_out("plan") {
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
    if tier == Some(Tier::Safe) {
        findings.error(
            plan.span(),
            "a safe tool has no `[plan]`",
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
            Form::Text if tier == Some(Tier::Moderate) => {
                "where nothing would go, the plan of a moderate tool has an empty list"
            }
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

/// Checks the text over the looks and `params`.
fn template(plan: &Plan, scope: &mut Scope<'_>, findings: &mut Findings) {
    let filters: Vec<&str> = FILTERS.iter().map(|(name, _)| *name).collect();
    let mut known: Vec<(String, Form)> = scope
        .looks
        .iter()
        .map(|(name, look)| (name.clone(), look.form()))
        .collect();
    known.push((PARAMS.to_owned(), scope.params_form()));
    let names = Names {
        known,
        below: Vec::new(),
        whole: findings.is_whole(),
        otherwise: "neither a look nor `params`",
        each: template::EACH,
        filters: &filters,
    };
    let source = scope.source;
    let origin = |at| source.origin(&source.inside(&plan.text, &at));
    let syntax = SyntaxConfig::default();
    let used = template::template(&plan.text, syntax, &names, &mut scope.reader, &origin);
    for Mistake { at, stray } in used.mistakes {
        findings.stray(source.inside(&plan.text, &at), stray);
    }
    for (_, at) in used.includes {
        let at = source.inside(&plan.text, &at);
        findings.error(at, "a plan includes nothing", "not used here");
    }
    for (name, part) in used.names {
        if let (PARAMS, Some(param)) = (name.as_str(), part) {
            scope.param(&param);
        }
    }
}

/// Which parameters of the call give way to the ids of the plan.
pub(super) fn acts_on(
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
