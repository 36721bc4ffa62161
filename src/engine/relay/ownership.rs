//! Sees to it that a program changes only what is its own: what this call has made, or what belongs to the
//! project that was judged.

use serde_json::{Map, Value};

use super::account::Ledger;
use super::bounds::{Bounds, Whose, refused};
use super::head::Head;
use super::refused::Refused;
use crate::engine::Engine;
use crate::engine::error::EngineError;
use crate::engine::record::{Request, record};
use crate::vocabulary::endpoint::{Concern, Effect, Endpoint};

/// The options of a pull.
const OF_A_PULL: &[&str] = &["fromImage", "tag", "platform"];

/// The options of an update.
const OF_AN_UPDATE: &[&str] = &["version", "registryAuthFrom"];

/// What tells whose an object is.
pub(super) struct Owner<'a> {
    pub(super) engine: &'a Engine,
    pub(super) bounds: &'a Bounds,
    pub(super) ledger: &'a Ledger,
}

impl Owner<'_> {
    /// Refuses what changes something that is not this call's. Names of containers and networks become ids
    /// in the request, because by the time it is sent a name may be another's.
    pub(super) async fn check(
        &self,
        head: &mut Head,
        body: &mut Map<String, Value>,
        endpoint: &Endpoint,
    ) -> Result<(), Refused> {
        let (method, path) = (head.method.clone(), head.path.clone());
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        if let (Whose::Image(id), ["images", rest @ ..]) = (&self.bounds.whose, &*segments) {
            return self.of_the_image(head, rest, id).await;
        }
        match (method.as_str(), segments.as_slice()) {
            ("POST", ["containers" | "networks" | "volumes", "create"]) => {
                self.is_labelled(head, body.get("Labels"))
            }
            ("POST", ["services" | "secrets" | "configs", rest @ ..]) => {
                self.of_a_stack(head, body)?;
                if let [name, "update"] = rest {
                    self.changes(head, name).await?;
                }
                Ok(())
            }
            ("POST", ["images", "create"]) => pull(head),
            ("POST", ["networks", _, "connect" | "disconnect"]) => {
                let name = body.get("Container").and_then(Value::as_str);
                let id = self.container(head, name.unwrap_or_default()).await?;
                body.insert("Container".to_owned(), Value::String(id));
                Ok(())
            }
            (_, ["exec", id, ..]) => match self.engine.scope.has_made(&format!("/exec/{id}")) {
                true => Ok(()),
                false => Err(refused(
                    head,
                    "is about an exec that this call did not make",
                )),
            },
            _ if endpoint.effect == Effect::Reads && endpoint.concern == Concern::Nothing => Ok(()),
            (_, ["containers", name, rest @ ..]) => {
                let id = self.container(head, name).await?;
                head.path = [&["", "containers", &id], rest].concat().join("/");
                Ok(())
            }
            ("DELETE", ["networks", name]) => {
                let request =
                    record(|docker| async move { docker.inspect_network(name, None).await });
                let id = self.own(head, "networks", name, request, "/Labels").await?;
                head.path = format!("/networks/{id}");
                Ok(())
            }
            ("DELETE", ["volumes", name]) => {
                let request = record(|docker| async move { docker.inspect_volume(name).await });
                self.own(head, "volumes", name, request, "/Labels").await?;
                Ok(())
            }
            ("DELETE", ["images", name @ ..]) => {
                let name = &*name.join("/");
                let request = record(|docker| async move { docker.inspect_image(name).await });
                self.own(head, "images", name, request, "/Config/Labels")
                    .await?;
                Ok(())
            }
            _ => Err(refused(head, "changes more than a project")),
        }
    }

    /// Refuses what is not about the image of that id, by whatever name.
    async fn of_the_image(&self, head: &Head, rest: &[&str], id: &str) -> Result<(), Refused> {
        let name = match rest {
            [name @ .., "json" | "history"] => name.join("/"),
            ["get"] => head.option("names").unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        if name.is_empty() {
            return Err(refused(head, "does not say which image it is about"));
        }
        let name = name.as_str();
        let inspect = record(|docker| async move { docker.inspect_image(name).await })?;
        let found = self.engine.json(inspect.about("image", name)).await?;
        match found.get("Id").and_then(Value::as_str) == Some(id) {
            true => Ok(()),
            false => Err(refused(head, "is about another image")),
        }
    }

    /// Refuses what would be no stack's, or not what it was judged as.
    fn of_a_stack(&self, head: &Head, body: &Map<String, Value>) -> Result<(), Refused> {
        self.is_labelled(head, body.get("Labels"))?;
        let Whose::Stack(name, contents) = &self.bounds.whose else {
            return Err(refused(head, "changes more than a project"));
        };
        if head.segments().first() == Some(&"services") {
            let called = body.get("Name").and_then(Value::as_str);
            let is_own = called.and_then(|it| it.strip_prefix(name.as_str()));
            return match is_own.is_some_and(|rest| rest.starts_with('_')) {
                true => Ok(()),
                false => Err(refused(
                    head,
                    &format!("is about no service of {name:?} by its name"),
                )),
            };
        }
        let data = body.get("Data").and_then(Value::as_str);
        match data.is_some_and(|data| contents.contains(data)) {
            true => Ok(()),
            false => Err(refused(
                head,
                "brings what none of the files of the stack held",
            )),
        }
    }

    /// Refuses to change what is another's, or to what nobody judged. The name becomes the id.
    async fn changes(&self, head: &mut Head, name: &str) -> Result<(), Refused> {
        let kind = head.segments().first().map(|it| (*it).to_owned());
        let kind = kind.unwrap_or_default();
        // To go back is to bring what is not in the body.
        let is_known = |(key, _): &(String, String)| OF_AN_UPDATE.contains(&key.as_str());
        if !head.query.iter().all(is_known) {
            return Err(refused(head, "asks for more than an update"));
        }
        let inspect = match kind.as_str() {
            "services" => record(|docker| async move { docker.inspect_service(name, None).await }),
            "secrets" => record(|docker| async move { docker.inspect_secret(name).await }),
            _ => record(|docker| async move { docker.inspect_config(name).await }),
        };
        let id = self.own(head, &kind, name, inspect, "/Spec/Labels").await?;
        head.path = format!("/{kind}/{id}/update");
        Ok(())
    }

    /// The id of a container that is this call's.
    async fn container(&self, head: &Head, name: &str) -> Result<String, Refused> {
        let request = record(|docker| async move { docker.inspect_container(name, None).await });
        self.own(head, "containers", name, request, "/Config/Labels")
            .await
    }

    /// The id of an object that is this call's, by its inspect; its name where it has none.
    async fn own(
        &self,
        head: &Head,
        kind: &str,
        name: &str,
        inspect: Result<Request, EngineError>,
        labels: &str,
    ) -> Result<String, Refused> {
        if self.engine.scope.has_made(&format!("/{kind}/{name}")) {
            return Ok(name.to_owned());
        }
        let found = self.engine.json(inspect?).await?;
        let id = found.get("Id").or_else(|| found.get("ID"));
        let id = id.and_then(Value::as_str).unwrap_or(name);
        let called = found.get("Name").or_else(|| found.pointer("/Spec/Name"));
        if let Some(name) = called.and_then(Value::as_str) {
            self.ledger.name(id, name);
        }
        if !self.engine.scope.has_made(&format!("/{kind}/{id}")) {
            self.is_labelled(head, found.pointer(labels))?;
        }
        Ok(id.to_owned())
    }

    fn is_labelled(&self, head: &Head, labels: Option<&Value>) -> Result<(), Refused> {
        let whose = &self.bounds.whose;
        if let Some((label, name)) = whose.label() {
            let of = labels.and_then(|labels| labels.get(label)?.as_str());
            if of == Some(name) {
                return Ok(());
            }
        }
        Err(refused(head, &format!("is about what is not of {whose}")))
    }
}

/// Refuses a pull that is none: an archive for an image.
fn pull(head: &Head) -> Result<(), Refused> {
    let is_named = head.option("fromImage").is_some_and(|it| !it.is_empty());
    let is_known = |(key, _): &(String, String)| OF_A_PULL.contains(&key.as_str());
    match is_named && head.query.iter().all(is_known) {
        true => Ok(()),
        false => Err(refused(
            head,
            "makes an image of something else than an image",
        )),
    }
}
