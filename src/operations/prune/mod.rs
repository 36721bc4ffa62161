//! Removes what nothing uses: one kind of object, or all of them.
//!
//! A plan names each object that goes; what was planned is then removed one by one, and what failed is
//! told beside what went.

mod age;
pub(crate) mod build_cache;
pub(crate) mod containers;
mod filter;
pub(crate) mod images;
pub(crate) mod lists;
pub(crate) mod networks;
pub(crate) mod removal;
pub(crate) mod system;
pub(crate) mod volumes;
