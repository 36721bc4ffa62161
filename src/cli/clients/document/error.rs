//! Says why a file is left alone, to the line and column where there is one.

/// Why a file is left alone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    /// Not what the client could read.
    #[error("line {line}, column {column}: {wrong}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        wrong: String,
    },
    /// It can be read, but is not what the client expects.
    #[error("{0} is not {1}")]
    Shape(String, &'static str),
    /// The change would not be what the client reads.
    #[error("`{0}`, or a server in it, is there more than once")]
    Ambiguous(&'static str),
    /// A later version of the client writes its servers elsewhere.
    #[error(
        "its servers are in `{0}.servers`, which is not written here; put in by hand what `mcp-docker install \
         --print` shows"
    )]
    Elsewhere(&'static str),
    /// A change would take other people's comments or spaces along.
    #[error(
        "it is written in a way that a change would not leave as it is; put in by hand what `mcp-docker install \
         --print` shows"
    )]
    Unkept,
}
