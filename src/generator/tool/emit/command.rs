//! Writes the program that a tool runs: its record, and the words that its parameters make.

use proc_macro2::TokenStream;
use quote::quote;

use super::field;
use crate::generator::common::code::{optional, variant};
use crate::generator::common::vocabulary::types::{self, Words};
use crate::generator::tool::model::{Command, Param, Tool, Word};

/// The static record of the program.
pub(super) fn record(command: &Command) -> TokenStream {
    let program = variant("Needs", command.program);
    let stdin = optional(command.stdin.map(|stdin| variant("Stdin", stdin)));
    let reply = variant("Written", command.reply);
    let engine = &command.engine;
    let others = command
        .others
        .iter()
        .map(|(program, _)| variant("Needs", program));
    let all = command.others.iter().flat_map(|(_, words)| words);
    let flags = command
        .words
        .iter()
        .chain(all)
        .filter_map(|word| match word {
            Word::Text(text) if text != "--" => text.starts_with('-').then_some(text.as_str()),
            Word::Text(_) => None,
            Word::When { flag, .. } => Some(flag.as_str()),
            Word::Value { flag, .. } | Word::Values { flag, .. } => flag.as_deref(),
        });
    let flags = flags.map(|flag| flag.split_once('=').map_or(flag, |(flag, _)| flag));
    quote! {
        /// The program that it runs.
        pub static COMMAND: crate::catalog::Command = crate::catalog::Command {
            program: #program,
            others: &[#(#others),*],
            flags: &[#(#flags),*],
            stdin: #stdin,
            reply: #reply,
            engine: &[#(#engine),*],
        };
    }
}

/// The words of a call.
pub(super) fn args(tool: &Tool, command: &Command) -> TokenStream {
    let doc = format!("The words that the program of `{}` is run with.", tool.name);
    let words = pushed(&command.words);
    let others = command.others.iter().map(|(program, words)| {
        let (program, words) = (variant("Needs", program), pushed(words));
        quote!(crate::vocabulary::#program => { #(#words)* })
    });
    let others = (!command.others.is_empty()).then(|| {
        quote! {
            /// The words of the one of its programs that is run.
            pub fn args_of(&self, program: crate::vocabulary::Needs) -> Vec<String> {
                let mut args: Vec<String> = Vec::new();
                match program {
                    #(#others)*
                    _ => return self.args(),
                }
                args
            }
        }
    });
    let all = command.others.iter().flat_map(|(_, words)| words);
    let fits = command
        .words
        .iter()
        .chain(all)
        .filter_map(|word| match word {
            Word::Value { param, .. } | Word::Values { param, .. } => {
                let (name, words) = (&param.name, made(word, param));
                Some(quote!(fit(#name, #words)?;))
            }
            Word::Text(_) | Word::When { .. } => None,
        });
    quote! {
        impl Params {
            /// Holds what was given to what can be words of a program.
            fn words_fit(&self) -> Result<(), InvalidArgument> {
                #(#fits)*
                Ok(())
            }
            #[doc = #doc]
            pub fn args(&self) -> Vec<String> {
                let mut args: Vec<String> = Vec::new();
                #(#words)*
                args
            }
            #others
        }
    }
}

/// What adds each word to those before it.
fn pushed(words: &[Word]) -> Vec<TokenStream> {
    let pushed = words.iter().map(|word| match word {
        Word::Text(text) => quote!(args.push(#text.to_owned());),
        Word::When { flag, param } => {
            let name = field(&param.name);
            let given = if param.optional() {
                quote!(self.#name == Some(true))
            } else {
                quote!(self.#name)
            };
            quote!(if #given { args.push(#flag.to_owned()); })
        }
        Word::Value { param, .. } | Word::Values { param, .. } => {
            let words = made(word, param);
            quote!(args.extend(#words);)
        }
    });
    pushed.collect()
}

/// An iterator over the words that a parameter makes.
fn made(word: &Word, param: &Param) -> TokenStream {
    let name = field(&param.name);
    let (is_one, before) = match word {
        Word::Value {
            prefix: Some(prefix),
            ..
        } => (true, prefix.clone()),
        Word::Value { flag, .. } => (true, before(flag.as_ref())),
        Word::Values { flag, .. } => (false, before(flag.as_ref())),
        Word::Text(_) | Word::When { .. } => (true, before(None)),
    };
    let each = match (is_one, param.optional()) {
        (true, true) => quote!(self.#name.iter()),
        (true, false) => quote!([&self.#name].into_iter()),
        (false, true) => quote!(self.#name.iter().flat_map(|values| values.iter())),
        (false, false) => quote!(self.#name.iter()),
    };
    if is_map(param) {
        quote!(#each.map(|(key, value)| format!("{}{key}={value}", #before)))
    } else {
        quote!(#each.map(|value| format!("{}{value}", #before)))
    }
}

/// What stands before a value in its word, which is what keeps a value from being taken for an option.
fn before(flag: Option<&String>) -> String {
    flag.map_or_else(String::new, |flag| format!("{flag}="))
}

fn is_map(param: &Param) -> bool {
    types::find(&param.kind).is_some_and(|known| matches!(known.words, Words::Pairs(_)))
}
