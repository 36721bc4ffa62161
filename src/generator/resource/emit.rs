//! Writes the static record of a resource.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::Resource;
use crate::generator::common::code::{self, Generated, optional, variant};

/// A file for each resource.
///
/// # Errors
/// A bug of this module: what it wrote is not Rust.
pub(crate) fn files(resources: &[Resource]) -> Result<Vec<Generated>, String> {
    let resources = resources.iter();
    resources
        .map(|resource| code::file(path(resource), file(resource), &resource.source))
        .collect()
}

/// The file of a resource's record, below `OUT_DIR`.
fn path(resource: &Resource) -> String {
    format!("resources/{}.rs", resource.stem)
}

/// The record, in a file of its own.
fn file(resource: &Resource) -> TokenStream {
    let Resource {
        source,
        stem,
        title,
        summary,
        prefix,
        variables,
        ..
    } = resource;
    let names: Vec<String> = variables
        .iter()
        .map(|(name, _)| format!("{{{name}}}"))
        .collect();
    let template = format!("{prefix}{}", names.join("/"));
    let variables = variables
        .iter()
        .map(|(name, param)| quote!(Variable { name: #name, param: #param }));
    let of = variant("Of", resource.of);
    let tool = format_ident!("{}", resource.tool);
    let args = resource.args.to_string();
    let toolset = optional(resource.toolset.as_ref().map(|toolset| quote!(#toolset)));
    let content = match &resource.text {
        Some(text) if text.contains('.') => {
            let (list, key) = text.split_once('.').unwrap_or_default();
            quote!(Content::Lines(#list, #key))
        }
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
            of: #of,
            variables: &[#(#variables),*],
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
        let path = path(resource);
        code::module(&resource.stem, &path, &resource.summary, &resource.source)
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
