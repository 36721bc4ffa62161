//! Checks what a catalogue file says and turns it into the model, or finds every mistake in it.

use std::ops::Range;

use super::action::action;
use super::diagnostic::Findings;
use super::model::{self, Action, Look, Origin, Output, Param};
use super::path::look_form;
use super::reply::{Form, Reader, Record};
use super::spec::{At, Tool};
use super::vocabulary::Tier;
use super::{Source, examples, fields, look, params, plan, schema, unmodelled};

/// What the parts of a file refer to: its parameters and looks, which parameters were used, and what
/// was read of replies.
pub(crate) struct Scope<'a> {
    pub source: &'a Source,
    pub params: Vec<Param>,
    pub looks: Vec<(String, Look)>,
    pub used: Vec<String>,
    pub reader: Reader,
}

impl Scope<'_> {
    /// The parameter of that name, which counts as used from now on.
    pub(crate) fn param(&mut self, name: &str) -> Option<&Param> {
        let param = self.params.iter().find(|param| param.name == name)?;
        self.used.push(param.name.clone());
        Some(param)
    }

    /// The parameter of that name, or a mistake that names the nearest.
    pub(crate) fn known_param(
        &mut self,
        name: &str,
        span: Range<usize>,
        findings: &mut Findings,
    ) -> Option<&Param> {
        let is_out = findings.is_out(name) || findings.is_out("params");
        if !is_out && !self.params.iter().any(|param| param.name == name) {
            findings.error(
                span,
                format!("`{name}` is not a parameter of this tool"),
                "unknown parameter",
            );
            findings.help_nearest(name, self.params.iter().map(|param| param.name.as_str()));
        }
        self.param(name)
    }

    /// The parameters, as paths and templates read them.
    pub(crate) fn params_form(&self) -> Form {
        let keys = self.params.iter();
        Form::Record(Record {
            what: "this tool".to_owned(),
            keys: keys
                .map(|param| (param.name.clone(), params::form(param)))
                .collect(),
        })
    }

    /// The looks, as paths and templates read them.
    pub(crate) fn looks_form(&self) -> Form {
        let keys = self.looks.iter();
        Form::Record(Record {
            what: "this tool".to_owned(),
            keys: keys
                .map(|(name, look)| (name.clone(), look_form(look)))
                .collect(),
        })
    }

    pub(crate) fn origin(&self, span: &Range<usize>) -> Origin {
        self.source.origin(span)
    }
}

/// Checks one tool.
pub(crate) fn tool(source: &Source, spec: &Tool, findings: &mut Findings) -> Option<model::Tool> {
    let start = 0..source.text.find('\n').unwrap_or(source.text.len());
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
        params: params::declared(spec, findings),
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
    let action = match &spec.docker {
        Some(docker) => action(docker, &mut scope, findings),
        None => {
            missing("tool", "[docker]", &start, findings);
            None
        }
    };
    if findings.is_whole() {
        super::tier::checked(spec, action.as_ref(), &scope.looks, findings);
    }
    let handled = matches!(action, Some(Action::Handler(_)));
    let reply = fields::reply(spec.docker.as_ref(), action.as_ref(), findings);
    let grace = spec
        .docker
        .as_ref()
        .and_then(|docker| grace(docker.grace.as_ref()?, &mut scope, findings));
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
    let answered = reply.as_ref().filter(|_| !handled);
    examples::replies(&spec.example, answered, &scope, findings);
    let examples = examples::checked(&spec.example, &scope.params, findings);
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
        destructive: spec.destructive || tier? == Tier::Destructive,
        idempotent: spec.idempotent,
        open_world: spec.open_world,
        input_schema: schema::input(&scope.params, spec),
        output_schema: schema::output(&output),
        acts_on: plan::acts_on(spec, plan.as_ref(), &scope),
        params: scope.params,
        looks: scope.looks,
        action: action?,
        grace,
        deadline: spec.docker.as_ref()?.deadline,
        plan,
        output,
        examples,
        reads_engine: reply.is_some(),
        reply: reply.unwrap_or(Form::Open),
        reads: scope.reader.reads,
    })
}

/// Says that two files make the same tool.
pub(crate) fn duplicate(tool: &model::Tool, other: &model::Tool, findings: &mut Findings) {
    findings.error(
        0..0,
        format!("`{}` is also made by `{}`", tool.name, other.source),
        "duplicate tool name",
    );
    findings.help("rename one of the files: the name of the file is the name of the tool");
}

/// The entries of a table as the file has them.
pub(crate) fn in_order<T>(table: &super::spec::Table<T>) -> Vec<(&At<String>, &T)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

pub(crate) fn missing(file: &str, what: &str, start: &Range<usize>, findings: &mut Findings) {
    if findings.is_out(what.trim_matches(['[', ']'])) {
        return;
    }
    findings.error(
        start.clone(),
        format!("the {file} has no `{what}`"),
        "missing",
    );
}

/// The text of a key that a `tool` or a `prompt` must have.
pub(crate) fn needed(
    file: &str,
    value: Option<&At<String>>,
    what: &str,
    start: &Range<usize>,
    findings: &mut Findings,
) -> String {
    match value {
        Some(value) if value.trim().is_empty() => {
            findings.error(value.span(), format!("`{what}` is empty"), "empty")
        }
        Some(value) => return (**value).clone(),
        None => missing(file, what, start, findings),
    }
    String::new()
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

pub(crate) fn one_sentence(summary: &At<String>, findings: &mut Findings) {
    let text = summary.trim();
    if !text.ends_with('.') {
        findings.error(
            summary.span(),
            "the summary does not end in a full stop",
            "one sentence, please",
        );
    } else if text.trim_end_matches('.').contains(". ") {
        findings.error(
            summary.span(),
            "the summary has more than one sentence",
            "one sentence, please",
        );
        findings.help("put what else a model needs to know into `description`");
    }
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
            findings.help("name it in `call`, `options` or `body`, or take it out");
        }
    }
}
