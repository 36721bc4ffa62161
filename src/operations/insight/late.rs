//! Asks what happened of late to containers.

use std::collections::BTreeMap;

use bollard::query_parameters::EventsOptions;
use futures_util::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};

use crate::call::Call;
use crate::engine::{EngineError, record};
use crate::operations::stream::event::Happened;
use crate::params::unix_text;

/// How far back events tell of what happened.
const LATE: SignedDuration = SignedDuration::from_hours(1);

/// The actions of late, by the id of the container.
pub(super) type Events = BTreeMap<String, Vec<(String, Option<Timestamp>)>>;

/// What happened of late to containers, by their ids.
pub(super) async fn events(call: &Call<'_>) -> Result<Events, EngineError> {
    let now = call.engine.now().await?;
    let late = now.earliest.checked_sub(LATE).unwrap_or_default();
    let kinds = ["oom", "kill", "stop", "die"].map(str::to_owned).to_vec();
    let options = EventsOptions {
        since: Some(unix_text(Timestamp::UNIX_EPOCH)),
        until: Some(unix_text(now.earliest)),
        filters: Some([("event".to_owned(), kinds)].into()),
    };
    let request =
        record(|docker| async move { docker.events(Some(options)).boxed().try_next().await })?;
    let mut events = Events::new();
    let mut sent = call.engine.objects(request);
    while let Some(event) = sent.try_next().await? {
        let event = Happened::read(&event);
        if event.time.is_some_and(|time| time < late) {
            continue;
        }
        let of = events.entry(event.id).or_default();
        of.push((event.action, event.time));
    }
    Ok(events)
}
