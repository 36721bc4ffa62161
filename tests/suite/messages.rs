//! Holds texts for people and models to the rules of `docs/messages.md` that can be seen without understanding them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;

use crate::golden::at_root;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

/// The messages of `#[error("…")]`.
fn messages(tokens: TokenStream, found: &mut Vec<String>) {
    let mut is_error = false;
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            let first = group.stream().into_iter().next();
            match first {
                Some(TokenTree::Literal(literal)) if is_error => {
                    let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
                    found.extend(text.map(|text| text.value()));
                }
                _ => messages(group.stream(), found),
            }
        }
        is_error = matches!(&token, TokenTree::Ident(name) if name == "error");
    }
}

/// So that one can stand within another, and be followed by what helps.
#[test]
fn a_message_begins_in_lower_case_and_ends_without_a_full_stop() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    let files = files(&at_root("src"));
    for file in files
        .iter()
        .filter(|it| it.extension().is_some_and(|it| it == "rs"))
    {
        let mut found = Vec::new();
        messages(
            fs::read_to_string(file).unwrap().parse().unwrap(),
            &mut found,
        );
        seen += found.len();
        let is_wrong = |text: &String| text.ends_with(['.', '!', ' ']) || starts_upper(text);
        let found = found.into_iter().filter(is_wrong);
        wrong.extend(found.map(|text| format!("{}: {text}", file.display())));
    }
    assert!(seen > 20, "only {seen} messages seen");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names may begin as they are written: Docker, TLS.
fn starts_upper(text: &str) -> bool {
    let word: String = text.chars().take_while(|it| it.is_alphabetic()).collect();
    word.starts_with(char::is_uppercase) && word != "Docker" && word != word.to_uppercase()
}

/// Texts are put together from parts that each may end in a mark.
#[test]
fn no_text_that_was_agreed_has_two_marks_in_a_row() {
    let twice = Regex::new(r#"[\w`)]([.;,:]{2}|\.\.|[.;,:] [.;,:])([\s"]|$)"#).unwrap();
    for (text, expected) in [
        ("it is gone..", true),
        ("it is gone.; start it", true),
        ("it is gone , : start it", false),
        ("wait… then go on.", false),
        ("from ../x and a..b", false),
        ("ends with `.`.", false),
    ] {
        assert_eq!(twice.is_match(text), expected, "{text}");
    }
    let all = files(&at_root("tests/golden"));
    assert!(all.len() > 150, "only {} files seen", all.len());
    let wrong = all.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let wrong = text.lines().filter(|line| twice.is_match(line));
        let wrong = wrong.map(|line| format!("{}: {line}", file.display()));
        wrong.collect::<Vec<_>>()
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
