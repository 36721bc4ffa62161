//! Lists images, and carries them from and to registries.

mod layers;
pub(crate) mod list_images;
pub(crate) mod look_up;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod registry;
pub(crate) mod steps;
