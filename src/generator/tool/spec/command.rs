//! Describes what a file may say of a program that its tool runs.

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::generator::common::at::At;
use crate::generator::common::vocabulary::{Deadline, Needs, Stdin, Written};

/// A program that is run.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    /// The program.
    pub program: Option<At<Needs>>,
    /// Its words: each a text, or a table that says which parameter becomes words.
    #[serde(default)]
    pub args: Vec<At<Word>>,
    /// What it reads from its standard input, where that is not nothing.
    pub stdin: Option<At<Stdin>>,
    /// The form of what it writes to its standard output.
    pub reply: Option<At<Written>>,
    /// What it may ask of the Engine, as `POST containers/*/start`; all else is refused.
    #[serde(default)]
    pub engine: Vec<At<String>>,
    /// The function `run` of this module of `src/operations/`, where one run of the program is not enough.
    pub handler: Option<At<String>>,
    /// Other programs that do the same, each with its words; the handler chooses.
    #[serde(default)]
    pub or: Vec<At<Other>>,
    /// The parameter whose seconds are added to the deadline.
    pub grace: Option<At<String>>,
    /// How long the call may take.
    #[serde(default)]
    pub deadline: Deadline,
}

impl Command {
    /// The programs that it may run.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &At<Needs>> {
        let others = self.or.iter().filter_map(|other| other.program.as_ref());
        self.program.iter().chain(others)
    }
}

/// Another program that does the same.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Other {
    /// The program.
    pub program: Option<At<Needs>>,
    /// Its words.
    #[serde(default)]
    pub args: Vec<At<Word>>,
}

/// Words of a command.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(crate) enum Word {
    /// A word as it is.
    Text(String),
    /// Words that a parameter makes.
    Given(Given),
}

/// Words of a command that a parameter makes.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    /// The flag, such as `--timeout`; what is given stands in the same word, as `--timeout=10`.
    pub flag: Option<At<String>>,
    /// What stands right before the value in its word, such as `docker:`.
    pub prefix: Option<At<String>>,
    /// The parameter whose value it is.
    pub value: Option<At<String>>,
    /// The parameter that makes a word of each item of a list; of a map, `key=value`.
    pub values: Option<At<String>>,
    /// The boolean parameter that switches the flag on.
    pub when: Option<At<String>>,
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

/// By hand, because serde's `untagged` says neither where a mistake is nor what was meant.
struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What is neither a string nor a table is mended as the string that it was most likely meant to be.
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Word, E> {
        Ok(Word::Text(word.to_owned()))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Word, M::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Word::Given)
    }
}
