//! Holds what the calls to all hosts share: who was asked what, where calls are recorded, and what nobody is to
//! see.

use serde_json::{Map, Value};

use super::error::CallError;
use super::gate::{AuditLog, Questions, Via};
use crate::arguments::secrets;
use crate::catalog::Tool;
use crate::config::Config;
use crate::redaction::Redactor;
use crate::secrets::Secrets;

/// What the calls to all hosts share.
#[derive(Debug)]
pub struct Shared {
    pub(super) questions: Questions,
    pub(super) audit: AuditLog,
    pub(super) secrets: Secrets,
    redactor: Redactor,
}

impl Shared {
    /// What that configuration says of it.
    pub fn of(config: &Config) -> Self {
        let redactor = Redactor::new(config.safety.redact_secrets);
        Self {
            questions: Questions::default(),
            audit: AuditLog::new(&config.server),
            secrets: Secrets::new(&config.secrets, &redactor),
            redactor,
        }
    }

    /// What takes secrets out of text that leaves.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Records a call that goes to no host, and gives its error as it may leave.
    pub async fn refused(
        &self,
        tool: &'static Tool,
        arguments: &Map<String, Value>,
        via: &Via,
        error: CallError,
    ) -> CallError {
        self.secrets.refresh().await;
        let redactor = self.redactor.for_call(secrets(tool, arguments));
        let record = self.audit.record(tool, arguments, via, &redactor);
        let error = error.redacted(&redactor);
        record.finish(Some(&error));
        error
    }
}
