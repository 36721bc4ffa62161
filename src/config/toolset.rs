//! Says which toolsets there are and which of them are on.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use crate::vocabulary::{Needs, Release, nearest};

include!(concat!(env!("OUT_DIR"), "/toolsets.rs"));

/// A folder of the catalogue, as its `toolset.toml` describes it.
#[derive(Debug)]
pub struct Toolset {
    /// The name of the folder.
    pub name: &'static str,
    /// The path of the TOML file in the repository.
    pub source: &'static str,
    /// The name a person reads.
    pub title: &'static str,
    /// One sentence that says what its tools are for.
    pub summary: &'static str,
    /// It is on where nobody chose.
    pub default: bool,
    /// What its tools need beside the Engine: one of these programs, where there are any.
    pub needs: &'static [Needs],
    /// The release that its tools came with; none, the first.
    pub since: Option<Release>,
}

/// The toolsets that are on: by default those that say so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolsets(BTreeSet<&'static str>);

impl Default for Toolsets {
    fn default() -> Self {
        Self(names(|toolset| toolset.default).collect())
    }
}

/// As the setting would be written.
impl fmt::Display for Toolsets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Self::default().0;
        let rest: Vec<&str> = if default.is_subset(&self.0) {
            let more = self.0.difference(&default).copied();
            ["default"].into_iter().chain(more).collect()
        } else {
            self.0.iter().copied().collect()
        };
        f.write_str(&rest.join(","))
    }
}

impl Toolsets {
    /// Every toolset.
    pub fn all() -> Self {
        Self(names(|_| true).collect())
    }

    /// Those that the words name, the default where there is none; `None` where one names no toolset.
    pub fn named<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        let mut on = BTreeSet::new();
        for word in words {
            match word.to_ascii_lowercase().as_str() {
                "all" => on.extend(Self::all().0),
                "default" => on.extend(Self::default().0),
                name => _ = on.insert(find(name)?.name),
            }
        }
        Some(if on.is_empty() {
            Self::default()
        } else {
            Self(on)
        })
    }

    /// Whether a toolset is on. What belongs to none always is.
    pub fn has(&self, toolset: Option<&str>) -> bool {
        toolset.is_none_or(|name| self.0.contains(name))
    }

    /// These and one more.
    pub fn with(&self, toolset: &'static str) -> Self {
        let mut on = self.0.clone();
        on.insert(toolset);
        Self(on)
    }

    /// Those that are on, by name.
    pub fn iter(&self) -> impl Iterator<Item = &'static Toolset> {
        TOOLSETS
            .iter()
            .filter(|toolset| self.0.contains(toolset.name))
    }

    /// How one choice compares with another: fewer of the same are less.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self.0.is_subset(&other.0), other.0.is_subset(&self.0)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            (false, false) => None,
        }
    }
}

/// The words that choose toolsets: their names, `default` and `all`.
pub(super) fn words() -> &'static [&'static str] {
    WORDS
}

/// The first of the words that names no toolset, and the word that was most likely meant.
pub(super) fn astray<'w>(
    words: impl IntoIterator<Item = &'w str>,
) -> Option<(&'w str, Option<&'static str>)> {
    let known = |word: &str| WORDS.contains(&word.to_ascii_lowercase().as_str());
    let astray = words.into_iter().find(|word| !known(word))?;
    Some((astray, nearest(astray, WORDS.iter().copied())))
}

fn find(name: &str) -> Option<&'static Toolset> {
    TOOLSETS.iter().find(|toolset| toolset.name == name)
}

fn names(which: impl Fn(&Toolset) -> bool) -> impl Iterator<Item = &'static str> {
    let toolsets = TOOLSETS.iter().filter(move |toolset| which(toolset));
    toolsets.map(|toolset| toolset.name)
}
