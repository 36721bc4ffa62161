//! Reads the regular expressions of `catalog/secrets.toml` as the server will.

use std::ops::Range;

use regex_syntax::ast::Ast;
use regex_syntax::ast::parse::Parser;
use regex_syntax::hir::translate::TranslatorBuilder;

use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::source::Source;

/// The group that is hidden.
const SECRET: &str = "secret";

/// What of a pattern's form depends on where it is used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// It stands by itself, and its spaces count.
    Bytes,
    /// It becomes a part of one in which spaces do not count.
    Spaced,
    /// It is one for Unicode, in which spaces do not count.
    Unicode,
}

/// Checks that a pattern can be read, and that its groups are known ones.
pub(super) fn check(
    pattern: &At<String>,
    syntax: Syntax,
    may_have_groups: bool,
    source: &Source,
    findings: &mut Findings<'_>,
) {
    let mut parser = regex_syntax::ast::parse::ParserBuilder::new()
        .ignore_whitespace(syntax != Syntax::Bytes)
        .build();
    match read(&mut parser, pattern, syntax) {
        Ok(ast) => groups(&ast, pattern, may_have_groups, source, findings),
        Err((at, what)) => {
            let place = source.inside(pattern, &at);
            findings.error(place, "the regular expression cannot be read", what.clone());
            if what.contains("UTF-8") {
                findings.help(r"write `(?u:…)` around a class that takes any sign: `(?u:[^\s])+`");
            }
        }
    }
}

/// The pattern, or where in it what is wrong.
fn read(parser: &mut Parser, pattern: &str, syntax: Syntax) -> Result<Ast, (Range<usize>, String)> {
    let range = |span: &regex_syntax::ast::Span| span.start.offset..span.end.offset;
    let ast = parser
        .parse(pattern)
        .map_err(|error| (range(error.span()), error.kind().to_string()))?;
    TranslatorBuilder::new()
        .unicode(syntax == Syntax::Unicode)
        .build()
        .translate(pattern, &ast)
        .map_err(|error| (range(error.span()), error.kind().to_string()))?;
    Ok(ast)
}

fn groups(
    ast: &Ast,
    pattern: &At<String>,
    may_have_groups: bool,
    source: &Source,
    findings: &mut Findings<'_>,
) {
    for (name, at) in named(ast) {
        if !may_have_groups {
            let place = source.inside(pattern, &at);
            findings.error(
                place,
                format!("the group `{name}` is never read"),
                "no group here",
            );
            findings.help("write `(?:…)`");
        } else if name != SECRET {
            let place = source.inside(pattern, &at);
            findings.error(
                place,
                format!("the group `{name}` is never read"),
                "unknown group",
            );
            findings.help("the group that is hidden is called `secret`");
        }
    }
}

/// The names of the groups, and where they are.
fn named(ast: &Ast) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut left = vec![ast];
    while let Some(ast) = left.pop() {
        match ast {
            Ast::Group(group) => {
                if let regex_syntax::ast::GroupKind::CaptureName { name, .. } = &group.kind {
                    let at = name.span.start.offset..name.span.end.offset;
                    found.push((name.name.clone(), at));
                }
                left.push(&group.ast);
            }
            Ast::Repetition(repetition) => left.push(&repetition.ast),
            Ast::Concat(concat) => left.extend(&concat.asts),
            Ast::Alternation(alternation) => left.extend(&alternation.asts),
            _ => {}
        }
    }
    found.reverse();
    found
}
