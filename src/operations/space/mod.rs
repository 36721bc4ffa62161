//! Foretells what a removal frees, by what objects take on disk.

pub(crate) mod images;
mod layers;
pub(crate) mod remove_container;
pub(crate) mod remove_image;
pub(crate) mod remove_volume;
pub(crate) mod usage;
