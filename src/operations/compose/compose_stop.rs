//! Stops the containers of a project that run: `docker_compose_stop`.

use super::change::{Change, Changed, change};
use super::selection::{levels, of_project};
use crate::call::{Call, CallError};
use crate::generated::params::compose_stop::Params;
use crate::generated::reply::compose_stop::Reply;

/// Gives how each of them is afterwards.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Reply<Changed>, CallError> {
    call.engine.judge_project(&params.project_name)?;
    let mut chosen = of_project(&params.project_name, params.services.as_deref(), call).await?;
    chosen.retain(|it| !it.is_one_off() && it.is_up());
    let mut levels = levels(chosen);
    levels.reverse();
    let timeout = params.timeout.unsigned_abs();
    let services = change(Change::Stop, levels, timeout, call).await?;
    Ok(Reply { services })
}
