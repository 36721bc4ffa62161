//! Judges a request by every object that it names.

use form_urlencoded::parse;
use serde_json::{Value, json};

use super::made;
use super::named::{self, Name, Named};
use super::object_scope::ObjectScope;
use crate::config::Scope;
use crate::engine::error::EngineError;
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
        // What a container holds is entered, not looked at.
        let enters = endpoint.concern == Concern::Enter || request.path().ends_with("/export");
        if endpoint.effect == Effect::Reads && !enters {
            return match self.reads {
                true => self.judge_reading(request, engine).await,
                false => Ok(()),
            };
        }
        let marks = self.marks()?;
        for name in named::of(request)? {
            self.judge_name(name, request, engine).await?;
        }
        if endpoint.concern == Concern::Build {
            self.judge_bases(request, engine).await?;
        }
        if endpoint.concern == Concern::Service {
            self.judge_previous(request, engine).await?;
        }
        made::mark(request, endpoint.concern, marks)?;
        match (&self.scope, endpoint.concern) {
            (
                Scope::Project(project),
                Concern::Create | Concern::CreateVolume | Concern::Service,
            ) => self.judge_paths(project, request, engine).await,
            _ => Ok(()),
        }
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
        let id = document.get("Id").or_else(|| document.get("ID"));
        // A volume has no id.
        match id.and_then(Value::as_str).filter(|id| is_id(id)) {
            Some(id) if named == Named::Changes => request.name_by_id(kind, &of, id),
            _ => Ok(()),
        }
    }

    /// What a service goes back to has the label, and uses what has it.
    async fn judge_previous(
        &self,
        request: &mut Request,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let goes_back = parse(request.query().as_bytes())
            .any(|(key, value)| key == "rollback" && !matches!(&*value, "" | "none"));
        let path = request.path().to_owned();
        let Some(service) = path.split('/').nth(2).filter(|_| goes_back) else {
            return Ok(());
        };
        let mut document = engine.object(ObjectKind::Service, service).await?;
        let previous = document.get_mut("PreviousSpec").map(Value::take);
        let Some(previous) = previous.filter(Value::is_object) else {
            return Ok(());
        };
        for name in named::of_service(&previous) {
            self.judge_name(name, request, engine).await?;
        }
        let was = json!({ "Spec": previous });
        self.judge_document(ObjectKind::Service, service, &was)
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
            let label = |key: &str| Some(container.get("Labels")?.get(key)?.as_str()?.to_owned());
            if !marks.are_on(label) {
                let name = container.pointer("/Names/0").and_then(Value::as_str);
                let name = name.unwrap_or_default().trim_start_matches('/');
                return Err(self.refusal(format_args!(
                    "image `{image}` is used by container `{name}`, which {}",
                    marks.owner(label)
                )));
            }
        }
        Ok(())
    }
}

fn is_id(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
