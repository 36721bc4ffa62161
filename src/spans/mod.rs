//! Makes a span of each call and of each request that it makes of the Engine.
//!
//! Where the program is built with the feature `opentelemetry` the spans are exported as the standard variables
//! say; else there are none, and what stands here costs nothing. They hold what is on closed lists alone: the
//! names of tools, hosts and kinds of failure, the form of a path, the status of an answer.

#[cfg(not(feature = "opentelemetry"))]
mod absent;
#[cfg(feature = "opentelemetry")]
mod exported;

#[cfg(not(feature = "opentelemetry"))]
pub(crate) use absent::{CallSpan, RequestSpan};
#[cfg(feature = "opentelemetry")]
pub use exported::TARGET;
#[cfg(feature = "opentelemetry")]
pub(crate) use exported::{CallSpan, RequestSpan};
