//! Says where something stands, and keeps what was found there.

use super::finding::{Finding, FindingKind};
use super::yaml::{Place, shown};

/// The keys that lead to a part of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct At(String);

impl At {
    pub(super) fn key(&self, key: &str) -> Self {
        const LONGEST: usize = 60;
        let plain = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        let key: String = key.chars().take(LONGEST).map(plain).collect();
        match self.0.as_str() {
            "" => Self(key),
            before => Self(format!("{before}.{key}")),
        }
    }

    pub(super) fn item(&self, at: usize) -> Self {
        Self(format!("{}[{at}]", self.0))
    }
}

/// What is wrong in the files looked at so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    /// The file that is looked at.
    pub(super) file: String,
}

impl Findings {
    /// As many are kept; more tell nobody more.
    const MOST: usize = 100;

    pub(super) fn add(
        &mut self,
        kind: FindingKind,
        place: Option<Place>,
        at: &At,
        text: impl Into<String>,
    ) {
        let finding = Finding {
            kind,
            file: self.file.clone(),
            place,
            at: at.0.clone(),
            text: text.into(),
        };
        if self.all.len() < Self::MOST && !self.all.contains(&finding) {
            self.all.push(finding);
        }
    }

    pub(super) fn invalid(&mut self, place: Option<Place>, at: &At, text: impl Into<String>) {
        self.add(FindingKind::Invalid, place, at, text);
    }

    pub(super) fn refused(&mut self, place: Option<Place>, at: &At, text: impl Into<String>) {
        self.add(FindingKind::Refused, place, at, text);
    }

    /// That a key is on no list.
    pub(super) fn unknown(&mut self, place: Option<Place>, at: &At, key: &str, near: Option<&str>) {
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let key = shown(key);
        self.refused(
            place,
            at,
            format!(
                "{key} is no key that this server knows there, so what Compose does for it is not known{near}"
            ),
        );
    }
}
