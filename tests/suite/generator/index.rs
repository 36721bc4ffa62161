//! Makes the index of bollard's replies anew from bollard's own source, as it is locked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::TokenTree;
use quote::ToTokens;
use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, FnArg, ImplItem, ImplItemFn, Item, Meta, ReturnType, Token, Type};

use crate::generator::common::reply::INDEX;
use crate::golden;

/// A dependency: where its source is, and what of it is compiled.
pub(super) struct Package {
    pub(super) version: String,
    pub(super) source: PathBuf,
    pub(super) features: Vec<String>,
}

#[test]
fn the_index_says_what_bollard_says() {
    let [bollard, stubs] = packages(["bollard", "bollard-stubs"]);
    let mut text = format!(
        "# What bollard {} and bollard-stubs {} call the Engine's replies: of each method its options, its request and its\n\
         # reply, of each struct the Engine's names, bollard's names and types, and the type that the Engine sends where it is another.\n\
         # Made by `BLESS=1 cargo test --test suite`.\n",
        bollard.version, stubs.version
    );
    let mut lines: Vec<String> = sources(&bollard)
        .iter()
        .flat_map(|file| methods(file, &bollard.features))
        .collect();
    lines.sort();
    lines.dedup();
    text.push('\n');
    text.extend(lines.into_iter().map(|line| line + "\n"));
    let models = parsed(&stubs.source.join("models.rs"));
    for item in &models.items {
        text.extend(model(item, &stubs.features));
    }
    golden::check("src/generator/common/reply/bollard.txt", &text);
}

#[test]
fn the_index_is_read_whole() {
    let text =
        fs::read_to_string(golden::at_root("src/generator/common/reply/bollard.txt")).unwrap();
    let starting = |with: &str| text.lines().filter(|line| line.starts_with(with)).count();
    assert_eq!(INDEX.methods.len(), starting("fn "));
    assert_eq!(INDEX.types.len(), starting("type "));
    assert_eq!(INDEX.models.len(), starting("struct "));
    let fields: usize = INDEX.models.values().map(Vec::len).sum();
    assert_eq!(fields, starting("    "));
    assert!(fields > 1000);
}

/// The packages of those names, as they are locked and built here.
pub(super) fn packages<const N: usize>(names: [&str; N]) -> [Package; N] {
    let cargo = |args: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(args)
            .current_dir(golden::at_root(""))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let about = cargo(&["-vV"]);
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--offline",
        "--locked",
        "--filter-platform",
        host.unwrap(),
    ]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let found = |list: &Value, key: &str, wanted: &Value| {
        let mut list = list.as_array().unwrap().iter();
        list.find(|one| one[key] == *wanted).unwrap().clone()
    };
    names.map(|name| {
        let package = found(&metadata["packages"], "name", &name.into());
        let node = found(&metadata["resolve"]["nodes"], "id", &package["id"]);
        let features = node["features"].as_array().unwrap();
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        Package {
            version: package["version"].as_str().unwrap().to_owned(),
            source: manifest.with_file_name("src"),
            features: features
                .iter()
                .map(|feature| feature.as_str().unwrap().to_owned())
                .collect(),
        }
    })
}

pub(super) fn parsed(path: &Path) -> syn::File {
    syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap()
}

fn sources(package: &Package) -> Vec<syn::File> {
    let files = fs::read_dir(&package.source).unwrap();
    let mut files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "rs"));
    files.sort();
    files.iter().map(|path| parsed(path)).collect()
}

/// Whether an item is compiled with these features.
fn is_compiled(attributes: &[Attribute], features: &[String]) -> bool {
    fn holds(condition: &Meta, features: &[String]) -> bool {
        let parts = |list: &syn::MetaList| {
            list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .unwrap()
        };
        match condition {
            Meta::List(list) if list.path.is_ident("all") => {
                parts(list).iter().all(|part| holds(part, features))
            }
            Meta::List(list) if list.path.is_ident("any") => {
                parts(list).iter().any(|part| holds(part, features))
            }
            Meta::List(list) if list.path.is_ident("not") => {
                !parts(list).iter().any(|part| holds(part, features))
            }
            Meta::NameValue(pair) if pair.path.is_ident("feature") => {
                features.iter().any(|feature| *feature == text(&pair.value))
            }
            // What is for a platform is for every one, as the index is.
            _ => true,
        }
    }
    let mut conditions = attributes.iter().filter(|it| it.path().is_ident("cfg"));
    conditions.all(|it| holds(&it.parse_args().unwrap(), features))
}

fn text(value: &syn::Expr) -> String {
    match value {
        syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => text.value(),
        other => panic!("`{}` is not a text", other.to_token_stream()),
    }
}

/// A type by the last parts of its paths, without blanks.
fn short(kind: &Type) -> String {
    match kind {
        Type::Path(path) => {
            let last = path.path.segments.last().unwrap();
            let name = last.ident.to_string();
            let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return name;
            };
            let arguments = arguments.args.iter().map(|argument| match argument {
                syn::GenericArgument::Type(kind) => short(kind),
                other => other.to_token_stream().to_string(),
            });
            format!("{name}<{}>", arguments.collect::<Vec<_>>().join(","))
        }
        Type::Tuple(parts) => {
            let parts: Vec<String> = parts.elems.iter().map(short).collect();
            format!("({})", parts.join(","))
        }
        other => other.to_token_stream().to_string().replace(' ', ""),
    }
}

/// What stands between the angle brackets of a type of that name.
fn inside<'t>(kind: &'t str, name: &str) -> Option<&'t str> {
    kind.strip_prefix(name)?
        .strip_prefix('<')?
        .strip_suffix('>')
}

/// The methods of `Docker` that are there for everybody.
pub(super) fn public_methods<'f>(
    file: &'f syn::File,
    features: &'f [String],
) -> impl Iterator<Item = &'f ImplItemFn> {
    let blocks = file.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() && short(&block.self_ty) == "Docker" => {
            Some(block)
        }
        _ => None,
    });
    let functions = blocks
        .flat_map(|block| &block.items)
        .filter_map(|item| match item {
            ImplItem::Fn(function) if matches!(function.vis, syn::Visibility::Public(_)) => {
                Some(function)
            }
            _ => None,
        });
    functions.filter(|function| is_compiled(&function.attrs, features))
}

/// A line for each method of `Docker` that makes a request.
fn methods(file: &syn::File, features: &[String]) -> Vec<String> {
    public_methods(file, features)
        .filter_map(|function| {
            let signature = &function.sig;
            let of_a_docker = matches!(signature.inputs.first(), Some(FnArg::Receiver(_)));
            let reply = reply(&signature.output).filter(|_| of_a_docker)?;
            let options = signature.inputs.iter().find_map(options);
            let options = options.unwrap_or_default();
            let request = request(&function.block);
            Some(format!(
                "fn {}({options}) {request} -> {reply}",
                signature.ident
            ))
        })
        .collect()
}

/// The method and the form of the path of the request that a function makes; `*` stands for what it is
/// given.
fn request(body: &syn::Block) -> String {
    let (mut method, mut path) = (None, None);
    let mut left: Vec<TokenTree> = body.to_token_stream().into_iter().collect();
    left.reverse();
    while let Some(token) = left.pop() {
        match token {
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                left.extend(inner.into_iter().rev());
            }
            TokenTree::Ident(name) if name == "Method" => {
                let name = left
                    .iter()
                    .rev()
                    .find(|it| matches!(it, TokenTree::Ident(_)));
                method = method.or(name.map(ToString::to_string));
            }
            TokenTree::Literal(literal) if literal.to_string().starts_with("\"/") => {
                path = path.or(Some(literal.to_string()));
            }
            _ => {}
        }
    }
    // One that leaves the request to another.
    let (Some(method), Some(path)) = (method, path) else {
        return "- -".to_owned();
    };
    let mut form = String::new();
    for part in path.trim_matches('"').split('{') {
        match part.split_once('}') {
            Some((_, behind)) => form = form + "*" + behind,
            None => form += part,
        }
    }
    format!("{method} {form}")
}

fn reply(output: &ReturnType) -> Option<String> {
    let ReturnType::Type(_, kind) = output else {
        return None;
    };
    let of_result = |kind: &str| Some(inside(kind, "Result")?.strip_suffix(",Error")?.to_owned());
    let Type::ImplTrait(stream) = &**kind else {
        return of_result(&short(kind));
    };
    stream.bounds.iter().find_map(|bound| {
        let syn::TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let arguments = match &bound.path.segments.last()?.arguments {
            syn::PathArguments::AngleBracketed(arguments) => &arguments.args,
            _ => return None,
        };
        arguments.iter().find_map(|argument| match argument {
            syn::GenericArgument::AssocType(item) if item.ident == "Item" => {
                Some(format!("Stream<{}>", of_result(&short(&item.ty))?))
            }
            _ => None,
        })
    })
}

/// The struct of options that an argument takes.
fn options(argument: &FnArg) -> Option<String> {
    let FnArg::Typed(argument) = argument else {
        return None;
    };
    let tokens = argument.ty.to_token_stream().to_string().replace(' ', "");
    let (_, options) = tokens.split_once("query_parameters::")?;
    let end = options.find(|c: char| !c.is_alphanumeric());
    Some(options[..end.unwrap_or(options.len())].to_owned())
}

/// The lines of a struct, an enum or an alias.
fn model(item: &Item, features: &[String]) -> Option<String> {
    match item {
        Item::Type(alias) if is_compiled(&alias.attrs, features) => {
            Some(format!("\ntype {} {}\n", alias.ident, short(&alias.ty)))
        }
        Item::Enum(values) if is_compiled(&values.attrs, features) => {
            let derives = values
                .attrs
                .iter()
                .filter(|it| it.path().is_ident("derive"))
                .map(|it| it.to_token_stream().to_string())
                .collect::<String>();
            let kind = if derives.contains("Deserialize_repr") {
                "i64"
            } else {
                "String"
            };
            Some(format!("\ntype {} {kind}\n", values.ident))
        }
        Item::Struct(model) if is_compiled(&model.attrs, features) => {
            let Fields::Named(fields) = &model.fields else {
                panic!("`{}` has fields without names", model.ident)
            };
            let mut text = format!("\nstruct {}\n", model.ident);
            for field in &fields.named {
                if is_compiled(&field.attrs, features) {
                    text.push_str(&members(field));
                }
            }
            Some(text)
        }
        _ => None,
    }
}

/// A line for each name that a field is read by.
fn members(field: &syn::Field) -> String {
    let own = field.ident.as_ref().unwrap().to_string();
    let (mut renamed, mut aliases, mut sent) = (None, Vec::new(), None);
    for attribute in field.attrs.iter().filter(|it| it.path().is_ident("serde")) {
        let parts = attribute
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .unwrap();
        for part in &parts {
            let Meta::NameValue(pair) = part else {
                continue;
            };
            let name = pair.path.get_ident().unwrap().to_string();
            match name.as_str() {
                "rename" => renamed = Some(text(&pair.value)),
                "alias" => aliases.push(text(&pair.value)),
                "deserialize_with" => {
                    let with = text(&pair.value);
                    if with == "deserialize_hashmap_string_hashmap_empty" {
                        sent = Some(" HashMap<String,HashMap<(),()>>");
                    } else {
                        // What is new here may send another type than the field has.
                        let known = with.starts_with("deserialize_nonoptional_")
                            || with == "deserialize_timestamp";
                        assert!(known, "what does `{with}` read?");
                    }
                }
                "with" => assert_eq!(text(&pair.value), "serde_ext::none_as_empty_string"),
                "skip_serializing_if" | "serialize_with" => {}
                other => panic!("what does `{other}` do to `{own}`?"),
            }
        }
    }
    let (kind, sent) = (short(&field.ty), sent.unwrap_or_default());
    let first = renamed.unwrap_or_else(|| own.trim_start_matches("r#").to_owned());
    std::iter::once(first)
        .chain(aliases)
        .map(|name| format!("    {name} {own} {kind}{sent}\n"))
        .collect()
}
