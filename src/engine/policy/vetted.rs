//! Proves to who sends a stream that what it is made of was judged.

use super::archive::VettedArchive;

/// Proof that the policy has judged all that an image is built from, and by what.
#[derive(Debug)]
pub struct VettedBuild(());

impl VettedBuild {
    /// For the judge alone.
    pub(super) fn new() -> Self {
        Self(())
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
