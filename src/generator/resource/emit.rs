//! Writes the static record of a resource.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::emit::variant;
use super::Resource;

/// The file of a resource's record, below `OUT_DIR`.
pub(crate) fn path(resource: &Resource) -> String {
    format!("resources/{}.rs", resource.stem)
}

/// The record, in a file of its own.
pub(crate) fn file(resource: &Resource) -> TokenStream {
    let Resource {
        source,
        stem,
        title,
        summary,
        prefix,
        variable,
        ..
    } = resource;
    let template = format!("{prefix}{{{variable}}}");
    let tool = format_ident!("{}", resource.tool);
    let args = resource.args.to_string();
    let toolset = match &resource.toolset {
        Some(toolset) => quote!(Some(#toolset)),
        None => quote!(None),
    };
    let content = match &resource.text {
        Some(key) => quote!(Content::Text(#key)),
        None => quote!(Content::Json),
    };
    let listed = variant("Listed", resource.list);
    let updates = variant("Updates", resource.updates);
    quote! {
        use crate::catalog::prelude::*;
        #[doc = #summary]
        pub static RESOURCE: Resource = Resource {
            name: #stem,
            source: #source,
            toolset: #toolset,
            title: #title,
            summary: #summary,
            template: #template,
            prefix: #prefix,
            variable: #variable,
            tool: &crate::catalog::generated::#tool::TOOL,
            args: #args,
            content: #content,
            listed: #listed,
            updates: #updates,
        };
    }
}

/// The modules of the records, and the list of all.
pub(crate) fn index(resources: &[Resource]) -> TokenStream {
    let modules = resources.iter().map(|resource| {
        let module = format_ident!("{}", resource.stem);
        let file = format!("/{}", path(resource));
        let doc = format!("{} Defined in `{}`.", resource.summary, resource.source);
        quote! {
            #[doc = #doc]
            pub mod #module {
                include!(concat!(env!("OUT_DIR"), #file));
            }
        }
    });
    let names = resources
        .iter()
        .map(|resource| format_ident!("{}", resource.stem));
    quote! {
        /// The resources.
        pub mod resources {
            #(#modules)*
        }
        /// Every resource, by name.
        pub static RESOURCES: &[&crate::catalog::Resource] = &[#(&resources::#names::RESOURCE),*];
    }
}
