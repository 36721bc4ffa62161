//! Writes the program that a tool runs: its record, and the words that its parameters make.

use proc_macro2::TokenStream;
use quote::quote;

use super::field;
use crate::generator::common::code::{optional, variant};
use crate::generator::common::vocabulary::types::{self, Json};
use crate::generator::tool::model::{Command, Param, Tool, Word};

/// The static record of the program.
pub(super) fn record(command: &Command) -> TokenStream {
    let program = variant("Needs", command.program);
    let stdin = optional(command.stdin.map(|stdin| variant("Stdin", stdin)));
    let reply = variant("Written", command.reply);
    let engine = &command.engine;
    quote! {
        /// The program that it runs.
        pub static COMMAND: crate::catalog::Command = crate::catalog::Command {
            program: #program,
            stdin: #stdin,
            reply: #reply,
            engine: &[#(#engine),*],
        };
    }
}

/// The words of a call.
pub(super) fn args(tool: &Tool, command: &Command) -> TokenStream {
    let doc = format!("The words that the program of `{}` is run with.", tool.name);
    let words = command.words.iter().map(word);
    quote! {
        impl Params {
            #[doc = #doc]
            pub fn args(&self) -> Vec<String> {
                let mut args: Vec<String> = Vec::new();
                #(#words)*
                args
            }
        }
    }
}

fn word(word: &Word) -> TokenStream {
    match word {
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
        Word::Value { flag, param } => {
            let name = field(&param.name);
            let before = before(flag.as_ref());
            if param.optional() {
                quote! {
                    args.extend(self.#name.iter().map(|value| format!("{}{value}", #before)));
                }
            } else {
                quote!(args.push(format!("{}{}", #before, self.#name));)
            }
        }
        Word::Values { flag, param } => {
            let name = field(&param.name);
            let before = before(flag.as_ref());
            let each = if param.optional() {
                quote!(self.#name.iter().flatten())
            } else {
                quote!(self.#name.iter())
            };
            let form = if is_map(param) {
                quote!(|(key, value)| format!("{}{key}={value}", #before))
            } else {
                quote!(|value| format!("{}{value}", #before))
            };
            quote!(args.extend(#each.map(#form));)
        }
    }
}

/// What stands before a value in its word, which is what keeps a value from being taken for an option.
fn before(flag: Option<&String>) -> String {
    flag.map_or_else(String::new, |flag| format!("{flag}="))
}

fn is_map(param: &Param) -> bool {
    types::find(&param.kind).is_some_and(|known| known.default == Json::Object)
}
