//! Compiles the catalogue: TOML files go in, Rust source comes out, or every mistake at once.
//!
//! Each kind of file has a room: [`tool`], [`toolset`], [`prompt`], [`resource`], [`secrets`]. In each, `spec`
//! says what a file may hold, `check` turns that into the `model` and collects what is wrong, and `emit`
//! writes the Rust of a model that is known to be right. What they share is in [`common`]. `build.rs` and the
//! tests bring this module in by path; the server never contains it.

pub(crate) mod common;
pub(crate) mod prompt;
pub(crate) mod resource;
pub(crate) mod secrets;
pub(crate) mod tool;
pub(crate) mod toolset;

use common::code::{self, Generated};
pub(crate) use common::source::{Source, read};
use quote::quote;

/// Compiles the catalogue.
///
/// # Errors
/// Every mistake in every file, each rendered with its place.
pub(crate) fn generate(sources: &[Source]) -> Result<Vec<Generated>, Vec<String>> {
    let mut rendered = Vec::new();
    let toolsets = toolset::compile(sources, &mut rendered);
    let tools = tool::compile(sources, &toolsets, &mut rendered);
    let prompts = prompt::compile(sources, &tools, &toolsets, &mut rendered);
    let resources = resource::compile(sources, &tools, &toolsets, &mut rendered);
    let secrets = secrets::compile(sources, &mut rendered);
    if !rendered.is_empty() {
        return Err(rendered);
    }
    let written = || {
        let indexes = [
            tool::emit::index(&tools),
            prompt::emit::index(&prompts),
            resource::emit::index(&resources),
        ];
        let mut files = tool::emit::files(&tools)?;
        files.extend(prompt::emit::files(&prompts)?);
        files.extend(resource::emit::files(&resources)?);
        files.push(toolset::emit::file(&toolsets)?);
        files.push(code::file(
            "catalog.rs".to_owned(),
            quote!(#(#indexes)*),
            "catalog",
        )?);
        Ok(files)
    };
    let mut files = written().map_err(|bug: String| vec![bug])?;
    files.extend(secrets);
    Ok(files)
}

/// What an Engine could answer to the last request of each tool that a call makes; of the tools of a
/// catalogue that is right.
#[cfg(test)]
pub(crate) fn replies(sources: &[Source]) -> Vec<(String, serde_json::Value)> {
    tool::replies(sources)
}
