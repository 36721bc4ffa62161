//! Reads minijinja for what it uses: the templates of plans and prompts, and the expressions and
//! placeholders of prompts.
//!
//! What each name is, and what is inside, is known as far as bollard's models and the catalogue
//! tell. A name that is not there would be an empty place, or a condition that never holds.

mod expression;
mod filters;
mod statement;

use std::ops::Range;

#[cfg(test)]
pub(crate) use filters::signed;

use minijinja::machinery::{Span, parse, parse_expr};
use minijinja::syntax::SyntaxConfig;

use super::reply::{Form, Reader, Stray};
use super::source::Origin;

/// What a text may use.
pub(crate) struct Names<'a> {
    /// The names, with what each is.
    pub known: Vec<(String, Form)>,
    /// Names that are there for texts further down.
    pub below: Vec<&'a str>,
    /// These are all; otherwise a name that is none of them may be right.
    pub whole: bool,
    /// What a name is that is none of these.
    pub otherwise: &'static str,
    /// How to take a part of what is a list.
    pub each: &'static str,
    pub filters: &'a [&'a str],
}

/// A mistake in a text, before it is known which file the text is in.
pub(crate) struct Mistake {
    /// Its place in the text.
    pub at: Range<usize>,
    pub stray: Stray,
}

/// What a text uses, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Used {
    /// The names, with what is taken of each, where that is one thing.
    pub names: Vec<(String, Option<String>)>,
    pub includes: Vec<(String, Range<usize>)>,
    pub mistakes: Vec<Mistake>,
}

/// How a template takes a part of what is a list.
pub(crate) const EACH: &str = "go through it with `{% for one in … %}`";

/// What walks through a text.
struct Walk<'a> {
    names: &'a Names<'a>,
    /// The variables of the text itself, by the blocks that they are in.
    variables: Vec<Vec<(String, Form)>>,
    reader: &'a mut Reader,
    origin: &'a dyn Fn(Range<usize>) -> Origin,
    used: Used,
}

/// Reads a template.
pub(crate) fn template(
    text: &str,
    syntax: SyntaxConfig,
    names: &Names<'_>,
    reader: &mut Reader,
    origin: &dyn Fn(Range<usize>) -> Origin,
) -> Used {
    let mut walk = Walk::new(names, reader, origin);
    match parse(text, "template", syntax) {
        Ok(template) => walk.statement(&template),
        Err(error) => walk.wrong(&error, text),
    }
    walk.used
}

/// Reads an expression, and says what it gives.
pub(crate) fn expression(
    text: &str,
    names: &Names<'_>,
    reader: &mut Reader,
    origin: &dyn Fn(Range<usize>) -> Origin,
) -> (Used, Form) {
    let mut walk = Walk::new(names, reader, origin);
    let form = match parse_expr(text) {
        Ok(expression) => walk.expression(&expression),
        Err(error) => {
            walk.wrong(&error, text);
            Form::Open
        }
    };
    (walk.used, form)
}

impl<'a> Walk<'a> {
    fn new(
        names: &'a Names<'a>,
        reader: &'a mut Reader,
        origin: &'a dyn Fn(Range<usize>) -> Origin,
    ) -> Self {
        Self {
            names,
            variables: vec![Vec::new()],
            reader,
            origin,
            used: Used::default(),
        }
    }

    fn mistake(
        &mut self,
        at: Range<usize>,
        title: impl Into<String>,
        label: &'static str,
        help: Option<String>,
    ) {
        let stray = Stray {
            title: title.into(),
            label,
            help,
        };
        self.used.mistakes.push(Mistake { at, stray });
    }

    fn wrong(&mut self, error: &minijinja::Error, text: &str) {
        let at = error.range().unwrap_or(0..text.len().min(1));
        let reason = error
            .detail()
            .map_or_else(|| error.kind().to_string(), str::to_owned);
        let title = format!("the template is wrong: {reason}");
        self.mistake(at, title, "not minijinja", None);
    }

    /// Gives a name to a value from here to the end of the block.
    fn set(&mut self, name: &str, form: Form) {
        if let Some(block) = self.variables.last_mut() {
            block.push((name.to_owned(), form));
        }
    }
}

/// The place of a part of a text.
fn place(span: Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}
