//! Makes folders that containers may mount.

use tempfile::{Builder, TempDir};

/// A folder that is not hidden, as those of programs' own are.
pub(crate) fn workplace() -> TempDir {
    let named = Builder::new().prefix("project-").tempdir();
    named.expect("there is no folder for temporary ones")
}
