//! Reads the path of a file, which is absolute and says what it says: no `..` in it leads elsewhere.

use std::fmt;

use crate::params::InvalidArgument;

/// The longest path that a system takes, in bytes.
const LONGEST: usize = 4096;

/// An absolute path by its parts; none of them is the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FilePath(Vec<String>);

impl FilePath {
    /// The path that a parameter gives.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn of(text: &str) -> Result<Self, InvalidArgument> {
        let wrong = |why: &str| Err(InvalidArgument(format!("`path`: {text:?} {why}")));
        if !text.starts_with('/') {
            return wrong("is not absolute: write it from the root, with `/` in front");
        }
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return wrong(
                "is no path: it is over 4096 bytes long or has characters that no name has",
            );
        }
        if text.split('/').any(|part| part == "..") {
            return wrong("goes back by `..`: write the path that you mean");
        }
        Ok(Self::told(text))
    }

    /// A path that the Engine tells.
    pub(super) fn told(text: &str) -> Self {
        let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
        Self(parts.map(str::to_owned).collect())
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.0
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// Its name, and the directory that it is in; none of the root.
    pub(super) fn split(&self) -> Option<(&str, Self)> {
        let (name, parent) = self.0.split_last()?;
        Some((name, Self(parent.to_vec())))
    }

    pub(super) fn join(&self, part: &str) -> Self {
        let parts = self.0.iter().cloned();
        Self(parts.chain([part.to_owned()]).collect())
    }

    pub(super) fn joined(&self, below: &[String]) -> Self {
        Self([&self.0, below].concat())
    }

    /// What it is called from there, where it is there or below.
    pub(super) fn below(&self, root: &Self) -> Option<Self> {
        let below = self.0.strip_prefix(root.0.as_slice())?;
        Some(Self(below.to_vec()))
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0.join("/"))
    }
}
