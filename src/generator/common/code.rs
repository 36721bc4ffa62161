//! Writes Rust: what each room writes of its own comes out in the same form.

use std::fmt::Debug;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// A file of Rust.
pub(crate) struct Generated {
    /// Its path below `OUT_DIR`.
    pub path: String,
    /// What it holds.
    pub code: String,
}

/// A file of these tokens; `source` is what they were written from.
///
/// # Errors
/// A bug of the generator: what it wrote is not Rust.
pub(crate) fn file(path: String, tokens: TokenStream, source: &str) -> Result<Generated, String> {
    let code = formatted(tokens, source)?;
    Ok(Generated { path, code })
}

/// A module that is a file of its own, of something in the catalogue.
pub(crate) fn module(name: &str, path: &str, summary: &str, source: &str) -> TokenStream {
    let (name, file) = (format_ident!("{name}"), format!("/{path}"));
    let doc = format!("{summary} Defined in `{source}`.");
    quote! {
        #[doc = #doc]
        pub mod #name {
            include!(concat!(env!("OUT_DIR"), #file));
        }
    }
}

/// Formats the tokens and moves each origin to the end of the lines of the statement it is about.
fn formatted(tokens: TokenStream, source: &str) -> Result<String, String> {
    let file = syn::parse2(tokens)
        .map_err(|error| format!("the generator wrote no Rust for {source}: {error}"))?;
    let mut code = String::new();
    let mut origin = None;
    for line in prettyplease::unparse(&file).lines() {
        let mut line = line;
        let marked = line
            .trim_start()
            .strip_prefix("#[origin = \"")
            .and_then(|rest| rest.split_once("\"]"));
        if let Some((marker, behind)) = marked {
            origin = Some(marker.to_owned());
            // A short statement stands on the line of its marker.
            line = behind.trim_start();
            if line.is_empty() {
                continue;
            }
        }
        code.push_str(line);
        if let Some(origin) = &origin {
            code.push_str(" // ");
            code.push_str(origin);
        }
        if line.ends_with(';') {
            origin = None;
        }
        code.push('\n');
    }
    Ok(code)
}

/// An option, written out.
pub(crate) fn optional(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

/// A word of the vocabulary, as the server's records have it.
pub(crate) fn variant(list: &str, word: impl Debug) -> TokenStream {
    let (list, word) = (format_ident!("{list}"), format_ident!("{word:?}"));
    quote!(#list::#word)
}
