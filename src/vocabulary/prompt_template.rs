//! The language that prompts are written in: the syntax of their templates, the names of the filters
//! and the placeholders of arguments.
//!
//! The generator brings this module in by path. What a filter does is not its business.

use minijinja::syntax::SyntaxConfig;

/// The names of the filters that templates have, in order.
pub(crate) const FILTERS: [&str; 27] = [
    "addresses",
    "audit",
    "audit_all",
    "audit_engine",
    "causes",
    "code",
    "compose",
    "constraints",
    "count",
    "environment",
    "exit_code",
    "fenced",
    "host",
    "ids",
    "network_lines",
    "network_verdict",
    "newest",
    "peers",
    "port",
    "ports",
    "resources",
    "service_troubles",
    "services",
    "silence",
    "size",
    "troubles",
    "verdict",
];

/// A block on a line of its own leaves no line behind.
pub(crate) fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .unwrap_or_default()
}

/// The `{…}` of a text: the place of each with its braces, and the dotted name inside.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    text.match_indices('{').filter_map(|(start, _)| {
        let rest = text.get(start + 1..)?;
        let name = rest.get(..rest.find('}')?)?;
        let is_segment = |segment: &str| {
            segment.starts_with(|first: char| first.is_ascii_alphabetic())
                && segment
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        name.split('.')
            .all(is_segment)
            .then(|| (start..start + name.len() + 2, name))
    })
}
