//! Writes the static record of a prompt, and the templates.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Argument, Entry, Prompt, Prompts, Template};
use crate::generator::common::code::{self, Generated, optional, variant};
use crate::generator::common::reads;

/// A file for each prompt.
///
/// # Errors
/// A bug of this module: what it wrote is not Rust.
pub(crate) fn files(prompts: &Prompts) -> Result<Vec<Generated>, String> {
    let prompts = prompts.prompts.iter();
    prompts
        .map(|prompt| code::file(path(prompt), file(prompt), &prompt.source))
        .collect()
}

/// Where the code of a prompt goes.
fn path(prompt: &Prompt) -> String {
    format!("prompts/{}.rs", prompt.name)
}

/// The static record of a prompt.
fn file(prompt: &Prompt) -> TokenStream {
    let Prompt {
        source,
        name,
        title,
        summary,
        template,
        ..
    } = prompt;
    let (arguments, context) = (
        prompt.arguments.iter().map(argument),
        prompt.context.iter().map(entry),
    );
    let (sample_arguments, sample_context) = (
        prompt.sample_arguments.to_string(),
        prompt.sample_context.to_string(),
    );
    let reads = reads::module(&prompt.reads);
    let toolset = optional(prompt.toolset.as_ref().map(|toolset| quote!(#toolset)));
    quote! {
        use crate::catalog::{Argument, ArgumentKind, Entry, Prompt, Sample};
        #reads
        #[doc = #summary]
        pub static PROMPT: Prompt = Prompt {
            name: #name,
            source: #source,
            toolset: #toolset,
            title: #title,
            summary: #summary,
            template: #template,
            arguments: &[#(#arguments),*],
            context: &[#(#context),*],
            sample: Sample { arguments: #sample_arguments, context: #sample_context },
        };
    }
}

fn argument(argument: &Argument) -> TokenStream {
    let Argument {
        name,
        doc,
        required,
        ..
    } = argument;
    let kind = variant("ArgumentKind", argument.kind);
    quote!(Argument { name: #name, doc: #doc, kind: #kind, required: #required })
}

fn entry(entry: &Entry) -> TokenStream {
    let Entry {
        name,
        tool,
        required,
        needs,
        ..
    } = entry;
    let args = entry.args.to_string();
    let text = |written: &Option<String>| optional(written.as_ref().map(|text| quote!(#text)));
    let (when, each) = (text(&entry.when), text(&entry.each));
    let max = entry.max.unwrap_or(1);
    quote! {
        Entry {
            name: #name,
            tool: #tool,
            args: #args,
            when: #when,
            each: #each,
            max: #max,
            required: #required,
            needs: &[#(#needs),*],
        }
    }
}

/// The modules of the prompts, the table of them and that of the templates.
pub(crate) fn index(prompts: &Prompts) -> TokenStream {
    let modules = prompts.prompts.iter().map(|prompt| {
        let path = path(prompt);
        code::module(&prompt.name, &path, &prompt.summary, &prompt.source)
    });
    let names = prompts
        .prompts
        .iter()
        .map(|prompt| format_ident!("{}", prompt.name));
    let templates = prompts
        .templates
        .iter()
        .map(|Template { name, text }| quote!((#name, #text)));
    quote! {
        /// The prompts.
        pub mod prompts {
            #(#modules)*
        }
        /// Every prompt, by name.
        pub static PROMPTS: &[&crate::catalog::Prompt] = &[#(&prompts::#names::PROMPT),*];
        /// Every template, by the name that prompts and includes use.
        pub static TEMPLATES: &[(&str, &str)] = &[#(#templates),*];
    }
}
