//! Compiles the catalogue: TOML files go in, Rust source comes out, or every mistake at once.
//!
//! [`parse`] reads each file into the types of [`spec`], [`check`] turns them into the [`model`]
//! and collects what is wrong, [`emit`] writes the Rust of a model that is known to be right.
//! `build.rs` and the tests bring this module in by path; the server never contains it.

mod action;
mod check;
mod diagnostic;
mod emit;
mod engine_call;
mod examples;
mod fields;
mod look;
mod mend;
mod mistyped;
mod model;
mod params;
mod parse;
mod path;
pub(crate) mod plan;
pub(crate) mod prompt;
pub(crate) mod reply;
pub(crate) mod resource;
mod schema;
pub(crate) mod secrets;
pub(crate) mod spec;
mod structure;
pub(crate) mod template;
mod tier;
pub(crate) mod toolset;
mod unmodelled;
pub(crate) mod vocabulary;

use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use diagnostic::Findings;
use model::Origin;
use spec::At;

/// A catalogue file.
pub(crate) struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl Source {
    /// The line of a place.
    fn origin(&self, place: &Range<usize>) -> Origin {
        let before = self.text.get(..place.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Origin(format!("{}:{line}", self.path))
    }

    /// The place of a word inside another place; all of that where it is not written there as it is.
    fn word(&self, inside: &Range<usize>, word: &str) -> Range<usize> {
        let written = self.text.get(inside.clone()).unwrap_or_default();
        match written.find(word) {
            Some(at) => inside.start + at..inside.start + at + word.len(),
            None => inside.clone(),
        }
    }

    /// The place of a key, the first of that name behind `from`; `from` itself where there is none.
    fn key(&self, from: usize, key: &str) -> Range<usize> {
        let behind = self.text.get(from..).unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let is_whole = |at: usize| {
            let before = behind.get(..at).unwrap_or_default();
            let after = behind.get(at + key.len()..).unwrap_or_default();
            !before.ends_with(is_part) && !after.starts_with(is_part)
        };
        let mut found = behind.match_indices(key).map(|(at, _)| at);
        match found.find(|at| is_whole(*at)) {
            Some(at) => from + at..from + at + key.len(),
            None => from..from,
        }
    }

    /// The place in the file of a part of one of its strings; of all of it where the string is not
    /// written as it is.
    fn inside(&self, string: &At<String>, part: &Range<usize>) -> Range<usize> {
        let whole = string.span();
        let written = self.text.get(whole.clone()).unwrap_or_default();
        let word = string.get(part.clone()).unwrap_or_default();
        let before = string.get(..part.start).unwrap_or_default();
        let mut places = written.match_indices(word);
        match places.nth(before.matches(word).count()) {
            Some((at, _)) if !word.is_empty() => whole.start + at..whole.start + at + word.len(),
            _ => whole,
        }
    }
}

/// A file of Rust.
pub(crate) struct Generated {
    /// Its path below `OUT_DIR`.
    pub path: String,
    /// What it holds.
    pub code: String,
}

/// Reads every TOML file and template below `root`, sorted by path.
///
/// # Errors
/// Any that reading the folder or a file gives.
pub(crate) fn read(root: &Path) -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "toml" || extension == "j2")
            {
                let text = fs::read_to_string(&path)?;
                sources.push(Source {
                    path: path.to_string_lossy().replace('\\', "/"),
                    text,
                });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Compiles the catalogue.
///
/// # Errors
/// Every mistake in every file, each rendered with its place.
pub(crate) fn generate(sources: &[Source]) -> Result<Vec<Generated>, Vec<String>> {
    let mut tools: Vec<model::Tool> = Vec::new();
    let mut rendered = Vec::new();
    let toolsets = toolset::compile(sources, &mut rendered);
    for source in sources.iter().filter(|it| is_tool(it)) {
        let mut findings = Findings::new(source);
        toolset::placed(source, sources, &mut findings);
        let tool = parse::file(source, &mut findings)
            .and_then(|spec: spec::Tool| check::tool(source, &spec, &mut findings));
        if let Some(tool) = tool {
            match tools.iter().find(|other| other.name == tool.name) {
                Some(other) => check::duplicate(&tool, other, &mut findings),
                None => tools.push(tool),
            }
        }
        rendered.extend(findings.render());
    }
    let prompts = prompt::compile(sources, &tools, &toolsets, &mut rendered);
    let resources = resource::checked(sources, &tools, &toolsets, &mut rendered);
    let secrets = secrets::compile(sources, &mut rendered);
    if rendered.is_empty() {
        let files = emit::files(&tools, &prompts, &resources, &toolsets);
        let mut files = files.map_err(|bug| vec![bug])?;
        files.extend(secrets);
        Ok(files)
    } else {
        Err(rendered)
    }
}

/// What an Engine could answer to the last request of each tool that a call makes; of the tools of a
/// catalogue that is right.
#[cfg(test)]
pub(crate) fn replies(sources: &[Source]) -> Vec<(String, serde_json::Value)> {
    let answered = |source: &Source| {
        let mut findings = Findings::new(source);
        let spec: spec::Tool = parse::file(source, &mut findings)?;
        let tool = check::tool(source, &spec, &mut findings)?;
        let called = matches!(tool.action, model::Action::Calls { .. });
        called.then(|| (tool.name, reply::sample(&tool.reply)))
    };
    let tools = sources.iter().filter(|source| is_tool(source));
    tools.filter_map(answered).collect()
}

/// Whether a file describes a tool.
fn is_tool(source: &Source) -> bool {
    !(prompt::is_prompt(source)
        || prompt::is_template(source)
        || resource::is_one(source)
        || toolset::is_one(source)
        || secrets::is_one(source))
}

/// Whether there is a file for a tool, whatever is wrong with it: that is shown already.
fn is_in_a_file(sources: &[Source], tool: &str) -> bool {
    let file = tool.trim_start_matches("docker_").to_owned() + ".toml";
    let mut files = sources.iter().filter(|source| is_tool(source));
    files.any(|source| source.path.rsplit('/').next() == Some(&file))
}
