//! Compiles the tools: a TOML file each in the folder of its toolset.

pub(super) mod check;
pub(super) mod emit;
pub(super) mod model;
mod schema;
pub(crate) mod spec;

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::parse;
#[cfg(test)]
use crate::generator::common::reply;
use crate::generator::common::source::{Source, Subject, of};
use crate::generator::toolset;
use model::Tool;
use spec::Tool as Spec;

/// Compiles every tool, or adds what is wrong to `rendered`.
pub(super) fn compile(sources: &[Source], rendered: &mut Vec<String>) -> Vec<Tool> {
    let mut tools: Vec<Tool> = Vec::new();
    for source in of(sources, Subject::Tool) {
        let mut findings = Findings::new(source);
        toolset::check::placed(source, sources, &mut findings);
        let tool = parse::file(source, &mut findings)
            .and_then(|spec: Spec| check::tool(source, &spec, &mut findings));
        if let Some(tool) = tool {
            match tools.iter().find(|other| other.name == tool.name) {
                Some(other) => check::duplicate(&tool, other, &mut findings),
                None => tools.push(tool),
            }
        }
        rendered.extend(findings.render());
    }
    tools
}

/// What an Engine could answer to the last request of each tool that a call makes; of the tools of a
/// catalogue that is right.
#[cfg(test)]
pub(super) fn replies(sources: &[Source]) -> Vec<(String, serde_json::Value)> {
    let tools = compile(sources, &mut Vec::new()).into_iter();
    tools
        .filter(|tool| !tool.is_handled())
        .map(|tool| (tool.name, reply::sample(&tool.reply)))
        .collect()
}
