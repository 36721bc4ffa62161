//! Keeps calls to the objects of `SAFETY_SCOPE`: what a request changes or enters has to carry the label, and
//! what it makes gets it.
//!
//! It looks at the final request, like the [policy](super::policy), and asks the Engine about each object that
//! the request names; where it may not go on, nothing is sent. Without a scope nothing is asked.

mod bases;
mod door;
mod judge;
mod made;
mod marks;
mod named;
mod object_scope;
pub(super) mod own;
mod paths;
mod reading;
mod rewritten;
mod shown;

pub(crate) use object_scope::ObjectScope;
pub use own::server_id_file;
