//! Decides whether a call may be made, what a person is asked first, and what leaves the server.

mod audit;
pub(super) mod confirmation;
mod filter;
mod plan;
mod principal;
mod questions;
mod tier;

pub use audit::{AuditLog, Decision, Record, Via, end_records, open_records};
pub use confirmation::{Answer, Ask, CONFIRMATION, Person, Question, Reply, may_ask, takes_token};
pub(crate) use confirmation::{CHANGED, Confirmation, PATIENCE, take_token};
pub use filter::{check_filters, switched_on};
pub use plan::{Planned, planned};
pub(crate) use plan::{anonymous_volumes, names_left, on_one_line};
pub use principal::{Access, Owner, Principal, Subject};
pub(crate) use questions::Questions;

use crate::catalog::Tool;
use crate::config::SafetyConfig;
use crate::engine::policy::Refusal;

/// The tool by which a panel brings what a person answered; no model calls it.
pub const APPROVE_TOOL: &str = "docker_approve";

/// Whether the configuration allows a tool at all.
///
/// # Errors
/// The tier or a filter refuses it; the text names the variable.
pub fn permit(tool: &Tool, config: &SafetyConfig) -> Result<(), Refusal> {
    filter::permit(tool, config)?;
    tier::permit(tool, config)
}

/// Whether a client sees a tool in the list.
pub fn listed(tool: &Tool, config: &SafetyConfig, access: Access) -> bool {
    let refused = || tier::permit(tool, config).is_err() || access.permit(tool).is_err();
    filter::permit(tool, config).is_ok() && !(config.hide_refused && refused())
}
