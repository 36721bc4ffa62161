//! Reads what has happened on the Engine: `docker_events`.

use std::collections::HashMap;

use bollard::query_parameters::EventsOptions;
use futures_util::{Stream, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::newest::Newest;
use super::text;
use crate::call::{Call, CallError};
use crate::catalog::generated::events::Params;
use crate::engine::{EngineError, record};
use crate::output;
use crate::params::Time;

/// The most of a text and of the attributes that is kept of an event that is too long.
const LONGEST_TEXT: usize = 200;
const MOST_ATTRIBUTES: usize = 10;

/// How to ask for less.
const NARROWER: &str = "ask for less with `filters`, `since` or `until`";

/// Gives the newest events of a time that has passed, oldest first.
pub(crate) async fn run(params: &Params, call: &Call<'_>) -> Result<Value, CallError> {
    let options = options(params, Timestamp::now());
    let request =
        record(|docker| async move { docker.events(Some(options)).boxed().try_next().await })?;
    let events = call.engine.objects(request).map_ok(|mut event| {
        // Before long texts are cut.
        call.redactor.value(&mut event);
        event
    });
    let limit = params.limit.unsigned_abs();
    let result = collect(events, limit, super::budget(call)).await?;
    let advice = format!("the newest are kept, and long texts are cut short; {NARROWER}");
    Ok(super::advised(result, call, &advice))
}

/// The Engine would wait for events to come if it were not told an end that has passed.
fn options(params: &Params, now: Timestamp) -> EventsOptions {
    let until = params.until.as_ref().map_or(now, |until| until.0.min(now));
    EventsOptions {
        since: Some(params.since.unix_text()),
        until: Some(Time(until).unix_text()),
        filters: params
            .filters
            .as_ref()
            .map(|filters| HashMap::from_iter(filters.0.clone())),
    }
}

/// What an event takes in the result, with its comma.
fn cost(item: &Value) -> usize {
    item.to_string().len() + 1
}

async fn collect(
    mut stream: impl Stream<Item = Result<Value, EngineError>> + Unpin,
    limit: u64,
    budget: usize,
) -> Result<Value, EngineError> {
    let mut newest = Newest::new(usize::try_from(limit).unwrap_or(usize::MAX), budget);
    let mut clipped = false;
    while let Some(event) = stream.try_next().await? {
        let mut item = item(&event);
        let mut cost = cost(&item);
        if cost > budget / 10 {
            item = shortened(item);
            cost = self::cost(&item);
            clipped = true;
        }
        newest.push(item, cost);
    }
    let cut_to_fit = clipped || newest.is_cut_by_budget();
    let truncated = clipped || newest.is_cut();
    let events: Vec<Value> = newest.into_items().collect();
    let result = json!({ "count": events.len(), "truncated": truncated, "events": events });
    if truncated && !cut_to_fit {
        return Ok(output::hinted(
            result,
            output::beyond_limit(limit, Some(NARROWER)),
        ));
    }
    Ok(result)
}

/// One event; types that are not known yet look the same. The older keys are those of Engines
/// before API 1.22.
fn item(event: &Value) -> Value {
    let actor = &event["Actor"];
    let either = |new: &'static str, old: &str| match &event[new] {
        Value::Null => event[old].clone(),
        known => known.clone(),
    };
    let attributes = actor["Attributes"].as_object().cloned().unwrap_or_default();
    let mut item = json!({
        "time": time(event),
        "type": either("Type", "type"),
        "action": either("Action", "status"),
        "id": if actor["ID"].is_null() { &event["id"] } else { &actor["ID"] },
        "attributes": attributes,
    });
    // A volume has no name but its id.
    let name = match attributes.get("name") {
        None if item.get("type").is_some_and(|kind| kind == "volume") => {
            item.get("id").cloned().unwrap_or_default()
        }
        None => Value::from(""),
        Some(name) => name.clone(),
    };
    if let Some(keys) = item.as_object_mut() {
        keys.insert("name".to_owned(), name);
    }
    item
}

/// Shortens the texts of an event so long that it would crowd out the others, such as that of an
/// exec with a script for its command.
fn shortened(mut item: Value) -> Value {
    let shorten = |value: &mut Value| {
        if let Value::String(long) = value
            && long.len() > LONGEST_TEXT
        {
            *long = format!("{}…", text::head(long, LONGEST_TEXT));
        }
    };
    if let Some(keys) = item.as_object_mut() {
        keys.values_mut().for_each(shorten);
    }
    if let Some(attributes) = item.get_mut("attributes").and_then(Value::as_object_mut) {
        let first = std::mem::take(attributes).into_iter().take(MOST_ATTRIBUTES);
        attributes.extend(first);
        attributes.values_mut().for_each(shorten);
    }
    item
}

/// The time as RFC 3339.
fn time(event: &Value) -> Option<String> {
    let precise = event["timeNano"]
        .as_i64()
        .map(i128::from)
        .map(Timestamp::from_nanosecond);
    let coarse = || event["time"].as_i64().map(Timestamp::from_second);
    Some(precise.or_else(coarse)?.ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use futures_util::stream;

    use super::*;
    use crate::params::Filters;

    fn time(text: &str) -> Time {
        Time(text.parse().unwrap())
    }

    #[test]
    fn the_end_has_always_passed() {
        let now = time("2024-05-01T10:00:00.25Z").0;
        let mut params = Params {
            since: time("2024-05-01T09:45:00Z"),
            until: None,
            filters: Some(Filters(BTreeMap::from([(
                "type".into(),
                vec!["container".into()],
            )]))),
            limit: 100,
        };
        let asked = options(&params, now);
        assert_eq!(asked.since.unwrap(), "1714556700.000000000");
        assert_eq!(asked.until.unwrap(), "1714557600.250000000");
        assert_eq!(
            asked.filters.unwrap(),
            HashMap::from([("type".into(), vec!["container".into()])])
        );
        params.until = Some(time("2999-01-01T00:00:00Z"));
        assert_eq!(options(&params, now).until.unwrap(), "1714557600.250000000");
        params.until = Some(time("2024-05-01T09:50:00Z"));
        assert_eq!(options(&params, now).until.unwrap(), "1714557000.000000000");
    }

    #[test]
    fn an_event_keeps_what_it_says_whatever_its_type() {
        let event = json!({
            "Type": "pod", "Action": "die", "time": 1, "timeNano": 1_714_557_600_250_000_000_i64,
            "Actor": {"ID": "ab12", "Attributes": {"name": "web", "exitCode": "137"}},
        });
        assert_eq!(
            item(&event),
            json!({
                "time": "2024-05-01T10:00:00.25Z", "type": "pod", "action": "die", "id": "ab12",
                "name": "web", "attributes": {"name": "web", "exitCode": "137"},
            }),
        );
    }

    #[test]
    fn an_event_without_a_name_has_an_empty_one() {
        let event = json!({"Type": "builder", "Action": "prune", "time": 0, "Actor": {"ID": "", "Attributes": null}});
        assert_eq!(
            item(&event),
            json!({
                "time": "1970-01-01T00:00:00Z", "type": "builder", "action": "prune", "id": "", "name": "",
                "attributes": {},
            }),
        );
    }

    #[tokio::test]
    async fn the_newest_events_are_kept_oldest_first() {
        let events = |count: i64| stream::iter((0..count).map(|at| Ok(json!({"Action": at}))));
        let actions = |result: &Value| -> Vec<i64> {
            let events = result["events"].as_array().unwrap();
            events
                .iter()
                .filter_map(|event| event["action"].as_i64())
                .collect()
        };
        let few = collect(events(2), 3, 10_000).await.unwrap();
        assert_eq!(
            (actions(&few), &few["count"], &few["truncated"]),
            (vec![0, 1], &json!(2), &json!(false))
        );
        let many = collect(events(5), 3, 10_000).await.unwrap();
        assert_eq!(
            (actions(&many), &many["count"], &many["truncated"]),
            (vec![2, 3, 4], &json!(3), &json!(true))
        );
        let tight = collect(events(100), 100, 500).await.unwrap();
        assert_eq!(
            (actions(&tight).last(), &tight["truncated"]),
            (Some(&99), &json!(true))
        );
        assert!(tight["events"].to_string().len() <= 500 + 2);
    }

    /// One exec with a whole script for its command must not hide what else happened.
    #[tokio::test]
    async fn a_long_event_does_not_crowd_out_the_others() {
        let long = json!({"Type": "container", "Action": format!("exec_start: {}", "x".repeat(100_000)), "time": 2});
        let short = |time| json!({"Type": "container", "Action": "die", "time": time});
        let events = [short(1), long, short(3)].map(Ok);
        let result = collect(futures_util::stream::iter(events), 100, 4000)
            .await
            .unwrap();
        assert_eq!(
            (&result["count"], &result["truncated"]),
            (&json!(3), &json!(true))
        );
        assert!(result.to_string().len() < 4000);
    }

    #[test]
    fn a_volume_is_named_by_its_id() {
        let event =
            json!({"Type": "volume", "Action": "create", "time": 0, "Actor": {"ID": "data"}});
        assert_eq!(item(&event)["name"], "data");
    }
}
