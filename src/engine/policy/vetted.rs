//! Proves to who sends a build that it was judged.

/// Proof that the policy has judged all that an image is built from, and by what.
#[derive(Debug)]
pub struct VettedBuild(());

impl VettedBuild {
    /// For the judge alone.
    pub(super) fn new() -> Self {
        Self(())
    }
}
