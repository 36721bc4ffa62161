//! Finds the names that a template or an expression uses, and where it does.

use std::ops::Range;

use minijinja::machinery::{Span, Token, tokenize};

use super::super::diagnostic::nearest;
use super::super::model::{Field, Kind, Output, Tool};
use super::environment;

/// What a template may use.
#[derive(Default)]
pub(crate) struct Scope<'a> {
    pub arguments: Vec<&'a str>,
    pub entries: Vec<Known<'a>>,
    /// Entries that are made later.
    pub below: Vec<&'a str>,
}

/// An entry of the context.
pub(crate) struct Known<'a> {
    pub name: &'a str,
    /// Its tool, where there is one of that name.
    pub tool: Option<&'a Tool>,
    /// It is a list of results.
    pub each: bool,
}

/// A mistake in a text, before it is known which file the text is in.
pub(crate) struct Mistake {
    /// Its place in the text.
    pub at: Range<usize>,
    pub title: String,
    pub label: &'static str,
    pub help: Option<String>,
}

/// What a text uses of its scope, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Used {
    pub entries: Vec<String>,
    pub includes: Vec<(String, Range<usize>)>,
    pub mistakes: Vec<Mistake>,
}

/// Reads a template.
pub(crate) fn template(text: &str, scope: &Scope<'_>, filters: &[&str]) -> Used {
    let environment = environment();
    match environment.template_from_str(text) {
        Ok(template) => {
            let names = template.undeclared_variables(true);
            used(text, false, names.into_iter().collect(), scope, filters)
        }
        Err(error) => wrong(&error, text),
    }
}

/// Reads an expression.
pub(crate) fn expression(text: &str, scope: &Scope<'_>, filters: &[&str]) -> Used {
    let environment = environment();
    match environment.compile_expression(text) {
        Ok(expression) => {
            let names = expression.undeclared_variables(true);
            used(text, true, names.into_iter().collect(), scope, filters)
        }
        Err(error) => wrong(&error, text),
    }
}

/// Reads one dotted name.
pub(crate) fn path(name: &str, scope: &Scope<'_>) -> Used {
    let mut used = Used::default();
    resolve(name, 0..name.len(), scope, &mut used);
    used
}

fn wrong(error: &minijinja::Error, text: &str) -> Used {
    let at = error.range().unwrap_or(0..text.len().min(1));
    let reason = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    Used {
        mistakes: vec![Mistake {
            at,
            title: format!("the template is wrong: {reason}"),
            label: "not minijinja",
            help: None,
        }],
        ..Used::default()
    }
}

fn used(
    text: &str,
    in_expr: bool,
    mut names: Vec<String>,
    scope: &Scope<'_>,
    filters: &[&str],
) -> Used {
    let tokens: Vec<(Token<'_>, Span)> = tokenize(text, in_expr, super::prompt_template::syntax())
        .filter_map(Result::ok)
        .collect();
    let mut used = Used::default();
    names.sort();
    for name in &names {
        for at in places(name, &tokens) {
            resolve(name, at, scope, &mut used);
        }
    }
    for start in 0..tokens.len() {
        match tokens.get(start..).unwrap_or_default() {
            [(Token::Pipe, _), (Token::Ident(name), at), ..] if !filters.contains(name) => {
                used.mistakes.push(Mistake {
                    at: range(at),
                    title: format!("there is no filter `{name}`"),
                    label: "no such filter",
                    help: meant(name, filters.iter().copied()),
                });
            }
            [(Token::Ident("is"), at), (Token::Ident(_), end), ..] => used.mistakes.push(Mistake {
                at: range(at).start..range(end).end,
                title: "there are no tests with `is`".to_owned(),
                label: "no such test",
                help: None,
            }),
            [
                (Token::BlockStart, _),
                (Token::Ident("include"), _),
                (Token::Str(name), at),
                ..,
            ] => {
                used.includes.push(((*name).to_owned(), range(at)));
            }
            _ => {}
        }
    }
    used
}

fn resolve(name: &str, at: Range<usize>, scope: &Scope<'_>, used: &mut Used) {
    let mut segments = name.split('.');
    let first = segments.next().unwrap_or_default();
    let rest: Vec<&str> = segments.collect();
    let mistake = |title: String, label, help| Mistake {
        at,
        title,
        label,
        help,
    };
    if first == NOTES {
        return;
    }
    if scope.arguments.contains(&first) {
        if !rest.is_empty() {
            let title = format!("`{first}` is an argument, which has no parts");
            used.mistakes.push(mistake(title, "leads nowhere", None));
        }
        return;
    }
    if scope.below.contains(&first) {
        let title = format!("`{first}` is not there yet");
        let help = Some("an entry uses those above it: change their order".to_owned());
        used.mistakes.push(mistake(title, "made later", help));
        return;
    }
    let Some(entry) = scope.entries.iter().find(|entry| entry.name == first) else {
        let known = scope.entries.iter().map(|entry| entry.name);
        let known = known.chain(scope.arguments.iter().copied()).chain([NOTES]);
        let title = format!("`{first}` is neither an argument nor an entry of the context");
        used.mistakes
            .push(mistake(title, "unknown name", meant(first, known)));
        return;
    };
    used.entries.push(first.to_owned());
    let Some(key) = rest.first() else { return };
    if entry.each {
        let title = format!("`{first}` is a list, for it is made with `each`");
        let help = format!("write `{{% for one in {first} %}}`");
        used.mistakes
            .push(mistake(title, "a list has no parts", Some(help)));
        return;
    }
    if let Some(tool) = entry.tool
        && let Err((title, help)) = typed(tool, key, rest.len() > 1)
    {
        used.mistakes.push(mistake(title, "leads nowhere", help));
    }
}

/// The name of what could not be gathered.
pub(crate) const NOTES: &str = "notes";

/// Follows a path into a result as far as the tool says what it holds.
fn typed(tool: &Tool, key: &str, goes_on: bool) -> Result<(), (String, Option<String>)> {
    let unknown = |keys: &mut dyn Iterator<Item = &str>| {
        let title = format!("the result of `{}` has no `{key}`", tool.name);
        Err((title, meant(key, keys)))
    };
    let no_object = || {
        Err((
            format!("`{key}` in the result of `{}` has no parts", tool.name),
            None,
        ))
    };
    match &tool.output {
        Output::Document(_) => Ok(()),
        Output::Fields(fields) => match fields.iter().find(|field| field.key == key) {
            None => unknown(&mut fields.iter().map(|field| field.key.as_str())),
            Some(Field {
                kind: Kind::Object | Kind::StringMap,
                ..
            }) => Ok(()),
            Some(_) if goes_on => no_object(),
            Some(_) => Ok(()),
        },
        Output::List { key: list, .. } => {
            let keys = [list, "count", "total", "truncated"];
            if !keys.contains(&key) {
                unknown(&mut keys.into_iter())
            } else if goes_on {
                no_object()
            } else {
                Ok(())
            }
        }
    }
}

fn meant<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

fn range(span: &Span) -> Range<usize> {
    span.start_offset as usize..span.end_offset as usize
}

/// Where a dotted name stands. The parts that follow one another by dots are one name.
fn places(name: &str, tokens: &[(Token<'_>, Span)]) -> Vec<Range<usize>> {
    let segments: Vec<&str> = name.split('.').collect();
    let mut places = Vec::new();
    for (start, window) in tokens.windows(segments.len() * 2 - 1).enumerate() {
        let after_dot = start > 0 && matches!(tokens.get(start - 1), Some((Token::Dot, _)));
        let goes_on = matches!(tokens.get(start + window.len()), Some((Token::Dot, _)));
        let is_name = window
            .iter()
            .enumerate()
            .all(|(at, (token, _))| match token {
                Token::Ident(ident) => at % 2 == 0 && segments.get(at / 2) == Some(ident),
                Token::Dot => at % 2 == 1,
                _ => false,
            });
        if let ([(_, first), ..], [.., (_, last)]) = (window, window)
            && is_name
            && !after_dot
            && !goes_on
        {
            places.push(range(first).start..range(last).end);
        }
    }
    places
}
