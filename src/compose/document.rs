//! Reads the model that Compose makes of the files of a project, by the keys that it has.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::ordered;

/// What Compose made of the files: what is judged, and then run. Each `$` in it is doubled.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Document(Value);

/// A service of a model.
#[derive(Debug, Clone, Copy)]
pub struct Modelled<'a>(&'a Value);

/// What a service's image is built of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildPlan {
    /// The directory.
    pub context: String,
    /// The Dockerfile, within the context or by its whole path.
    pub dockerfile: Option<String>,
    /// Values for `ARG`; those without one are left out.
    pub args: BTreeMap<String, String>,
    /// The labels of the image.
    pub labels: BTreeMap<String, String>,
    /// More names for it.
    pub tags: Vec<String>,
    /// The stage to stop at.
    pub target: Option<String>,
    /// The platforms; none means the Engine's.
    pub platforms: Vec<String>,
    /// Every step is run anew.
    pub no_cache: bool,
    /// Newer base images are fetched.
    pub pull: bool,
    /// The keys that a builder has to know, and this server's does not.
    pub others: Vec<&'static str>,
}

impl Document {
    /// Reads what Compose printed.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn read(printed: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(printed).map(Self)
    }

    /// What was read otherwise.
    pub(super) fn of(model: Value) -> Self {
        Self(model)
    }

    /// All of it.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// All of it, to be changed before it is judged.
    pub fn value_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    /// What Compose reads when it runs this.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }

    /// The services by their names, those whose profiles are off too where the model has them.
    pub fn services(&self) -> BTreeMap<&str, Modelled<'_>> {
        let services = members(self.0.get("services"));
        ordered::map(services.map(|(name, it)| (name.as_str(), Modelled(it))))
    }

    /// Leaves out the services that are not wanted.
    pub fn retain(&mut self, is_wanted: impl Fn(&str) -> bool) {
        if let Some(services) = self.services_mut() {
            services.retain(|name, _| is_wanted(name));
        }
    }

    /// Has a service run as so many containers; says it in both places where Compose reads it. Whether there is
    /// such a service.
    pub fn scale(&mut self, service: &str, replicas: u64) -> bool {
        let services = self.services_mut();
        let service = services.and_then(|all| all.get_mut(service)?.as_object_mut());
        let Some(service) = service else {
            return false;
        };
        service.insert("scale".to_owned(), replicas.into());
        if let Some(deploy) = service.get_mut("deploy").and_then(Value::as_object_mut) {
            deploy.insert("replicas".to_owned(), replicas.into());
        }
        true
    }

    /// The variables that secrets and configs are taken from when the model is run.
    pub fn variables(&self) -> Vec<&str> {
        let sections = ["secrets", "configs"].into_iter();
        let entries = sections.flat_map(|section| members(self.0.get(section)));
        let named = entries.filter_map(|(_, it)| it.get("environment")?.as_str());
        named.collect()
    }

    fn services_mut(&mut self) -> Option<&mut Map<String, Value>> {
        self.0.get_mut("services")?.as_object_mut()
    }
}

impl<'a> Modelled<'a> {
    /// The profiles that it is for.
    pub fn profiles(self) -> Vec<&'a str> {
        words(self.0.get("profiles"))
    }

    /// How many containers it is to have.
    pub fn replicas(self) -> u64 {
        let deployed = self.0.get("deploy").and_then(|it| it.get("replicas"));
        let scaled = self.0.get("scale").or(deployed);
        scaled.and_then(Value::as_u64).unwrap_or(1)
    }

    /// The services that have to be there for it.
    pub fn needs(self) -> Vec<&'a str> {
        let before_colon = |text: &'a str| text.split(':').next();
        let depends = members(self.0.get("depends_on")).map(|(name, _)| name.as_str());
        let links = words(self.0.get("links")).into_iter();
        let from = words(self.0.get("volumes_from")).into_iter();
        let shared = ["network_mode", "ipc", "pid"].into_iter();
        let shared = shared.filter_map(|key| self.0.get(key)?.as_str()?.strip_prefix("service:"));
        depends
            .chain(links.chain(from).filter_map(before_colon))
            .chain(shared)
            .collect()
    }

    /// The reference of its image, where it has one.
    pub fn image(self) -> Option<String> {
        text(self.0.get("image"))
    }

    /// When its image is pulled.
    pub fn pull_policy(self) -> Option<String> {
        text(self.0.get("pull_policy"))
    }

    /// The platform of its image.
    pub fn platform(self) -> Option<String> {
        text(self.0.get("platform"))
    }

    /// What its only container is called, where the files say it.
    pub fn container_name(self) -> Option<String> {
        text(self.0.get("container_name"))
    }

    /// What its image is built of, if it is built.
    pub fn build(self) -> Option<BuildPlan> {
        let build = self.0.get("build").filter(|it| !it.is_null())?;
        let is_on = |key| build.get(key).and_then(Value::as_bool) == Some(true);
        let is_set = |key: &&'static str| build.get(*key).is_some_and(|it| !is_empty(it));
        // What else there is only makes a build faster, or says more about its result.
        let others = [
            "dockerfile_inline",
            "extra_hosts",
            "isolation",
            "network",
            "shm_size",
            "ulimits",
        ];
        Some(BuildPlan {
            context: text(Some(build)).or_else(|| text(build.get("context")))?,
            dockerfile: text(build.get("dockerfile")),
            args: pairs(build.get("args")),
            labels: pairs(build.get("labels")),
            tags: texts(build.get("tags")),
            target: text(build.get("target")),
            platforms: texts(build.get("platforms")),
            no_cache: is_on("no_cache"),
            pull: is_on("pull"),
            others: others.into_iter().filter(is_set).collect(),
        })
    }
}

fn members(map: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    map.and_then(Value::as_object).into_iter().flatten()
}

fn words(list: Option<&Value>) -> Vec<&str> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}

/// A text as Compose means it.
fn text(value: Option<&Value>) -> Option<String> {
    Some(value?.as_str()?.replace("$$", "$"))
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| text(Some(item))).collect()
}

/// The members that have a value.
fn pairs(map: Option<&Value>) -> BTreeMap<String, String> {
    let member = |(key, value): (&String, &Value)| match value {
        Value::Null => None,
        Value::String(_) => Some((key.clone(), text(Some(value))?)),
        other => Some((key.clone(), other.to_string())),
    };
    ordered::map(members(map).filter_map(member))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.as_str(), "" | "default"),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_service_is_read_as_compose_means_it() {
        let document = Document(json!({ "services": {
            "web": {
                "image": "web:1", "depends_on": { "db": {} }, "links": ["cache:c"],
                "network_mode": "service:vpn", "volumes_from": ["data:ro"], "deploy": { "replicas": 2 },
            },
            "api": { "scale": 0, "build": {
                "context": "/srv/$$x", "args": { "A": "$$1", "B": null, "C": 2 }, "network": "none", "cache_from": ["x"],
            } },
        } }));
        let services = document.services();
        let (web, api) = (services["web"], services["api"]);
        assert_eq!(web.needs(), ["db", "cache", "data", "vpn"]);
        assert_eq!((web.replicas(), api.replicas()), (2, 0));
        assert_eq!((web.build(), web.image().as_deref()), (None, Some("web:1")));
        let build = api.build().unwrap();
        assert_eq!(build.context, "/srv/$x");
        assert_eq!(
            build.args,
            [("A", "$1"), ("C", "2")]
                .map(|(k, v)| (k.into(), v.into()))
                .into()
        );
        assert_eq!(build.others, ["network"]);
    }

    #[test]
    fn a_number_of_containers_is_said_in_both_places() {
        let mut document =
            Document(json!({ "services": { "web": { "deploy": { "replicas": 2 } } } }));
        assert!(document.scale("web", 5) && !document.scale("db", 1));
        let scaled = json!({ "services": { "web": { "scale": 5, "deploy": { "replicas": 5 } } } });
        assert_eq!(document.value(), &scaled);
    }
}
