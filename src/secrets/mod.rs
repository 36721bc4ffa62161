//! Puts secrets in the place of their names: `${secret:NAME}` stands for a file of the operator's directory, or
//! for a variable of the server's environment.
//!
//! Whoever makes a call knows the name alone. A value is read when it is needed, so that one that was
//! changed counts at once, and the redactor knows it before anybody else does. What is said of a secret
//! here holds its name at most.

mod error;
mod file;
mod limits;
mod reference;
mod store;

pub use error::SecretError;
pub use limits::{Bounds, Destination};
pub use reference::{Named, filled, names};
pub use store::{Secrets, Values};
