//! Checks the templates of prompts: that each is there, and reads what there is.

use super::spec;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::Reader;
use crate::generator::common::source::Source;
use crate::generator::common::template::{self, Mistake, Names, Used};
use crate::generator::common::vocabulary::prompt_template;

/// The path of the template that a prompt names, if there is one.
pub(super) fn first(
    spec: &spec::Prompt,
    templates: &[&Source],
    findings: &mut Findings,
) -> Option<String> {
    let entry = spec.template.as_ref()?;
    let there_is = templates.iter().any(|it| it.path == path(entry));
    if !there_is {
        findings.error(
            entry.span(),
            format!("there is no `{}`", path(entry)),
            "no such template",
        );
        findings.help_nearest(entry, templates.iter().map(|it| name(it)));
    }
    there_is.then(|| path(entry))
}

/// Checks one template and gives the paths of those it includes.
pub(super) fn in_template(
    source: &Source,
    templates: &[&Source],
    names: &Names<'_>,
    reader: &mut Reader,
    findings: &mut Findings,
) -> Vec<String> {
    let origin = |at| source.origin(&at);
    let syntax = prompt_template::syntax();
    let Used {
        includes, mistakes, ..
    } = template::template(&source.text, syntax, names, reader, &origin);
    for Mistake { at, stray } in mistakes {
        findings.stray(at, stray);
    }
    for (included, at) in &includes {
        if !templates.iter().any(|it| it.path == path(included)) {
            findings.error(
                at.clone(),
                format!("there is no `{}`", path(included)),
                "no such template",
            );
            findings.help_nearest(included, templates.iter().map(|it| name(it)));
        }
    }
    includes
        .iter()
        .map(|(included, _)| path(included))
        .collect()
}

fn path(name: &str) -> String {
    format!("prompts/{name}")
}

/// How prompts and includes name a template.
pub(super) fn name(template: &Source) -> &str {
    template.path.trim_start_matches("prompts/")
}
