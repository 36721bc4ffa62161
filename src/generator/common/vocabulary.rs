//! Brings in the closed lists that the server has too.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "the server shows some, and uses what is not needed here"
)]

#[path = "../../vocabulary/command.rs"]
mod command;
#[path = "../../vocabulary/endpoint.rs"]
pub(crate) mod endpoint;
#[path = "../../vocabulary/nearest.rs"]
mod nearest;
#[path = "../../vocabulary/needs.rs"]
mod needs;
#[path = "../../vocabulary/output.rs"]
mod output;
#[path = "../../vocabulary/parameter_type.rs"]
mod parameter_type;
#[path = "../../vocabulary/plan_filters.rs"]
pub(crate) mod plan_filters;
#[path = "../../vocabulary/prompt.rs"]
mod prompt;
#[path = "../../vocabulary/prompt_template.rs"]
pub(crate) mod prompt_template;
#[path = "../../vocabulary/release.rs"]
mod release;
#[path = "../../vocabulary/resource.rs"]
mod resource;
#[path = "../../vocabulary/tool.rs"]
mod tool;
#[path = "../../vocabulary/types.rs"]
pub(crate) mod types;
#[path = "../../vocabulary/values.rs"]
mod values;
#[path = "../../vocabulary/view.rs"]
mod view;

pub(crate) use command::{Stdin, Written};
pub(crate) use nearest::nearest;
pub(crate) use needs::Needs;
pub(crate) use output::{FieldType, Root, Shape};
pub(crate) use prompt::ArgumentKind;
pub(crate) use release::Release;
pub(crate) use resource::{Listed, Of, Updates};
pub(crate) use tool::{Deadline, Tier};
pub(crate) use view::View;
