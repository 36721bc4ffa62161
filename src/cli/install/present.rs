//! Reads what an entry says before it is made anew.

use std::path::Path;

use mcp_docker::config::Toolsets;

use super::asking;
use super::file::File;
use crate::cli::clients::{Client, Document, SERVER};
use crate::cli::profile::{self, Profile};

/// What an entry says before it is made anew.
#[derive(Debug, Default)]
pub(super) struct Present {
    allows: Allows,
    /// The toolsets it switches on; none where there is no entry, or one that is not understood.
    pub(super) toolsets: Option<Toolsets>,
}

/// What an entry lets the assistant do.
#[derive(Debug, Clone, Copy, Default)]
enum Allows {
    /// There is none.
    #[default]
    Nothing,
    /// What a profile says.
    Profile(&'static Profile),
    /// Something else.
    Own,
}

impl Present {
    pub(super) fn of(path: &Path, client: &'static Client, named: Option<&str>) -> Self {
        let read = || {
            let file = File::read(path).ok()?;
            let entries = Document::parse(file.text(), client).ok()?.entries();
            let name = named.unwrap_or(SERVER);
            entries
                .into_iter()
                .find(|entry| entry.name == name && entry.is_ours())
        };
        let Some(entry) = read() else {
            return Self::default();
        };
        let settings = entry.settings().ok().flatten();
        let allows = match settings.as_ref().and_then(Profile::of) {
            Some(profile) => Allows::Profile(profile),
            None => Allows::Own,
        };
        Self {
            allows,
            toolsets: settings.as_ref().and_then(profile::toolsets),
        }
    }

    /// What is taken where nothing is said: not what would loosen or tighten without a word.
    pub(super) fn profile(&self) -> Option<&'static Profile> {
        match self.allows {
            Allows::Nothing => asking::named("normal"),
            Allows::Profile(profile) => Some(profile),
            Allows::Own => None,
        }
    }
}
