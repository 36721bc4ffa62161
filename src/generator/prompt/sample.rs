//! Checks that the sample of a prompt is one that the prompt could meet.

use std::ops::Range;

use serde_json::Value;

use super::super::diagnostic::Findings;
use super::{args, spec};

/// The sample's arguments and its context.
pub(crate) fn checked(
    spec: &spec::Prompt,
    start: &Range<usize>,
    findings: &mut Findings,
) -> (Value, Value) {
    let Some(sample) = &spec.sample else {
        findings.error(start.clone(), "the prompt has no `[sample]`", "missing");
        return (Value::Null, Value::Null);
    };
    for name in sample.arguments.keys() {
        if !spec.arguments.keys().any(|known| **known == **name) {
            findings.error(
                name.span(),
                format!("`{}` is not an argument of this prompt", **name),
                "unknown argument",
            );
            findings.help_nearest(name, spec.arguments.keys().map(|name| name.as_str()));
        }
    }
    for (name, _) in spec
        .arguments
        .iter()
        .filter(|(_, argument)| argument.required)
    {
        if !sample.arguments.keys().any(|given| **given == **name) {
            findings.error(
                sample.span(),
                format!("the sample lacks the required `{}`", **name),
                "would be refused",
            );
        }
    }
    for name in sample.context.keys() {
        if !spec.context.keys().any(|known| **known == **name) {
            findings.error(
                name.span(),
                format!("`{}` is not an entry of the context", **name),
                "unknown entry",
            );
            findings.help_nearest(name, spec.context.keys().map(|name| name.as_str()));
        }
    }
    let arguments = sample
        .arguments
        .iter()
        .map(|(name, text)| ((**name).clone(), Value::from(text.as_str())));
    (arguments.collect(), args::json(&sample.context))
}
