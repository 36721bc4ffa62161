//! Checks what the file of a toolset says, and that tools, prompts and resources are of toolsets that there are.

use super::model::{TAKEN, Toolset};
use super::spec;
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::keys::{missing, needed, one_sentence};
use crate::generator::common::source::{Source, Subject, TOOLSET, of};
use crate::generator::common::vocabulary::{Needs, nearest};

/// Checks one toolset.
pub(super) fn toolset(
    source: &Source,
    spec: &spec::Toolset,
    findings: &mut Findings,
) -> Option<Toolset> {
    let start = source.start();
    let title = needed("toolset", spec.title.as_ref(), "title", &start, findings);
    let summary = spec.summary.as_ref();
    let needed_summary = needed("toolset", summary, "summary", &start, findings);
    if let Some(summary) = summary {
        one_sentence(summary, findings);
    }
    if spec.default.is_none() {
        missing("toolset", "default", &start, findings);
    }
    let name = folder(source).unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
        let title = format!("`{}` is in no folder that names a toolset", source.path);
        findings.error(start, title, "the file's place");
        findings.help("it is in a folder of `catalog/`, of lower-case words joined by `_`");
    } else if TAKEN.contains(&name) {
        let title = format!("`{name}` cannot name a toolset");
        findings.error(start, title, "the file's folder");
        findings.help(format!(
            "MCP_DOCKER_TOOLSETS has a use of its own for `{name}`"
        ));
    }
    findings.is_empty().then_some(Toolset {
        source: source.path.clone(),
        name: name.to_owned(),
        title,
        summary: needed_summary,
        default: **spec.default.as_ref()?,
        needs: spec.needs.clone(),
        since: spec.since,
    })
}

/// Refuses a tool outside of a folder, and the first of a folder that is no toolset.
pub(crate) fn placed(source: &Source, sources: &[Source], findings: &mut Findings) {
    let Some(folder) = folder(source) else {
        let title = format!("`{}` is in no toolset", source.path);
        findings.error(source.start(), title, "the file's place");
        findings.help("a tool is in a folder of `catalog/`, its toolset: `catalog/containers/`");
        return;
    };
    if known(sources).any(|known| known == folder) {
        return;
    }
    let mut tools = of(sources, Subject::Tool);
    let first = tools.find(|it| self::folder(it) == Some(folder));
    if first.is_none_or(|first| first.path != source.path) {
        return;
    }
    let title = format!("`catalog/{folder}/` has no `{TOOLSET}`");
    findings.error(source.start(), title, "the file's folder");
    findings.help(match nearest(folder, known(sources)) {
        Some(near) => format!("did you mean `catalog/{near}/`?"),
        None => format!("say in `catalog/{folder}/{TOOLSET}` what its tools are for"),
    });
}

/// Refuses a tool that runs a program of which its toolset does not say that it needs it.
pub(crate) fn says_it_needs(
    source: &Source,
    program: &At<Needs>,
    toolsets: &[Toolset],
    findings: &mut Findings,
) {
    let own = toolsets
        .iter()
        .find(|it| Some(it.name.as_str()) == folder(source));
    // What is wrong with the toolset's own file is said there.
    if let Some(own) = own.filter(|it| !it.needs.contains(program)) {
        let title = format!(
            "`{}` does not say that its tools need a program",
            own.source
        );
        findings.error(program.span(), title, "not looked for by the doctor");
        let needs = program.name();
        findings.help(match own.needs.is_empty() {
            true => format!("write `needs = [\"{needs}\"]` there"),
            false => format!("add `\"{needs}\"` to its `needs`"),
        });
    }
}

/// The folders that have a file of a toolset, whatever is wrong with it.
fn known(sources: &[Source]) -> impl Iterator<Item = &str> {
    of(sources, Subject::Toolset).filter_map(folder)
}

/// A tool that a prompt or a resource names, and the toolset that it is in.
pub(crate) struct Named<'t> {
    pub name: &'t At<String>,
    pub toolset: &'t str,
}

/// The toolset that a prompt or a resource says it belongs to, whose tools these are.
pub(crate) fn named<'t>(
    written: Option<&At<String>>,
    tools: impl IntoIterator<Item = Named<'t>>,
    toolsets: &[Toolset],
    sources: &[Source],
    findings: &mut Findings,
) -> Option<String> {
    if let Some(name) = written
        && !known(sources).any(|known| known == name.as_str())
    {
        let title = format!("there is no toolset `{}`", **name);
        findings.error(name.span(), title, "unknown toolset");
        findings.help_nearest(name, known(sources));
    }
    let own = written.map(|name| name.as_str());
    let off = |tool: &Named| {
        let mut off = toolsets.iter().filter(|it| !it.default);
        off.any(|it| it.name == tool.toolset) && own != Some(tool.toolset)
    };
    for tool in tools.into_iter().filter(off) {
        let toolset = tool.toolset;
        let title = format!("`{}` is in the toolset `{toolset}`", **tool.name);
        findings.error(tool.name.span(), title, "may be off where this is on");
        findings.help(format!(
            "say that this belongs to it: `toolset = \"{toolset}\"`"
        ));
    }
    own.map(str::to_owned)
}

/// The folder that a file is in, inside the catalogue.
fn folder(source: &Source) -> Option<&str> {
    let (folder, file) = source.path.strip_prefix("catalog/")?.split_once('/')?;
    (!file.contains('/')).then_some(folder)
}
