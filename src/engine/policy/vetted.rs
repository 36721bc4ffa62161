//! Proves to who sends a stream that what it is made of was judged.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// An image that a build takes up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    /// The image of that name.
    Named(String),
    /// Which one it is only the Engine will know.
    Unknown {
        /// Where it stands in the Dockerfile.
        line: usize,
        /// As it is written there.
        written: String,
    },
}

/// Proof that the policy has judged all that an image is built from, and by what.
#[derive(Debug)]
pub struct VettedBuild {
    bases: BTreeSet<Base>,
}

impl VettedBuild {
    /// For the judge alone.
    pub(super) fn new(bases: BTreeSet<Base>) -> Self {
        Self { bases }
    }

    /// The images that it takes up.
    pub(crate) fn bases(&self) -> impl Iterator<Item = &Base> {
        self.bases.iter()
    }
}

/// Proof that the policy has judged the place of a file.
#[derive(Debug)]
pub struct VettedArchive {
    path: PathBuf,
}

impl VettedArchive {
    /// For the judge alone.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file that was judged: its path without links, where there is such a file or directory.
    ///
    /// Only what is opened by this path, with no link on the way, is what was judged.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// What of a request was judged where it comes from.
#[derive(Debug)]
pub enum Proof {
    /// All that an image is built from.
    Build(VettedBuild),
    /// The file that images are loaded from.
    File(VettedArchive),
}

impl From<VettedBuild> for Proof {
    fn from(vetted: VettedBuild) -> Self {
        Self::Build(vetted)
    }
}

impl From<VettedArchive> for Proof {
    fn from(vetted: VettedArchive) -> Self {
        Self::File(vetted)
    }
}
