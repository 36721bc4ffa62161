//! Puts the label of the scope on what a request makes, and lets nobody fake it or lose it.

use form_urlencoded::{Serializer, parse};
use serde_json::{Map, Value, json};

use super::marks::{Marks, SERVER};
use crate::engine::error::EngineError;
use crate::engine::policy::refusal::Refusal;
use crate::engine::record::Request;
use crate::vocabulary::endpoint::Concern;

/// Labels what a request makes.
///
/// # Errors
/// [`EngineError::Refused`]: it gives the label another value, or cannot be given one.
pub(super) fn mark(
    request: &mut Request,
    concern: Concern,
    marks: &Marks,
) -> Result<(), EngineError> {
    match concern {
        Concern::Build => return mark_build(request, marks),
        Concern::Create
        | Concern::CreateNetwork
        | Concern::CreateVolume
        | Concern::Service
        | Concern::CreateSecret => {}
        _ => return Ok(()),
    }
    let Some(mut body) = request.body() else {
        return Err(
            Refusal("the request has no body to label; nothing was done".to_owned()).into(),
        );
    };
    let of_swarm = matches!(concern, Concern::Service | Concern::CreateSecret);
    label(&mut body, marks, of_swarm)?;
    match concern {
        Concern::Create => {
            if let Some(Value::Object(host)) = body.get_mut("HostConfig") {
                label_mounts(host, marks, false)?;
            }
        }
        Concern::Service => {
            let container = body.get_mut("TaskTemplate");
            let container = container.and_then(|task| task.get_mut("ContainerSpec"));
            if let Some(Value::Object(container)) = container {
                label(container, marks, true)?;
                label_mounts(container, marks, true)?;
            }
        }
        _ => {}
    }
    request.set_body(&body);
    Ok(())
}

fn label(
    object: &mut Map<String, Value>,
    marks: &Marks,
    of_swarm: bool,
) -> Result<(), EngineError> {
    let labels = object.entry("Labels").or_insert(Value::Null);
    if labels.is_null() {
        *labels = json!({});
    }
    let Value::Object(labels) = labels else {
        return Err(Refusal(
            "`labels` is no object of names and values; nothing was done".to_owned(),
        )
        .into());
    };
    add(labels, marks, of_swarm)
}

fn add(labels: &mut Map<String, Value>, marks: &Marks, of_swarm: bool) -> Result<(), EngineError> {
    if let Some((key, value)) = marks.another(Some(labels)) {
        let value = match key {
            SERVER => "another id".to_owned(),
            _ => format!("`{value}`"),
        };
        return Err(Refusal(format!(
            "`labels` gives `{key}` {value}, and that label says what calls may change (SAFETY_SCOPE): leave it out; \
             nothing was done"
        ))
        .into());
    }
    let (key, value) = marks.of_made(of_swarm);
    labels.insert(key.clone(), value.clone().into());
    Ok(())
}

/// A volume that is not there is made with the labels of its mount.
fn label_mounts(
    of: &mut Map<String, Value>,
    marks: &Marks,
    of_swarm: bool,
) -> Result<(), EngineError> {
    let mounts = of.get_mut("Mounts").and_then(Value::as_array_mut);
    for mount in mounts.into_iter().flatten() {
        let Value::Object(mount) = mount else {
            continue;
        };
        let is_volume = mount.get("Type").and_then(Value::as_str) == Some("volume");
        if !is_volume {
            continue;
        }
        let options = mount.entry("VolumeOptions").or_insert(Value::Null);
        if options.is_null() {
            *options = json!({});
        }
        if let Value::Object(options) = options {
            label(options, marks, of_swarm)?;
        }
    }
    Ok(())
}

/// The labels of an image that is built are in the query; the last ones of a name hold, so they win over those
/// of the Dockerfile and of the image that it begins with.
fn mark_build(request: &mut Request, marks: &Marks) -> Result<(), EngineError> {
    let mut labels = Map::new();
    let mut query = Serializer::new(String::new());
    for (key, value) in parse(request.query().as_bytes()) {
        if key == "labels" {
            let given: Map<String, Value> = serde_json::from_str(&value).map_err(|_| {
                EngineError::from(Refusal(
                    "`labels` is no object of names and values; nothing was done".to_owned(),
                ))
            })?;
            labels.extend(given);
        } else {
            query.append_pair(&key, &value);
        }
    }
    add(&mut labels, marks, false)?;
    query.append_pair("labels", &Value::Object(labels).to_string());
    request.set_query(&query.finish())
}
