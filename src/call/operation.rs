//! Says what a tool does once its arguments were read.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::context::Call;
use super::error::CallError;
use super::look::Look;
use crate::arguments::Arguments;
use crate::catalog::Tool;
use crate::params::InvalidArgument;

/// A call whose arguments were read and found good.
pub trait Operation: Send + Sync {
    /// The parameters with their defaults.
    fn params(&self) -> Value;

    /// What to add to the deadline, because the call was asked to wait.
    fn grace(&self) -> Duration {
        Duration::ZERO
    }

    /// Makes the requests that come before the operation.
    fn look<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Look, CallError>> {
        let _ = call;
        Box::pin(std::future::ready(Ok(Look::default())))
    }

    /// Makes the requests of the operation and gives the Engine's reply.
    fn run<'a>(&'a self, call: &'a Call<'_>) -> BoxFuture<'a, Result<Value, CallError>>;
}

/// Reads the arguments of a call of that tool, as [`table`](crate::generated::table::parse) does.
pub type Parse = fn(&Tool, &mut Arguments) -> Result<Box<dyn Operation>, InvalidArgument>;
