//! Holds the files of each module to an order: at most four of them may need each other in a circle.
//!
//! A child that imports through its `mod.rs` what a sibling defines makes one of all its siblings. So
//! `mod.rs` lists and re-exports, and whoever is inside names the file.

use std::collections::BTreeMap;
use std::path::Path;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;

use super::{behind_colons, is_test, rust_files, untested};

/// As many files may need each other.
const MOST: usize = 4;

/// A path of modules from the crate's root.
type Module = Vec<String>;

#[test]
fn no_circle_of_imports_has_more_than_four_files() {
    let files: Vec<(Module, String)> = rust_files(Path::new("src"))
        .into_iter()
        .filter(|file| !is_test(file))
        .map(|file| (module(&file), std::fs::read_to_string(&file).unwrap()))
        .collect();
    let circles = circles(&files);
    let long: Vec<String> = circles
        .iter()
        .filter(|circle| circle.len() > MOST)
        .map(|circle| format!("{} files: {}", circle.len(), circle.join(", ")))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// That a circle is seen, whichever way its imports are written.
#[test]
fn a_circle_is_seen_however_its_imports_are_written() {
    let files = [
        ("a", "mod b; mod c; mod d; pub use b::B; pub struct A;"),
        ("a::b", "use super::{c::{C, more}, x}; pub struct B;"),
        ("a::c", "fn f() -> crate::a::d::D { }"),
        ("a::d", "use crate::a::A; pub struct D;"),
        (
            "a::e",
            "use super::b::B; #[cfg(test)] mod tests { use super::super::f; }",
        ),
        ("a::f", "use super::e::E; use crate::g::G;"),
        ("g", "use crate::a::f::F;"),
    ];
    let files = files.map(|(module, text)| {
        let module = module.split("::").map(str::to_owned).collect();
        (module, text.to_owned())
    });
    assert_eq!(circles(&files), [["a", "a::b", "a::c", "a::d"]]);
}

/// The groups of files that need each other, inside the modules of the crate's root.
fn circles(files: &[(Module, String)]) -> Vec<Vec<String>> {
    let numbers: BTreeMap<&Module, usize> = files.iter().map(|(it, _)| it).zip(0..).collect();
    let mut graph = DiGraphMap::<usize, ()>::new();
    for ((module, text), from) in files.iter().zip(0..) {
        for path in imports(module, text) {
            let of = (1..=path.len())
                .rev()
                .find_map(|length| numbers.get(&path[..length].to_vec()));
            if let Some(of) = of.filter(|of| **of != from && path[0] == module[0]) {
                graph.add_edge(from, *of, ());
            }
        }
    }
    let mut circles: Vec<Vec<String>> = tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| {
            let names = circle.into_iter().map(|it| files[it].0.join("::"));
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        })
        .collect();
    circles.sort();
    circles
}

fn module(file: &Path) -> Module {
    let file = file.strip_prefix("src").unwrap().with_extension("");
    let words = file.iter().map(|it| it.to_str().unwrap().to_owned());
    words.filter(|word| word != "mod").collect()
}

/// The paths that a file names, from the crate's root.
fn imports(module: &Module, text: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for item in untested(text) {
        let tokens = match &item {
            // `pub use child::Name;`
            syn::Item::Use(used) => {
                let tree = used.tree.to_token_stream();
                let tokens: Vec<TokenTree> = tree.clone().into_iter().collect();
                if !is_rooted(tokens.first()) {
                    follow(module.clone(), &tokens, &mut found);
                }
                tree
            }
            item => item.to_token_stream(),
        };
        walk(module, tokens, &mut found);
    }
    found
}

fn is_rooted(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Ident(root)) if root == "crate" || root == "super" || root == "self")
}

fn walk(module: &Module, tokens: TokenStream, found: &mut Vec<Module>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if let TokenTree::Group(group) = token {
            walk(module, group.stream(), found);
        }
        if !is_rooted(Some(token)) {
            continue;
        }
        let mut base = match token.to_string().as_str() {
            "crate" => Module::new(),
            "self" => module.clone(),
            _ => parent(module),
        };
        while let Some(rest) = behind_colons(&tokens[at..]) {
            match rest {
                [TokenTree::Ident(word), ..] if word == "super" => base = parent(&base),
                rest => {
                    follow(base, rest, found);
                    break;
                }
            }
            at += 3;
        }
    }
}

fn parent(module: &Module) -> Module {
    module[..module.len().saturating_sub(1)].to_vec()
}

/// The paths that begin with those tokens.
fn follow(mut base: Module, tokens: &[TokenTree], found: &mut Vec<Module>) {
    match tokens {
        [TokenTree::Ident(word), rest @ ..] => {
            if word != "self" {
                base.push(word.to_string());
            }
            match behind_colons(rest) {
                Some(rest) => follow(base, rest, found),
                None => found.push(base),
            }
        }
        [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma =
                |it: &TokenTree| matches!(it, TokenTree::Punct(mark) if mark.as_char() == ',');
            for path in inner.split(is_comma) {
                follow(base.clone(), path, found);
            }
        }
        // `*`
        _ => found.push(base),
    }
}
