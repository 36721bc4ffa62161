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
mod model;
mod params;
mod parse;
mod path;
mod plan;
pub(crate) mod prompt;
pub(crate) mod reply;
pub(crate) mod resource;
mod schema;
pub(crate) mod spec;
mod structure;
pub(crate) mod types;
mod unmodelled;

use std::path::Path;
use std::{fs, io};

use diagnostic::Findings;

/// A catalogue file.
pub(crate) struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
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
    let is_tool =
        |it: &&Source| !(prompt::is_prompt(it) || prompt::is_template(it) || resource::is_one(it));
    for source in sources.iter().filter(is_tool) {
        let mut findings = Findings::new(source);
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
    let prompts = prompt::compile(sources, &tools, &mut rendered);
    let resources = resource::checked(sources, &tools, &mut rendered);
    if rendered.is_empty() {
        emit::files(&tools, &prompts, &resources).map_err(|bug| vec![bug])
    } else {
        Err(rendered)
    }
}
