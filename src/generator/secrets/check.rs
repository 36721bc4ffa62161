//! Checks what the types cannot: patterns that can be read, names that are there once, examples.

use std::collections::BTreeSet;
use std::ops::Range;

use super::regex;
use super::regex::Syntax;
use super::spec::{Examples, Program, Says, Secrets};
use crate::generator::common::at::At;
use crate::generator::common::diagnostic::Findings;
use crate::generator::common::source::Source;

/// What stands around the secret of an example.
pub(super) const OPEN: char = '«';
pub(super) const CLOSE: char = '»';

/// Checks every entry.
pub(super) fn secrets(spec: &Secrets, source: &Source, findings: &mut Findings<'_>) {
    let mut file = File {
        source,
        findings,
        taken: BTreeSet::new(),
    };
    for entry in spec.examples() {
        file.examples(&entry);
    }
    file.names(spec);
    file.foreign(spec);
    for entry in &spec.word {
        file.some(entry.span(), &entry.words, "words");
        file.lower_case(&entry.words);
        for word in &entry.words {
            file.once(&format!("{:?}", *entry.stands_as), word);
        }
    }
    file.looks(spec);
    file.commands(spec);
}

/// A file and what is known of it so far.
struct File<'f, 's> {
    source: &'f Source,
    findings: &'f mut Findings<'s>,
    /// What is there once, by the kind of it.
    taken: BTreeSet<(String, String)>,
}

impl File<'_, '_> {
    fn names(&mut self, spec: &Secrets) {
        let parts: Vec<&At<String>> = spec.name.iter().flat_map(|entry| &entry.first).collect();
        for entry in &spec.name {
            self.some(entry.span(), &entry.words, "words");
            self.lower_case(&entry.first);
            if *entry.says != Says::Never {
                self.lower_case(&entry.words);
            }
            for word in &entry.words {
                self.once(&format!("{:?}", *entry.says), word);
                let is_found = parts.iter().any(|part| word.contains(part.as_str()));
                if matches!(*entry.says, Says::Secret | Says::End) && !is_found {
                    let title = format!("the first look finds no line by `{}`", **word);
                    self.findings.error(word.span(), title, "never looked at");
                    self.findings
                        .help("add a part of it to `first` of a `[[name]]`");
                }
            }
        }
    }

    fn foreign(&mut self, spec: &Secrets) {
        let words: BTreeSet<&str> = spec
            .name
            .iter()
            .filter(|entry| matches!(*entry.says, Says::Secret | Says::End))
            .flat_map(|entry| &entry.words)
            .map(|word| word.as_str())
            .collect();
        for entry in &spec.foreign {
            self.once("foreign", &entry.of);
            for word in &entry.words {
                self.once("foreign", word);
                if !words.contains(word.as_str()) {
                    let title = format!("`{}` makes no name one of a secret", **word);
                    self.findings.error(word.span(), title, "in no `[[name]]`");
                    let help = "add it to a `[[name]]` that says `secret` or `end`";
                    self.findings.help(help);
                }
            }
            for phrase in entry.phrases.iter().chain(&entry.inflected) {
                self.once("foreign", phrase);
                self.pattern(phrase, Syntax::Unicode, false);
            }
            self.firsts(&entry.first);
        }
    }

    fn looks(&mut self, spec: &Secrets) {
        for entry in &spec.token {
            self.once("token", &entry.of);
            self.once("token", &entry.begins);
            for part in [&entry.begins, &entry.rest] {
                self.pattern(part, Syntax::Bytes, false);
            }
        }
        for entry in &spec.shape {
            self.once("shape", &entry.of);
            self.pattern(&entry.pattern, Syntax::Bytes, true);
            self.firsts(&entry.first);
        }
        for entry in &spec.setting {
            self.once("setting", &entry.of);
            self.once("setting", &entry.before);
            self.pattern(&entry.before, Syntax::Spaced, false);
            self.firsts(&entry.first);
        }
    }

    fn commands(&mut self, spec: &Secrets) {
        for entry in &spec.program {
            self.some(entry.span(), &entry.names, "names");
            self.firsts(&entry.first);
            for name in &entry.names {
                self.once("program", name);
            }
            self.flags(entry);
        }
        for entry in &spec.operand {
            self.some(entry.span(), &entry.programs, "programs");
            self.firsts(&entry.first);
            for program in &entry.programs {
                for word in &entry.words {
                    self.once(&format!("operand of {}", **program), word);
                }
                if entry.words.is_empty() {
                    self.once("operand", program);
                }
            }
        }
        for entry in &spec.login {
            self.some(entry.span(), &entry.programs, "programs");
            self.firsts(&entry.first);
            for program in &entry.programs {
                self.once("login", program);
            }
        }
    }

    /// Each flag is there once, and there is one.
    fn flags(&mut self, entry: &At<Program>) {
        let behind = entry.behind.as_ref();
        let mut flags: Vec<&At<String>> =
            [&entry.attached, &entry.next, &entry.either, &entry.source]
                .into_iter()
                .flatten()
                .collect();
        flags.extend(behind.iter().flat_map(|behind| &behind.flags));
        if flags.is_empty() {
            let title = "the program has no flag that takes a secret";
            self.findings.error(entry.span(), title, "finds nothing");
            let help = "say in `attached`, `next`, `either`, `source` or `behind` which does";
            self.findings.help(help);
        }
        if let Some(first) = entry.names.first() {
            for flag in flags {
                self.once(&format!("flag of {}", **first), flag);
            }
        }
        if let Some(sign) = behind.map(|behind| &behind.sign)
            && sign.chars().count() != 1
        {
            let title = format!("the sign `{}` is not one character", **sign);
            self.findings.error(sign.span(), title, "not one character");
        }
    }

    /// Refuses an entry without examples, a secret that is not marked, and a mark where there is none.
    fn examples(&mut self, entry: &Examples<'_>) {
        let Examples { hides, keeps, .. } = entry;
        for (key, examples) in [("hides", hides), ("keeps", keeps)] {
            self.some(entry.entry.clone(), examples, key);
        }
        for line in *hides {
            let marks: Vec<char> = line
                .chars()
                .filter(|it| [OPEN, CLOSE].contains(it))
                .collect();
            let is_marked = |pair: &[char]| pair == [OPEN, CLOSE];
            if marks.is_empty() || !marks.chunks(2).all(is_marked) {
                let title = "the example does not say what is hidden";
                self.findings.error(line.span(), title, "no secret");
                self.findings.help("write the secret between `«` and `»`");
            }
        }
        for line in keeps.iter().filter(|line| line.contains([OPEN, CLOSE])) {
            let title = "an example of what is kept has a secret";
            self.findings.error(line.span(), title, "hidden, or kept?");
            self.findings.help("lines with a secret are in `hides`");
        }
    }

    fn some<T>(&mut self, entry: Range<usize>, list: &[T], key: &str) {
        if list.is_empty() && !self.findings.is_out(key) {
            let title = format!("the entry has no `{key}`");
            self.findings
                .error(entry, title, format!("`{key}` is missing"));
            if key == "hides" || key == "keeps" {
                let help = "each form says what is hidden and what is not: these are its tests";
                self.findings.help(help);
            }
        }
    }

    fn lower_case(&mut self, words: &[At<String>]) {
        for word in words {
            let is_plain = |it: char| it.is_alphanumeric() && !it.is_uppercase() || it == '_';
            if word.is_empty() || !word.chars().all(is_plain) {
                let title = format!("`{}` is no word in lower case", **word);
                self.findings.error(word.span(), title, "never met");
                self.findings
                    .help("names are read word by word, in lower case");
            }
        }
    }

    fn firsts(&mut self, patterns: &[At<String>]) {
        for pattern in patterns {
            self.pattern(pattern, Syntax::Bytes, false);
        }
    }

    fn pattern(&mut self, pattern: &At<String>, syntax: Syntax, may_have_groups: bool) {
        regex::check(pattern, syntax, may_have_groups, self.source, self.findings);
    }

    fn once(&mut self, kind: &str, word: &At<String>) {
        if !self.taken.insert((kind.to_owned(), (**word).clone())) {
            let title = format!("`{}` is there twice", **word);
            self.findings
                .error(word.span(), title, "for the second time");
        }
    }
}
