//! Writes the table of toolsets.

use proc_macro2::TokenStream;
use quote::quote;

use super::model::{TAKEN, Toolset};
use crate::generator::common::code::{self, Generated};

/// The file of the table.
///
/// # Errors
/// A bug of this module: what it wrote is not Rust.
pub(crate) fn file(toolsets: &[Toolset]) -> Result<Generated, String> {
    code::file("toolsets.rs".to_owned(), table(toolsets), "toolsets")
}

/// The table, and the words that choose from it.
fn table(toolsets: &[Toolset]) -> TokenStream {
    let rows = toolsets.iter().map(|toolset| {
        let Toolset {
            source,
            name,
            title,
            summary,
            default,
            ..
        } = toolset;
        let needs = toolset
            .needs
            .iter()
            .map(|needs| code::variant("Needs", needs));
        let since = code::optional(toolset.since.map(|since| code::variant("Release", since)));
        quote! {
            Toolset {
                name: #name,
                source: #source,
                title: #title,
                summary: #summary,
                default: #default,
                needs: &[#(#needs),*],
                since: #since,
            }
        }
    });
    let names = toolsets.iter().map(|toolset| toolset.name.as_str());
    let words = TAKEN.into_iter().chain(names);
    quote! {
        /// Every toolset, by name.
        pub static TOOLSETS: &[Toolset] = &[#(#rows),*];
        /// The words that choose toolsets.
        static WORDS: &[&str] = &[#(#words),*];
    }
}
