//! Looks through the logs of a Compose project: `docker_compose_logs`.

use crate::call::{Call, CallError};
use crate::generated::params::{compose_logs::Params, search_logs};
use crate::generated::reply::compose_logs::Reply;
use crate::operations::insight::search_logs::{self as search, Line};
use crate::output::Hinted;

/// Gives what a search of all its logs gives, or of those of some services.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Line>>, CallError> {
    let asked = search_logs::Params {
        project: Some(params.project_name.clone()),
        containers: None,
        filters: None,
        grep: params.grep.clone(),
        since: params.since,
        until: params.until,
        tail: params.tail,
        limit: params.limit,
        stream: params.stream.clone(),
        fold: params.fold,
        context: params.context,
    };
    let services = params.services.as_deref().unwrap_or_default();
    let found = match services {
        [] => search::run(&asked, call).await?,
        services => search::of_services(&asked, services, call).await?,
    };
    Ok(found.map(|found| Reply {
        lines: found.lines,
        searched: found.searched,
        matched: found.matched,
        truncated: found.truncated,
    }))
}
