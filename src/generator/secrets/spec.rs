//! Describes what `catalog/secrets.toml` may hold; the doc comments are what an editor shows.

use std::ops::Range;

use serde::Deserialize;

use crate::generator::common::at::At;

/// Writes the entries: what they have in common, and the one list of their examples.
macro_rules! entries {
    ($(#[$file:meta])* $secrets:ident; $($(#[$table:meta])* $key:ident of $(#[$entry:meta])* $kind:ident { $($fields:tt)* })*) => {
        $(#[$file])*
        #[derive(Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $secrets {
            $($(#[$table])*
            #[serde(default)]
            pub $key: Vec<At<$kind>>,)*
        }

        $($(#[$entry])*
        #[derive(Debug, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $kind {
            $($fields)*
            /// Lines of which what stands between `«` and `»` is hidden.
            #[serde(default)]
            pub hides: Vec<At<String>>,
            /// Lines that come out as they are.
            #[serde(default)]
            pub keeps: Vec<At<String>>,
        })*

        impl $secrets {
            /// The examples of every entry.
            pub(super) fn examples(&self) -> Vec<Examples<'_>> {
                let mut examples = Vec::new();
                $(examples.extend(self.$key.iter().map(|entry| Examples {
                    #[cfg(test)]
                    key: stringify!($key),
                    entry: entry.span(),
                    hides: &entry.hides,
                    keeps: &entry.keeps,
                }));)*
                examples
            }
        }
    };
}

/// The examples of one entry.
pub(super) struct Examples<'s> {
    /// The key of its table.
    #[cfg(test)]
    pub key: &'static str,
    /// Its place.
    pub entry: Range<usize>,
    pub hides: &'s [At<String>],
    pub keeps: &'s [At<String>],
}

entries! {
    /// What redaction looks for: each form with lines of which the secret is hidden, and lines that come out as they are. In `hides` the secret stands between `«` and `»`.
    Secrets;

    /// Words in the names of variables, keys and flags.
    name of
    /// Words in names. A name is read word by word, in lower case: `DB_PASSWORD`, `dbPassword` and `db.password` are `db` and `password`.
    Name {
        /// What the words say of a name that has them.
        pub says: At<Says>,
        /// The words, in lower case.
        #[serde(default)]
        pub words: Vec<At<String>>,
        /// Parts of the words, in lower case, by which a first look finds a line.
        #[serde(default)]
        pub first: Vec<At<String>>,
    }

    /// What a password is called in other languages.
    foreign of
    /// What a password is called in a language.
    Foreign {
        /// The language.
        pub of: At<String>,
        /// Words in ASCII, which are in a `[[name]]` too: what sentences say with them is looked at.
        #[serde(default)]
        pub words: Vec<At<String>>,
        /// Several words, or one in another script, as regular expressions without regard to case; a space is `\ `.
        #[serde(default)]
        pub phrases: Vec<At<String>>,
        /// Other forms of the same in sentences, as regular expressions.
        #[serde(default)]
        pub inflected: Vec<At<String>>,
        /// Of what is in ASCII, a part in each case that is looked for: `wort`, `WORT`.
        #[serde(default)]
        pub near: Vec<At<String>>,
        /// A part of a phrase in ASCII by which a first look finds a line, as a regular expression.
        #[serde(default)]
        pub first: Vec<At<String>>,
    }

    /// Words that stand in place of a secret.
    word of
    /// Words that stand in place of a secret.
    Word {
        /// Where the words are none.
        pub stands_as: At<StandsAs>,
        /// The words, in lower case.
        #[serde(default)]
        pub words: Vec<At<String>>,
    }

    /// Tokens whose makers gave them a beginning of their own.
    token of
    /// A token by its look.
    Token {
        /// Who makes it, or what it is.
        pub of: At<String>,
        /// How it begins, as a regular expression: the first look finds a line by it.
        pub begins: At<String>,
        /// How it goes on, as a regular expression.
        pub rest: At<String>,
        /// It counts only where it has letters and digits, because words begin like that too.
        #[serde(default)]
        pub random: bool,
    }

    /// Secrets that show by what stands around them.
    shape of
    /// A secret by what stands around it.
    Shape {
        /// What it is.
        pub of: At<String>,
        /// A regular expression of bytes. Its group `secret` is hidden; without one, all of it. A class that takes any sign is written `(?u:\S)`.
        pub pattern: At<String>,
        /// Regular expressions by which the first look finds a line; none where the names of secrets, tokens or other entries do.
        #[serde(default)]
        pub first: Vec<At<String>>,
        /// Texts of which one must be in a line before it is held against the pattern.
        #[serde(default)]
        pub near: Vec<At<String>>,
        /// What is found is held to what values of names are: a placeholder, a path or `none` is no secret.
        #[serde(default)]
        pub value: bool,
        /// What is no secret although it has the form.
        pub unless: Option<At<Unless>>,
    }

    /// Programs with flags that take a secret and do not say so by their names.
    program of
    /// Programs, and their flags that take a secret.
    Program {
        /// How the names of the programs, or of their subcommands, begin.
        pub names: Vec<At<String>>,
        /// Regular expressions by which the first look finds a line; the names themselves where there are none.
        #[serde(default)]
        pub first: Vec<At<String>>,
        /// Flags with the secret in the same word: `-psecret`.
        #[serde(default)]
        pub attached: Vec<At<String>>,
        /// Flags with the secret in the next word: `-p secret`.
        #[serde(default)]
        pub next: Vec<At<String>>,
        /// Flags with the secret in either.
        #[serde(default)]
        pub either: Vec<At<String>>,
        /// Flags with `pass:` and the secret in the next word, as openssl has them.
        #[serde(default)]
        pub source: Vec<At<String>>,
        /// Flags with a user before the secret, and the sign between.
        pub behind: Option<Behind>,
    }

    /// Programs that take a secret as a word in a certain place.
    operand of
    /// Programs that take a secret in a place of its own.
    Operand {
        /// The names of the programs.
        pub programs: Vec<At<String>>,
        /// Words of which one must stand behind the program; none where it takes the secret by itself.
        #[serde(default)]
        pub words: Vec<At<String>>,
        /// How many words, flags aside, come between and the secret.
        #[serde(default)]
        pub skip: usize,
        /// Regular expressions by which the first look finds a line; the names themselves where there are none.
        #[serde(default)]
        pub first: Vec<At<String>>,
    }

    /// Programs that take a log-in `user/password` as a word by itself.
    login of
    /// Programs that take `user/password@database`.
    Login {
        /// The names of the programs.
        pub programs: Vec<At<String>>,
        /// Regular expressions by which the first look finds a line; the names themselves where there are none.
        #[serde(default)]
        pub first: Vec<At<String>>,
    }

    /// Settings of routers, switches and SNMP that a secret follows.
    setting of
    /// A setting that a secret follows as the next word.
    Setting {
        /// What it is of.
        pub of: At<String>,
        /// What stands before the secret, as a regular expression; a space is `\ ` or `\s+`.
        pub before: At<String>,
        /// How the secret is encoded may come between: `cipher`, `7`, `ascii 0`.
        #[serde(default)]
        pub encoded: bool,
        /// Regular expressions by which the first look finds a line; none where the names of secrets do.
        #[serde(default)]
        pub first: Vec<At<String>>,
        /// Texts of which one must be in a line before it is held against the settings.
        #[serde(default)]
        pub near: Vec<At<String>>,
    }
}

/// What words say of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Says {
    /// A name with the word is one of a secret.
    Secret,
    /// So is one with a word that ends in it: `PGPASSWORD`.
    End,
    /// A `KEY` or a `SIGNATURE` behind the word is a secret.
    Key,
    /// A `KEY` behind the word is none.
    OpenKey,
    /// A `TOKEN` behind the word is none.
    OpenToken,
    /// A `SECRET` behind the word is none.
    OpenSecret,
    /// A `PASS` behind the word is none.
    OpenPass,
    /// As the last word of a name it says that the value describes a secret and is none.
    Description,
    /// Last words, with `_` between them, that are half of a log-in in spite of the last.
    Half,
    /// The whole name, spelled like that, is no secret.
    Never,
    /// The word is one for a password and nothing else.
    Password,
    /// Sentences use the word too: what follows it is a secret by its look.
    Common,
    /// The word is as good for a sentence as for a setting: `password x`.
    Setting,
}

/// Where words stand in place of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StandsAs {
    /// As the value of whatever name: `PASSWORD=none`.
    Value,
    /// In a sentence: `password: required`.
    Verdict,
    /// Behind `enable password` and the like: `enable password authentication`.
    Feature,
    /// Before the password of a usage line: `rabbitmqctl add_user username password`.
    Metavariable,
}

/// What is no secret although it has the form of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unless {
    /// The word of a sentence.
    Word,
    /// What stands before `@` and a path, such as `@/etc`.
    BeforeAPath,
}

/// Flags whose secret stands behind a sign, in the same word or the next: `-u user:secret`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Behind {
    /// The sign: one character.
    pub sign: At<String>,
    /// The flags.
    pub flags: Vec<At<String>>,
}
