//! Holds the generator to its word about prompts: a mistake is shown in the TOML file or on the
//! line of the template.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::cases::{each_has_its_message, name, schema_is_current};
use super::common::source::Subject;
use super::common::template;
use super::common::vocabulary::{plan_filters, prompt_template};
use super::{Source, generate, prompt, whole};
use crate::golden;

const BAD: &str = "tests/generator/bad_prompts";

/// The tools as they are, one bad prompt and its template; `good.md.j2` where it has none.
fn sources(case: &Path) -> Vec<Source> {
    let case = name(case);
    let read = |name: &str| fs::read_to_string(golden::at_root(BAD).join(name));
    let mut sources = whole();
    sources.retain(|source| ![Subject::Prompt, Subject::Template].contains(&source.subject()));
    sources.push(Source {
        path: format!("catalog/prompts/{case}.toml"),
        text: read(&format!("{case}.toml")).unwrap(),
    });
    sources.push(Source {
        path: format!("prompts/{case}.md.j2"),
        text: read(&format!("{case}.md.j2")).unwrap_or_else(|_| read("good.md.j2").unwrap()),
    });
    sources
}

#[test]
fn every_mistake_of_a_prompt_has_its_message() {
    each_has_its_message(BAD, sources);
}

#[test]
fn the_schema_of_a_prompt_file_is_current() {
    schema_is_current::<prompt::spec::Prompt>("prompt");
}

/// Prompts and resources that use a tool are not wrong because the tool is.
#[test]
fn a_mistake_of_a_tool_is_shown_once() {
    let mut sources = whole();
    for source in &mut sources {
        if source.path.ends_with("/inspect_container.toml") {
            source.text = source
                .text
                .replace("inspect_container(", "inspect_containr(");
        }
        if source.path.ends_with("/container_stats.toml") {
            source.text = source.text.replacen("title ", "titel ", 1);
        }
    }
    let diagnostics = generate(&sources).err().unwrap();
    assert_eq!(diagnostics.len(), 2, "{}", diagnostics.join("\n\n"));
}

#[test]
fn a_template_that_no_prompt_uses_is_a_mistake() {
    let mut sources = whole();
    sources.push(Source {
        path: "prompts/stray.md.j2".to_owned(),
        text: "stray\n".to_owned(),
    });
    let diagnostics = generate(&sources).err().unwrap().join("\n");
    assert!(
        diagnostics.contains("no prompt uses this template"),
        "{diagnostics}"
    );
    assert!(diagnostics.contains("prompts/stray.md.j2"), "{diagnostics}");
}

/// What a filter is for and what it gives is said of each.
#[test]
fn every_filter_has_its_signature() {
    let of_plans = plan_filters::FILTERS.iter().map(|(name, _)| *name);
    let filters: BTreeSet<&str> = of_plans.chain(prompt_template::FILTERS).collect();
    let signed: BTreeSet<&str> = template::signed().map(|(name, _)| name).collect();
    assert_eq!(filters, signed);
}

#[test]
fn the_legend_names_the_keys_of_what_filters_give() {
    let legend = fs::read_to_string(golden::at_root("catalog/README.md")).unwrap();
    for (filter, keys) in template::signed().filter(|(_, keys)| !keys.is_empty()) {
        let is_about = |line: &&str| {
            let name = line
                .strip_prefix("| `")
                .and_then(|rest| rest.strip_prefix(filter));
            name.is_some_and(|rest| rest.starts_with(['`', '(']))
        };
        // `audit_all` and `audit_engine` give what `audit` does.
        let elsewhere = |key: &str| filter.starts_with("audit_") && key != "containers";
        let names_all = |line: &str| {
            let mut keys = keys.iter();
            keys.all(|key| elsewhere(key) || line.contains(&format!("`{key}`")))
        };
        assert!(
            legend.lines().filter(is_about).any(names_all),
            "{filter}: {keys:?}"
        );
    }
}

#[test]
fn the_legend_names_every_filter() {
    let legend = fs::read_to_string(golden::at_root("catalog/README.md")).unwrap();
    for filter in prompt_template::FILTERS {
        let is_listed = legend.lines().any(|line| {
            let names = line
                .strip_prefix("| `")
                .and_then(|rest| rest.split(" | ").next());
            names.is_some_and(|names| {
                names
                    .split("`, `")
                    .any(|name| name.trim_matches('`').split('(').next() == Some(filter))
            })
        });
        assert!(is_listed, "{filter}");
    }
}
