//! Checks what the file of a prompt says, against itself and against the tools it calls.

use std::ops::Range;

use super::super::Source;
use super::super::check::{in_order, needed, one_sentence};
use super::super::diagnostic::Findings;
use super::super::model::Tool;
use super::super::spec::{At, Tier};
use super::model::{Argument, Entry, Prompt};
use super::names::{self, Known, Mistake, Scope, Used};
use super::{args, sample, spec};

/// What an argument stands for where `each` is at one of its values.
pub(crate) const ITEM: &str = "item";

/// Everything that the template of a prompt may use.
pub(crate) fn scope<'a>(spec: &'a spec::Prompt, tools: &'a [Tool]) -> Scope<'a> {
    let entry = |(name, entry): (&'a At<String>, &'a At<spec::Entry>)| Known {
        name,
        tool: tools.iter().find(|tool| tool.name == *entry.tool),
        each: entry.each.is_some(),
    };
    Scope {
        arguments: spec.arguments.keys().map(|name| name.as_str()).collect(),
        entries: in_order(&spec.context).into_iter().map(entry).collect(),
        below: Vec::new(),
    }
}

/// Checks one prompt.
pub(crate) fn prompt(
    source: &Source,
    spec: &spec::Prompt,
    tools: &[Tool],
    filters: &[&str],
    findings: &mut Findings,
) -> Option<Prompt> {
    let start = 0..source.text.find('\n').unwrap_or(source.text.len());
    let what = "prompt";
    let title = needed(what, spec.title.as_ref(), "title", &start, findings);
    let summary = needed(what, spec.summary.as_ref(), "summary", &start, findings);
    if let Some(summary) = &spec.summary {
        one_sentence(summary, findings);
    }
    let template = needed(what, spec.template.as_ref(), "template", &start, findings);
    let arguments = in_order(&spec.arguments)
        .into_iter()
        .map(|(name, argument)| self::argument(name, argument, findings))
        .collect();
    let mut above = scope(spec, tools);
    let mut later = std::mem::take(&mut above.entries);
    later.reverse();
    let mut context = Vec::new();
    for (name, entry) in in_order(&spec.context) {
        if above.arguments.contains(&name.as_str()) || [names::NOTES, ITEM].contains(&name.as_str())
        {
            findings.error(
                name.span(),
                format!("`{}` means something else already", **name),
                "taken",
            );
        }
        let this = later.pop();
        above.below = later.iter().map(|entry| entry.name).collect();
        if let Some(tool) = tool(entry, tools, findings) {
            context.push(self::entry(name, entry, tool, &above, filters, findings));
        }
        above.entries.extend(this);
    }
    let (sample_arguments, sample_context) = sample::checked(spec, &start, findings);
    let name = source
        .path
        .trim_end_matches(".toml")
        .rsplit('/')
        .next()?
        .to_owned();
    findings.is_empty().then_some(Prompt {
        source: source.path.clone(),
        name,
        title,
        summary,
        template,
        arguments,
        context,
        sample_arguments,
        sample_context,
    })
}

fn argument(name: &At<String>, argument: &At<spec::Argument>, findings: &mut Findings) -> Argument {
    if argument.doc.is_none() {
        findings.error(
            name.span(),
            format!("`{}` has no `doc`", **name),
            "what is it for?",
        );
    }
    Argument {
        name: (**name).clone(),
        doc: argument
            .doc
            .as_ref()
            .map(|doc| (**doc).clone())
            .unwrap_or_default(),
        kind: argument.kind,
        required: argument.required,
    }
}

/// The tool that an entry calls. It runs when a person looks at a prompt, so it must only read.
fn tool<'a>(entry: &spec::Entry, tools: &'a [Tool], findings: &mut Findings) -> Option<&'a Tool> {
    let Some(tool) = tools.iter().find(|tool| tool.name == *entry.tool) else {
        findings.error(
            entry.tool.span(),
            format!("there is no tool `{}`", *entry.tool),
            "unknown tool",
        );
        let safe = tools.iter().filter(|tool| tool.tier == Tier::Safe);
        findings.help_nearest(&entry.tool, safe.map(|tool| tool.name.as_str()));
        return None;
    };
    if tool.tier != Tier::Safe {
        findings.error(
            entry.tool.span(),
            format!("`{}` is not safe", tool.name),
            "changes something",
        );
        findings.help("a prompt only reads: its context is made of tools of the tier `safe`");
    }
    Some(tool)
}

fn entry(
    name: &At<String>,
    entry: &At<spec::Entry>,
    tool: &Tool,
    above: &Scope<'_>,
    filters: &[&str],
    findings: &mut Findings,
) -> Entry {
    let mut needs = Vec::new();
    let mut uses = |used: Used, span: Range<usize>, findings: &mut Findings| {
        needs.extend(used.entries);
        for Mistake {
            title, label, help, ..
        } in used.mistakes
        {
            findings.error(span.clone(), title, label);
            help.into_iter().for_each(|help| findings.help(help));
        }
    };
    for expression in [&entry.when, &entry.each].into_iter().flatten() {
        uses(
            names::expression(expression, above, filters),
            expression.span(),
            findings,
        );
    }
    for (argument, value) in in_order(&entry.args) {
        if !tool.params.iter().any(|param| param.name == **argument) {
            findings.error(
                argument.span(),
                format!("`{}` has no `{}`", tool.name, **argument),
                "unknown argument",
            );
            findings.help_nearest(
                argument,
                tool.params.iter().map(|param| param.name.as_str()),
            );
        }
        for placeholder in args::placeholders(value) {
            if entry.each.is_some() && placeholder.split('.').next() == Some(ITEM) {
                continue;
            }
            uses(names::path(&placeholder, above), value.span(), findings);
        }
    }
    for param in tool.params.iter().filter(|param| param.required) {
        if !entry.args.keys().any(|given| **given == param.name) {
            findings.error(
                name.span(),
                format!("`{}` needs `{}`", tool.name, param.name),
                "would be refused",
            );
        }
    }
    match (&entry.each, &entry.max) {
        (Some(each), None) => {
            findings.error(each.span(), "`each` needs a `max`", "how many at most?")
        }
        (None, Some(max)) => {
            findings.error(max.span(), "`max` belongs to `each`", "bounds nothing")
        }
        _ => {}
    }
    needs.sort();
    needs.dedup();
    let text = |written: &Option<At<String>>| written.as_ref().map(|text| (**text).clone());
    Entry {
        name: (**name).clone(),
        tool: tool.name.clone(),
        args: args::json(&entry.args),
        when: text(&entry.when),
        each: text(&entry.each),
        max: entry.max.as_ref().map(|max| **max),
        required: entry.required,
        needs,
    }
}
