//! Has the create policy judge what a file makes Compose ask for.

use super::places::{At, Findings};
use super::service::{self, Around, Ask};
use super::yaml::{Entry, Node};
use crate::engine::{Engine, EngineError};

/// As many questions one file may raise; each may take several requests to the Engine.
const MOST_ASKS: usize = 500;

/// Every value of a key, those that were merged in as well.
pub(super) fn all<'a>(node: &'a Node, key: &'a str) -> impl Iterator<Item = &'a Entry> {
    node.entries().iter().filter(move |entry| entry.key == key)
}

/// Adds what the policy refuses in a file.
pub(super) async fn hold(
    engine: &Engine,
    file: &Node,
    around: &Around<'_>,
    findings: &mut Findings,
) -> Result<(), EngineError> {
    let sections = [
        ("services", of_service as Of),
        ("volumes", service::volume),
        ("networks", service::network),
    ];
    of_sections(engine, file, &sections, around, findings).await
}

/// The same without the services: they are no containers of this Engine.
pub(super) async fn hold_shared(
    engine: &Engine,
    file: &Node,
    around: &Around<'_>,
    findings: &mut Findings,
) -> Result<(), EngineError> {
    let sections = [
        ("volumes", service::volume as Of),
        ("networks", service::network),
    ];
    of_sections(engine, file, &sections, around, findings).await
}

async fn of_sections(
    engine: &Engine,
    file: &Node,
    sections: &[(&str, Of)],
    around: &Around<'_>,
    findings: &mut Findings,
) -> Result<(), EngineError> {
    let mut asks = Vec::new();
    let top = At::default();
    for &(section, of) in sections {
        for section in all(file, section) {
            let at = top.key(&section.key);
            for entry in section.value.entries() {
                asks.extend(of(&entry.key, &entry.value, &at.key(&entry.key), around));
            }
        }
    }
    if asks.len() > MOST_ASKS {
        let text = format!("the file has more than {MOST_ASKS} settings to judge");
        findings.invalid(file.place, &top, text);
        asks.truncate(MOST_ASKS);
    }
    for ask in asks {
        foresee(engine, ask, findings).await?;
    }
    Ok(())
}

type Of = fn(&str, &Node, &At, &Around<'_>) -> Vec<Ask>;

fn of_service(_: &str, service: &Node, at: &At, around: &Around<'_>) -> Vec<Ask> {
    service::service(service, at, around)
}

/// Adds what the policy says, if it refuses.
pub(super) async fn foresee(
    engine: &Engine,
    ask: Ask,
    findings: &mut Findings,
) -> Result<(), EngineError> {
    let verdict = match &ask.prospect {
        Ok(prospect) => engine.foresee(prospect).await,
        Err(why) => {
            findings.refused(ask.place, &ask.at, *why);
            return Ok(());
        }
    };
    match verdict {
        Err(EngineError::Refused(refusal)) => {
            findings.refused(ask.place, &ask.at, refusal.to_string());
            Ok(())
        }
        verdict => verdict,
    }
}
