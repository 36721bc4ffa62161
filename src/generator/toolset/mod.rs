//! Compiles the toolsets: each folder of tools has a `toolset.toml` that says what they are for.

mod emit;
pub(crate) mod spec;

use super::check::{missing, needed, one_sentence};
use super::diagnostic::Findings;
use super::model::Tool;
use super::spec::At;
use super::vocabulary::nearest;
use super::{Source, is_tool, parse};
pub(super) use emit::file;

/// The file in a toolset's folder that describes it.
const FILE: &str = "toolset.toml";

/// Words of the setting that chooses toolsets.
const TAKEN: [&str; 2] = ["all", "default"];

/// A toolset that was found to be right.
pub(crate) struct Toolset {
    /// `catalog/containers/toolset.toml`.
    pub source: String,
    /// `containers`.
    pub name: String,
    pub title: String,
    pub summary: String,
    pub default: bool,
    pub needs: Option<spec::Needs>,
}

/// Whether a file describes a toolset.
pub(super) fn is_one(source: &Source) -> bool {
    source.path.rsplit('/').next() == Some(FILE)
}

/// Compiles every toolset, or adds what is wrong to `rendered`.
pub(super) fn compile(sources: &[Source], rendered: &mut Vec<String>) -> Vec<Toolset> {
    let mut toolsets = Vec::new();
    for source in sources.iter().filter(|source| is_one(source)) {
        let mut findings = Findings::new(source);
        let spec = parse::file(source, &mut findings);
        toolsets.extend(spec.and_then(|spec| one(source, &spec, &mut findings)));
        rendered.extend(findings.render());
    }
    toolsets
}

fn one(source: &Source, spec: &spec::Toolset, findings: &mut Findings) -> Option<Toolset> {
    let start = start(source);
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
        needs: spec.needs,
    })
}

/// Refuses a tool outside of a folder, and the first of a folder that is no toolset.
pub(super) fn placed(source: &Source, sources: &[Source], findings: &mut Findings) {
    let Some(folder) = folder(source) else {
        let title = format!("`{}` is in no toolset", source.path);
        findings.error(start(source), title, "the file's place");
        findings.help("a tool is in a folder of `catalog/`, its toolset: `catalog/containers/`");
        return;
    };
    if known(sources).any(|known| known == folder) {
        return;
    }
    let mut tools = sources.iter().filter(|it| is_tool(it));
    let first = tools.find(|it| self::folder(it) == Some(folder));
    if first.is_none_or(|first| first.path != source.path) {
        return;
    }
    let title = format!("`catalog/{folder}/` has no `{FILE}`");
    findings.error(start(source), title, "the file's folder");
    findings.help(match nearest(folder, known(sources)) {
        Some(near) => format!("did you mean `catalog/{near}/`?"),
        None => format!("say in `catalog/{folder}/{FILE}` what its tools are for"),
    });
}

/// The folders that have a file of a toolset, whatever is wrong with it.
fn known(sources: &[Source]) -> impl Iterator<Item = &str> {
    sources.iter().filter(|it| is_one(it)).filter_map(folder)
}

/// The toolset that a prompt or a resource says it belongs to, whose tools these are.
pub(super) fn named<'t>(
    written: Option<&At<String>>,
    tools: impl IntoIterator<Item = (&'t Tool, &'t At<String>)>,
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
    let off = |tool: &Tool| {
        let mut off = toolsets.iter().filter(|it| !it.default);
        off.any(|it| it.name == tool.toolset) && own != Some(tool.toolset.as_str())
    };
    for (tool, place) in tools.into_iter().filter(|(tool, _)| off(tool)) {
        let toolset = &tool.toolset;
        let title = format!("`{}` is in the toolset `{toolset}`", tool.name);
        findings.error(place.span(), title, "may be off where this is on");
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

fn start(source: &Source) -> std::ops::Range<usize> {
    0..source.text.find('\n').unwrap_or(source.text.len())
}
