//! Compiles the toolsets: each folder of tools has a `toolset.toml` that says what they are for.

pub(super) mod check;
pub(super) mod emit;
pub(super) mod model;
pub(crate) mod spec;

use crate::generator::common::diagnostic::Findings;
use crate::generator::common::parse;
use crate::generator::common::source::{Source, Subject, of};
use model::Toolset;

/// Compiles every toolset, or adds what is wrong to `rendered`.
pub(super) fn compile(sources: &[Source], rendered: &mut Vec<String>) -> Vec<Toolset> {
    let mut toolsets = Vec::new();
    for source in of(sources, Subject::Toolset) {
        let mut findings = Findings::new(source);
        let spec = parse::file(source, &mut findings);
        toolsets.extend(spec.and_then(|spec| check::toolset(source, &spec, &mut findings)));
        rendered.extend(findings.render());
    }
    toolsets
}
