//! Compiles the prompts: a TOML file each in `catalog/prompts/`, and the templates of `prompts/`.

mod args;
mod check;
pub(crate) mod model;
mod names;
mod sample;
pub(crate) mod spec;

use std::collections::BTreeSet;

use super::diagnostic::Findings;
use super::model::Tool;
use super::reply::Reader;
use super::template::{self, Mistake, Names, Used};
use super::toolset::{self, Toolset};
use super::vocabulary::prompt_template;
use super::{Source, is_in_a_file, parse, unmodelled};
use model::{Prompt, Template};

/// The prompts and the templates they use.
#[derive(Default)]
pub(crate) struct Prompts {
    pub prompts: Vec<Prompt>,
    pub templates: Vec<Template>,
}

/// Whether a file of the catalogue describes a prompt.
pub(crate) fn is_prompt(source: &Source) -> bool {
    source.path.starts_with("catalog/prompts/")
}

/// Whether a file is a template, not one of the catalogue.
pub(crate) fn is_template(source: &Source) -> bool {
    source.path.ends_with(".j2")
}

/// Compiles every prompt, or adds what is wrong to `rendered`.
pub(crate) fn compile(
    sources: &[Source],
    tools: &[Tool],
    toolsets: &[Toolset],
    rendered: &mut Vec<String>,
) -> Prompts {
    let templates: Vec<&Source> = sources.iter().filter(|it| is_template(it)).collect();
    let filters = filters();
    let (mut prompts, mut used) = (Vec::new(), BTreeSet::new());
    // Several prompts may include the same mistake.
    let mut in_templates: Vec<String> = Vec::new();
    for source in sources
        .iter()
        .filter(|it| is_prompt(it) && !is_template(it))
    {
        let mut findings = Findings::new(source);
        if let Some(spec) = parse::file::<spec::Prompt>(source, &mut findings) {
            let mut reader = Reader {
                unmodelled: unmodelled::declared(&spec.unmodelled, &mut findings),
                ..Reader::default()
            };
            let faulty = |name: &str| is_in_a_file(sources, name);
            let checked = check::prompt(
                source,
                &spec,
                tools,
                filters,
                &faulty,
                &mut reader,
                &mut findings,
            );
            let named = spec.context.values().filter_map(|entry| {
                let tool = tools.iter().find(|tool| tool.name == *entry.tool)?;
                Some((tool, &entry.tool))
            });
            let own = spec.toolset.as_ref();
            let toolset = toolset::named(own, named, toolsets, sources, &mut findings);
            let names = names::all(&spec, tools, filters, &findings);
            let mut open: Vec<String> = first(&spec, &templates, &mut findings)
                .into_iter()
                .collect();
            while let Some(template) = open
                .pop()
                .and_then(|path| templates.iter().find(|it| it.path == path))
            {
                if used.insert((template.path.as_str(), source.path.as_str())) {
                    let mut findings = Findings::new(template);
                    open.extend(in_template(
                        template,
                        &templates,
                        &names,
                        &mut reader,
                        &mut findings,
                    ));
                    for mistake in findings.render() {
                        if !in_templates.contains(&mistake) {
                            in_templates.push(mistake);
                        }
                    }
                }
            }
            if findings.is_empty() {
                unmodelled::unused(&spec.unmodelled, &reader, &mut findings);
            }
            prompts.extend(checked.map(|prompt| Prompt {
                toolset,
                reads: reader.reads,
                ..prompt
            }));
        }
        rendered.extend(findings.render());
    }
    for template in templates
        .iter()
        .filter(|it| !used.iter().any(|(path, _)| *path == it.path))
    {
        let mut findings = Findings::new(template);
        findings.error(0..0, "no prompt uses this template", "never rendered");
        in_templates.extend(findings.render());
    }
    rendered.extend(in_templates);
    let templates = templates.iter().map(|it| Template {
        name: name(it).to_owned(),
        text: it.text.clone(),
    });
    Prompts {
        prompts,
        templates: templates.collect(),
    }
}

/// The path of the template that a prompt names, if there is one.
fn first(spec: &spec::Prompt, templates: &[&Source], findings: &mut Findings) -> Option<String> {
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
fn in_template(
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

fn name(template: &Source) -> &str {
    template.path.trim_start_matches("prompts/")
}

/// The names of the filters that templates have.
pub(crate) fn filters() -> &'static [&'static str] {
    &prompt_template::FILTERS
}
