//! Follows a pull, a push or a build by what the Engine says about each layer and step.
//!
//! The Engine sends an object for every change of a layer, many a second and in no order, and
//! speaks of some layers late. Here they become one value that never falls: layers that are done,
//! with the parts of those under way, or in a build, steps.

use std::collections::HashMap;
use std::fmt;

use super::steps::{Carried, Message};
use crate::call::progress::Progress;
use crate::output::text;
use crate::redaction::Redactor;

/// The most layers that are followed; images have at most 127, and `all_tags` pulls many of them.
const MOST: usize = 1000;

/// The most of an instruction that is shown, in bytes of JSON.
const LINE: usize = 120;

/// Part of a layer's way that is behind it when it has come in and is to be unpacked.
const DOWNLOADED: f64 = 0.5;

/// How far a pull, a push or a build is.
#[derive(Debug)]
pub(crate) struct Layers {
    redactor: Redactor,
    layers: HashMap<String, Layer>,
    step: Option<Step>,
    ended: bool,
    done: f64,
}

/// How far a layer is.
#[derive(Debug, Default)]
struct Layer {
    /// From 0 to 1.
    done: f64,
    /// Bytes that came or went, of so many.
    bytes: Option<(u64, u64)>,
}

/// The step of a build that is being done.
#[derive(Debug)]
struct Step {
    number: u32,
    of: u32,
    instruction: String,
}

impl Layers {
    /// Nothing yet; an instruction is redacted before it is cut.
    pub(crate) fn new(redactor: Redactor) -> Self {
        Self {
            redactor,
            layers: HashMap::new(),
            step: None,
            ended: false,
            done: 0.0,
        }
    }

    /// Takes in the next object and reports where things stand.
    pub(crate) fn follow(&mut self, message: &Message, progress: &Progress) {
        self.see(message);
        if let Some(message) = self.message() {
            progress.report(self.done, Some(self.total()), message);
        }
    }

    fn see(&mut self, message: &Message) {
        if let Some(line) = message.stream.as_deref() {
            self.hear(line);
        } else {
            let status = message.status.text();
            match message.id.as_deref() {
                Some(id) => self.advance(id, status, &message.progress),
                // The Engine's last words on a pull and on a push.
                None => {
                    self.ended |= status.starts_with("Status: ") || status.contains(": digest: ");
                }
            }
        }
        // A layer that appears late would set back what is counted in parts of a step.
        self.done = self.done.max(self.position());
    }

    /// What a build writes.
    fn hear(&mut self, line: &str) {
        if let Some(step) = Step::read(line, &self.redactor) {
            self.layers.clear();
            self.step = Some(step);
        }
        self.ended |= line.starts_with("Successfully built ");
    }

    fn advance(&mut self, id: &str, status: &str, carried: &Carried) {
        let Some(part) = part(status, carried) else {
            return;
        };
        if self.layers.len() < MOST || self.layers.contains_key(id) {
            let layer = self.layers.entry(id.to_owned()).or_default();
            layer.done = layer.done.max(part);
            layer.carry(status, carried);
        }
    }

    /// How much is done: steps in a build, else layers.
    fn position(&self) -> f64 {
        let layers: f64 = self.layers.values().map(|layer| layer.done).sum();
        match &self.step {
            _ if self.ended => self.total(),
            None => layers,
            // The pull of a base image is a part of its step.
            Some(step) => f64::from(step.number) - 1.0 + layers / (self.count() + 1.0),
        }
    }

    /// How much there is to do. The Engine's last word counts for a layer, because it may be long
    /// in coming after the last layer.
    fn total(&self) -> f64 {
        match &self.step {
            None => self.count() + 1.0,
            Some(step) => step.of.into(),
        }
    }

    fn count(&self) -> f64 {
        self.layers.len() as f64
    }

    /// What a person reads; `None` as long as nothing is known.
    fn message(&self) -> Option<String> {
        let step = self.step.as_ref().map(Step::to_string);
        let layers = (!self.layers.is_empty()).then(|| self.layer_message());
        let parts: Vec<String> = step.into_iter().chain(layers).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn layer_message(&self) -> String {
        let done = self.layers.values().filter(|layer| layer.done >= 1.0);
        let layers = format!("{} of {} layers", done.count(), self.layers.len());
        let bytes = self.layers.values().filter_map(|layer| layer.bytes);
        let (moved, known) = bytes.fold((0_u64, 0_u64), |(moved, known), (current, total)| {
            (moved.saturating_add(current), known.saturating_add(total))
        });
        if known == 0 {
            return layers;
        }
        format!("{layers}, {} of {}", size(moved), size(known))
    }
}

impl Layer {
    /// Notes bytes on their way. A layer that is asked for again starts anew, which is not told.
    fn carry(&mut self, status: &str, carried: &Carried) {
        let before = self.bytes.unwrap_or_default();
        self.bytes = match status {
            "Downloading" | "Pushing" => {
                match (*carried.current, *carried.total) {
                    // A push counts what it reads, which is more than the Engine had expected.
                    (Some(current), Some(total)) if total > 0 => {
                        let total = total.max(before.1);
                        Some((current.min(total).max(before.0), total))
                    }
                    _ => self.bytes,
                }
            }
            "Download complete" | "Pull complete" | "Pushed" => {
                self.bytes.map(|(_, total)| (total, total))
            }
            _ => self.bytes,
        };
    }
}

/// How much of a layer a status says is done, from 0 to 1; `None` where it is not about a layer,
/// such as `Pulling from library/alpine`, whose id is a tag.
fn part(status: &str, carried: &Carried) -> Option<f64> {
    let share = || match (*carried.current, *carried.total) {
        (Some(current), Some(total)) if total > 0 => {
            (current as f64 / total as f64).clamp(0.0, 1.0)
        }
        _ => 0.0,
    };
    Some(match status {
        "Pulling fs layer" | "Preparing" | "Waiting" => 0.0,
        "Downloading" => share() * DOWNLOADED,
        "Verifying Checksum" | "Download complete" => DOWNLOADED,
        "Extracting" => DOWNLOADED + share() * (1.0 - DOWNLOADED),
        // Something is left to do until the layer is said to be pushed.
        "Pushing" => share() * 0.99,
        "Pull complete" | "Already exists" | "Pushed" | "Layer already exists" => 1.0,
        _ if status.starts_with("Mounted from ") => 1.0,
        _ if status.starts_with("Retrying in ") => 0.0,
        _ => return None,
    })
}

impl Step {
    /// Reads `Step 3/7 : RUN make`.
    fn read(line: &str, redactor: &Redactor) -> Option<Self> {
        let (place, instruction) = line.strip_prefix("Step ")?.split_once(" : ")?;
        let (number, of) = place.split_once('/')?;
        let of = of.parse().ok()?;
        let number = number.parse().ok()?;
        // A command may write such a line too.
        (1..=of).contains(&number).then(|| Self {
            number,
            of,
            instruction: text::head(redactor.text(instruction.trim_end()).trim_end(), LINE)
                .to_owned(),
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            of,
            instruction,
        } = self;
        write!(f, "step {number} of {of}: {instruction}")
    }
}

/// An amount of data, in the decimal units that Docker's own progress has.
pub(super) fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let unit = units.into_iter().find(|(unit, _)| bytes >= *unit);
    let (unit, name) = unit.unwrap_or((1, "B"));
    let amount = bytes as f64 / unit as f64;
    if amount < 10.0 && unit > 1 {
        format!("{amount:.1} {name}")
    } else {
        format!("{amount:.0} {name}")
    }
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
