//! Holds what is looked for, as the generator writes it from `catalog/secrets.toml`: words of names,
//! tokens, shapes, programs, settings.
//!
//! A form that a list or a pattern can say is in that file, with its examples. Code are the notations that
//! names and values are written in (pairs, flags, calls, sentences, XML, YAML, what follows on the next line),
//! log-ins in URLs, keys in PEM and base64, and files with a form of their own.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A token by its look.
pub(super) struct Token {
    pub(super) pattern: &'static str,
    /// It counts only where it looks random.
    pub(super) is_random: bool,
}

/// A secret by what stands around it, or by all of its look where no group is named `secret`.
pub(super) struct Shape {
    pub(super) pattern: &'static str,
    /// One of these is in each line that has it, if there are any.
    pub(super) near: &'static [&'static str],
    /// It is held to what values of names are.
    pub(super) is_value: bool,
    pub(super) unless: Option<Unless>,
}

/// What is no secret although it has the form of one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unless {
    /// The word of a sentence.
    Word,
    /// What stands before `@` and a path.
    BeforeAPath,
}

/// What stands before a secret in the configuration of a router, a switch or SNMP.
pub(super) struct Setting {
    pub(super) before: &'static str,
    /// How the secret is encoded may come between.
    pub(super) is_encoded: bool,
}

/// How the names of programs or of their subcommands begin, and their flags.
pub(super) struct Program {
    pub(super) names: &'static [&'static str],
    pub(super) flags: &'static [Flag],
}

/// A flag, and where its secret is.
pub(super) type Flag = (&'static str, Form);

/// Where the secret of a flag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the same word.
    Attached,
    /// In the next word.
    Next,
    /// In either.
    Either,
    /// Behind a sign in either.
    Behind(char),
    /// In the next word, where that is not the place of a secret, such as a file.
    Source,
}

/// Programs, the words behind them of which a secret follows one, if there have to be any, and how many words come
/// between.
pub(super) struct Operand {
    pub(super) programs: &'static [&'static str],
    pub(super) words: &'static [&'static str],
    pub(super) skip: usize,
}

/// Words that are looked up.
pub(super) type Words = LazyLock<HashSet<&'static str>>;

/// The words of a list, to be looked up.
pub(super) fn set(words: &[&'static str]) -> HashSet<&'static str> {
    words.iter().copied().collect()
}

include!(concat!(env!("OUT_DIR"), "/secrets.rs"));
