//! Judges the model of a stack before it is deployed.

use serde_json::Value;

use super::keys::STACK;
use super::service;
use crate::compose::check::check;
use crate::compose::door::{all, foresee, hold_shared};
use crate::compose::finding::Unfit;
use crate::compose::judge::{begin, sources};
use crate::compose::places::At;
use crate::compose::project::Walked;
use crate::compose::service::Around;
use crate::compose::yaml::Node;
use crate::engine::Engine;

/// Judges the model that `docker stack config` printed, in which each `$` that stands for itself is doubled: by
/// a list of keys, and by the policy for services.
///
/// # Errors
/// All that is wrong, or what the Engine did not tell.
pub async fn judge_stack(engine: &Engine, walked: &Walked, model: &Value) -> Result<(), Unfit> {
    let (file, mut findings) = begin(model);
    let top = At::default();
    check(&file, &STACK, &top, &mut findings);
    let around = Around {
        base: &walked.directory,
        project: &walked.name,
    };
    let mut services = 0;
    for entry in all(&file, "services").flat_map(|all| all.value.entries()) {
        services += 1;
        let at = top.key("services").key(&entry.key);
        if entry.value.get("image").and_then(Node::text).is_none() {
            let text = "has no image, and a stack builds none: build it first (docker_build_image), and name it";
            findings.invalid(None, &at, text);
        }
        for ask in service::asks(&entry.value, &at, &file, &around) {
            foresee(engine, ask, &mut findings).await?;
        }
    }
    if services == 0 {
        findings.invalid(None, &top, "the files have no service");
    }
    hold_shared(engine, &file, &around, &mut findings).await?;
    sources(engine, walked, &file, &mut findings).await?;
    match findings.all.is_empty() {
        true => Ok(()),
        false => Err(Unfit::Files(findings.all)),
    }
}
