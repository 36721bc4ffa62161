//! Holds the requests of a call to where the secrets may go that it carries.

use serde_json::Value;

use super::call_scope::CallScope;
use super::error::EngineError;
use super::labels::{NAMESPACE, PROJECT};
use super::policy::refusal::Refusal;
use super::probe::PolicyProbe;
use super::record::Request;
use crate::secrets::Destination;
use crate::vocabulary::endpoint::{Concern, Endpoint};

impl CallScope {
    /// Refuses a request that would take a secret where it may not go.
    pub(super) async fn keep_bounds(
        &self,
        request: &mut Request,
        engine: &PolicyProbe<'_>,
    ) -> Result<(), EngineError> {
        let Some((secrets, names)) = &self.carried else {
            return Ok(());
        };
        let endpoint = Endpoint::of(request.method().as_str(), request.path());
        let concern = endpoint.map(|known| known.concern);
        let Some(
            Concern::Create
            | Concern::CreateNetwork
            | Concern::CreateVolume
            | Concern::Exec
            | Concern::Service
            | Concern::CreateSecret,
        ) = concern
        else {
            return Ok(());
        };
        let body = Value::Object(request.body().unwrap_or_default());
        // A container that is made like another has what that one has.
        let mut carried = secrets.held(&body);
        carried.extend(names.iter().cloned());
        let bounds = secrets.bounds(&carried);
        if bounds.is_empty() {
            return Ok(());
        }
        let goes_to = match concern {
            Some(Concern::Exec) => {
                let path = request.path().strip_prefix("/containers/");
                let container = path.and_then(|path| path.split('/').next());
                let container = engine.container(container.unwrap_or_default()).await?;
                container.get("Config").cloned().unwrap_or_default()
            }
            _ => body,
        };
        let (image, project) = match concern {
            Some(Concern::Service) => (
                goes_to.pointer("/TaskTemplate/ContainerSpec/Image"),
                NAMESPACE,
            ),
            _ => (goes_to.get("Image"), PROJECT),
        };
        let project = goes_to.get("Labels").and_then(|labels| labels.get(project));
        let to = Destination {
            image: image.and_then(Value::as_str),
            project: project.and_then(Value::as_str),
        };
        let permitted = bounds.permit(to);
        permitted.map_err(|error| Refusal(error.to_string()).into())
    }
}
