//! Writes what a file reads of a handler's plan as reads of the handler's own struct.
//!
//! Nothing of this is ever called: that rustc compiles it shows that the struct has each field.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generator::common::reply::Planned;
use crate::generator::common::source::Origin;

/// A function for each plan, a line for each of its parts.
pub(super) fn module(planned: &BTreeMap<Planned, Origin>) -> Option<TokenStream> {
    let mut plans: BTreeMap<&str, Vec<TokenStream>> = BTreeMap::new();
    for (Planned { module, fields }, Origin(origin)) in planned {
        let mut part = quote!(plan);
        for (depth, field) in fields.iter().enumerate() {
            let field: syn::Member = syn::parse_str(field).ok()?;
            part = match depth {
                0 => quote!(#part.#field),
                _ => quote!(Part(&#part).item()?.#field),
            };
        }
        plans.entry(module).or_default().push(quote! {
            #[origin = #origin]
            let _ = &#part;
        });
    }
    let functions = plans.into_iter().map(|(module, lines)| {
        let module = format_ident!("{module}");
        quote! {
            fn #module(plan: &crate::operations::#module::Plan) -> Option<()> {
                #(#lines)*
                Some(())
            }
        }
    });
    (!planned.is_empty()).then(|| {
        quote! {
            #[allow(dead_code, unused_imports, reason = "that it compiles is what it is for")]
            mod planned {
                use crate::generated::table::prelude::{Part, Whole};
                #(#functions)*
            }
        }
    })
}
