//! Holds the files of the catalogue: what each describes, and the places in its text.

use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use super::at::At;

/// The file in a toolset's folder that describes it.
pub(crate) const TOOLSET: &str = "toolset.toml";

/// A place in a catalogue file, as `catalog/…/stop_container.toml:10`.
#[derive(Debug, Clone)]
pub(crate) struct Origin(pub String);

/// What a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Tool,
    Toolset,
    Prompt,
    Template,
    Resource,
    Secrets,
}

/// A catalogue file.
pub(crate) struct Source {
    /// Its path from the repository's root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl Source {
    /// The file's name without its ending, which is that of what it describes.
    pub(crate) fn stem(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        file.split('.').next().unwrap_or_default()
    }

    /// What it describes, which its place says.
    pub(crate) fn subject(&self) -> Subject {
        let mut parts = self.path.rsplit('/');
        let (file, folder) = (parts.next(), parts.next());
        if self.path.ends_with(".j2") {
            Subject::Template
        } else if self.path == "catalog/secrets.toml" {
            Subject::Secrets
        } else if self.path.starts_with("catalog/prompts/") {
            Subject::Prompt
        } else if folder == Some("resources") {
            Subject::Resource
        } else if file == Some(TOOLSET) {
            Subject::Toolset
        } else {
            Subject::Tool
        }
    }

    /// Its first line that says something, for what is missing from it.
    pub(crate) fn start(&self) -> Range<usize> {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let said = line.trim_end();
            if !said.is_empty() && !said.starts_with('#') {
                return start..start + said.len();
            }
            start += line.len();
        }
        0..self.text.find('\n').unwrap_or(self.text.len())
    }

    /// The line of a place.
    pub(crate) fn origin(&self, place: &Range<usize>) -> Origin {
        let before = self.text.get(..place.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Origin(format!("{}:{line}", self.path))
    }

    /// The place of a word inside another place; all of that where it is not written there as it is.
    pub(crate) fn word(&self, inside: &Range<usize>, word: &str) -> Range<usize> {
        let written = self.text.get(inside.clone()).unwrap_or_default();
        match written.find(word) {
            Some(at) => inside.start + at..inside.start + at + word.len(),
            None => inside.clone(),
        }
    }

    /// The place of a key, the first of that name behind `from`; `from` itself where there is none.
    pub(crate) fn key(&self, from: usize, key: &str) -> Range<usize> {
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
    pub(crate) fn inside(&self, string: &At<String>, part: &Range<usize>) -> Range<usize> {
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

/// The files that describe such a thing.
pub(crate) fn of(sources: &[Source], subject: Subject) -> impl Iterator<Item = &Source> {
    let is_one = move |source: &&Source| source.subject() == subject;
    sources.iter().filter(is_one)
}

/// Whether there is a file for a tool, whatever is wrong with it: that is shown already.
pub(crate) fn is_in_a_file(sources: &[Source], tool: &str) -> bool {
    let file = tool.trim_start_matches("docker_").to_owned() + ".toml";
    let mut files = of(sources, Subject::Tool);
    files.any(|source| source.path.rsplit('/').next() == Some(&file))
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
