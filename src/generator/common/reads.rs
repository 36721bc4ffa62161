//! Writes what a file reads of replies as reads of bollard's own structs.
//!
//! The names come from an index of bollard's source. Nothing of this is ever called: that rustc
//! compiles it shows that bollard has each name, with the type that the index says.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::reply::{INDEX, Reads};
use super::source::Origin;

/// A function for each struct, a line for each name.
pub(crate) fn module(reads: &Reads) -> Option<TokenStream> {
    let mut models: BTreeMap<&str, Vec<TokenStream>> = BTreeMap::new();
    for ((model, _), (member, Origin(origin))) in reads {
        let field: syn::Member = syn::parse_str(member.field).ok()?;
        let Some(rust) = qualified(member.rust) else {
            continue;
        };
        models.entry(model).or_default().push(quote! {
            #[origin = #origin]
            let _: &#rust = &model.#field;
        });
    }
    let functions = models.into_iter().map(|(model, lines)| {
        let model = format_ident!("{model}");
        quote! {
            fn #model(model: &bollard::models::#model) {
                #(#lines)*
            }
        }
    });
    (!reads.is_empty()).then(|| {
        quote! {
            #[allow(dead_code, non_snake_case, unused_imports, reason = "that it compiles is what it is for")]
            mod reads {
                use std::collections::HashMap;
                #(#functions)*
            }
        }
    })
}

/// A Rust type of bollard by its whole path; none of what the index does not know.
pub(crate) fn qualified(rust: &str) -> Option<TokenStream> {
    let kind: syn::Type = syn::parse_str(rust).ok()?;
    tokens(&kind)
}

fn tokens(kind: &syn::Type) -> Option<TokenStream> {
    match kind {
        syn::Type::Tuple(unit) if unit.elems.is_empty() => Some(quote!(())),
        syn::Type::Path(path) => {
            let last = path.path.segments.last()?;
            let name = &last.ident;
            let word = name.to_string();
            let whole = match word.as_str() {
                "Value" => quote!(serde_json::Value),
                model if INDEX.models.contains_key(model) || INDEX.types.contains_key(model) => {
                    quote!(bollard::models::#name)
                }
                "Option" | "Vec" | "HashMap" | "String" | "bool" | "f64" | "i32" | "i64"
                | "u16" | "u32" | "u64" | "usize" => quote!(#name),
                _ => return None,
            };
            let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return Some(whole);
            };
            let arguments: Option<Vec<TokenStream>> = arguments
                .args
                .iter()
                .map(|argument| match argument {
                    syn::GenericArgument::Type(kind) => tokens(kind),
                    _ => None,
                })
                .collect();
            let arguments = arguments?;
            Some(quote!(#whole<#(#arguments),*>))
        }
        _ => None,
    }
}
