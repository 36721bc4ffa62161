//! Reads a catalogue file into its type of [`spec`](super::spec), past as many mistakes as it can.

use std::ops::Range;

use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::de::{DeTable, DeValue};

use super::diagnostic::Findings;
use super::mend::{Fate, Found, mend};
use super::mistyped;
use super::mistyped::wanted;
use super::source::Source;

/// Reads a file. `None` where nothing is left to be checked.
///
/// serde stops at the first mistake. Each is mended as it was most likely meant, or taken out, and
/// the file read again; what is only wrong because of that is then not reported.
pub(crate) fn file<'s, T: DeserializeOwned>(
    source: &'s Source,
    findings: &mut Findings,
) -> Option<T> {
    let (mut table, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        report(error, source, findings);
    }
    if !errors.is_empty() {
        return None;
    }
    loop {
        match T::deserialize(table.clone().into_deserializer()) {
            Ok(file) => {
                findings.now_checked();
                return Some(file);
            }
            Err(error) => {
                let span = error.span()?;
                let mut how = |found: &Found<'_, 's>| fate(&error, found, source, findings);
                if !mend(table.get_mut(), &span, &mut how) {
                    report(&error, source, findings);
                    return None;
                }
            }
        }
    }
}

/// Reports a mistake, and says what becomes of the entry.
fn fate<'i>(
    error: &toml::de::Error,
    found: &Found<'_, 'i>,
    source: &'i Source,
    findings: &mut Findings,
) -> Fate<'i> {
    let key: &str = found.key.get_ref();
    if let Some(wanted) = wanted(error.message()) {
        return mistyped::mended(found, wanted, source, findings);
    }
    let missing = error.message().strip_prefix("missing field `");
    let follows = missing
        .and_then(|missing| missing.split('`').next())
        .is_some_and(|missing| findings.is_out(missing));
    let near = if follows {
        None
    } else {
        report(error, source, findings)
    };
    match near {
        Some(word) if found.is_key => Fate::Key(word),
        Some(word) => Fate::Value(DeValue::String(word.into())),
        None if found.is_key => Fate::Gone,
        None => {
            findings.take_out(key, found.around.clone());
            Fate::Gone
        }
    }
}

/// Records a mistake that serde found and gives the word that was most likely meant.
fn report(error: &toml::de::Error, source: &Source, findings: &mut Findings) -> Option<String> {
    let message = error.message();
    let title = message.lines().next().unwrap_or("not TOML");
    let label = title.split(" `").next().unwrap_or_default();
    let place: Range<usize> = error.span().unwrap_or(0..source.text.len().min(1));
    findings.error(place, title, label);
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut words = message.split('`').skip(1).step_by(2);
    let near = super::vocabulary::nearest(words.next()?, words)?;
    findings.help(format!("did you mean `{near}`?"));
    Some(near.to_owned())
}
