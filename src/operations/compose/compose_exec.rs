//! Runs a command in a container of a service: `docker_compose_exec`.

use super::labels::Container;
use super::selection::of_project;
use crate::call::{Call, CallError};
use crate::generated::params::compose_exec::Params;
use crate::generated::params::exec_command;
use crate::generated::reply::compose_exec::Reply;
use crate::operations::containers::exec;
use crate::output::Hinted;
use crate::params::{ContainerRef, Parameter};

/// Gives what `docker_exec_command` gives of it.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Hinted<Reply>, CallError> {
    call.engine.judge_project(&params.project_name)?;
    let services = std::slice::from_ref(&params.service);
    let mut all = of_project(&params.project_name, Some(services), call).await?;
    all.retain(|it| !it.is_one_off());
    let container = chosen(&all, params)?;
    let asked = exec_command::Params {
        container_id: reference(container)?,
        command: params.command.clone(),
        workdir: params.workdir.clone(),
        user: params.user.clone(),
        environment: params.environment.clone(),
        privileged: params.privileged,
        timeout: params.timeout,
    };
    let ran = exec::run(&asked, call).await?;
    Ok(ran.map(|ran| Reply {
        exit_code: ran.exit_code,
        output: ran.output,
        stderr: ran.stderr,
        timed_out: ran.timed_out,
        truncated: ran.truncated,
    }))
}

/// The container of that number.
fn chosen<'a>(all: &'a [Container], params: &Params) -> Result<&'a Container, CallError> {
    let wanted = params.index.unsigned_abs();
    let found = all.iter().find(|it| it.number() == wanted);
    found.ok_or_else(|| {
        let service = &params.service;
        let there: Vec<String> = all.iter().map(|it| it.number().to_string()).collect();
        CallError::Operation(match there.as_slice() {
            [] => format!("the service `{service}` has no container but those of single commands"),
            there => format!(
                "the service `{service}` has no container {wanted}; `index` can be {}",
                there.join(", ")
            ),
        })
    })
}

fn reference(container: &Container) -> Result<ContainerRef, CallError> {
    let id = container.id.text();
    ContainerRef::parse(id.into()).map_err(|_| {
        CallError::Operation(format!("the Engine gave no id of `{}`", container.name()))
    })
}
