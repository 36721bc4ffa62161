//! Tells which container of a Compose project another one takes the place of, so that the old one may go.

use std::collections::HashMap;

use form_urlencoded::parse;
use serde_json::{Map, Value};

use super::labels::{NUMBER, ONE_OFF, PROJECT, SERVICE};
use super::record::Request;

/// Where a container stands in its project: one of so many of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    service: String,
    number: String,
}

impl Place {
    /// That of a container of this project by its labels. One that runs a command once has the service
    /// and the number of another, whose place it does not take.
    fn by(labels: Option<&Value>, project: &str) -> Option<Self> {
        let label = |key| labels.and_then(|labels| labels.get(key)?.as_str());
        let is_of_project = label(PROJECT) == Some(project);
        let is_one_off = label(ONE_OFF).is_some_and(|one_off| one_off != "False");
        if !is_of_project || is_one_off {
            return None;
        }
        let known = |key| {
            label(key)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        Some(Self {
            service: known(SERVICE)?,
            number: known(NUMBER)?,
        })
    }

    /// That of a container to create; one that goes by itself leaves its place empty.
    pub(super) fn to_take(body: &Map<String, Value>, project: &str) -> Option<Self> {
        let host = body.get("HostConfig");
        let goes = host.and_then(|host| host.get("AutoRemove")?.as_bool());
        let stays = goes != Some(true);
        stays
            .then(|| Self::by(body.get("Labels"), project))
            .flatten()
    }

    /// That of a container by its inspect.
    pub(super) fn taken(container: &Value, project: &str) -> Option<Self> {
        let config = container.get("Config")?;
        Self::by(config.get("Labels"), project)
    }
}

/// The places that the containers of one call have taken, by their ids.
pub(super) type Places = HashMap<String, Place>;

/// The container that a request removes, alone: its volumes have no successors.
pub(super) fn removed_alone(request: &Request) -> Option<&str> {
    let (kind, id) = removed(request)?;
    (kind == "containers").then_some(id)
}

/// The kind and the id of what a request removes, with nothing else that goes along.
pub(super) fn removed(request: &Request) -> Option<(&str, &str)> {
    let (kind, id) = request.path().strip_prefix('/')?.split_once('/')?;
    let is_removal = *request.method() == http::Method::DELETE && !id.contains('/');
    let mut options = parse(request.query().as_bytes());
    let is_alone =
        options.all(|(key, value)| key == "force" || matches!(&*value, "" | "0" | "false"));
    (is_removal && is_alone).then_some((kind, id))
}
