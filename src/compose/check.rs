//! Holds a tree against the lists of known keys.

use super::keys::{OF_ENV_FILE, OF_EXTENDS, OF_INCLUDE, Section, Shape};
use super::places::{At, Findings};
use super::yaml::{Entry, Kind, Node, Place, read};
use crate::computing::compute;
use crate::vocabulary::nearest;

/// What begins a key that Compose leaves alone.
const EXTENSION: &str = "x-";

/// Says what a text lacks for a Compose file: a mapping with `services`.
pub(crate) fn check_file(text: &str) -> Result<(), String> {
    let file = compute(text.len(), || read(text)).map_err(|fault| match fault.place {
        Some(Place { line, column }) => format!("{line}:{column}: {}", fault.text),
        None => fault.text,
    })?;
    match file.get("services").map(|services| &services.kind) {
        Some(Kind::Map(_)) => Ok(()),
        _ => Err("it is a mapping with `services`, which is a mapping, too".to_owned()),
    }
}

/// Adds what is on no list, or refused by one.
pub(super) fn check(node: &Node, shape: &Shape, at: &At, findings: &mut Findings) {
    match shape {
        Shape::LabelFile | Shape::Source => {}
        Shape::Refused(_) if is_empty(node) => {}
        Shape::RefusedIfTrue(_) if node.is_false() => {}
        Shape::Refused(why) | Shape::RefusedIfTrue(why) => findings.refused(node.place, at, *why),
        Shape::Section(Section { plain, others }) => {
            for entry in entries(node, at, findings) {
                let at = at.key(&entry.key);
                let other = others.iter().find(|(key, _)| *key == entry.key);
                match other {
                    Some((_, shape)) => check(&entry.value, shape, &at, findings),
                    None => known(
                        entry,
                        plain,
                        others.iter().map(|(key, _)| *key),
                        &at,
                        findings,
                    ),
                }
            }
        }
        Shape::Keys(plain) => {
            for entry in entries(node, at, findings) {
                known(
                    entry,
                    plain,
                    std::iter::empty(),
                    &at.key(&entry.key),
                    findings,
                );
            }
        }
        Shape::Named(of) => {
            if matches!(node.kind, Kind::List(_)) {
                return each(node, at, |item, at| {
                    if item.text().is_none() {
                        findings.invalid(item.place, &at, "a name is wanted here");
                    }
                });
            }
            for entry in entries(node, at, findings) {
                check(&entry.value, of, &at.key(&entry.key), findings);
            }
        }
        Shape::Each(of) => each(node, at, |item, at| check(item, of, &at, findings)),
        Shape::Include => each(node, at, |item, at| check(item, &OF_INCLUDE, &at, findings)),
        Shape::EnvFile => each(node, at, |item, at| {
            check(item, &OF_ENV_FILE, &at, findings)
        }),
        Shape::Extends => check(node, &OF_EXTENDS, at, findings),
    }
}

/// The members where a mapping is wanted; a scalar is short for one.
fn entries<'a>(node: &'a Node, at: &At, findings: &mut Findings) -> &'a [Entry] {
    if matches!(node.kind, Kind::List(_)) {
        findings.invalid(
            node.place,
            at,
            "a mapping is wanted here, and this is a list",
        );
    }
    node.entries()
}

fn each(node: &Node, at: &At, mut take: impl FnMut(&Node, At)) {
    for (number, item) in node.items().iter().enumerate() {
        let at = match node.kind {
            Kind::List(_) => at.item(number),
            _ => at.clone(),
        };
        take(item, at);
    }
}

fn known(
    entry: &Entry,
    plain: &[&'static str],
    others: impl Iterator<Item = &'static str>,
    at: &At,
    findings: &mut Findings,
) {
    let key = entry.key.as_str();
    if plain.contains(&key) || key.starts_with(EXTENSION) {
        return;
    }
    let near = nearest(key, plain.iter().copied().chain(others));
    findings.unknown(entry.place, at, key, near);
}

/// Whether nothing is asked for.
fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(entries) => entries.is_empty(),
        Kind::List(items) => items.is_empty(),
        Kind::Text { .. } => node.is_null(),
    }
}
