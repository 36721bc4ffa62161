//! Looks through what the tasks of a service wrote, wherever they are: `docker_service_logs`.

use crate::call::{Call, CallError};
use crate::generated::params::{search_logs, service_logs::Params};
use crate::generated::reply::service_logs::Reply;
use crate::operations::insight::search_logs::{self as search, Line};
use crate::operations::insight::services::Service;
use crate::output::Hinted;

/// Gives what a search of its log gives.
pub(crate) async fn run(
    params: &Params,
    call: &Call<'_>,
) -> Result<Hinted<Reply<Line>>, CallError> {
    let service = Service::of(call, &params.service_id).await?;
    let asked = search_logs::Params {
        project: None,
        containers: None,
        filters: None,
        grep: params.grep.clone(),
        since: params.since,
        until: params.until,
        tail: params.tail,
        limit: params.limit,
        stream: params.stream.clone(),
        fold: params.fold,
        context: 0,
    };
    let found = search::of_service(&asked, service, call).await?;
    Ok(found.map(|found| Reply {
        lines: found.lines,
        searched: found.searched,
        matched: found.matched,
        truncated: found.truncated,
    }))
}
