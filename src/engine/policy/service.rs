//! Judges what a swarm is to run, because the Engine checks none of it: a service is a container in other
//! words, on whichever machine of the swarm.

use form_urlencoded::parse;
use serde_json::{Map, Value, json};

use super::container::{reach, unknown};
use super::judge::Judge;
use super::known::{NODE, SECRET, SERVICE, Shape};
use super::remedy::{Remedy, is_unset, reaches, refused, shown, text};
use crate::engine::error::EngineError;

/// The settings of a service's container that mean what those of a container's host do.
const AS_ON_HOST: &[(&str, &str)] = &[
    ("CapabilityAdd", "CapAdd"),
    ("Sysctls", "Sysctls"),
    ("Isolation", "Isolation"),
    ("OomScoreAdj", "OomScoreAdj"),
];

/// What of a service says how many there are, how they change and what they are called, and nothing of what
/// runs in them.
const OUTSIDE: &[&str] = &["Mode", "Labels", "UpdateConfig", "RollbackConfig"];

impl Judge<'_> {
    /// Judges a service that is to become what the body says, or what it was before.
    pub(super) async fn update_service(
        &self,
        reference: &str,
        query: &str,
        body: &Map<String, Value>,
    ) -> Result<(), EngineError> {
        let asked = |key: &str| {
            let mut options = parse(query.as_bytes());
            options.find_map(|(name, value)| (name == key).then(|| value.into_owned()))
        };
        let goes_back = match asked("rollback").as_deref() {
            None | Some("" | "none") => false,
            Some("previous") => true,
            Some(other) => {
                let reason = format!("`rollback`: {} is not known here", shown(other));
                return Err(refused(reason, Remedy::None));
            }
        };
        let verdict = if goes_back {
            None
        } else {
            match self.service(body).await {
                Err(refusal @ EngineError::Refused(_)) => Some(refusal),
                verdict => return verdict,
            }
        };
        let service = self.engine.service(reference).await?;
        let part = |key: &str| service.get(key).and_then(Value::as_object);
        // The Engine takes an update of the version that was looked at alone.
        let version = service.pointer("/Version/Index").and_then(Value::as_u64);
        let is_seen = version.is_some() && asked("version") == version.map(|it| it.to_string());
        let current = part("Spec").filter(|_| is_seen);
        match (verdict, part("PreviousSpec")) {
            // What is there already is only moved, multiplied or stopped.
            (Some(_), _) if current.is_some_and(|current| runs_the_same(current, body)) => Ok(()),
            (Some(refusal), _) => Err(refusal),
            (None, _) if !is_seen => Err(refused(
                "the service changed meanwhile, so what it would go back to is not known",
                Remedy::None,
            )),
            // The Engine says that there is nothing to go back to.
            (None, None) => Ok(()),
            (None, Some(previous)) => match self.service(previous).await {
                Err(EngineError::Refused(_))
                    if current.is_some_and(|current| runs_the_same(current, previous)) =>
                {
                    Ok(())
                }
                verdict => verdict,
            },
        }
    }

    /// Judges the body of a service.
    pub(super) async fn service(&self, body: &Map<String, Value>) -> Result<(), EngineError> {
        let empty = Map::new();
        let part = |object: &Map<String, Value>, key: &str| {
            let part = object.get(key).and_then(Value::as_object);
            part.unwrap_or(&empty).clone()
        };
        let task = part(body, "TaskTemplate");
        runs_containers(&task)?;
        check(&SERVICE, body)?;
        for (at, networks) in [
            ("Networks", body.get("Networks")),
            ("TaskTemplate.Networks", task.get("Networks")),
        ] {
            for network in objects(networks)? {
                self.service_network(at, network).await?;
            }
        }
        let driver = part(&task, "LogDriver");
        let log = json!({ "Type": driver.get("Name"), "Config": driver.get("Options") });
        judged("TaskTemplate.LogDriver", "LogConfig", &log)?;
        self.service_container(&part(&task, "ContainerSpec")).await
    }

    /// Judges what the container of a service gets beside its image.
    async fn service_container(&self, container: &Map<String, Value>) -> Result<(), EngineError> {
        for (name, on_host) in AS_ON_HOST {
            let value = container.get(*name).unwrap_or(&Value::Null);
            judged(&format!("ContainerSpec.{name}"), on_host, value)?;
        }
        if let Some(Value::Object(privileges)) = container.get("Privileges") {
            check_privileges(privileges)?;
        }
        for kind in ["Secrets", "Configs"] {
            for used in objects(container.get(kind))? {
                let target = used.get("File").and_then(|file| file.get("Name")?.as_str());
                let parts = || target.unwrap_or_default().split(['/', '\\']);
                if parts().any(|part| part == "..") {
                    let target = shown(target.unwrap_or_default());
                    let reason = format!("`ContainerSpec.{kind}`: {target} leaves its place");
                    return Err(refused(reason, Remedy::None));
                }
            }
        }
        let mounts = container.get("Mounts");
        for mount in objects(mounts)? {
            let field = "`mounts` (ContainerSpec.Mounts)";
            self.mount(field, &Value::Object(mount.clone())).await?;
        }
        // A swarm makes tasks anew by itself, and Docker then mounts again.
        let mut host = Map::new();
        host.insert("Mounts".to_owned(), mounts.cloned().unwrap_or_default());
        host.insert("RestartPolicy".to_owned(), json!({ "Name": "always" }));
        self.restarts(&host).await
    }

    async fn service_network(
        &self,
        at: &str,
        network: &Map<String, Value>,
    ) -> Result<(), EngineError> {
        let field = format!("`networks` ({at})");
        let target = text(network, "Target");
        if target.trim().eq_ignore_ascii_case("ingress") {
            let reason = format!(
                "{field}: {} is the swarm's own; a service is on it by its published ports",
                shown(target)
            );
            return Err(refused(reason, Remedy::None));
        }
        self.network_mode(&field, target).await?;
        super::network::check_options(&field, network)
    }
}

/// Judges the body of a secret or a config.
pub(super) fn secret(body: &Map<String, Value>) -> Result<(), EngineError> {
    for name in ["Driver", "Templating"] {
        let plugin = body.get(name).filter(|value| !is_unset(value));
        if plugin.is_some() {
            return Err(reaches(&format!("`{name}`"), "a plugin or a template"));
        }
    }
    check(&SECRET, body)
}

/// Judges the body of a node.
pub(super) fn node(body: &Map<String, Value>) -> Result<(), EngineError> {
    check(&NODE, body)
}

/// Refuses what is no container, or wants what plugins offer.
fn runs_containers(task: &Map<String, Value>) -> Result<(), EngineError> {
    let runtime = text(task, "Runtime");
    if !matches!(runtime, "" | "container") {
        return Err(reaches("`TaskTemplate.Runtime`", shown(runtime)));
    }
    for name in ["PluginSpec", "NetworkAttachmentSpec"] {
        if task.get(name).is_some_and(|value| !is_unset(value)) {
            return Err(reaches(
                &format!("`TaskTemplate.{name}`"),
                "what is no container",
            ));
        }
    }
    let reserved = task.get("Resources").and_then(|it| it.get("Reservations"));
    let generic = reserved.and_then(|it| it.get("GenericResources"));
    match generic.filter(|value| !is_unset(value)) {
        Some(value) => Err(reaches(
            "`Resources.Reservations.GenericResources`",
            shown(value),
        )),
        None => Ok(()),
    }
}

/// Refuses what loosens the fences of a container, which are on by default.
fn check_privileges(privileges: &Map<String, Value>) -> Result<(), EngineError> {
    for (name, value) in privileges.iter().filter(|(_, value)| !is_unset(value)) {
        let is_tame = match (name.as_str(), value) {
            ("NoNewPrivileges", Value::Bool(_)) => true,
            // `default` is what the Engine does without it.
            ("Seccomp" | "AppArmor", Value::Object(fence)) => {
                let mut set = fence.iter().filter(|(_, value)| !is_unset(value));
                set.all(|(name, value)| name == "Mode" && value == "default")
            }
            // What says nothing at all.
            ("CredentialSpec" | "SELinuxContext", Value::Object(object)) => {
                object.values().all(is_unset)
            }
            _ => false,
        };
        if !is_tame {
            let field = format!("`ContainerSpec.Privileges.{name}`");
            return Err(reaches(&field, shown(value)));
        }
    }
    Ok(())
}

/// Judges a setting as that of a container's host which means the same.
fn judged(field: &str, on_host: &str, value: &Value) -> Result<(), EngineError> {
    match reach(on_host, value) {
        Some(Err(value)) => Err(reaches(&format!("`{field}`"), value)),
        _ => Ok(()),
    }
}

fn check(shape: &Shape, body: &Map<String, Value>) -> Result<(), EngineError> {
    shape.check_members(body).map_err(|key| unknown(&key))
}

/// The objects of a list.
fn objects(list: Option<&Value>) -> Result<Vec<&Map<String, Value>>, EngineError> {
    let items = match list {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter(),
        Some(_) => return Err(unknown("a list")),
    };
    let items = items.map(|item| {
        item.as_object()
            .ok_or_else(|| unknown("an entry of a list"))
    });
    items.collect()
}

/// Whether two bodies of a service run the same, in the same place.
fn runs_the_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let within = |body: &Map<String, Value>| {
        let mut body = body.clone();
        body.retain(|name, _| !OUTSIDE.contains(&name.as_str()));
        if let Some(Value::Object(task)) = body.get_mut("TaskTemplate") {
            task.remove("ForceUpdate");
        }
        body
    };
    within(one) == within(other)
}
