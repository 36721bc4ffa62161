//! Restarts the containers of a project: `docker_compose_restart`.

use super::change::{Change, Changed, change};
use super::selection::{levels, of_project};
use crate::call::{Call, CallError};
use crate::generated::params::compose_restart::Params;
use crate::generated::reply::compose_restart::Reply;

/// Gives how each of them is afterwards.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Changed>, CallError> {
    call.engine.judge_project(&params.project_name)?;
    let mut chosen = of_project(&params.project_name, params.services.as_deref(), call).await?;
    chosen.retain(|it| !it.is_one_off());
    let levels = levels(chosen);
    let timeout = params.timeout.unsigned_abs();
    let services = change(Change::Restart, levels, timeout, call).await?;
    Ok(Reply { services })
}
