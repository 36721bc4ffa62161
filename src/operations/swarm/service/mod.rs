//! Makes and changes services of a swarm. What a service is to be stays the Engine's own JSON, which is patched:
//! a type would lose what it does not know.

pub(crate) mod create_service;
pub(crate) mod rollback_service;
pub(crate) mod scale_service;
pub(crate) mod update_service;

mod change;
mod current;
mod loss;
mod patch;
mod settle;
mod used;
mod wanted;

pub(super) use current::inspect;
pub(super) use settle::{Settled, settle};
