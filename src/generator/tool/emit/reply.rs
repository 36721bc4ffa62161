//! Writes the struct that a handler gives: a member for each key that the output reads of it.
//!
//! A handler fills it in with a struct literal, so that rustc says where it and the file differ. What
//! the file leaves open, the members of an object, is a type parameter: a struct of the handler.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::generator::common::vocabulary::{FieldType, Root, Shape};
use crate::generator::tool::model::{Field, Origination, Output, Path, Tool};
use crate::generator::tool::spec::As;

/// The reply of a tool with a handler; any other has bollard's.
pub(super) fn file(tool: &Tool) -> Option<TokenStream> {
    if !tool.is_handled() {
        return None;
    }
    let of = format!("`{}`. Defined in `{}`.", tool.name, tool.source);
    let reply = match &tool.output {
        Output::Document(_) => {
            let doc = format!("The document that the handler gives of {of}");
            quote! {
                #[doc = #doc]
                pub type Reply = Value;
            }
        }
        Output::Fields(fields) if tool.reads_engine => {
            let doc = format!("What the handler gives of {of}");
            engine_struct("Reply", &doc, fields)
        }
        Output::Fields(fields) => result(&format!("What the handler gives of {of}"), fields),
        Output::List { from, fields, .. } => {
            let item = engine_struct("Item", &format!("An item of the reply of {of}"), fields);
            let doc = format!("What the handler gives of {of}");
            let reply = match from.segments.first() {
                None => quote!(
                    pub type Reply = Vec<Item>;
                ),
                Some(key) => {
                    let (member, rename) = (member(key), rename(key));
                    quote! {
                        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
                        #[serde(default)]
                        pub struct Reply {
                            #[doc = "The items."]
                            #rename
                            pub #member: Vec<Item>
                        }
                    }
                }
            };
            quote! {
                #item
                #[doc = #doc]
                #reply
            }
        }
    };
    Some(quote! {
        use crate::generated::reply::prelude::*;
        #reply
    })
}

/// The reply as the operation names it: with a `_` for each type that the handler puts in.
pub(super) fn named(tool: &Tool) -> TokenStream {
    let module = format_ident!("{}", tool.stem);
    let open = match &tool.output {
        Output::Fields(fields) if !tool.reads_engine => {
            let read = fields.iter().filter(|field| read(field).is_some());
            read.filter(|field| is_open(field.kind)).count()
        }
        _ => 0,
    };
    let open = (open > 0).then(|| {
        let open = (0..open).map(|_| quote!(_));
        quote!(<#(#open),*>)
    });
    quote!(crate::generated::reply::#module::Reply #open)
}

/// The keys of the result itself, each in its type.
fn result(doc: &str, fields: &[Field]) -> TokenStream {
    let fields: Vec<(&Field, &str)> = fields
        .iter()
        .filter_map(|field| Some((field, read(field)?)))
        .collect();
    let opens = fields.iter().filter(|(field, _)| is_open(field.kind));
    let opens: Vec<syn::Ident> = opens.map(|(field, _)| parameter(&field.key)).collect();
    let generics = (!opens.is_empty()).then(|| quote!(<#(#opens),*>));
    let members = fields.iter().map(|(field, key)| {
        let (member, rename) = (member(key), rename(key));
        let kind = kind(field);
        let doc = format!("`{key}`.");
        quote! {
            #[doc = #doc]
            #rename
            pub #member: #kind
        }
    });
    quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, PartialEq, Serialize)]
        pub struct Reply #generics { #(#members),* }
    }
}

/// What the Engine tells, under its own names, as far as the output reads it.
fn engine_struct(name: &str, doc: &str, fields: &[Field]) -> TokenStream {
    let name = format_ident!("{name}");
    let mut keys: Vec<&str> = fields
        .iter()
        .flat_map(|field| paths(&field.source))
        .filter(|path| path.root == Root::Reply)
        .filter_map(|path| path.segments.first().map(String::as_str))
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let members = keys.into_iter().map(|key| {
        let (member, rename) = (member(key), rename(key));
        let doc = format!("`{key}`, as the Engine tells it.");
        let kind = told(key, fields);
        quote! {
            #[doc = #doc]
            #rename
            pub #member: Told<#kind>
        }
    });
    quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct #name { #(#members),* }
    }
}

fn paths(source: &Origination) -> &[Path] {
    match source {
        Origination::Path(path) => std::slice::from_ref(path),
        Origination::Join(paths, _) => paths,
        Origination::Rows(paths) => paths.as_slice(),
        Origination::Constant(_) => &[],
    }
}

/// The type of what the Engine tells under a key; open where it is rewritten, or a part is read of it.
fn told(key: &str, fields: &[Field]) -> TokenStream {
    let whole = fields.iter().find(|field| match &field.source {
        Origination::Path(path) => path.segments == [key] && path.root == Root::Reply,
        _ => false,
    });
    match whole.map(|field| (field.kind, field.shape.as_ref())) {
        Some((FieldType::String, None | Some(As::Shape(Shape::ImageId | Shape::ShortId)))) => {
            quote!(String)
        }
        Some((FieldType::Integer, None)) => quote!(i64),
        Some((FieldType::Number, None)) => quote!(f64),
        Some((FieldType::Boolean, None)) => quote!(bool),
        Some((FieldType::StringMap, None)) => quote!(BTreeMap<String, String>),
        Some((FieldType::Strings, _)) => quote!(Vec<String>),
        Some((FieldType::Integers, _)) => quote!(Vec<i64>),
        _ => quote!(Value),
    }
}

/// The key of the reply that a field is; none where it comes from elsewhere.
fn read(field: &Field) -> Option<&str> {
    match &field.source {
        Origination::Path(path) if path.root == Root::Reply => {
            path.segments.first().map(String::as_str)
        }
        _ => None,
    }
}

fn kind(field: &Field) -> TokenStream {
    let parameter = parameter(&field.key);
    let kind = match field.kind {
        FieldType::String => quote!(String),
        FieldType::Integer => quote!(i64),
        FieldType::Number => quote!(f64),
        FieldType::Boolean => quote!(bool),
        FieldType::Object => quote!(#parameter),
        FieldType::StringMap => quote!(BTreeMap<String, String>),
        FieldType::Strings => quote!(Vec<String>),
        FieldType::Integers => quote!(Vec<i64>),
        FieldType::Objects => quote!(Vec<#parameter>),
    };
    if field.nullable {
        quote!(Option<#kind>)
    } else {
        kind
    }
}

/// Whether the file does not say what is inside.
fn is_open(kind: FieldType) -> bool {
    matches!(kind, FieldType::Object | FieldType::Objects)
}

/// `images_deleted` as `ImagesDeleted`.
fn parameter(key: &str) -> syn::Ident {
    let words = key.split(|c: char| !c.is_alphanumeric());
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    format_ident!("{}", words.map(word).collect::<String>())
}

/// `RepoTags` as `repo_tags`, `NCPU` as `ncpu`, `type` as `r#type`.
fn member(key: &str) -> syn::Ident {
    let mut name = String::new();
    let mut after_small = false;
    for letter in key.chars() {
        if letter.is_uppercase() && after_small {
            name.push('_');
        }
        after_small = letter.is_lowercase() || letter.is_numeric();
        let letter = if letter.is_alphanumeric() {
            letter
        } else {
            '_'
        };
        name.extend(letter.to_lowercase());
    }
    syn::parse_str(&name).unwrap_or_else(|_| format_ident!("r#{name}"))
}

fn rename(key: &str) -> Option<TokenStream> {
    let name = member(key).to_string();
    (name.trim_start_matches("r#") != key).then(|| quote!(#[serde(rename = #key)]))
}
