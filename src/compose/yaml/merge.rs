//! Puts in what `<<` merges.

use super::tree::{Entry, Fault, Kind, Node, Place};

/// The key that merges.
pub(super) const MERGE: &str = "<<";

/// The entries of a mapping with those that its `<<` brings.
pub(super) fn merge(own: Vec<Entry>) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::with_capacity(own.len());
    let mut merged = Vec::new();
    for entry in own {
        if entry.key == MERGE && !entry.merged {
            bring(entry.value, entry.place, &mut merged)?;
        } else {
            entries.push(entry);
        }
    }
    entries.extend(merged);
    Ok(entries)
}

fn bring(from: Node, place: Option<Place>, merged: &mut Vec<Entry>) -> Result<(), Fault> {
    match from.kind {
        Kind::Map(entries) => merged.extend(entries.into_iter().map(|entry| Entry {
            merged: true,
            ..entry
        })),
        Kind::List(all) if all.iter().all(|one| matches!(one.kind, Kind::Map(_))) => {
            for one in all {
                bring(one, place, merged)?;
            }
        }
        _ => {
            let what = "`<<` merges a mapping or a list of mappings, and this is neither";
            return Err(Fault::new(place, what));
        }
    }
    Ok(())
}
