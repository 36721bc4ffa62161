//! Holds the generator to its word: every mistake is shown, where it is, with the way out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::golden;

#[path = "../../src/generator/mod.rs"]
#[allow(dead_code, reason = "the build script calls the rest of it")]
mod implementation;

pub(crate) mod cases;
mod forms;
mod index;
mod methods;
mod prompts;
mod requests;
mod toolsets;

use cases::{cases, each_has_its_message, schema_is_current};
// By these paths its files know each other.
pub(crate) use implementation::{Source, generate, read, replies};
pub(crate) use implementation::{common, prompt, resource, secrets, tool, toolset};

const BAD: &str = "tests/generator/bad";

/// A folder is a catalogue of its own, a file one tool of a catalogue.
fn sources(case: &Path) -> Vec<Source> {
    let sources = if case.is_dir() {
        read(case).unwrap()
    } else {
        let name = case.file_name().unwrap().to_str().unwrap();
        vec![Source {
            path: format!("containers/{name}"),
            text: fs::read_to_string(case).unwrap(),
        }]
    };
    let inside = |path: &str| {
        path.rsplit('/')
            .take(2)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
            .join("/")
    };
    let sources = sources.into_iter().map(|source| Source {
        path: format!("catalog/{}", inside(&source.path)),
        text: source.text,
    });
    in_toolsets(sources)
}

/// The files, and one for each folder of tools that says what it is.
fn in_toolsets(sources: impl IntoIterator<Item = Source>) -> Vec<Source> {
    let mut sources: Vec<Source> = sources.into_iter().collect();
    let folder = |source: &Source| Some(source.path.rsplit_once('/')?.0.to_owned());
    let folders: BTreeSet<String> = sources.iter().filter_map(folder).collect();
    sources.extend(folders.iter().map(|folder| Source {
        path: format!("{folder}/toolset.toml"),
        text: "title = \"Tools\"\nsummary = \"Some tools.\"\ndefault = true\nneeds = [\"compose\", \"grype\"]\n".to_owned(),
    }));
    sources
}

#[test]
fn every_mistake_has_its_message() {
    each_has_its_message(BAD, sources);
}

/// Whatever stands in place of a value, the file is read to its end, and what is wrong has a place.
#[test]
fn a_value_of_any_type_is_accepted_or_shown() {
    let values = [
        "5",
        "-5.5",
        "true",
        "\"5\"",
        "\"x\"",
        "[]",
        "[1, 2]",
        "[\"x\"]",
        "{ x = 1 }",
    ];
    let mut shown = 0;
    let own = [
        "catalog/containers/list_containers.toml",
        "catalog/images/remove_image.toml",
        "catalog/prompts/debug_networking.toml",
        "catalog/resources/logs.toml",
    ];
    let own = own.map(|file| (file, file));
    let of_a_program = (
        "catalog/compose/pull.toml",
        "tests/generator/bad/command_with_an_unused_parameter.toml",
    );
    for (file, read_from) in own.into_iter().chain([of_a_program]) {
        let text = fs::read_to_string(golden::at_root(read_from)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some((key, _)) = line.split_once('=').filter(|_| !line.contains("\"\"\"")) else {
                continue;
            };
            for value in values {
                let mut lines = lines.clone();
                let line = format!("{key}= {value}");
                lines[at] = &line;
                let source = Source {
                    path: file.to_owned(),
                    text: lines.join("\n"),
                };
                let sources = match file.split('/').nth(1) {
                    Some("prompts" | "resources") => vec![source],
                    _ => in_toolsets([source]),
                };
                let diagnostics = generate(&sources).err().unwrap_or_default();
                let place = format!("--> {file}:");
                assert!(
                    diagnostics.iter().all(|it| it.contains(&place)),
                    "{diagnostics:?}"
                );
                shown += usize::from(!diagnostics.is_empty());
            }
        }
    }
    assert!(shown > 300, "{shown}");
}

/// Replies whose names are in lower case, names that bollard's models lack, options of another name.
#[test]
fn what_is_right_is_accepted() {
    let cases = fs::read_dir(golden::at_root("tests/generator/good")).unwrap();
    for case in cases.map(|entry| entry.unwrap().path()) {
        let generated = generate(&sources(&case));
        let diagnostics = generated.err().unwrap_or_default();
        assert!(diagnostics.is_empty(), "{}", diagnostics.join("\n\n"));
    }
}

/// One build shows the mistakes of all files.
#[test]
fn the_mistakes_of_all_files_are_shown_at_once() {
    let all: Vec<Source> = cases(BAD)
        .iter()
        .filter(|case| case.is_file())
        .flat_map(|case| sources(case))
        .collect();
    let diagnostics = generate(&all).err().unwrap();
    let of_tools = |source: &&Source| !source.path.ends_with("/toolset.toml");
    for source in all.iter().filter(of_tools) {
        let place = format!("--> {}:", source.path);
        assert!(
            diagnostics
                .iter()
                .any(|diagnostic| diagnostic.contains(&place)),
            "nothing about {}",
            source.path
        );
    }
}

/// The catalogue and its templates, by their paths from the root.
pub(crate) fn whole() -> Vec<Source> {
    let from_root = |source: Source| {
        let path = Path::new(&source.path);
        let path = path.strip_prefix(golden::at_root("")).unwrap();
        Source {
            path: path.to_str().unwrap().to_owned(),
            text: source.text,
        }
    };
    ["catalog", "prompts"]
        .iter()
        .flat_map(|folder| read(&golden::at_root(folder)).unwrap())
        .map(from_root)
        .collect()
}

#[test]
fn the_catalogue_compiles_to_the_same_code_twice() {
    let catalog = whole();
    let code = || {
        generate(&catalog)
            .unwrap()
            .into_iter()
            .map(|file| (file.path, file.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(code(), code());
}

#[test]
fn the_schema_of_a_tool_file_is_current() {
    schema_is_current::<tool::spec::Tool>("tool");
}

#[test]
fn the_schema_of_a_resource_file_is_current() {
    schema_is_current::<resource::spec::Resource>("resource");
}

/// An editor finds the schema by the first line; the second is blank for those that want it so.
#[test]
fn every_file_names_its_schema_first() {
    for source in read(&golden::at_root("catalog")).unwrap() {
        let opening: Vec<&str> = source.text.lines().take(2).collect();
        let is_secrets = source.path.ends_with("/secrets.toml");
        let kind = match source.path.rsplit('/').nth(1) {
            _ if source.path.ends_with("/toolset.toml") => "toolset",
            _ if is_secrets => {
                assert_eq!(opening, ["#:schema secrets.schema.json", ""]);
                continue;
            }
            Some("prompts") => "prompt",
            Some("resources") => "resource",
            _ => "tool",
        };
        let schema = format!("#:schema ../{kind}.schema.json");
        assert_eq!(opening, [schema.as_str(), ""], "{}", source.path);
    }
}
