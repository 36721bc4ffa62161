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
use crate::generator::toolset::model::Toolset;
#[cfg(test)]
use model::Action;
use model::Tool;
use spec::Tool as Spec;

/// Compiles every tool, or adds what is wrong to `rendered`.
pub(super) fn compile(
    sources: &[Source],
    toolsets: &[Toolset],
    rendered: &mut Vec<String>,
) -> Vec<Tool> {
    let parsed = of(sources, Subject::Tool).map(|source| {
        let mut findings = Findings::new(source);
        toolset::check::placed(source, sources, &mut findings);
        let spec: Option<Spec> = parse::file(source, &mut findings);
        let command = spec.as_ref().and_then(|spec| spec.command.as_ref());
        for program in command.into_iter().flat_map(|command| command.programs()) {
            toolset::check::says_it_needs(source, program, toolsets, &mut findings);
        }
        (source, spec, findings)
    });
    let mut parsed: Vec<_> = parsed.collect();
    // A tool comes after the one whose parameters it takes.
    parsed.sort_by_key(|(_, spec, _)| spec.as_ref().is_some_and(|it| it.params_of.is_some()));
    let stems: Vec<&str> = parsed.iter().map(|(source, ..)| source.stem()).collect();
    let mut tools: Vec<Tool> = Vec::new();
    for (source, spec, mut findings) in parsed {
        let tool = spec.and_then(|spec| {
            let named = spec.params_of.as_ref();
            let other = named.and_then(|named| tools.iter().find(|it| it.stem == **named));
            match named {
                Some(named) if other.is_none() => {
                    // What is wrong with one that is there is said at its place.
                    if !stems.contains(&named.as_str()) {
                        check::no_other(named, &stems, &mut findings);
                    }
                    None
                }
                _ => check::tool(source, &spec, other, &mut findings),
            }
        });
        if let Some(tool) = tool {
            match tools.iter().find(|other| other.name == tool.name) {
                Some(other) => check::duplicate(&tool, other, &mut findings),
                None => tools.push(tool),
            }
        }
        rendered.extend(findings.render());
    }
    tools.sort_by(|one, other| one.source.cmp(&other.source));
    tools
}

/// What an Engine could answer to the last request of each tool that a call makes; of the tools of a
/// catalogue that is right.
#[cfg(test)]
pub(super) fn replies(sources: &[Source]) -> Vec<(String, serde_json::Value)> {
    let tools = compile(sources, &[], &mut Vec::new()).into_iter();
    tools
        .filter(|tool| matches!(tool.action, Action::Calls { .. }))
        .map(|tool| (tool.name, reply::sample(&tool.reply)))
        .collect()
}
