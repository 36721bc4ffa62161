//! Checks what a catalogue file says and turns it into the model, or finds every mistake in it.

mod across;
mod action;
pub(crate) mod arguments;
mod command;
mod engine_call;
mod engine_schema;
mod examples;
mod fields;
mod fit;
mod look;
mod params;
mod path;
mod plan;
mod scope;
mod structure;
mod tier;
mod view;

use std::ops::Range;

use super::model::{self, Action, Look, Output};
use super::schema;
use super::spec::Tool;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::{in_order, missing, needed, one_sentence};
use crate::generator::common::reply::{Form, Reader};
use crate::generator::common::source::Source;
use crate::generator::common::unmodelled;
use crate::generator::common::vocabulary::{Deadline, Tier};
use scope::Scope;

/// Checks one tool; `other` is the one whose parameters it takes, too.
pub(super) fn tool(
    source: &Source,
    spec: &Tool,
    other: Option<&model::Tool>,
    findings: &mut Findings,
) -> Option<model::Tool> {
    let shared = params::shared(spec, other);
    let start = source.start();
    let (toolset, stem) = identity(source, &start, findings);
    let title = needed("tool", spec.title.as_ref(), "title", &start, findings);
    let summary = needed("tool", spec.summary.as_ref(), "summary", &start, findings);
    if let Some(summary) = &spec.summary {
        one_sentence(summary, findings);
    }
    let tier = spec.tier.as_ref().map(|tier| **tier);
    if tier.is_none() {
        missing("tool", "tier", &start, findings);
    }
    if spec.example.is_empty() && !findings.is_out("example") {
        findings.error(
            start.clone(),
            "the tool has no `[[example]]`",
            "needs at least one",
        );
    }

    let mut scope = Scope {
        source,
        params: params::declared(spec, shared.as_ref(), source, findings),
        looks: Vec::new(),
        used: Vec::new(),
        reader: Reader {
            unmodelled: unmodelled::declared(&spec.unmodelled, findings),
            ..Reader::default()
        },
    };
    for (name, entry) in in_order(&spec.look) {
        if let Some(look) = look::checked(entry, &mut scope, findings) {
            scope.looks.push((name.to_string(), look));
        }
    }
    let (command, action) = match (&spec.docker, &spec.command) {
        (Some(docker), None) => (None, action::action(docker, &mut scope, findings)),
        (None, Some(command)) => {
            let (command, action) = command::checked(command, tier, &mut scope, findings);
            (Some(command), Some(action))
        }
        (Some(_), Some(command)) => {
            findings.error(
                command.span(),
                "both `[docker]` and `[command]` are given",
                "one too many",
            );
            findings.help(
                "what is asked of the Engine besides is its handler's to ask: `handler` in `[command]`",
            );
            (None, None)
        }
        (None, None) => {
            if !findings.is_out("command") {
                missing("tool", "[docker]", &start, findings);
            }
            (None, None)
        }
    };
    if findings.is_whole() {
        tier::checked(spec, action.as_ref(), &scope.looks, findings);
    }
    let handled = matches!(action, Some(Action::Handler(_)));
    let reply = fields::reply(spec, action.as_ref(), findings);
    let docker = spec.docker.as_ref();
    let written = docker.and_then(|docker| docker.grace.as_ref());
    let written = written.or_else(|| spec.command.as_ref()?.grace.as_ref());
    let grace = written.and_then(|written| grace(written, &mut scope, findings));
    let deadline = match (docker, &spec.command) {
        (Some(docker), _) => docker.deadline,
        (None, command) => command
            .as_ref()
            .map_or(Deadline::Standard, |it| it.deadline),
    };
    let task = spec.task.as_ref();
    if let Some(task) = task.filter(|task| ***task && deadline != Deadline::Long) {
        let title = "only a tool with `deadline = \"long\"` is worth a task";
        findings.error(task.span(), title, "of a call that is soon over");
    }
    let plan = plan::checked(spec, tier, &start, &mut scope, findings);
    let output = match &spec.output {
        Some(output) => fields::output(output, reply.as_ref(), &mut scope, findings),
        None => {
            missing("tool", "[output]", &start, findings);
            None
        }
    };
    // A handler is given every parameter; whether it reads them is for its author to say.
    let by_hand = handled
        || scope
            .looks
            .iter()
            .any(|(_, look)| matches!(look, Look::Handler(_)));
    if !by_hand && findings.is_empty() {
        unused(spec, &scope, findings);
    }
    if let (Some(Output::Document(_)), Some(reply)) = (&output, &reply) {
        examples::chosen(&spec.example, reply, &mut scope, findings);
    }
    if findings.is_empty() {
        unmodelled::unused(&spec.unmodelled, &scope.reader, findings);
    }
    let is_answered = matches!(action, Some(Action::Calls { .. }));
    let answered = reply.as_ref().filter(|_| is_answered);
    examples::replies(&spec.example, answered, &scope, findings);
    command::examples(spec, findings);
    let view = spec.view.as_ref();
    let view = view::checked(view, tier, output.as_ref(), &scope.params, findings);
    let across = across::checked(spec, tier, output.as_ref(), &scope.params, findings);
    let examples = examples::checked(&spec.example, &scope, findings);
    if !findings.is_empty() {
        return None;
    }

    let output = output?;
    let description = [
        Some(summary.as_str()),
        spec.description.as_ref().map(|text| text.as_str()),
    ];
    Some(model::Tool {
        source: source.path.clone(),
        name: format!("docker_{stem}"),
        toolset,
        stem,
        title,
        description: description
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
        summary,
        tier: tier?,
        carrier: spec.carrier,
        task: task.is_some_and(|task| **task),
        view,
        since: spec.since,
        destructive: spec.destructive || tier? == Tier::Destructive || plan.is_some(),
        idempotent: spec.idempotent,
        open_world: spec.open_world,
        output_schema: schema::output(&output),
        acts_on: plan::acts_on(spec, plan.as_ref(), &scope),
        params: scope.params,
        shared,
        looks: scope.looks,
        action: action?,
        command,
        grace,
        deadline,
        plan,
        output,
        across,
        examples,
        reads_engine: reply.is_some(),
        reply: reply.unwrap_or(Form::Open),
        reads: scope.reader.reads,
        planned: scope.reader.planned,
    })
}

/// Says that there is no tool whose parameters could be taken.
pub(super) fn no_other(other: &At<String>, stems: &[&str], findings: &mut Findings) {
    let title = format!("there is no tool `{}`", **other);
    findings.error(other.span(), title, "whose parameters?");
    findings.help_nearest(other, stems.iter().copied());
}

/// Says that two files make the same tool.
pub(super) fn duplicate(tool: &model::Tool, other: &model::Tool, findings: &mut Findings) {
    findings.error(
        0..0,
        format!("`{}` is also made by `{}`", tool.name, other.source),
        "duplicate tool name",
    );
    findings.help("rename one of the files: the name of the file is the name of the tool");
}

fn identity(source: &Source, start: &Range<usize>, findings: &mut Findings) -> (String, String) {
    let mut parts = source.path.trim_end_matches(".toml").rsplit('/');
    let stem = parts.next().unwrap_or_default().to_owned();
    let toolset = parts.next().unwrap_or_default().to_owned();
    let plain = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if !plain(&stem) {
        findings.error(
            start.clone(),
            format!("`{stem}.toml` does not name a tool"),
            "the file's name",
        );
        findings.help("use lower-case words joined by `_`, such as `stop_container.toml`");
    }
    (toolset, stem)
}

fn grace(name: &At<String>, scope: &mut Scope<'_>, findings: &mut Findings) -> Option<String> {
    let param = scope.known_param(name, name.span(), findings)?;
    if param.rust != "i64" || param.optional() {
        findings.error(
            name.span(),
            format!("`{}` is not a number of seconds", **name),
            "cannot be a grace",
        );
        findings.help("a grace is a parameter of type `seconds` with a default");
    }
    Some((**name).clone())
}

fn unused(spec: &Tool, scope: &Scope<'_>, findings: &mut Findings) {
    for (name, _) in in_order(&spec.params) {
        if !scope.used.contains(name) {
            findings.error(
                name.span(),
                format!("nothing uses the parameter `{}`", **name),
                "unused",
            );
            findings.help(match spec.command {
                Some(_) => "name it in `args`, or take it out",
                None => "name it in `call`, `options` or `body`, or take it out",
            });
        }
    }
    // What a tool takes over it needs, too.
    let shared = scope.params.iter().filter(|param| {
        let is_own = spec.params.keys().any(|name| **name == param.name);
        !is_own && !scope.used.contains(&param.name)
    });
    if let (Some(other), Some(_), Some(param)) =
        (&spec.params_of, &spec.command, shared.into_iter().next())
    {
        let title = format!(
            "nothing uses the parameter `{}` of `{}`",
            param.name, **other
        );
        findings.error(other.span(), title, "unused");
    }
}
