//! Writes the table of `src/redaction/forms.rs`.

use proc_macro2::TokenStream;
use quote::quote;

use super::spec::{Foreign, Program, Says, Secrets, Setting, Shape, StandsAs, Token, Unless};
use crate::generator::common::at::At;
use crate::generator::common::code::{self, Generated};

/// The table.
///
/// # Errors
/// A bug of this module: what it wrote is not Rust.
pub(super) fn file(spec: &Secrets) -> Result<Generated, String> {
    let [names, foreign, words] = [names(spec), foreign(spec), words(spec)];
    let tokens = spec.token.iter().map(|it| token(it));
    let shapes = spec.shape.iter().map(|it| shape(it));
    let settings = spec.setting.iter().map(|it| setting(it));
    let programs = spec.program.iter().map(|it| program(it));
    let operands = operands(spec);
    let logins = list(spec.login.iter().flat_map(|it| &it.programs));
    let first = first(spec);
    let command = alternatives(commands(spec));
    let near = list(spec.setting.iter().flat_map(|it| &it.near));
    let table = quote! {
        #names
        #foreign
        #words
        pub(super) const TOKENS: &[Token] = &[#(#tokens),*];
        pub(super) const SHAPES: &[Shape] = &[#(#shapes),*];
        pub(super) const SETTINGS: &[Setting] = &[#(#settings),*];
        pub(super) const SETTINGS_NEAR: &[&str] = #near;
        pub(super) const PROGRAMS: &[Program] = &[#(#programs),*];
        pub(super) const OPERANDS: &[Operand] = #operands;
        pub(super) const LOGINS: &[&str] = #logins;
        pub(super) const FIRST: &str = #first;
        pub(super) const COMMAND: &str = #command;
    };
    code::file("secrets.rs".to_owned(), table, "secrets.toml")
}

fn list<'a>(words: impl IntoIterator<Item = &'a At<String>>) -> TokenStream {
    let words = words.into_iter().map(|word| word.as_str());
    quote!(&[#(#words),*])
}

/// A pattern that is any of these, each once.
fn alternatives(patterns: impl IntoIterator<Item = String>) -> String {
    let mut once: Vec<String> = Vec::new();
    for pattern in patterns {
        if !once.contains(&pattern) {
            once.push(pattern);
        }
    }
    once.join("|")
}

fn names(spec: &Secrets) -> TokenStream {
    let parts = alternatives(
        spec.name
            .iter()
            .flat_map(|it| &it.first)
            .map(|part| (**part).clone()),
    );
    let of = |says: Says| {
        let entries = spec.name.iter().filter(move |it| *it.says == says);
        list(entries.flat_map(|it| &it.words))
    };
    let [secret, end, key] = [Says::Secret, Says::End, Says::Key].map(of);
    let [open_key, open_token, open_secret, open_pass] = [
        Says::OpenKey,
        Says::OpenToken,
        Says::OpenSecret,
        Says::OpenPass,
    ]
    .map(of);
    let [description, half, never] = [Says::Description, Says::Half, Says::Never].map(of);
    let [password, common, setting] = [Says::Password, Says::Common, Says::Setting].map(of);
    quote! {
        pub(super) const PARTS: &str = #parts;
        pub(super) const SECRETS: &[&str] = #secret;
        pub(super) const ENDS: &[&str] = #end;
        pub(super) const KEYS: &[&str] = #key;
        pub(super) const OPEN_KEYS: &[&str] = #open_key;
        pub(super) const OPEN_TOKENS: &[&str] = #open_token;
        pub(super) const OPEN_SECRETS: &[&str] = #open_secret;
        pub(super) const OPEN_PASSES: &[&str] = #open_pass;
        pub(super) const DESCRIPTIONS: &[&str] = #description;
        pub(super) const HALVES: &[&str] = #half;
        pub(super) const NEVER: &[&str] = #never;
        pub(super) const PASSWORDS: &[&str] = #password;
        pub(super) const COMMON: &[&str] = #common;
        pub(super) const SETTING_WORDS: &[&str] = #setting;
    }
}

fn foreign(spec: &Secrets) -> TokenStream {
    let all = |of: fn(&Foreign) -> &Vec<At<String>>| {
        let words = spec.foreign.iter().flat_map(move |it| of(it));
        alternatives(words.map(|it| (**it).clone()))
    };
    let elsewhere = format!("(?iu:{})", all(|it| &it.phrases));
    let inflected = format!("(?iu:{})", all(|it| &it.inflected));
    let words = all(|it| &it.words);
    let near = all(|it| &it.near);
    quote! {
        pub(super) const ELSEWHERE: &str = #elsewhere;
        pub(super) const ELSEWHERE_INFLECTED: &str = #inflected;
        pub(super) const ELSEWHERE_WORDS: &str = #words;
        pub(super) const ELSEWHERE_NEAR: &str = #near;
    }
}

fn words(spec: &Secrets) -> TokenStream {
    let of = |stands_as: StandsAs| {
        let entries = spec
            .word
            .iter()
            .filter(move |it| *it.stands_as == stands_as);
        list(entries.flat_map(|it| &it.words))
    };
    let [value, verdict] = [StandsAs::Value, StandsAs::Verdict].map(of);
    let [feature, metavariable] = [StandsAs::Feature, StandsAs::Metavariable].map(of);
    quote! {
        pub(super) const PLAIN: &[&str] = #value;
        pub(super) const VERDICTS: &[&str] = #verdict;
        pub(super) const FEATURES: &[&str] = #feature;
        pub(super) const METAVARIABLES: &[&str] = #metavariable;
    }
}

fn token(entry: &Token) -> TokenStream {
    let Token { random, .. } = entry;
    let pattern = format!(r"\b(?:{})(?:{})", *entry.begins, *entry.rest);
    quote!(Token { pattern: #pattern, is_random: #random })
}

fn shape(entry: &Shape) -> TokenStream {
    let Shape { value, .. } = entry;
    let pattern = format!("(?-u){}", *entry.pattern);
    let near = list(&entry.near);
    let unless = match entry.unless.as_deref() {
        None => quote!(None),
        Some(Unless::Word) => quote!(Some(Unless::Word)),
        Some(Unless::BeforeAPath) => quote!(Some(Unless::BeforeAPath)),
    };
    quote!(Shape { pattern: #pattern, near: #near, is_value: #value, unless: #unless })
}

fn setting(entry: &Setting) -> TokenStream {
    let Setting { encoded, .. } = entry;
    let before = entry.before.as_str();
    quote!(Setting { before: #before, is_encoded: #encoded })
}

fn program(entry: &Program) -> TokenStream {
    let names = list(&entry.names);
    let forms = [
        (&entry.attached, quote!(Form::Attached)),
        (&entry.next, quote!(Form::Next)),
        (&entry.either, quote!(Form::Either)),
        (&entry.source, quote!(Form::Source)),
    ];
    let mut flags: Vec<TokenStream> = Vec::new();
    for (words, form) in forms {
        let words = words.iter().map(|word| word.as_str());
        flags.extend(words.map(|flag| quote!((#flag, #form))));
    }
    if let Some(behind) = &entry.behind {
        let sign = behind.sign.chars().next();
        let words = behind.flags.iter().map(|word| word.as_str());
        flags.extend(words.map(|flag| quote!((#flag, Form::Behind(#sign)))));
    }
    quote!(Program { names: #names, flags: &[#(#flags),*] })
}

fn operands(spec: &Secrets) -> TokenStream {
    let mut operands = Vec::new();
    for entry in &spec.operand {
        let (programs, words, skip) = (list(&entry.programs), list(&entry.words), entry.skip);
        operands.push(quote!(Operand { programs: #programs, words: #words, skip: #skip }));
    }
    quote!(&[#(#operands),*])
}

/// What the first look finds lines with a command by.
fn commands(spec: &Secrets) -> Vec<String> {
    let entries = spec.program.iter().map(|it| (&it.first, &it.names));
    let entries = entries.chain(spec.operand.iter().map(|it| (&it.first, &it.programs)));
    let entries = entries.chain(spec.login.iter().map(|it| (&it.first, &it.programs)));
    entries
        .flat_map(|(first, names)| match first.is_empty() {
            true => names
                .iter()
                .map(|name| regex_syntax::escape(name))
                .collect(),
            false => first.iter().map(|it| (**it).clone()).collect::<Vec<_>>(),
        })
        .collect()
}

/// What the first look finds lines by, beside the parts of names.
fn first(spec: &Secrets) -> String {
    let firsts = spec.shape.iter().flat_map(|it| &it.first);
    let firsts = firsts.chain(spec.setting.iter().flat_map(|it| &it.first));
    let firsts = firsts.chain(spec.token.iter().map(|it| &it.begins));
    let firsts = firsts.map(|it| (**it).clone());
    let foreign = spec.foreign.iter().flat_map(|it| &it.first);
    let foreign = foreign.map(|it| format!("(?i:{})", **it));
    alternatives(commands(spec).into_iter().chain(firsts).chain(foreign))
}
