//! Lists the releases that the catalogue can say something is there since.

use serde::Deserialize;

/// A release. What says none is there since the first, 0.1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Release {
    /// The second.
    #[serde(rename = "0.2.0")]
    V0_2_0,
}

impl Release {
    /// Its version.
    pub fn version(self) -> &'static str {
        match self {
            Self::V0_2_0 => "0.2.0",
        }
    }
}
