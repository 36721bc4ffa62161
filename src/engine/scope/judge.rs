//! Judges a request by every object that it names.

use std::path::{Component, Path};

use serde_json::Value;

use super::made;
use super::named::{self, Name, Named};
use super::object_scope::ObjectScope;
use crate::config::Scope;
use crate::engine::call_scope::CallScope;
use crate::engine::error::EngineError;
use crate::engine::labels;
use crate::engine::objects::ObjectKind;
use crate::engine::policy::refusal::Refusal;
use crate::engine::probe::PolicyProbe;
use crate::engine::record::Request;
use crate::vocabulary::endpoint::{Concern, Effect, Endpoint};

impl ObjectScope {
    /// Judges a request that is about to be sent; what it makes has the label afterwards.
    ///
    /// # Errors
    /// [`EngineError::Refused`] with the owner of what is not in the scope, or what kept the Engine from telling.
    pub(crate) async fn judge(
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

    pub(super) async fn judge_name(
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

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_below(path: &str, folder: &str) -> bool {
    let (path, folder) = (Path::new(path), Path::new(folder));
    let climbs = path.components().any(|part| part == Component::ParentDir);
    folder.is_absolute() && folder.parent().is_some() && !climbs && path.starts_with(folder)
}
