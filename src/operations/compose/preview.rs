//! Says what bringing a project up would do, by its model and the Engine's state.

use super::bring::{Outcome, Plan};
use super::compose_ps;
use super::labels::Container;
use super::program;
use super::provision;
use super::selection::there;
use crate::call::{Call, CallError};
use crate::ordered;

/// Gives what would be made and changed; nothing is.
pub(super) async fn preview(
    plan: &Plan,
    force_recreate: bool,
    call: &Call<'_>,
) -> Result<Outcome, CallError> {
    let model = &plan.judged;
    let there = there(model.name(), call).await?;
    let hashes = program::hashes(model, call).await?;
    let mut outcome = Outcome::default();
    let removed = plan.foretold.iter().filter(|it| it.is_lost());
    outcome.removed = removed.map(|it| it.name.clone()).collect();
    for service in provision::services(model, &plan.names()) {
        let (name, wanted) = (service.name(), service.replicas());
        let image = service.image_id(call).await?;
        let mut own: Vec<&Container> = there
            .iter()
            .filter(|it| it.service() == name && !it.is_one_off())
            .collect();
        ordered::sort_by_key(&mut own, |it| it.number());
        own.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        let hash = hashes.get(name).map_or("", String::as_str);
        for container in &own {
            let is_other = container.hash() != hash
                || image
                    .as_deref()
                    .is_some_and(|image| container.made_of() != image);
            match is_other || force_recreate {
                true => outcome.recreated.push(container.name()),
                false if !container.runs() => outcome.started.push(container.name()),
                false => {}
            }
        }
        let taken: Vec<u64> = own.iter().map(|it| it.number()).collect();
        let missing = wanted.saturating_sub(u64::try_from(own.len()).unwrap_or(0));
        let free = (1..).filter(|number| !taken.contains(number));
        for number in free.take(usize::try_from(missing).unwrap_or(0)) {
            outcome.created.push(service.container(number));
        }
    }
    let meant: Vec<Container> = there.into_iter().filter(|it| plan.has(it)).collect();
    outcome.services = compose_ps::services(&meant, call).await?;
    Ok(outcome)
}
