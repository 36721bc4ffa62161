//! Looks into images with a scanner of the user's: which known vulnerabilities they have, and which packages.
//!
//! A scanner gets the image through a [relay](crate::engine::relay) of this call, and of the Engine nothing else.
//! What it writes is read by types of its own for each form, and comes to one form here.

pub(crate) mod image_sbom;
pub(crate) mod image_vulnerabilities;

mod cyclonedx;
mod failure;
mod grype;
mod listed;
mod sarif;
mod scanner;
mod trivy;
mod vulnerability;
