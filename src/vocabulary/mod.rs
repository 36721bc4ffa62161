//! Keeps the closed lists that build time and run time share, each once; the generator takes the files by
//! their paths.

mod command;
pub(crate) mod endpoint;
mod error_kind;
mod nearest;
mod needs;
mod output;
pub(crate) mod plan_filters;
mod prompt;
pub(crate) mod prompt_template;
mod release;
mod resource;
mod secret;
mod tool;
mod view;

pub use command::{Stdin, Written};
pub use error_kind::ErrorKind;
pub(crate) use nearest::nearest;
pub use needs::Needs;
pub use output::{FieldType, Root, Shape};
pub use prompt::ArgumentKind;
pub use release::Release;
pub use resource::{Listed, Of, Updates};
pub(crate) use secret::is_secret_name;
pub use tool::{Deadline, Tier};
pub use view::View;
