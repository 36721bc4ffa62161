//! Shows what Compose makes of the files of a project: `docker_compose_config`.

use super::model::{Profiles, resolved, selection};
use crate::call::{Call, CallError};
use crate::compose::Document;
use crate::generated::params::compose_config::Params;
use crate::generated::reply::compose_config::Reply;

/// Gives the model, of all services or of some.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Document>, CallError> {
    let selection = selection(&params.compose_validate());
    let services = params.services.as_deref().unwrap_or_default();
    // A service is shown by its name, whether or not its profile is on.
    let profiles = match services {
        [] => Profiles::Chosen,
        _ => Profiles::All,
    };
    let mut model = resolved(&selection, profiles, call).await?;
    if !services.is_empty() {
        model.named(Some(services))?;
        let document = &mut model.document;
        document.retain(|name| services.iter().any(|it| it == name));
    }
    Ok(Reply {
        config: model.document,
        warnings: model.warnings,
    })
}
