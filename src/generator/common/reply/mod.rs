//! Knows what the Engine's replies hold, by bollard's models, and follows paths into them.

mod form;
mod index;
mod reader;
mod sample;
mod selection;

pub(crate) use form::{Form, Planned, Record};
pub(crate) use index::INDEX;
pub(crate) use reader::{Reader, Reads, Stray, Unmodelled};
#[cfg(test)]
pub(crate) use sample::sample;
pub(crate) use sample::{Said, astray};
pub(crate) use selection::narrowed;
