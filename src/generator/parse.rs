//! Reads a catalogue file into its type of [`spec`](super::spec), past as many mistakes as it can.

use std::ops::Range;

use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Source;
use super::diagnostic::{Findings, nearest};

/// Reads a file. `None` where what is left after a mistake would only lead to false findings.
pub(crate) fn file<T: DeserializeOwned>(source: &Source, findings: &mut Findings) -> Option<T> {
    let (mut table, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        report(error, source, findings);
    }
    if !errors.is_empty() {
        return None;
    }

    // serde stops at the first mistake: mend it as it was most likely meant, or take it out, and
    // try again.
    let mut whole = true;
    loop {
        match T::deserialize(table.clone().into_deserializer()) {
            Ok(file) => return whole.then_some(file),
            Err(error) => {
                let meant = report(&error, source, findings);
                whole &= meant.is_some() || error.message().starts_with("unknown field");
                let span = error.span()?;
                if !mend(table.get_mut(), &span, meant.as_deref()) {
                    return None;
                }
            }
        }
    }
}

/// Records a mistake that serde found and gives the word that was most likely meant.
fn report(error: &toml::de::Error, source: &Source, findings: &mut Findings) -> Option<String> {
    let message = error.message();
    let title = message.lines().next().unwrap_or("not TOML");
    let label = title.split(" `").next().unwrap_or_default();
    findings.error(
        error.span().unwrap_or(0..source.text.len().min(1)),
        title,
        label,
    );
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut words = message.split('`').skip(1).step_by(2);
    let near = nearest(words.next()?, words)?;
    findings.help(format!("did you mean `{near}`?"));
    Some(near.to_owned())
}

/// Puts the word that was meant at the span, however deep it lies, or takes the entry out.
fn mend(table: &mut DeTable<'_>, span: &Range<usize>, meant: Option<&str>) -> bool {
    let deeper = table.iter_mut().any(|(_, value)| match value.get_mut() {
        DeValue::Table(inner) => mend(inner, span, meant),
        DeValue::Array(items) => items.iter_mut().any(|item| match item.get_mut() {
            DeValue::Table(inner) => mend(inner, span, meant),
            _ => false,
        }),
        _ => false,
    });
    if deeper {
        return true;
    }
    let here = table
        .iter()
        .find(|(key, value)| key.span() == *span || value.span() == *span);
    let key = here.map(|(key, _)| key.clone());
    let Some((key, value)) = key.and_then(|key| table.remove_entry(&key)) else {
        return false;
    };
    let meant = meant.map(|word| word.to_owned().into());
    match meant {
        Some(word) if key.span() == *span => {
            let key = Spanned::new(key.span(), word);
            if !table.contains_key(&key) {
                table.insert(key, value);
            }
        }
        Some(word) => {
            table.insert(key, Spanned::new(span.clone(), DeValue::String(word)));
        }
        None => {}
    }
    true
}
