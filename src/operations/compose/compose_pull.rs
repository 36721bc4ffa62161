//! Pulls the images of a project: `docker_compose_pull`.

use super::model::{judged, selection};
use super::provision::{self, Made};
use crate::call::{Call, CallError};
use crate::generated::params::compose_pull::Params;
use crate::generated::reply::compose_pull::Reply;

/// Gives what was pulled, service by service.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Made>, CallError> {
    let selection = selection(&params.compose_validate());
    let model = judged(&selection, call, |_| Ok(())).await?;
    let names = model.named(params.services.as_deref())?;
    let mut services = Vec::new();
    for service in provision::services(&model, &names.into_iter().collect()) {
        if !service.builds() {
            services.push(service.pull(call).await?);
        }
    }
    Ok(Reply {
        services,
        logs: model.warnings.clone(),
    })
}
