//! Reads and judges Compose files before Compose is started: what it does by itself passes no door.
//!
//! Compose reads files wherever they are, fetches others, and runs programs that a file names, some of
//! it already when it is only asked what a file says. So the files are [walked](walk()) first, and
//! Compose is started on none that was not; what it makes of them is [judged](judge()) by the same lists,
//! and by the create policy, service by service. Every value is judged where it stands, whether or not
//! another file takes it away again, so that nothing depends on how Compose merges.

mod called;
mod check;
mod document;
mod door;
mod env;
mod files;
mod finding;
mod judge;
mod keys;
mod mounts;
mod named;
mod names;
mod paths;
mod places;
mod project;
mod root;
mod service;
mod stack;
mod walk;
mod yaml;

pub use called::called;
pub(crate) use check::check_file;
pub use document::{BuildPlan, Document, Modelled};
pub use finding::{Finding, FindingKind, Unfit};
pub use judge::judge;
pub use named::fill;
pub use project::{Loader, Selection, Service, Walked};
pub use root::root;
pub use stack::{StackModel, contents, judge_stack, read_stack};
pub use walk::walk;
pub use yaml::Place;
