//! Says what each filter is for and what it gives.
//!
//! What they do is in `src/vocabulary/plan_filters.rs` and `src/facts/`; which of them a template
//! has, there and in `src/vocabulary/prompt_template.rs`.

use crate::generator::common::reply::{Form, Record};

/// What a filter is given.
#[derive(Clone, Copy)]
enum Takes {
    Anything,
    Text,
    Number,
    List,
    Object,
    /// A struct of bollard's, or what a prompt asked of it.
    Model(&'static str),
}

/// What a filter gives.
#[derive(Clone, Copy)]
enum Gives {
    Text,
    Integer,
    Texts,
    /// What it was given.
    Same,
    /// A list of objects with these keys.
    Rows(&'static [&'static str]),
}

const CONTAINER: Takes = Takes::Model("ContainerInspectResponse");
const FINDING: Gives = Gives::Rows(&["item", "severity", "title", "found", "fix", "maps"]);

/// Of each filter what it takes and gives.
const SIGNATURES: [(&str, Takes, Gives); 39] = [
    // Of plans.
    ("anonymous", Takes::List, Gives::Texts),
    ("attached", Takes::Model("NetworkInspect"), Gives::Texts),
    ("frees", Takes::Object, Gives::Text),
    ("kept", Takes::Model("ImageInspect"), Gives::Texts),
    ("lines", Takes::List, Gives::Text),
    ("listed", Takes::List, Gives::Text),
    ("name", Takes::Object, Gives::Text),
    ("short", Takes::Text, Gives::Text),
    ("tags", Takes::List, Gives::Texts),
    ("total", Takes::List, Gives::Text),
    ("users", Takes::List, Gives::Texts),
    ("using", Takes::Object, Gives::Texts),
    // Of prompts.
    (
        "addresses",
        CONTAINER,
        Gives::Rows(&["network", "ipv4", "ipv6", "gateway", "mac", "names"]),
    ),
    ("audit", CONTAINER, FINDING),
    (
        "audit_all",
        Takes::List,
        Gives::Rows(&["item", "severity", "title", "containers", "fix", "maps"]),
    ),
    ("audit_engine", Takes::Model("SystemInfo"), FINDING),
    (
        "causes",
        Takes::Text,
        Gives::Rows(&["what", "line", "next"]),
    ),
    ("code", Takes::Anything, Gives::Text),
    ("compose", CONTAINER, Gives::Text),
    (
        "constraints",
        Takes::Model("Service"),
        Gives::Rows(&["constraint", "met"]),
    ),
    ("environment", CONTAINER, Gives::Rows(&["name", "secret"])),
    ("exit_code", Takes::Number, Gives::Text),
    ("fenced", Takes::Text, Gives::Text),
    ("host", Takes::Text, Gives::Text),
    ("ids", Takes::List, Gives::Texts),
    ("network_lines", Takes::Text, Gives::Text),
    ("network_verdict", CONTAINER, Gives::Rows(&["what", "next"])),
    ("newest", Takes::List, Gives::Same),
    ("peers", Takes::Object, Gives::Rows(&["name", "address"])),
    ("port", Takes::Text, Gives::Text),
    ("ports", CONTAINER, Gives::Rows(&["port", "published"])),
    (
        "resources",
        CONTAINER,
        Gives::Rows(&["what", "set", "used", "advice"]),
    ),
    (
        "service_troubles",
        Takes::Model("Service"),
        Gives::Rows(&[
            "service", "severity", "problem", "cause", "evidence", "next",
        ]),
    ),
    (
        "services",
        Takes::Object,
        Gives::Rows(&["Name", "Config", "HostConfig", "Mounts"]),
    ),
    ("silence", Takes::Object, Gives::Text),
    (
        "troubles",
        Takes::List,
        Gives::Rows(&[
            "service",
            "container",
            "severity",
            "problem",
            "cause",
            "evidence",
            "next",
            "after",
        ]),
    ),
    (
        "verdict",
        CONTAINER,
        Gives::Rows(&["what", "quote", "next"]),
    ),
    // Of both; `count` of a plan takes a noun and gives a text.
    ("count", Takes::List, Gives::Integer),
    ("size", Takes::Number, Gives::Text),
];

fn signature(filter: &str) -> (Takes, Gives) {
    let found = SIGNATURES.iter().find(|(name, ..)| *name == filter);
    found.map_or((Takes::Anything, Gives::Same), |(_, takes, gives)| {
        (*takes, *gives)
    })
}

/// Every filter that is known here, with the keys of what it gives.
#[cfg(test)]
pub(crate) fn signed() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    SIGNATURES.iter().map(|(name, _, gives)| match gives {
        Gives::Rows(keys) => (*name, *keys),
        _ => (*name, &[][..]),
    })
}

/// Whether a filter is for such a value; otherwise what it is for.
pub(super) fn takes(filter: &str, form: &Form) -> Result<(), String> {
    use Form::{Integer, List, Map, Model, Number, Open, Record, Text};
    let (wanted, fits) = match signature(filter).0 {
        Takes::Anything => return Ok(()),
        Takes::Text => ("a string".to_owned(), matches!(form, Text)),
        Takes::Number => ("a number".to_owned(), matches!(form, Integer | Number)),
        Takes::List => ("a list".to_owned(), matches!(form, List(_))),
        Takes::Object => (
            "an object".to_owned(),
            matches!(form, Map(_) | Model(_) | Record(_)),
        ),
        Takes::Model(model) => (
            format!("`{model}`"),
            matches!(form, Map(_) | Record(_)) || *form == Model(model),
        ),
    };
    (fits || matches!(form, Open | Form::Planned(_)))
        .then_some(())
        .ok_or(wanted)
}

/// What a filter makes of a value.
pub(super) fn gives(filter: &str, given: Form) -> Form {
    match signature(filter).1 {
        Gives::Text => Form::Text,
        Gives::Integer => Form::Integer,
        Gives::Texts => Form::List(Box::new(Form::Text)),
        Gives::Same => given,
        Gives::Rows(keys) => Form::List(Box::new(Form::Record(Record {
            what: format!("what `{filter}` gives"),
            keys: keys
                .iter()
                .map(|key| ((*key).to_owned(), Form::Open))
                .collect(),
        }))),
    }
}
