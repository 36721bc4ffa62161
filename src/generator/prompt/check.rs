//! Checks what the file of a prompt says, against itself and against the tools it calls.

use std::ops::Range;

use super::names;
use super::names::ITEM;
use super::{args, sample, spec};
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::{in_order, needed, one_sentence};
use crate::generator::common::reply::{Form, Reader, Reads};
use crate::generator::common::source::Source;
use crate::generator::common::template;
use crate::generator::common::template::{Mistake, Names, Used};
use crate::generator::common::vocabulary::Tier;
use crate::generator::prompt::model::{Argument, Entry, Prompt};
use crate::generator::tool::check::arguments::fits;
use crate::generator::tool::model::Tool;

/// Checks one prompt.
pub(super) fn prompt(
    source: &Source,
    spec: &spec::Prompt,
    tools: &[Tool],
    filters: &[&str],
    faulty: &dyn Fn(&str) -> bool,
    reader: &mut Reader,
    findings: &mut Findings,
) -> Option<Prompt> {
    let start = source.start();
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
    let mut above = names::arguments(spec, filters, findings);
    let mut later: Vec<&str> = in_order(&spec.context)
        .into_iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let entries = later.clone();
    later.reverse();
    let mut context = Vec::new();
    for (name, entry) in in_order(&spec.context) {
        let taken = above.known.iter().any(|(known, _)| *known == **name);
        if taken || name.as_str() == ITEM {
            findings.error(
                name.span(),
                format!("`{}` means something else already", **name),
                "taken",
            );
        }
        later.pop();
        above.below.clone_from(&later);
        if let Some(tool) = tool(entry, tools, faulty, findings) {
            let mut texts = Texts {
                source,
                names: &mut above,
                reader,
                entries: &entries,
                needs: Vec::new(),
            };
            context.push(self::entry(name, entry, tool, &mut texts, findings));
        }
        let result = names::result(entry, tools);
        above.known.push(((**name).clone(), result));
    }
    let (sample_arguments, sample_context) =
        sample::checked(source, spec, &above.known, reader, findings);
    let name = source
        .path
        .trim_end_matches(".toml")
        .rsplit('/')
        .next()?
        .to_owned();
    findings.is_empty().then_some(Prompt {
        source: source.path.clone(),
        name,
        toolset: None,
        title,
        summary,
        template,
        arguments,
        context,
        sample_arguments,
        sample_context,
        reads: Reads::new(),
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
fn tool<'a>(
    entry: &spec::Entry,
    tools: &'a [Tool],
    faulty: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) -> Option<&'a Tool> {
    let Some(tool) = tools.iter().find(|tool| tool.name == *entry.tool) else {
        if faulty(&entry.tool) {
            return None;
        }
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

/// Reads the texts of an entry.
struct Texts<'a, 'n> {
    source: &'a Source,
    names: &'a mut Names<'n>,
    reader: &'a mut Reader,
    /// The entries there are.
    entries: &'a [&'a str],
    /// What the texts use.
    needs: Vec<String>,
}

impl Texts<'_, '_> {
    /// What an expression gives, whose parts stand somewhere inside `place`.
    fn read(
        &mut self,
        text: &str,
        place: &dyn Fn(Range<usize>) -> Range<usize>,
        findings: &mut Findings,
    ) -> Form {
        let source = self.source;
        let origin = |at| source.origin(&place(at));
        let (used, form) = template::expression(text, self.names, self.reader, &origin);
        let Used {
            names, mistakes, ..
        } = used;
        self.needs.extend(names.into_iter().map(|(name, _)| name));
        for Mistake { at, stray } in mistakes {
            findings.stray(place(at), stray);
        }
        form
    }

    fn expression(&mut self, text: &At<String>, findings: &mut Findings) -> Form {
        let source = self.source;
        self.read(text, &|at| source.inside(text, &at), findings)
    }
}

fn entry(
    name: &At<String>,
    entry: &spec::Entry,
    tool: &Tool,
    texts: &mut Texts<'_, '_>,
    findings: &mut Findings,
) -> Entry {
    if let Some(when) = &entry.when {
        texts.expression(when, findings);
    }
    let item = entry.each.as_ref().map(|each| {
        match texts.expression(each, findings) {
            Form::List(item) => *item,
            // An object gives its keys.
            Form::Map(_) | Form::Model(_) | Form::Record(_) => Form::Text,
            Form::Open => Form::Open,
            other => {
                let title = format!("`{}` is {}", **each, other.words());
                findings.error(each.span(), title, "not a list");
                Form::Open
            }
        }
    });
    let known = texts.names.known.len();
    texts
        .names
        .known
        .extend(item.map(|item| (ITEM.to_owned(), item)));
    for (argument, value) in in_order(&entry.args) {
        let param = tool.params.iter().find(|param| param.name == **argument);
        if param.is_none() {
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
        let placeholders = args::placeholders(value);
        if let Some(param) = param.filter(|_| placeholders.is_empty()) {
            fits(value, param, texts.source, findings);
        }
        for placeholder in placeholders {
            let place = texts
                .source
                .word(&value.span(), &format!("{{{placeholder}}}"));
            let inside = place.start + 1..place.end.saturating_sub(1);
            let form = texts.read(
                &placeholder,
                &|at| inside.start + at.start..inside.start + at.end,
                findings,
            );
            let is_text = param.is_some_and(|param| param.form() == Form::Text);
            if is_text && !form.is_scalar() {
                let title = format!("`{placeholder}` is {}", form.words());
                let wanted = param.map_or("", |param| param.wanted.as_str());
                findings.error(place, title, format!("wanted: {wanted}"));
            }
        }
    }
    texts.names.known.truncate(known);
    let (fields, paths) = names::chosen(tool, entry).unzip();
    for path in paths.into_iter().flatten() {
        let place = fields.map_or(name.span(), |fields| {
            texts.source.word(&fields.span(), path)
        });
        let origin = texts.source.origin(&place);
        if let Err(stray) = texts.reader.chosen(&tool.reply, path, &origin) {
            findings.stray(place, stray);
        }
    }
    for param in tool.params.iter().filter(|param| param.required) {
        let is_given = entry.args.keys().any(|given| **given == param.name);
        if !is_given && !findings.is_out("args") {
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
    let mut needs = std::mem::take(&mut texts.needs);
    needs.retain(|needed| texts.entries.contains(&needed.as_str()));
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
