//! Lists the images that a Dockerfile begins with or copies from: what is built inherits labels of the former.

use std::collections::{BTreeSet, HashMap};

use super::words::{self, Expanded};
use super::{Scope, instructions, readings, split};
use crate::engine::policy::vetted::Base;

/// The images that are no stages of the Dockerfile itself, as any builder may read it.
pub(super) fn bases(text: &str, buildargs: &HashMap<&str, &str>) -> BTreeSet<Base> {
    let mut bases = BTreeSet::new();
    // A builder that knows heredocs does not know the stages in them.
    let has_heredocs = text.contains("<<");
    for reading in readings(text) {
        let mut scope = Scope {
            buildargs: buildargs.clone(),
            ..Scope::default()
        };
        let mut stages = 0;
        for instruction in instructions(text, reading) {
            let (name, rest) = split(&instruction.text);
            let written = match &*name {
                "from" => from(rest),
                "copy" => flags(rest, "--from=").collect(),
                "run" => flags(rest, "--mount=").flat_map(mounted).collect(),
                _ => Vec::new(),
            };
            for written in written {
                let global = |name: &str| scope.global.get(name).cloned().flatten();
                let of_stage = |name: &str| scope.value(name).map(str::to_owned);
                let expanded = match &*name {
                    "from" => words::expand(written, reading.escape, &global),
                    _ => words::expand(written, reading.escape, &of_stage),
                };
                let base = match expanded {
                    Expanded {
                        text,
                        unknown: None,
                    } => text,
                    Expanded { .. } => {
                        bases.insert(Base::Unknown {
                            line: instruction.line,
                            written: written.to_owned(),
                        });
                        continue;
                    }
                };
                let folded = base.to_ascii_lowercase();
                let is_stage = scope.stages.contains_key(&folded)
                    || scope.stage.as_ref() == Some(&folded)
                    || name != "from" && base.parse().is_ok_and(|number: usize| number < stages);
                let is_own = is_stage && !has_heredocs || folded == "scratch";
                if may_name(&base) && !is_own {
                    bases.insert(Base::Named(base));
                }
            }
            stages += usize::from(name == "from");
            scope.note(&instruction, reading);
        }
    }
    bases
}

/// Whether an image can be called so: what another reading makes of a line no builder takes for one.
fn may_name(text: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "._-/:@+".contains(c);
    !text.is_empty() && text.chars().all(known)
}

/// What a stage begins with.
fn from(rest: &str) -> Vec<&str> {
    let mut words = rest.split_whitespace();
    words
        .find(|word| !word.starts_with("--"))
        .into_iter()
        .collect()
}

/// The values of a flag that an instruction begins with.
fn flags<'a>(rest: &'a str, flag: &'a str) -> impl Iterator<Item = &'a str> {
    let words = rest.split_whitespace();
    let flags = words.take_while(|word| word.starts_with("--"));
    flags.filter_map(move |word| word.strip_prefix(flag))
}

/// What a mount is taken from.
fn mounted(mount: &str) -> impl Iterator<Item = &str> {
    mount
        .split(',')
        .filter_map(|part| part.strip_prefix("from="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str, buildargs: &[(&str, &str)]) -> Vec<String> {
        let all = bases(text, &buildargs.iter().copied().collect());
        let written = |base| match base {
            Base::Named(name) => name,
            Base::Unknown { line, written } => format!("{line}: {written}"),
        };
        all.into_iter().map(written).collect()
    }

    #[test]
    fn what_a_build_begins_with_and_copies_from_is_listed_however_it_is_written() {
        for (text, expected) in [
            ("FROM a:1", &["a:1"][..]),
            ("FROM scratch", &[]),
            ("\u{feff}from\ta:1 as b\r\nFROM b", &["a:1"]),
            ("FROM --platform=linux/amd64 a:1", &["a:1"]),
            ("FROM \\\n  a:1", &["a:1"]),
            ("# escape=`\nFROM a`\n:1", &["a:1"]),
            ("FROM a AS one\nFROM b\nCOPY --from=ONE / /", &["a", "b"]),
            ("FROM a\nCOPY --chown=1 --from=c:2 / /", &["a", "c:2"]),
            (
                "FROM a\nFROM b\nCOPY --from=0 / /\nCOPY --from=7 / /",
                &["7", "a", "b"],
            ),
            (
                "FROM a\nRUN --mount=type=bind,from=d,target=/x true",
                &["a", "d"],
            ),
            ("ARG BASE=a:1\nFROM $BASE", &["a:1"]),
            ("ARG TAG=\nFROM a:${TAG:-2}", &["a:2"]),
            ("ARG TAG\nFROM a:${TAG:-2}", &["2: a:${TAG:-2}"]),
            ("ARG BASE\nFROM ${BASE}", &["2: ${BASE}"]),
            ("FROM a\nARG X=c\nCOPY --from=$X / /", &["a", "c"]),
            ("FROM a\nENV BASE=c\nFROM $BASE", &["a", "3: $BASE"]),
            // In a heredoc, to a builder that knows them, is no stage.
            ("FROM a\nRUN <<E\nFROM b AS c\nE\nFROM c", &["a", "b", "c"]),
            // A stage that comes later is none yet.
            ("FROM b\nFROM a AS b", &["a", "b"]),
        ] {
            assert_eq!(named(text, &[]), expected, "{text}");
        }
        let text = "ARG BASE=a:1\nFROM $BASE";
        assert_eq!(named(text, &[("BASE", "other:1")]), ["other:1"]);
    }
}
