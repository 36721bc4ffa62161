//! Lists the stacks that there are: `docker_list_stacks`.

use std::collections::BTreeMap;

use super::members::{members, stack_of};
use crate::call::{Call, CallError};
use crate::engine::{Items, Told};
use crate::generated::params::list_stacks::Params;
use crate::generated::reply::list_stacks::{Item, Reply};
use crate::operations::swarm::list_services::{desired, tally};
use crate::operations::swarm::objects::{Heard, Node, nodes};

/// What there is of a stack.
#[derive(Debug, Default)]
struct Stack {
    /// Services, networks, secrets and configs.
    members: [i64; 4],
    running: i64,
    desired: i64,
}

/// Gives the stacks by the labels of what is of them; one without services is what a removal left.
pub(crate) async fn run(_params: &Params, call: &Call<'_>) -> Result<Reply, CallError> {
    let members = members(None, call).await?;
    let mut stacks: BTreeMap<&str, Stack> = BTreeMap::new();
    for (at, of) in members.stacks().into_iter().enumerate() {
        for name in of.into_iter().filter(|name| !name.is_empty()) {
            if let Some(count) = stacks.entry(name).or_default().members.get_mut(at) {
                *count += 1;
            }
        }
    }
    if !members.services.is_empty() {
        let nodes: Items<Node> = call.engine.told(nodes()?).await?;
        let tally = tally(call, &members.services, &Heard::of(&nodes)).await?;
        for service in &members.services {
            let tally = tally.get(service.id.text()).copied().unwrap_or_default();
            if let Some(stack) = stacks.get_mut(stack_of(service)) {
                stack.running += tally.running;
                stack.desired += desired(service, tally);
            }
        }
    }
    let item = |(name, stack): (&str, Stack)| {
        let [services, networks, secrets, configs] = stack.members.map(|it| Told(Some(it)));
        Item {
            name: Told(Some(name.to_owned())),
            services,
            running: Told(Some(stack.running)),
            desired: Told(Some(stack.desired)),
            networks,
            secrets,
            configs,
        }
    };
    Ok(stacks.into_iter().map(item).collect())
}
