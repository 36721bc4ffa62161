//! Checks the words that a program is run with: none that a caller gives can be taken for an option.

use std::ops::Range;

use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::vocabulary::Needs;
use crate::generator::common::vocabulary::types::{self, Beginning, Words};
use crate::generator::tool::check::scope::Scope;
use crate::generator::tool::model::{Param, Word};
use crate::generator::tool::spec;
use crate::generator::tool::spec::Given;

/// What ends the options.
const END: &str = "--";

/// How far the words are.
#[derive(Default)]
struct Before {
    /// The flags so far, without what they are given.
    flags: Vec<String>,
    /// The parameters that made words so far.
    params: Vec<String>,
    /// No option comes any more.
    is_over: bool,
}

/// The words of a command.
pub(super) fn checked(
    args: &[At<spec::Word>],
    command: &Range<usize>,
    program: Needs,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Vec<Word> {
    let mut before = Before::default();
    match args.first() {
        Some(first) if begins(first) => {}
        _ if findings.is_out("args") => {}
        first => {
            let place = first.map_or(command.clone(), At::span);
            findings.error(
                place,
                "the words do not begin with what the program is to do",
                "does what?",
            );
            findings.help("its name comes first: `args = [\"up\", …]`");
        }
    }
    let mut words = Vec::new();
    for written in args {
        words.extend(match &**written {
            spec::Word::Text(text) => literal(text, written, program, &mut before, findings),
            spec::Word::Given(given) => {
                self::given(given, written, program, &mut before, scope, findings)
            }
        });
    }
    words
}

/// Whether a word can be what the program is to do: a text, or what it is to do it with.
fn begins(word: &spec::Word) -> bool {
    match word {
        spec::Word::Text(text) => !text.starts_with('-'),
        spec::Word::Given(given) => given.prefix.is_some(),
    }
}

/// A word that is written as it is.
pub(super) fn text(word: &spec::Word) -> Option<&str> {
    match word {
        spec::Word::Text(text) => Some(text),
        spec::Word::Given(_) => None,
    }
}

fn literal(
    text: &str,
    written: &At<spec::Word>,
    program: Needs,
    before: &mut Before,
    findings: &mut Findings,
) -> Option<Word> {
    let is_plain = |c: char| c.is_ascii_graphic();
    if text.is_empty() || !text.chars().all(is_plain) {
        let title = match text.is_empty() {
            true => "an empty text is no word".to_owned(),
            false => format!("`{}` is not one word", text.escape_debug()),
        };
        findings.error(written.span(), title, "not a word");
        findings.help("each word is a text of its own: `[\"config\", \"--format=json\"]`");
        return None;
    }
    if text == END {
        if before.is_over {
            findings.error(written.span(), "the options end twice", "again");
        }
        before.is_over = true;
    } else if text.starts_with('-') {
        let flag = text.split_once('=').map_or(text, |(flag, _)| flag);
        self::flag(flag, written.span(), program, before, findings);
    }
    Some(Word::Text(text.to_owned()))
}

/// Holds a flag to what one is, and to being there once.
fn flag(
    flag: &str,
    place: Range<usize>,
    program: Needs,
    before: &mut Before,
    findings: &mut Findings,
) {
    let name = flag.strip_prefix("--").unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_own = program.own_options().contains(&flag);
    if before.is_over {
        findings.error(
            place,
            format!("`{flag}` stands after `{END}`"),
            "no option there",
        );
        findings.help(format!(
            "write it before `\"{END}\"`, which ends the options"
        ));
    } else if is_own {
        findings.error(
            place,
            format!("`{flag}` is not for a tool's file"),
            "says which project, or how it is run",
        );
        findings.help("the server gives it from the project that it judged");
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
        findings.error(place, format!("`{flag}` is not a flag"), "not a flag");
        findings.help("a flag is written out, in small letters: `--detach`");
    } else if before.flags.iter().any(|other| other == flag) {
        findings.error(place, format!("`{flag}` is there twice"), "again");
    }
    before.flags.push(flag.to_owned());
}

/// The words that a parameter makes.
fn given(
    given: &Given,
    written: &At<spec::Word>,
    program: Needs,
    before: &mut Before,
    scope: &mut Scope<'_>,
    findings: &mut Findings,
) -> Option<Word> {
    if let Some(flag) = &given.flag {
        self::flag(flag, flag.span(), program, before, findings);
    }
    let flag = given.flag.as_ref().map(|flag| (**flag).clone());
    let (name, wanted): (_, fn(Words) -> bool) = match (&given.value, &given.values, &given.when) {
        (Some(value), None, None) => (value, |words| matches!(words, Words::One(_))),
        (None, Some(values), None) => (values, |words| {
            matches!(words, Words::Each(_) | Words::Pairs(_))
        }),
        (None, None, Some(when)) => (when, |_| true),
        _ => {
            findings.error(
                written.span(),
                "words are made by one of `value`, `values` and `when`",
                "by which parameter?",
            );
            findings.help("a word that is always there is a text of its own: `\"--detach\"`");
            return None;
        }
    };
    let param = scope.known_param(name, name.span(), findings)?.clone();
    // Of an unknown type more is said where it stands.
    let known = types::find(&param.kind);
    if known.is_none() && !param.kind.starts_with("engine:") {
        return None;
    }
    let words = known.map_or(Words::No, |known| known.words);
    let is_wanted = match given.when {
        Some(_) => param.kind == "boolean",
        None => wanted(words),
    };
    if !is_wanted {
        unfit(given, &param, words, name, findings);
        return None;
    }
    if param.secret {
        let title = format!("`{}` is a secret, and no word of a program", param.name);
        findings.error(name.span(), title, "anyone on the host can read it");
        findings.help("a handler hands it over in another way");
    } else if before.params.contains(&param.name) {
        let title = format!("`{}` makes words twice", param.name);
        findings.error(name.span(), title, "again");
    }
    before.params.push(param.name.clone());
    if given.when.is_some() {
        return match flag {
            Some(flag) => Some(Word::When { flag, param }),
            None => {
                findings.error(written.span(), "`when` has no `flag`", "switches what on?");
                findings.help("write `{ flag = \"--…\", when = \"…\" }`");
                None
            }
        };
    }
    let prefix = prefix(given, findings);
    if flag.is_none() && prefix.is_none() && !before.is_over && !begins_plainly(&param, words) {
        option(&param, words, name, findings);
    }
    Some(match words {
        Words::Each(_) | Words::Pairs(_) => Word::Values { flag, param },
        Words::One(_) | Words::No => Word::Value {
            flag,
            prefix,
            param,
        },
    })
}

/// What stands before the value in its word, which then begins with it and not with what a caller gives.
fn prefix(given: &Given, findings: &mut Findings) -> Option<String> {
    let prefix = given.prefix.as_ref()?;
    let is_plain = prefix.chars().all(|c| c.is_ascii_graphic());
    let title = match () {
        () if given.flag.is_some() || given.value.is_none() => {
            "a `prefix` stands before one `value`, without a `flag`".to_owned()
        }
        () if prefix.starts_with('-') || prefix.is_empty() || !is_plain => {
            format!("`{}` is no prefix", prefix.escape_debug())
        }
        () => return Some((**prefix).clone()),
    };
    findings.error(prefix.span(), title, "not a prefix");
    findings.help("write `{ prefix = \"docker:\", value = \"image\" }`");
    None
}

/// Says that a parameter does not make such words.
fn unfit(given: &Given, param: &Param, words: Words, name: &At<String>, findings: &mut Findings) {
    let kind = format!("of the type `{}`", param.kind);
    let (title, help) = match (&given.when, words) {
        (Some(_), _) => (
            format!("`{}` switches nothing on or off", param.name),
            "`when` names a parameter of the type `boolean`".to_owned(),
        ),
        (None, Words::No) => (
            format!("`{}` makes no words", param.name),
            "a handler makes something of it".to_owned(),
        ),
        (None, Words::One(_)) => (
            format!("`{}` is one value", param.name),
            format!("write `value = \"{}\"`", param.name),
        ),
        (None, Words::Each(_) | Words::Pairs(_)) => (
            format!("`{}` is several values", param.name),
            format!("write `values = \"{}\"`", param.name),
        ),
    };
    findings.error(name.span(), title, kind);
    findings.help(help);
}

/// Says that a program could take what a caller gives for an option.
fn option(param: &Param, words: Words, name: &At<String>, findings: &mut Findings) {
    findings.error(
        name.span(),
        format!(
            "the program would take a `{}` that begins with `-` for an option",
            param.name
        ),
        format!("its type `{}` has such values", param.kind),
    );
    let least = matches!(param.kind.as_str(), "integer" | "number");
    findings.help(match words {
        Words::One(_) if least => format!("write `min = 0` in `[params.{}]`", param.name),
        _ => format!(
            "write `\"{END}\"` before it, give it a `flag`, or give the parameter a type that begins otherwise, such as `service`"
        ),
    });
}

/// Whether no value of a parameter begins with a hyphen.
fn begins_plainly(param: &Param, words: Words) -> bool {
    let is_listed =
        !param.values.is_empty() && param.values.iter().all(|value| !value.starts_with('-'));
    let is_positive = matches!(param.kind.as_str(), "integer" | "seconds" | "number")
        && param.min.is_some_and(|min| min >= 0.0);
    let begins = match words {
        Words::One(beginning) | Words::Each(beginning) | Words::Pairs(beginning) => beginning,
        Words::No => Beginning::Any,
    };
    begins == Beginning::NoHyphen || is_listed || is_positive
}
