//! Holds redaction to `catalog/secrets.toml`: of each example the secret is hidden and nothing else, as a text by
//! itself, in a document where it is a name and its value, and in what a container logs.

use std::fs;

use mcp_docker::redaction::Redactor;
use serde_json::json;

use super::lines::{assert_shown, expected, shape};
use crate::generator::Source;
use crate::generator::secrets::examples::{self, Example};
use crate::generator::secrets::spec::Says;
use crate::golden;

fn source() -> Source {
    let path = "catalog/secrets.toml";
    Source {
        path: path.to_owned(),
        text: fs::read_to_string(golden::at_root(path)).unwrap(),
    }
}

fn examples() -> Vec<Example> {
    examples::all(&source())
}

/// The line as it comes in.
fn given(example: &Example) -> String {
    example.line.replace(['«', '»'], "")
}

/// The name and the value of a line that is nothing else.
fn variable(line: &str) -> Option<(&str, &str)> {
    let is_name = |name: &str| {
        name.bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    line.split_once('=').filter(|(name, _)| is_name(name))
}

#[test]
fn of_each_example_the_secret_is_hidden_and_nothing_else() {
    let wrong: Vec<String> = examples()
        .iter()
        .filter_map(|example| {
            let shown = shape(&Redactor::new(true).text(&given(example)));
            (shown != expected(&example.line))
                .then(|| format!("{}: {}\n    became {shown}", example.place, example.line))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_example_of_a_name_counts_in_a_document_too() {
    let mut tried = 0;
    for example in examples().iter().filter(|example| example.is_of_a_name) {
        let given = given(example);
        let (Some((name, value)), Some((_, wanted))) = (variable(&given), variable(&example.line))
        else {
            continue;
        };
        let mut document = json!({ name: value, "Env": [given] });
        Redactor::new(true).value(&mut document);
        let shown = [&document[name], &document["Env"][0]].map(|it| shape(it.as_str().unwrap()));
        let wanted = [expected(wanted), format!("{name}={}", expected(wanted))];
        assert_eq!(shown, wanted, "{}", example.place);
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");
}

#[tokio::test]
async fn the_examples_count_in_logs_commands_and_documents() {
    let examples = examples();
    assert!(examples.len() >= 300, "{}", examples.len());
    // A line that names a secret may have it on the next one, and a text may be a variable.
    let apart = |line: String| ["a line between".to_owned(), line];
    let given: Vec<String> = examples.iter().map(given).flat_map(apart).collect();
    let expected = examples.iter().map(|it| expected(&it.line));
    let expected: Vec<String> = expected.flat_map(apart).collect();
    assert_shown(&given, &expected).await;
}

/// No word is there for nothing, and none says something else than its entry.
#[test]
fn every_word_of_a_name_counts() {
    let hides = |name: &str| {
        let mut document = json!({ name: "expired" });
        Redactor::new(true).value(&mut document);
        document != json!({ name: "expired" })
    };
    type Name = fn(&str) -> String;
    let forms: [(Says, Name, bool); 8] = [
        (Says::Secret, |word| format!("my_{word}"), true),
        (Says::End, |word| format!("my{word}"), true),
        (Says::Key, |word| format!("{word}_key"), true),
        (Says::OpenToken, |word| format!("{word}_token"), false),
        (Says::OpenSecret, |word| format!("{word}_secret"), false),
        (Says::OpenPass, |word| format!("{word}_pass"), false),
        (Says::Description, |word| format!("password_{word}"), false),
        (Says::Half, |word| format!("my_{word}"), true),
    ];
    for (says, name, is_secret) in forms {
        let words = examples::words(&source(), says);
        assert!(!words.is_empty(), "{says:?}");
        for word in words {
            let name = name(&word);
            assert_eq!(hides(&name), is_secret, "{says:?}: {name}");
        }
    }
}
