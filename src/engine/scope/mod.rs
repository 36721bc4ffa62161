//! Keeps calls to the objects of `SAFETY_SCOPE`: what a request changes or enters has to carry the label, and
//! what it makes gets it.
//!
//! It looks at the final request, like the [policy](super::policy), and asks the Engine about each object that
//! the request names; where it may not go on, nothing is sent. Without a scope nothing is asked.

mod made;
mod marks;
mod named;
mod own;
mod reading;
mod rewritten;

use std::path::{Component, Path};
use std::sync::OnceLock;

use serde_json::Value;

use super::Engine;
use super::call_scope::CallScope;
use super::error::EngineError;
use super::labels;
use super::objects::ObjectKind;
use super::policy::refusal::Refusal;
use super::probe::PolicyProbe;
use super::record::Request;
use crate::config::{SafetyConfig, Scope};
use crate::vocabulary::endpoint::{Concern, Effect, Endpoint};
use marks::{Marks, labels_of};
use named::{Name, Named};

/// The objects that calls may change, and whether reading is bound, too.
#[derive(Debug, Default)]
pub(crate) struct ObjectScope {
    scope: Scope,
    reads: bool,
    marks: OnceLock<Result<Marks, String>>,
}

impl ObjectScope {
    pub(super) fn new(safety: &SafetyConfig) -> Self {
        Self {
            scope: safety.scope.clone(),
            reads: safety.scope_reads,
            marks: OnceLock::new(),
        }
    }

    /// Judges a request that is about to be sent; what it makes has the label afterwards.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the owner of what is not in the scope, or what kept the Engine from telling.
    pub(super) async fn judge(
        &self,
        request: &mut Request,
        call: &CallScope,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        if self.scope.is_all() {
            return Ok(());
        }
        let endpoint = Endpoint::of(request.method().as_str(), request.path());
        // The policy refuses what nobody knows.
        let Some(endpoint) = endpoint else {
            return Ok(());
        };
        if endpoint.effect == Effect::Reads && endpoint.concern != Concern::Enter {
            return match self.reads {
                true => self.judge_reading(request, engine).await,
                false => Ok(()),
            };
        }
        let marks = self.marks()?;
        for name in named::of(request)? {
            self.judge_name(name, request, engine).await?;
        }
        made::mark(request, endpoint.concern, marks)?;
        if matches!(endpoint.concern, Concern::Create | Concern::Service)
            && matches!(self.scope, Scope::Project(_))
        {
            self.judge_binds(request, call, engine).await?;
        }
        Ok(())
    }

    /// Whether an object may be changed, by what the Engine told of it; one of another kind than is known here
    /// is for the request to show.
    fn owns(&self, labels: impl Fn(&str) -> Option<String>) -> bool {
        self.scope.is_all() || self.marks().is_ok_and(|marks| marks.are_on(labels))
    }

    fn judge_looked(&self, kind: ObjectKind, document: &Value) -> Result<(), EngineError> {
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

    fn marks(&self) -> Result<&Marks, EngineError> {
        let marks = self.marks.get_or_init(|| Marks::of(&self.scope));
        marks.as_ref().map_err(|why| Refusal(why.clone()).into())
    }

    async fn judge_name(
        &self,
        name: Name,
        request: &mut Request,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let Name { kind, named, of } = name;
        let document = match named {
            Named::Changes => engine.object(kind, &of).await?,
            Named::Takes | Named::Mounts => match engine.object(kind, &of).await {
                Err(EngineError::NotFound { .. }) if named == Named::Takes => return Ok(()),
                Err(EngineError::NotFound { .. }) => {
                    return Err(Refusal(format!(
                        "{} `{of}` is not there, and one that the Engine makes in passing has no label: make it \
                         first; nothing was done (SAFETY_SCOPE={})",
                        kind.name(),
                        self.scope
                    ))
                    .into());
                }
                document => document?,
            },
            Named::Inherits => match engine.object(kind, &of).await {
                Err(EngineError::NotFound { .. }) => return Ok(()),
                document => return self.judge_inherited(&of, &document?),
            },
        };
        self.judge_document(kind, &of, &document)?;
        if kind == ObjectKind::Image && request.method() == http::Method::DELETE {
            self.judge_users(&of, &document, engine).await?;
        }
        if named == Named::Changes && kind != ObjectKind::Image {
            let id = document.get("Id").or_else(|| document.get("ID"));
            // A volume has no id. What the body names is joined to what was judged, and no more.
            if let Some(id) = id.and_then(Value::as_str).filter(|id| is_id(id)) {
                request.name_by_id(kind, &of, id)?;
            }
        }
        Ok(())
    }

    fn judge_document(
        &self,
        kind: ObjectKind,
        name: &str,
        document: &Value,
    ) -> Result<(), EngineError> {
        let marks = self.marks()?;
        let labels = labels_of(kind, document);
        if marks.are_on(|key| Some(labels?.get(key)?.as_str()?.to_owned())) {
            return Ok(());
        }
        let name = name.strip_prefix('/').unwrap_or(name);
        Err(self.refusal(format_args!(
            "{} `{name}` {}",
            kind.name(),
            marks.owner(labels)
        )))
    }

    fn refusal(&self, what: impl std::fmt::Display) -> EngineError {
        let reach = match self.reads {
            true => "see and change",
            false => "change",
        };
        Refusal(format!(
            "{what}, and calls may only {reach} what {} (SAFETY_SCOPE={}); nothing was done",
            marks::whose(&self.scope),
            self.scope
        ))
        .into()
    }

    /// A label of the image would be one of the container, too.
    fn judge_inherited(&self, image: &str, document: &Value) -> Result<(), EngineError> {
        let labels = labels_of(ObjectKind::Image, document);
        match self.marks()?.another(labels) {
            None => Ok(()),
            Some((key, value)) => Err(self.refusal(format_args!(
                "image `{image}` has the label `{key}={value}`, which a container inherits"
            ))),
        }
    }

    /// An image that a container of somebody else's was made of stays.
    async fn judge_users(
        &self,
        image: &str,
        document: &Value,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let marks = self.marks()?;
        let id = document.get("Id").and_then(Value::as_str);
        for container in engine.containers().await? {
            if container.get("ImageID").and_then(Value::as_str) != id {
                continue;
            }
            let labels = container.get("Labels").and_then(Value::as_object);
            if !marks.are_on(|key| Some(labels?.get(key)?.as_str()?.to_owned())) {
                let name = container.pointer("/Names/0").and_then(Value::as_str);
                let name = name.unwrap_or_default().trim_start_matches('/');
                return Err(self.refusal(format_args!(
                    "image `{image}` is used by container `{name}`, which {}",
                    marks.owner(labels)
                )));
            }
        }
        Ok(())
    }

    /// What is mounted from the host is below the project's own directory.
    async fn judge_binds(
        &self,
        request: &mut Request,
        call: &CallScope,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let Scope::Project(project) = &self.scope else {
            return Ok(());
        };
        let body = Value::Object(request.body().unwrap_or_default());
        let binds = named::host_paths(&body);
        if binds.is_empty() {
            return Ok(());
        }
        let mut folders = Vec::new();
        if call.is_of_project(project) {
            let folder = body
                .pointer("/Labels")
                .and_then(|it| it.get(labels::DIRECTORY));
            folders.extend(folder.and_then(Value::as_str).map(str::to_owned));
        }
        for container in engine.containers().await? {
            let label = |key| container.get("Labels")?.get(key)?.as_str();
            if label(labels::PROJECT) == Some(project) {
                folders.extend(label(labels::DIRECTORY).map(str::to_owned));
            }
        }
        for bind in binds {
            if !folders.iter().any(|folder| is_below(&bind, folder)) {
                return Err(self.refusal(format_args!(
                    "`{bind}` is not below the directory of project `{project}`"
                )));
            }
        }
        Ok(())
    }
}

impl Engine {
    /// Whether calls may change some objects alone.
    pub(crate) fn is_scoped(&self) -> bool {
        !self.policy.scope.scope.is_all()
    }

    /// Whether calls may change an object with these labels.
    pub(crate) fn may_change(&self, label: impl Fn(&str) -> Option<String>) -> bool {
        self.policy.scope.owns(label)
    }

    /// Refuses an object that a call that removes it has looked at and that is not in the scope: nobody is
    /// asked about it.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the owner.
    pub(crate) fn judge_looked(
        &self,
        kind: ObjectKind,
        document: &Value,
    ) -> Result<(), EngineError> {
        self.policy.scope.judge_looked(kind, document)
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_below(path: &str, folder: &str) -> bool {
    let (path, folder) = (Path::new(path), Path::new(folder));
    let climbs = path.components().any(|part| part == Component::ParentDir);
    folder.is_absolute() && folder.parent().is_some() && !climbs && path.starts_with(folder)
}
