//! Holds the modules of `src/` to their floors: each imports only from floors below its own.
//!
//! `cargo test --test suite floors -- --nocapture` prints the floors and how many lines each has.

mod cycles;
mod length;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// The floors, from the ground up. Modules of one floor know nothing of each other.
const FLOORS: [&[&str]; 13] = [
    &[
        "clients",
        "computing",
        "confined",
        "erased",
        "files",
        "generator::common",
        "ordered",
        "trace",
        "unfinished",
        "untrusted",
        "vocabulary",
    ],
    &[
        "config",
        "generator::toolset",
        "generator::secrets",
        "params",
        "redaction",
    ],
    &["catalog", "generator::tool", "oauth", "secrets"],
    &[
        "arguments",
        "generator::prompt",
        "generator::resource",
        "spans",
    ],
    &["engine", "generated::params"],
    &["compose", "facts", "generated::reply", "output", "program"],
    &["call"],
    &["fleet", "operations"],
    &["generated::table"],
    &["prompt", "resource"],
    &["server", "telemetry"],
    &["logging", "transport"],
    &["cli"],
];

/// What has no floor: the roots that only list modules.
const ROOTS: [&str; 4] = ["generated", "generator", "lib", "main"];

/// What runs at build time alone. Its floors are its own rooms; what it writes is Rust of all floors.
const BUILD_TIME: &str = "generator";

/// One import: from where, and of what.
struct Import {
    file: PathBuf,
    line: usize,
    from: String,
    of: String,
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is for whoever asks for it")]
fn no_module_imports_from_its_own_floor_or_above() {
    let mut lines = BTreeMap::new();
    let mut imports = Vec::new();
    for file in rust_files(Path::new("src")) {
        let module = module_of(&file);
        let text = fs::read_to_string(&file).unwrap();
        *lines.entry(module.clone()).or_insert(0) += text.lines().count();
        if is_test(&file) {
            continue;
        }
        for (line, of) in imported(&text) {
            if module.starts_with(BUILD_TIME) && !of.starts_with(BUILD_TIME) {
                continue;
            }
            let (file, from) = (file.clone(), module.clone());
            imports.push(Import {
                file,
                line,
                from,
                of,
            });
        }
    }
    let mut table = String::new();
    for (floor, modules) in FLOORS.iter().enumerate().rev() {
        let sum: usize = modules.iter().filter_map(|module| lines.get(*module)).sum();
        writeln!(table, "{:>2}  {:>6}  {}", floor + 1, sum, modules.join(" ")).unwrap();
    }
    println!("{table}");

    for module in lines.keys() {
        let is_listed = floor(module).is_some() || ROOTS.contains(&module.as_str());
        assert!(is_listed, "`{module}` has no floor");
    }
    for module in FLOORS.into_iter().flatten() {
        assert!(lines.contains_key(*module), "there is no module `{module}`");
    }
    assert!(imports.len() > 300, "only {} imports seen", imports.len());
    let climbing: Vec<String> = imports
        .iter()
        .filter(|import| import.from != import.of && !ROOTS.contains(&import.from.as_str()))
        .filter(|import| floor(&import.of) >= floor(&import.from))
        .map(|import| {
            let number = |module: &str| floor(module).map_or(0, |floor| floor + 1);
            format!(
                "{}:{}: `{}` (floor {}) imports from `{}` (floor {})",
                import.file.display(),
                import.line,
                import.from,
                number(&import.from),
                import.of,
                number(&import.of)
            )
        })
        .collect();
    assert!(climbing.is_empty(), "{}\n{table}", climbing.join("\n"));
}

/// That an import is seen in each of its forms, and in no other text.
#[test]
fn an_import_is_seen_however_it_is_written() {
    let text = "use crate::call::{Call, gate::Person};\n\
        use crate::{config, engine::{Engine, record}};\n\
        use crate::generated::params::stop_container::Params;\n\
        /// See [`server`](crate::server).\n\
        fn f() -> crate::output::Reply { g(\"crate::cli\"); macro_of!(crate::facts::x) }\n\
        pub(crate) use crate::params as p;\n\
        #[cfg(test)]\nmod tests { use crate::transport; }\n";
    let seen: Vec<(usize, String)> = imported(text);
    let seen: Vec<(usize, &str)> = seen.iter().map(|(line, of)| (*line, &**of)).collect();
    assert_eq!(
        seen,
        [
            (1, "call"),
            (2, "config"),
            (2, "engine"),
            (3, "generated::params"),
            (5, "output"),
            (5, "facts"),
            (6, "params"),
        ]
    );
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The module of `src/` that a file belongs to; those of `generated` and the rooms of the generator are
/// on floors of their own.
fn module_of(file: &Path) -> String {
    let words: Vec<&str> = file.iter().skip(1).filter_map(|it| it.to_str()).collect();
    let bare = |word: &str| word.trim_end_matches(".rs").to_owned();
    match words.as_slice() {
        [root @ ("generated" | "generator"), "mod.rs"] => (*root).to_owned(),
        [root @ ("generated" | "generator"), part, ..] => format!("{root}::{}", bare(part)),
        [first, ..] => bare(first),
        [] => String::new(),
    }
}

fn is_test(file: &Path) -> bool {
    let stem = file.file_stem().and_then(|it| it.to_str()).unwrap_or("");
    stem.ends_with("_tests")
        || stem.ends_with("_attacks")
        || stem == "tests"
        || file.iter().any(|part| part == "tests")
}

/// Where JSON is patched: what a service is to be has more in it than anybody here knows, and all of it goes back.
const PATCHES: &str = "src/operations/swarm/service";

/// What a handler gives and what it plans are structs, and what an Engine tells is read into some.
#[test]
fn no_operation_makes_or_searches_json_by_key() {
    let mut files = 0;
    let mut found = Vec::new();
    for file in rust_files(Path::new("src/operations")) {
        if is_test(&file) || file.starts_with(PATCHES) {
            continue;
        }
        files += 1;
        let text = fs::read_to_string(&file).unwrap();
        for (line, what) in keyed(&text) {
            found.push(format!("{}:{line}: {what}", file.display()));
        }
    }
    assert!(files > 30, "only {files} files of operations seen");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// That each form is seen, and nothing that only looks like one.
#[test]
fn json_is_seen_however_it_is_made_or_searched() {
    let text = "fn f() -> Result<Value, E> { Ok(json!({ \"a\": 1 })) }\n\
        fn g(it: &Value) { it[\"a\"][\"b\"]; f()[\"c\"]; it.pointer(\"/a\"); }\n\
        fn h(it: &Value) -> Reply<T> { it.as_object().get_mut(\"a\"); it.as_array() }\n\
        fn i() { for x in [\"a\"] {} vec![\"a\"]; x[0]; [\"a\"].len(); match [\"a\"] {} }\n\
        fn j() -> [&str; 1] { [\"a\"] }\n\
        #[cfg(test)]\nmod tests { fn f() -> Value { json!(1) } }\n";
    let seen: Vec<(usize, &str)> = keyed(text);
    assert_eq!(
        seen,
        [
            (1, "gives JSON that has no type"),
            (1, "makes JSON by `json!`"),
            (2, "looks for a key in JSON"),
            (2, "looks for a key in JSON"),
            (2, "looks for a key in JSON"),
            (2, "looks for a key in JSON"),
            (3, "looks for a key in JSON"),
            (3, "looks for a key in JSON"),
        ]
    );
}

/// Where a file makes JSON or takes it apart by its keys, and how.
fn keyed(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for item in untested(text) {
        keys(item.into_token_stream(), &mut found);
    }
    found
}

const SEARCHES: [&str; 6] = [
    "as_array",
    "as_array_mut",
    "as_object",
    "as_object_mut",
    "pointer",
    "pointer_mut",
];

fn keys(tokens: TokenStream, found: &mut Vec<(usize, &'static str)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let line = token.span().start().line;
        let (before, rest) = (tokens[..at].last(), &tokens[at + 1..]);
        match token {
            TokenTree::Ident(word) if word == "json" && is_mark(rest.first(), '!') => {
                found.push((line, "makes JSON by `json!`"));
            }
            TokenTree::Ident(word) if SEARCHES.iter().any(|it| word == it) => {
                found.push((line, "looks for a key in JSON"));
            }
            TokenTree::Punct(mark) if mark.as_char() == '>' && is_mark(before, '-') => {
                let is_body = |it: &&TokenTree| matches!(it, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace);
                let mut given = rest
                    .iter()
                    .take_while(|it| !is_body(it) && !is_mark(Some(it), ';'));
                if given.any(|it| matches!(it, TokenTree::Ident(word) if word == "Value")) {
                    found.push((line, "gives JSON that has no type"));
                }
            }
            TokenTree::Group(group) => {
                let key = group.stream().into_iter().next();
                let is_key = matches!(&key, Some(TokenTree::Literal(key)) if key.to_string().starts_with('"'));
                if group.delimiter() == Delimiter::Bracket && is_key && before.is_some_and(is_value)
                {
                    found.push((line, "looks for a key in JSON"));
                }
                keys(group.stream(), found);
            }
            _ => {}
        }
    }
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

/// Whether what follows in brackets is an index into it.
fn is_value(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(word) => !["else", "in", "match", "return"]
            .iter()
            .any(|it| word == it),
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    }
}

/// The modules that a file names by their whole path, with the lines where it does.
fn imported(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for item in untested(text) {
        walk(item.into_token_stream(), &mut found);
    }
    found
}

/// The items of a file that are not for its tests alone.
fn untested(text: &str) -> Vec<syn::Item> {
    let mut items = syn::parse_file(text).unwrap().items;
    items.retain(|item| {
        let attributes = match item {
            syn::Item::Mod(module) => &module.attrs[..],
            syn::Item::Use(used) => &used.attrs[..],
            _ => &[],
        };
        let is_tests = |it: &syn::Attribute| {
            it.path().is_ident("cfg") && it.to_token_stream().to_string().contains("test")
        };
        !attributes.iter().any(is_tests)
    });
    items
}

fn walk(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => walk(group.stream(), found),
            TokenTree::Ident(root) if root == "crate" || root == "mcp_docker" => {
                if let Some(rest) = behind_colons(&tokens[at + 1..]) {
                    name(rest, found);
                }
            }
            _ => {}
        }
    }
}

/// What follows `::`.
fn behind_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [TokenTree::Punct(first), TokenTree::Punct(second), rest @ ..]
            if first.as_char() == ':' && second.as_char() == ':' =>
        {
            Some(rest)
        }
        _ => None,
    }
}

/// The module that a path names first, or each of those in braces.
fn name(path: &[TokenTree], found: &mut Vec<(usize, String)>) {
    match path {
        [TokenTree::Ident(first), rest @ ..] => {
            let line = first.span().start().line;
            let part = match behind_colons(rest) {
                Some([TokenTree::Ident(part), ..])
                    if first == "generated" || first == BUILD_TIME =>
                {
                    format!("::{part}")
                }
                _ => String::new(),
            };
            found.push((line, format!("{first}{part}")));
        }
        [TokenTree::Group(group), ..] if group.delimiter() == Delimiter::Brace => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma =
                |it: &TokenTree| matches!(it, TokenTree::Punct(mark) if mark.as_char() == ',');
            for path in inner.split(is_comma) {
                name(path, found);
            }
        }
        _ => {}
    }
}
