//! Holds what an operation has at hand while it runs.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::CallError;
use super::host::HostName;
use super::look::Look;
use super::permits::Permits;
use super::progress::Progress;
use super::turn::Held;
use crate::catalog::Tool;
use crate::config::Config;
use crate::engine::{Engine, EngineError, Request, known};
use crate::output;
use crate::redaction::Redactor;
use crate::secrets::Secrets;

/// What an operation has at hand while it runs.
#[derive(Debug)]
pub struct Call<'a> {
    /// The door to Docker, with this call's deadline.
    pub engine: Engine,
    /// The replies of the requests made before the operation.
    pub look: Look,
    /// The configuration in force.
    pub config: &'a Config,
    /// Where the operation says how far it is.
    pub progress: Progress,
    /// What takes secrets out of text before it is searched or cut.
    pub redactor: Redactor,
    pub(super) tool: &'static Tool,
    /// The parameters with their defaults, rendered once.
    pub(super) params: Value,
    pub(super) permits: &'a Permits,
    pub(super) secrets: &'a Secrets,
    /// Where it goes, of several hosts.
    pub(super) host: Option<&'a HostName>,
    pub(super) held: Held,
}

impl Call<'_> {
    /// The parameters with their defaults.
    pub(crate) fn params(&self) -> &Value {
        &self.params
    }

    /// The secrets that what the call is about may name.
    pub fn secrets(&self) -> &Secrets {
        self.secrets
    }

    /// Whoever has to agree to the call did so: its requests may do from now on what its tier allows.
    pub fn agreed(&mut self) {
        self.engine = self.engine.agreed();
    }

    /// What a plan of those ids showed may go, although the tool's own tier removes nothing.
    pub(super) fn lets_go(&mut self, ids: Vec<String>) {
        self.engine = self.engine.letting_go(ids);
    }

    /// Makes the request whose reply becomes the tool's result, and reads of it what the result takes.
    ///
    /// # Errors
    /// Those of the Engine.
    pub async fn reply(&self, request: Request) -> Result<Value, CallError> {
        let read = |reply: &[u8]| output::read(&self.tool.output, &self.params, reply);
        Ok(self.engine.read(request, read).await?)
    }

    /// Makes the request that shows how things stand after an operation on the object of the first
    /// look. An object that is gone by now, such as a `--rm` container that was stopped, counts as
    /// `removed`.
    ///
    /// # Errors
    /// Those of the Engine, but not found.
    pub async fn then(&self, request: Request) -> Result<Value, CallError> {
        match self.engine.json(request).await {
            Err(EngineError::NotFound { .. }) => Ok(self.look.removed()),
            reply => Ok(reply?),
        }
    }

    /// The same, and takes of the reply what that type has of it.
    ///
    /// # Errors
    /// Those of the Engine, but not found.
    pub(crate) async fn then_told<T: DeserializeOwned + Default>(
        &self,
        request: Request,
    ) -> Result<T, CallError> {
        let reply = self.then(request).await?;
        Ok(known(reply).unwrap_or_default())
    }
}
