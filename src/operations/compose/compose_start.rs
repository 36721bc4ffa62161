//! Starts the containers of a project that do not run: `docker_compose_start`.

use super::change::{Change, Changed, change};
use super::selection::{levels, of_project};
use crate::call::{Call, CallError};
use crate::generated::params::compose_start::Params;
use crate::generated::reply::compose_start::Reply;

/// Gives how each of them is afterwards.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Changed>, CallError> {
    call.engine.judge_project(&params.project_name)?;
    let mut chosen = of_project(&params.project_name, params.services.as_deref(), call).await?;
    chosen.retain(|it| !it.is_one_off() && !it.runs());
    let levels = levels(chosen);
    let timeout = params.timeout.unsigned_abs();
    let services = change(Change::Start, levels, timeout, call).await?;
    Ok(Reply { services })
}
