//! Writes the Rust of the tools that were found to be right.
//!
//! Of each tool a file for each floor that knows it: its record, its parameters, what its handler gives
//! if it has one, and the operation that joins them.
//!
//! What is written is thin: a struct of parameters, the requests, one static record per tool.
//! Behaviour is in the hand-written functions it calls. Each line that names something of bollard
//! stays short and ends in the place of the catalogue it came from, because that line is all that
//! rustc shows when the name is wrong.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

mod command;
mod operation;
mod planned;
mod record;
mod reply;
mod request;

use super::model::{Param, Shared, Tool};
use crate::generator::common::code::{self, Generated};
use crate::generator::common::reads;
use crate::generator::common::vocabulary::types::{Beginning, Json, TYPES, Type, Words};

/// The files of each tool, and of each floor but that of the records the one that lists them.
///
/// # Errors
/// A bug of this module: what it wrote is not Rust.
pub(crate) fn files(tools: &[Tool]) -> Result<Vec<Generated>, String> {
    let mut files = Vec::new();
    for tool in tools {
        let parts = [
            (RECORD, Some(record_file(tool))),
            (PARAMS, Some(params_file(tool))),
            (REPLY, reply::file(tool)),
            (OPERATION, Some(operation_file(tool))),
        ];
        for (floor, tokens) in parts {
            if let Some(tokens) = tokens {
                files.push(code::file(path(floor, tool), tokens, &tool.source)?);
            }
        }
    }
    let handled = tools.iter().filter(|tool| tool.is_handled());
    let indexes = [
        (PARAMS, params(tools)),
        (REPLY, modules(REPLY, handled)),
        (OPERATION, operations(tools)),
    ];
    for (floor, index) in indexes {
        files.push(code::file(format!("{floor}.rs"), index, floor)?);
    }
    Ok(files)
}

/// The modules of the records, and the list of all.
pub(crate) fn index(tools: &[Tool]) -> TokenStream {
    let modules = modules(RECORD, tools);
    let names = tools.iter().map(|tool| format_ident!("{}", tool.stem));
    quote! {
        #modules
        /// Every tool, by toolset and name.
        pub static TOOLS: &[&crate::catalog::Tool] = &[#(&#names::TOOL),*];
    }
}

const RECORD: &str = "catalog";
const PARAMS: &str = "params";
const REPLY: &str = "reply";
const OPERATION: &str = "table";

fn path(floor: &str, tool: &Tool) -> String {
    format!("{floor}/{}/{}.rs", tool.toolset, tool.stem)
}

/// A module for each of these tools.
fn modules<'t>(floor: &str, tools: impl IntoIterator<Item = &'t Tool>) -> TokenStream {
    let modules = tools
        .into_iter()
        .map(|tool| code::module(&tool.stem, &path(floor, tool), &tool.summary, &tool.source));
    quote!(#(#modules)*)
}

fn params(tools: &[Tool]) -> TokenStream {
    let modules = modules(PARAMS, tools);
    let declared = tools.iter().flat_map(|tool| &tool.params);
    let declared = declared.map(|param| (param.kind.as_str(), param.rust.as_str()));
    let named = TYPES.iter().map(|known| (known.name, known.rust));
    let types: BTreeMap<&str, &str> = named.chain(declared).collect();
    let readers = types.into_iter().map(|(name, rust)| {
        let rust = rust_type(rust);
        quote!((#name, &<#rust as Parameter>::SCHEMA, read::<#rust>))
    });
    let defaults = TYPES.iter().map(|known| {
        let rust = rust_type(known.rust);
        let read = match known.default {
            Json::Boolean => quote!(Schema::Boolean),
            Json::Integer => quote!(Schema::Integer),
            Json::Number => quote!(Schema::Number),
            Json::String | Json::IntegerOrString => quote!(Schema::String),
            Json::Array => quote!(Schema::Array(_)),
            Json::Object => quote!(Schema::Object | Schema::Map(_) | Schema::Record(_)),
        };
        let (name, default) = (known.name, known.default.name());
        let wrong =
            format!("a default of `{name}` is {default}, and its type reads something else");
        quote!(
            const _: () = assert!(matches!(<#rust as Parameter>::SCHEMA, #read), #wrong);
        )
    });
    // Points in time are counted from the Engine's now before they set anything.
    let source = |known: &Type| match known.name {
        "time" => syn::parse_quote!(jiff::Timestamp),
        _ => rust_type(known.rust),
    };
    let setters = TYPES.iter().flat_map(|known| {
        let fields = known.sets.iter().filter_map(|it| reads::qualified(it));
        let source = source(known);
        let setter = move |field| quote!(let _: fn(&mut #field, &#source) -> Result<(), NotAssignable> = assign;);
        fields.map(setter)
    });
    let no_options = TYPES.iter().filter_map(|known| match known.words {
        Words::One(Beginning::NoHyphen)
        | Words::Each(Beginning::NoHyphen)
        | Words::Pairs(Beginning::NoHyphen) => Some(known.name),
        _ => None,
    });
    let words = TYPES.iter().filter_map(|known| {
        let rust = rust_type(known.rust);
        Some(match known.words {
            Words::No => return None,
            Words::One(_) => quote!(one::<#rust>();),
            Words::Each(_) => {
                quote!(each(|it: &#rust| it.iter().map(ToString::to_string).collect());)
            }
            Words::Pairs(_) => quote! {
                each(|it: &#rust| it.iter().map(|(key, value)| format!("{key}={value}")).collect());
            },
        })
    });
    quote! {
        #modules
        #(#defaults)*
        #[cfg(test)]
        #[allow(dead_code, reason = "that it compiles shows that each type makes the words that its row says")]
        fn words() {
            fn one<T: std::fmt::Display>() {}
            fn each<T>(_: fn(&T) -> Vec<String>) {}
            #(#words)*
        }
        #[cfg(test)]
        #[allow(dead_code, reason = "that it compiles shows that each type sets the fields that the legend says")]
        fn setters() {
            use std::collections::HashMap;
            #(#setters)*
        }
        /// The types of which no value begins with a hyphen where it is a word of a program.
        #[cfg(test)]
        static NO_OPTIONS: &[&str] = &[#(#no_options),*];
        /// Every type of parameter by its name in the TOML files, with what it says that it reads, and what reads a value.
        #[cfg(test)]
        static READERS: &[(&str, &Schema, fn(Value) -> Result<Value, Mismatch>)] = &[#(#readers),*];
    }
}

fn rust_type(written: &str) -> syn::Type {
    syn::parse_str(written).unwrap_or_else(|_| syn::parse_quote!(()))
}

fn operations(tools: &[Tool]) -> TokenStream {
    let modules = modules(OPERATION, tools);
    let arms = tools.iter().map(|tool| {
        let (name, stem) = (&tool.name, format_ident!("{}", tool.stem));
        quote!(#name => Box::new(super::params::#stem::Params::parse(arguments)?))
    });
    quote! {
        #modules
        fn operation(tool: &str, arguments: &mut Arguments) -> Result<Option<Box<dyn Operation>>, InvalidArgument> {
            let operation: Box<dyn Operation> = match tool {
                #(#arms,)*
                _ => return Ok(None),
            };
            Ok(Some(operation))
        }
    }
}

fn record_file(tool: &Tool) -> TokenStream {
    let record = record::tool(tool);
    quote! {
        use crate::catalog::prelude::*;
        #record
    }
}

fn params_file(tool: &Tool) -> TokenStream {
    let (params, parse) = (params_struct(tool), parse_function(tool));
    let shared = tool.shared.as_ref().map(shared_function);
    let args = tool.command.as_ref().map(|it| command::args(tool, it));
    quote! {
        use crate::generated::params::prelude::*;
        #params
        #parse
        #shared
        #args
    }
}

/// A function that gives the parameters of the other tool; those of which this one has its own are its
/// arguments.
fn shared_function(shared: &Shared) -> TokenStream {
    let other = format_ident!("{}", shared.stem);
    let doc = format!(
        "The parameters of `docker_{}` that are among these.",
        shared.stem
    );
    let replaced = shared.params.iter().filter(|(_, replaced)| *replaced);
    let arguments = replaced.map(|(param, _)| {
        let (name, kind) = (field(&param.name), field_type(param));
        quote!(#name: #kind)
    });
    let fields = shared.params.iter().map(|(param, replaced)| {
        let name = field(&param.name);
        if *replaced {
            quote!(#name)
        } else {
            quote!(#name: self.#name.clone())
        }
    });
    quote! {
        impl Params {
            #[doc = #doc]
            #[allow(clippy::clone_on_copy, reason = "which can be copied depends on the catalogue")]
            pub fn #other(&self, #(#arguments),*) -> crate::generated::params::#other::Params {
                crate::generated::params::#other::Params { #(#fields),* }
            }
        }
    }
}

/// What a parameter is called in Rust: `for` as `r#for`.
fn field(name: &str) -> syn::Ident {
    syn::parse_str(name).unwrap_or_else(|_| format_ident!("r#{name}"))
}

fn field_type(param: &Param) -> TokenStream {
    let kind = rust_type(&param.rust);
    if param.optional() {
        quote!(Option<#kind>)
    } else {
        quote!(#kind)
    }
}

fn operation_file(tool: &Tool) -> TokenStream {
    let params = format_ident!("{}", tool.stem);
    let grace = tool.grace.as_ref().map(|name| {
        let name = format_ident!("{name}");
        quote! {
            fn grace(&self) -> Duration {
                Duration::from_secs(self.#name.unsigned_abs())
            }
        }
    });
    let (looks, run) = (operation::looks(tool), operation::run(tool));
    let (reads, planned) = (reads::module(&tool.reads), planned::module(&tool.planned));
    quote! {
        use crate::generated::params::#params::Params;
        use crate::generated::table::prelude::*;
        impl Operation for Params {
            fn params(&self) -> Value {
                to_value(self)
            }
            #grace
            #looks
            fn run<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>> {
                #run
            }
        }
        #reads
        #planned
    }
}

fn params_struct(tool: &Tool) -> TokenStream {
    let doc = format!(
        "The parameters of `{}`. Defined in `{}`.",
        tool.name, tool.source
    );
    let fields = tool.params.iter().map(|param| {
        let (name, doc) = (field(&param.name), &param.doc);
        let kind = field_type(param);
        quote! {
            #[doc = #doc]
            pub #name: #kind
        }
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, Serialize)]
        pub struct Params { #(#fields),* }
    }
}

fn parse_function(tool: &Tool) -> TokenStream {
    let fields = tool.params.iter().map(|param| {
        let (field, name) = (field(&param.name), &param.name);
        if param.optional() {
            quote!(#field: arguments.optional(#name)?)
        } else {
            quote!(#field: arguments.required(#name)?)
        }
    });
    let read = match &tool.command {
        Some(_) => quote! {
            let read = Self { #(#fields),* };
            read.words_fit()?;
            Ok(read)
        },
        None => quote!(Ok(Self { #(#fields),* })),
    };
    quote! {
        impl Params {
            /// Reads the arguments of a call.
            ///
            /// # Errors
            /// What does not fit is named, with what is wanted.
            pub fn parse(arguments: &mut Arguments) -> Result<Self, InvalidArgument> {
                #read
            }
        }
    }
}
