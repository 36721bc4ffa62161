//! Compiles the prompts: a TOML file each in `catalog/prompts/`, and the templates of `prompts/`.

mod args;
mod check;
pub(super) mod emit;
pub(super) mod model;
mod names;
mod sample;
pub(crate) mod spec;
mod templates;

use std::collections::BTreeSet;

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::reply::Reader;
use crate::generator::common::source::{Source, Subject, is_in_a_file, of};
use crate::generator::common::vocabulary::prompt_template;
use crate::generator::common::{parse, unmodelled};
use crate::generator::tool::model::Tool;
use crate::generator::toolset::check::{Named, named};
use crate::generator::toolset::model::Toolset;
use model::{Prompt, Prompts, Template};

/// Compiles every prompt, or adds what is wrong to `rendered`.
pub(crate) fn compile(
    sources: &[Source],
    tools: &[Tool],
    toolsets: &[Toolset],
    rendered: &mut Vec<String>,
) -> Prompts {
    let templates: Vec<&Source> = of(sources, Subject::Template).collect();
    let filters = &prompt_template::FILTERS[..];
    let (mut prompts, mut used) = (Vec::new(), BTreeSet::new());
    // Several prompts may include the same mistake.
    let mut in_templates: Vec<String> = Vec::new();
    for source in of(sources, Subject::Prompt) {
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
            let tools_named = spec.context.values().filter_map(|entry| {
                let tool = tools.iter().find(|tool| tool.name == *entry.tool)?;
                Some(Named {
                    name: &entry.tool,
                    toolset: &tool.toolset,
                })
            });
            let own = spec.toolset.as_ref();
            let toolset = named(own, tools_named, toolsets, sources, &mut findings);
            let names = names::all(&spec, tools, filters, &findings);
            let mut open: Vec<String> = templates::first(&spec, &templates, &mut findings)
                .into_iter()
                .collect();
            while let Some(template) = open
                .pop()
                .and_then(|path| templates.iter().find(|it| it.path == path))
            {
                if used.insert((template.path.as_str(), source.path.as_str())) {
                    let mut findings = Findings::new(template);
                    open.extend(templates::in_template(
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
        name: templates::name(it).to_owned(),
        text: it.text.clone(),
    });
    Prompts {
        prompts,
        templates: templates.collect(),
    }
}
