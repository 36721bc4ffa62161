//! Chooses among objects as the Engine's own prunes do, by label and age.
//!
//! What cannot be told is not chosen: an object of unknown age is not older than anything.

use jiff::Timestamp;

use crate::call::{Call, CallError};
use crate::engine::Engine;
use crate::operations::objects::{Labels, Prunable};
use crate::params::{Filters, InvalidArgument, Mismatch, Now, Parameter, Time};
use crate::vocabulary::nearest;

/// The filters of the Engine's prunes.
const KNOWN: [&str; 3] = ["until", "label", "label!"];

/// What a prune was narrowed to.
#[derive(Debug, Clone, Default)]
pub(crate) struct PruneFilter {
    until: Option<Timestamp>,
    labels: Vec<String>,
    without: Option<Vec<String>>,
    /// What knows which objects may be changed.
    engine: Option<Engine>,
}

impl PruneFilter {
    /// Reads `filters`, as of the Engine's now.
    pub(crate) async fn of(filters: Option<&Filters>, call: &Call<'_>) -> Result<Self, CallError> {
        // What is wrong is refused before anything is sent.
        let mut filter = Self::read(filters, Now::at(Timestamp::UNIX_EPOCH))?;
        if filter.until.is_some() {
            filter = Self::read(filters, call.engine.now().await?)?;
        }
        filter.engine = call.engine.is_scoped().then(|| call.engine.clone());
        Ok(filter)
    }

    fn read(filters: Option<&Filters>, now: Now) -> Result<Self, InvalidArgument> {
        let mut filter = Self::default();
        for (name, values) in filters.into_iter().flat_map(|filters| &filters.0) {
            if values.is_empty() {
                return Err(InvalidArgument(format!(
                    "`filters` has no value for `{name}`: give one, or leave it out"
                )));
            }
            match name.as_str() {
                "label" => filter.labels.clone_from(values),
                "label!" => filter.without = Some(values.clone()),
                "until" => filter.until = Some(moment(values, now)?),
                stray => return Err(unknown(stray)),
            }
        }
        Ok(filter)
    }

    /// The same without `until`.
    pub(crate) fn of_any_age(&self) -> Self {
        Self {
            until: None,
            ..self.clone()
        }
    }

    /// The moment that what goes is older than.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether labels decide.
    pub(crate) fn is_about_labels(&self) -> bool {
        self.engine.is_some() || !self.labels.is_empty() || self.without.is_some()
    }

    /// Whether an object is among what is asked for.
    pub(crate) fn chooses(&self, object: &impl Prunable) -> bool {
        let labels = object.labels();
        let label = |key: &str| labels.get(key)?.0.clone();
        self.engine.as_ref().is_none_or(|it| it.may_change(label))
            && has_all(labels, &self.labels)
            && !self
                .without
                .as_ref()
                .is_some_and(|without| has_all(labels, without))
            && self
                .until
                .is_none_or(|until| object.made().is_some_and(|made| made < until))
    }
}

/// Whether there is every one of these labels, each `name` or `name=value`.
fn has_all(labels: &Labels, wanted: &[String]) -> bool {
    let value = |name: &str| labels.get(name)?.as_deref();
    wanted.iter().all(|label| match label.split_once('=') {
        Some((name, wanted)) => value(name) == Some(wanted),
        None => value(label).is_some(),
    })
}

fn unknown(stray: &str) -> InvalidArgument {
    let advice = match nearest(stray, KNOWN) {
        _ if stray == "dangling" => "; `all` decides about tagged images".to_owned(),
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    InvalidArgument(format!(
        "`filters` holds `{stray}`, which this prune does not know: `until`, `label` and `label!` are known{advice}"
    ))
}

fn moment(values: &[String], now: Now) -> Result<Timestamp, InvalidArgument> {
    let [text] = values else {
        return Err(InvalidArgument(
            "`filters` has more than one `until`: give the earliest alone".to_owned(),
        ));
    };
    let time = Time::parse(text.as_str().into()).map_err(|mismatch| {
        let reason = match mismatch {
            Mismatch::Kind => String::new(),
            Mismatch::Reason(reason) => format!(": {reason}"),
        };
        InvalidArgument(format!(
            "the filter `until` must be Unix seconds, RFC 3339 (UTC without a zone), or a duration back from now such as \
             `24h`, got {text:?}{reason}"
        ))
    })?;
    // What the clock leaves open takes nothing that is younger.
    Ok(time.begins(now))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::operations::objects::Container;

    fn filter(filters: Value) -> Result<PruneFilter, InvalidArgument> {
        let now = Now::at("2026-05-01T10:00:00Z".parse().unwrap());
        PruneFilter::read(Some(&Filters::parse(filters).unwrap()), now)
    }

    fn chosen(filters: Value) -> Vec<&'static str> {
        let filter = filter(filters).unwrap();
        let objects = [
            (
                "web",
                json!({ "Labels": { "app": "web", "keep": "" }, "Created": 1000 }),
            ),
            (
                "db",
                json!({ "Labels": { "app": "db" }, "Created": "1970-01-01T00:33:20.5Z" }),
            ),
            (
                "bare",
                json!({ "Labels": null, "Created": "0001-01-01T00:00:00Z" }),
            ),
            ("ageless", json!({})),
        ];
        let chosen = objects.into_iter().filter(|(_, object)| {
            let object: Container = serde_json::from_value(object.clone()).unwrap();
            filter.chooses(&object)
        });
        chosen.map(|(name, _)| name).collect()
    }

    #[test]
    fn labels_choose_as_the_engines_prunes_do() {
        assert_eq!(chosen(json!({})), ["web", "db", "bare", "ageless"]);
        assert_eq!(chosen(json!({"label": "app"})), ["web", "db"]);
        assert_eq!(chosen(json!({"label": ["app=web", "keep"]})), ["web"]);
        assert_eq!(chosen(json!({"label!": "keep"})), ["db", "bare", "ageless"]);
        assert_eq!(
            chosen(json!({"label!": ["app=web", "keep"]})),
            ["db", "bare", "ageless"]
        );
        assert_eq!(chosen(json!({"label": "app", "label!": "app=db"})), ["web"]);
    }

    #[test]
    fn only_what_is_surely_older_is_chosen_by_age() {
        assert_eq!(chosen(json!({"until": "1000"})), ["bare"]);
        assert_eq!(chosen(json!({"until": "1000.9"})), ["bare"]);
        assert_eq!(chosen(json!({"until": 1001})), ["web", "bare"]);
        assert_eq!(chosen(json!({"until": "2000.5"})), ["web", "bare"]);
        assert_eq!(
            chosen(json!({"until": "1970-01-01T00:33:21Z"})),
            ["web", "db", "bare"]
        );
        assert_eq!(chosen(json!({"until": "24h"})), ["web", "db", "bare"]);
    }

    #[test]
    fn a_filter_that_would_not_be_understood_is_refused() {
        for (filters, part) in [
            (json!({"until": "soon"}), "got \"soon\""),
            (json!({"until": "-1h"}), "negative"),
            (json!({"until": ["1h", "2h"]}), "more than one `until`"),
            (json!({"label!": []}), "no value for `label!`"),
            (json!({"dangling": true}), "`all` decides"),
            (json!({"labels": "a"}), "did you mean `label`?"),
        ] {
            let error = filter(filters).unwrap_err();
            assert!(error.0.contains(part), "{}", error.0);
        }
    }
}
