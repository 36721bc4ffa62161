//! Makes `src/engine/requests/` anew from bollard's own source, as it is locked: the requests of its methods.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, FnArg, ImplItemFn, Item, ReturnType, Stmt, Type};

use super::index::{self, Package};
use crate::golden;

/// The modules of bollard whose methods tools may name.
const MODULES: [&str; 12] = [
    "config",
    "container",
    "exec",
    "image",
    "network",
    "node",
    "secret",
    "service",
    "swarm",
    "system",
    "task",
    "volume",
];

/// What says in other ways than its like what it asks for: it is written by hand, where it is used.
const OTHERS: [&str; 4] = [
    "build_image",
    "export_images",
    "import_image_stream",
    "start_exec",
];

#[test]
fn the_requests_are_those_of_bollard_s_methods() {
    let [bollard, stubs] = index::packages(["bollard", "bollard-stubs"]);
    let places = places(&bollard, &stubs);
    for module in MODULES {
        let source = index::parsed(&bollard.source.join(format!("{module}.rs")));
        let methods = index::public_methods(&source, &bollard.features);
        let methods = methods.filter_map(|it| method(it, &places));
        let code = quote!(impl Docker { #(#methods)* }).to_string();
        let named = ["Body", "Docker", "Unsent", "UnsentStream"].into_iter();
        let named = named.filter(|name| {
            code.split(|c: char| !c.is_alphanumeric())
                .any(|word| word == *name)
        });
        let head = format!(
            "//! The requests of the methods of `bollard::{module}`. Made from bollard {} by `BLESS=1 cargo test --test suite`.\n\n\
             use http::Method;\n\nuse super::{{{}}};\n\n",
            bollard.version,
            named.collect::<Vec<_>>().join(", ")
        );
        let made = apart(&formatted(&(head + &code)));
        golden::check(format!("src/engine/requests/{module}.rs"), &made);
    }
}

/// Where each type is that a method names, by its name.
fn places(bollard: &Package, stubs: &Package) -> BTreeMap<String, TokenStream> {
    let mut places = BTreeMap::new();
    for item in index::parsed(&stubs.source.join("models.rs")).items {
        if let Some(name) = named(&item) {
            places.insert(name.to_string(), quote!(bollard::models::#name));
        }
    }
    for module in MODULES.iter().copied().chain(["auth"]) {
        let parent = format_ident!("{module}");
        for item in index::parsed(&bollard.source.join(format!("{module}.rs"))).items {
            if let Some(name) = named(&item) {
                places.insert(name.to_string(), quote!(bollard::#parent::#name));
            }
        }
    }
    places.insert("HashMap".to_owned(), quote!(std::collections::HashMap));
    places.insert("Bytes".to_owned(), quote!(bytes::Bytes));
    places.insert("BodyType".to_owned(), quote!(Body));
    places
}

fn named(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(it) => Some(&it.ident),
        Item::Enum(it) => Some(&it.ident),
        Item::Type(it) => Some(&it.ident),
        _ => None,
    }
}

/// A method of the same name and parameters, that only says what it asks for.
fn method(method: &ImplItemFn, places: &BTreeMap<String, TokenStream>) -> Option<TokenStream> {
    let name = &method.sig.ident;
    if OTHERS.contains(&name.to_string().as_str()) {
        return None;
    }
    let asked = Asked::of(&method.block)?;
    let inputs = method.sig.inputs.iter().map(|input| match input {
        FnArg::Receiver(_) => quote!(&self),
        FnArg::Typed(_) => placed(input.to_token_stream(), places),
    });
    let (reply, streams) = reply(&method.sig.output)?;
    let reply = placed(reply, places);
    let (verb, path) = (&asked.method, &asked.path);
    let query = asked.query.map(|query| quote!(.query(#query)));
    let rest = &asked.rest;
    let (unsent, stream) = match streams {
        true => (quote!(UnsentStream), quote!(.stream())),
        false => (quote!(Unsent), quote!()),
    };
    let about = format!("`{verb} {}`", asked.form);
    Some(quote! {
        #[doc = #about]
        pub fn #name(#(#inputs),*) -> #unsent<#reply> {
            Unsent::new(Method::#verb, #path) #query #(#rest)* #stream
        }
    })
}

/// What a method asks for.
struct Asked {
    method: Ident,
    /// The path as an expression, and as people write it.
    path: TokenStream,
    form: String,
    query: Option<TokenStream>,
    /// Its body, and what it tells in headers.
    rest: Vec<TokenStream>,
}

impl Asked {
    /// Nothing where the method makes none or leaves that to another.
    fn of(block: &syn::Block) -> Option<Self> {
        let lets = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Local(local) => Some((
                local.pat.to_token_stream().to_string(),
                &*local.init.as_ref()?.expr,
            )),
            _ => None,
        });
        let lets: BTreeMap<String, &Expr> = lets.collect();
        let Expr::MethodCall(call) = lets.get("req")? else {
            return None;
        };
        let arguments: Vec<&Expr> = call.args.iter().collect();
        let &[path, builder, query, body, ref rest @ ..] = &arguments[..] else {
            return None;
        };
        let named = path.to_token_stream().to_string().replace("& ", "");
        let path = lets
            .get(&named)
            .map_or_else(|| path.to_token_stream(), |it| it.to_token_stream());
        let (method, mut told) = headers(builder);
        told.extend(of_body(body));
        told.extend(rest.iter().filter_map(|it| credentials(it)));
        let form = path.clone().into_iter().find_map(literal)?;
        let is_none = query.to_token_stream().to_string().starts_with("None");
        let path = match path.to_string().starts_with("format") {
            true => quote!(&#path),
            false => path,
        };
        Some(Self {
            method,
            path,
            form,
            query: (!is_none).then(|| query.to_token_stream()),
            rest: told,
        })
    }
}

fn literal(token: TokenTree) -> Option<String> {
    match token {
        TokenTree::Literal(literal) => Some(literal.to_string().trim_matches('"').to_owned()),
        TokenTree::Group(group) => group.stream().into_iter().find_map(literal),
        _ => None,
    }
}

/// The method, and the type of the body where a header says it.
fn headers(builder: &Expr) -> (Ident, Vec<TokenStream>) {
    let Expr::MethodCall(call) = builder else {
        panic!("`{}` is no method", builder.to_token_stream());
    };
    let first = call.args.first().unwrap().to_token_stream();
    if call.method == "method" {
        let method = first.into_iter().last().unwrap().to_string();
        return (format_ident!("{method}"), Vec::new());
    }
    let (method, mut told) = headers(&call.receiver);
    match first
        .to_string()
        .to_ascii_uppercase()
        .replace(['"', '-'], "")
        .as_str()
    {
        "CONTENT_TYPE" | "CONTENTTYPE" => {
            let kind = call.args.last().to_token_stream();
            // As every request says.
            if kind.to_string() != "\"application/json\"" {
                told.push(quote!(.content_type(#kind)));
            }
        }
        // A connection is taken over as soon as the request is sent.
        "CONNECTION" | "UPGRADE" => {}
        other => panic!("what does the header {other} say?"),
    }
    (method, told)
}

fn of_body(body: &Expr) -> Option<TokenStream> {
    let text = body.to_token_stream().to_string().replace(' ', "");
    if text == "Ok(BodyType::Left(Full::new(Bytes::new())))" {
        return None;
    }
    let Expr::Call(call) = body else {
        panic!("what is the body {text}?");
    };
    let inner = call.args.first().unwrap();
    if text.starts_with("Docker::serialize_payload(Some(") {
        let Expr::Call(some) = inner else {
            panic!("what is the body {text}?");
        };
        let value = &some.args;
        return Some(quote!(.json(#value)));
    }
    assert!(text.starts_with("Ok("), "what is the body {text}?");
    let optional = text
        .strip_prefix("Ok(")
        .and_then(|it| it.split_once(".unwrap_or("));
    Some(match optional {
        Some((name, _)) => {
            let name = format_ident!("{name}");
            quote!(.optional_body(#name))
        }
        None => quote!(.body(#inner)),
    })
}

fn credentials(header: &Expr) -> Option<TokenStream> {
    let Expr::Call(call) = header else {
        panic!("what is the header {}?", header.to_token_stream());
    };
    let value = &call.args;
    match call
        .func
        .to_token_stream()
        .into_iter()
        .last()?
        .to_string()
        .as_str()
    {
        "Auth" => Some(quote!(.credentials("x-registry-auth", #value))),
        "Config" => Some(quote!(.credentials("x-registry-config", #value))),
        other => panic!("what are credentials of the kind {other}?"),
    }
}

/// The type of the reply, or of the items of its stream.
fn reply(output: &ReturnType) -> Option<(TokenStream, bool)> {
    let ReturnType::Type(_, kind) = output else {
        return None;
    };
    let tokens: Vec<TokenTree> = kind.to_token_stream().into_iter().collect();
    let result = tokens
        .iter()
        .position(|it| matches!(it, TokenTree::Ident(name) if name == "Result"))?;
    let end = tokens
        .iter()
        .rposition(|it| matches!(it, TokenTree::Ident(name) if name == "Error"))?;
    // `Result < … , Error >`
    let inner = tokens.get(result + 2..end - 1)?;
    Some((
        inner.iter().cloned().collect(),
        matches!(&**kind, Type::ImplTrait(_)),
    ))
}

/// The same with each type by its whole path.
fn placed(tokens: TokenStream, places: &BTreeMap<String, TokenStream>) -> TokenStream {
    let mut made = TokenStream::new();
    let mut colons = 0;
    for token in tokens {
        let is_colon = matches!(&token, TokenTree::Punct(it) if it.as_char() == ':');
        match &token {
            TokenTree::Ident(name) if name == "crate" => made.extend(quote!(bollard)),
            // Behind two it is a part of a path that is whole.
            TokenTree::Ident(name) if colons < 2 => match places.get(&name.to_string()) {
                Some(place) => made.extend(place.clone()),
                None => made.extend([token]),
            },
            TokenTree::Group(group) => {
                let inner = placed(group.stream(), places);
                made.extend([TokenTree::from(Group::new(group.delimiter(), inner))]);
            }
            _ => made.extend([token]),
        }
        colons = if is_colon { colons + 1 } else { 0 };
    }
    made
}

/// The same with documentation as people write it, and a blank line between items.
fn apart(code: &str) -> String {
    let mut made = String::new();
    for line in code.lines() {
        let text = line.trim_start();
        let documentation = text
            .strip_prefix("#[doc = \"")
            .and_then(|text| text.strip_suffix("\"]"));
        let Some(documentation) = documentation else {
            made.extend([line, "\n"]);
            continue;
        };
        if !made.ends_with("{\n") {
            made.push('\n');
        }
        let indent = &line[..line.len() - text.len()];
        made.extend([indent, "/// ", documentation, "\n"]);
    }
    made
}

fn formatted(code: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    rustfmt
        .stdin
        .take()
        .unwrap()
        .write_all(code.as_bytes())
        .unwrap();
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "{code}");
    String::from_utf8(output.stdout).unwrap()
}
