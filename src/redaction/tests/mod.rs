//! What the front door is too blunt for: single lines are held to `tests/suite/redaction`.

mod documents;
mod hostile;
mod markers;
mod private_keys;

use serde_json::json;

use super::*;

fn redactor() -> Redactor {
    Redactor::new(true)
}

fn text(given: &str) -> String {
    redactor().text(given).into_owned()
}

fn value(mut given: Value) -> Value {
    redactor().value(&mut given);
    given
}

/// The text with `*` for each marker.
fn shape(redacted: &str) -> String {
    let mut shape = redacted.to_owned();
    let markers: Vec<Range<usize>> = marker::all(redacted).collect();
    for marker in markers.into_iter().rev() {
        shape.replace_range(marker, "*");
    }
    shape
}

#[test]
fn what_the_caller_gave_is_hidden_wherever_it_comes_back() {
    let environment = json!({ "A": "planted-1", "PIN_SECRET": "123456", "PORT": "8080", "MODE": "production", "Q": "say \"hi\" twice" });
    for given in [environment.clone(), json!(environment.to_string())] {
        let redactor = redactor().for_call([&given]);
        let redacted = redactor
            .text(r#"planted-1! 123456 8080 production say "hi" twice, "say \"hi\" twice""#);
        assert_eq!(shape(&redacted), r#"*! * 8080 production *, "*""#);
    }
    let redactor = redactor();
    redactor.learn("registry-pass\nsecond line");
    assert_eq!(
        shape(&redactor.clone().text("a registry-pass b second line")),
        "a * b *"
    );
}

#[test]
fn a_name_that_an_escape_or_a_hidden_character_splits_is_still_one() {
    for given in ["pass\u{1b}[0mword=hunter2", "pass\u{200b}word=hunter2"] {
        assert_eq!(shape(&text(given)), "password=*");
        assert_eq!(shape(value(json!(given)).as_str().unwrap()), "password=*");
        assert_eq!(
            shape(&redactor().lines().line(given.as_bytes())),
            "password=*"
        );
    }
}

#[test]
fn switched_off_it_takes_out_hidden_characters_alone() {
    let redactor = Redactor::new(false);
    assert_eq!(
        redactor.text("PASSWORD=hunter2\u{1b}[0m"),
        "PASSWORD=hunter2"
    );
    let mut document = json!({ "Env": ["PASSWORD=hunter2\u{202e}"] });
    redactor.value(&mut document);
    assert_eq!(document, json!({ "Env": ["PASSWORD=hunter2"] }));
}
