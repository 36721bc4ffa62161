//! Compiles the resources: a TOML file each in `catalog/resources/`, held against the tools they read from.

mod check;
pub(super) mod emit;
pub(super) mod model;
pub(crate) mod spec;

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::parse;
use crate::generator::common::source::{Source, Subject, is_in_a_file, of};
use crate::generator::tool::model::Tool;
use crate::generator::toolset::check::{Named, named};
use crate::generator::toolset::model::Toolset;
use model::Resource;

/// Compiles every resource, or adds what is wrong to `rendered`; `tools` are those without a mistake.
pub(super) fn compile(
    sources: &[Source],
    tools: &[Tool],
    toolsets: &[Toolset],
    rendered: &mut Vec<String>,
) -> Vec<Resource> {
    let mut resources: Vec<Resource> = Vec::new();
    for source in of(sources, Subject::Resource) {
        let mut findings = Findings::new(source);
        if let Some(spec) = parse::file::<spec::Resource>(source, &mut findings) {
            let faulty = |name: &str| is_in_a_file(sources, name);
            let tools_named = spec.tool.as_ref().and_then(|name| {
                let tool = tools.iter().find(|tool| tool.name == **name)?;
                Some(Named {
                    name,
                    toolset: &tool.toolset,
                })
            });
            let own = spec.toolset.as_ref();
            let toolset = named(own, tools_named, toolsets, sources, &mut findings);
            let resource = check::resource(source, &spec, tools, faulty, &mut findings);
            if let Some(resource) = resource {
                let resource = Resource {
                    toolset,
                    ..resource
                };
                check::same_address(&resource, &resources, &spec, &mut findings);
                resources.push(resource);
            }
        }
        rendered.extend(findings.render());
    }
    resources
}
