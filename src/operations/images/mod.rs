//! Lists images, and carries them from and to registries and files.

mod archive;
mod layers;
pub(crate) mod list_images;
pub(crate) mod load;
pub(crate) mod look_up;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod registry;
pub(crate) mod save;
pub(crate) mod steps;
