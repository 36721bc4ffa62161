//! Builds the images of a project: `docker_compose_build`.

use super::model::{judged, selection};
use super::provision::{self, Anew, Made};
use crate::call::{Call, CallError};
use crate::generated::params::compose_build::Params;
use crate::generated::reply::compose_build::Reply;

/// Gives what was built, service by service, and the logs.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Made>, CallError> {
    let selection = selection(&params.compose_validate());
    let model = judged(&selection, call, |_| Ok(())).await?;
    let names = model.named(params.services.as_deref())?;
    let anew = Anew {
        no_cache: params.no_cache,
        pull: params.pull,
    };
    let (mut services, mut logs) = (Vec::new(), Vec::new());
    for service in provision::services(&model, &names.into_iter().collect()) {
        if service.builds() {
            let (made, log) = service.build(anew, call).await?;
            services.push(made);
            logs.extend(log);
        }
    }
    Ok(Reply { services, logs })
}
