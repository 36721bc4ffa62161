//! Tells which objects are in the scope, by their labels.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use super::marks::{Marks, labels_of};
use crate::config::{SafetyConfig, Scope};
use crate::engine::error::EngineError;
use crate::engine::objects::ObjectKind;
use crate::engine::policy::refusal::Refusal;

/// The objects that calls may change, and whether reading is bound, too.
#[derive(Debug, Default)]
pub(crate) struct ObjectScope {
    pub(super) scope: Scope,
    pub(super) reads: bool,
    marks: OnceLock<Result<Marks, String>>,
    /// What the operator lets containers mount, wherever it is.
    pub(super) allowed: Vec<PathBuf>,
}

impl ObjectScope {
    pub(crate) fn new(safety: &SafetyConfig) -> Self {
        Self {
            scope: safety.scope.clone(),
            reads: safety.scope_reads,
            marks: OnceLock::new(),
            allowed: safety.mount_allowlist.clone(),
        }
    }

    /// Whether an object may be changed, by what the Engine told of it; one of another kind than is known here
    /// is for the request to show.
    pub(super) fn owns(&self, labels: impl Fn(&str) -> Option<String>) -> bool {
        self.scope.is_all() || self.marks().is_ok_and(|marks| marks.are_on(labels))
    }

    pub(super) fn judge_looked(
        &self,
        kind: ObjectKind,
        document: &Value,
    ) -> Result<(), EngineError> {
        // A list is what surrounds the object.
        if self.scope.is_all() || !document.is_object() {
            return Ok(());
        }
        let name = document
            .get("Name")
            .or_else(|| document.pointer("/Spec/Name"));
        let name = name.or_else(|| document.pointer("/RepoTags/0"));
        let name = name.or_else(|| document.get("Id")).and_then(Value::as_str);
        self.judge_document(kind, name.unwrap_or_default(), document)
    }

    pub(super) fn marks(&self) -> Result<&Marks, EngineError> {
        let marks = self.marks.get_or_init(|| Marks::of(&self.scope));
        marks.as_ref().map_err(|why| Refusal(why.clone()).into())
    }

    pub(super) fn judge_document(
        &self,
        kind: ObjectKind,
        name: &str,
        document: &Value,
    ) -> Result<(), EngineError> {
        let marks = self.marks()?;
        let labels = labels_of(kind, document);
        let label = |key: &str| Some(labels?.get(key)?.as_str()?.to_owned());
        if marks.are_on(label) {
            return Ok(());
        }
        // An id tells nobody what is meant.
        let called = document
            .get("Name")
            .or_else(|| document.pointer("/Spec/Name"));
        let is_id = document.get("Id").or_else(|| document.get("ID")) == Some(&name.into());
        let called = called.and_then(Value::as_str).filter(|_| is_id);
        let name = called.unwrap_or(name);
        let name = name.strip_prefix('/').unwrap_or(name);
        Err(self.refusal(format_args!(
            "{} `{name}` {}",
            kind.name(),
            marks.owner(label)
        )))
    }

    pub(super) fn refusal(&self, what: impl std::fmt::Display) -> EngineError {
        let reach = match self.reads {
            true => "see and change",
            false => "change",
        };
        Refusal(format!(
            "{what}, and calls may only {reach} what {} (SAFETY_SCOPE={}); nothing was done",
            self.scope.whose(),
            self.scope
        ))
        .into()
    }

    /// A label of the image would be one of the container, too.
    pub(super) fn judge_inherited(&self, image: &str, document: &Value) -> Result<(), EngineError> {
        let labels = labels_of(ObjectKind::Image, document);
        match self.marks()?.another(labels) {
            None => Ok(()),
            Some((key, value)) => Err(self.refusal(format_args!(
                "image `{image}` has the label `{key}={value}`, which what is made of it inherits"
            ))),
        }
    }
}
