//! Tells clients which resources there are, and what is in one.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use rmcp::RoleServer;
use rmcp::model::{
    CacheScope, ErrorData, ListResourceTemplatesResult, ListResourcesResult, MetaObject,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
    Resource, ResourceContents, ResourceTemplate,
};
use rmcp::service::RequestContext;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Server, TTL_MS, apps, clipped, given_up, progress, said, via};
use crate::call::gate::Person;
use crate::call::{self, CallError, Caller, Runtime};
use crate::catalog::{self, Listed, Of, RESOURCES};
use crate::engine::ObjectKind;
use crate::fleet::Silent;
use crate::ordered;
use crate::resource::{self, Address, ResourceError, TEMPLATE_OF_HOST};
use crate::server::inventory::Inventory;

/// How many resources one page holds.
const PAGE: usize = 100;

/// How long a list waits for one of several hosts, or for the managers of a swarm.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a list names the hosts whose resources are not in it.
const SILENT: &str = "io.mcp-docker/failed";

/// Reading changes nothing, so nobody is asked.
const NO_QUESTION: &str = "a resource is read without a question";

impl Server {
    /// The resources that the operator has left.
    pub(super) fn offered(&self) -> impl Iterator<Item = &'static catalog::Resource> {
        let safety = &self.fleet.config().safety;
        let all = RESOURCES.iter().copied();
        all.filter(|resource| resource::permit(resource, safety).is_ok())
    }

    pub(super) fn resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: &RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        if let Some(cursor) = super::cursor(request) {
            return Err(unknown_cursor(&cursor));
        }
        let templates = self.offered().map(|resource| {
            ResourceTemplate::new(self.template(resource), resource.name)
                .with_title(resource.title)
                .with_description(resource.summary)
                .with_mime_type(resource.content.mime_type())
        });
        #[cfg(feature = "conformance")]
        let templates = templates.chain(super::fixtures::all("templates"));
        let mut result = ListResourceTemplatesResult::with_all_items(templates.collect())
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Public);
        result.meta = self.meta(cx);
        Ok(result)
    }

    pub(super) async fn resources(
        &self,
        request: Option<PaginatedRequestParams>,
        cx: &RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let after = super::cursor(request);
        if let Some(cursor) = &after
            && !RESOURCES
                .iter()
                .any(|it| cursor.ends_with(&suffix(it)) && cursor.len() > suffix(it).len())
        {
            return Err(unknown_cursor(cursor));
        }
        self.follow_list(cx);
        let (resources, silent) = tokio::select! {
            () = given_up(cx) => return Err(cancelled()),
            there = self.there() => there.map_err(|error| failed(&error, ""))?,
        };
        let resources = resources.into_iter();
        #[cfg(feature = "conformance")]
        let resources = resources.chain(super::fixtures::all("resources"));
        let mut resources: Vec<Resource> = resources
            .filter(|resource| after.as_ref().is_none_or(|after| resource.name > *after))
            .collect();
        ordered::sort_by(&mut resources, |a, b| a.name.cmp(&b.name));
        let more = resources.len() > PAGE;
        resources.truncate(PAGE);
        // The list changes between two pages; whatever is after this name comes next.
        let next = resources.last().filter(|_| more).map(|it| it.name.clone());
        let mut result = ListResourcesResult::with_all_items(resources);
        result.next_cursor = next;
        result.meta = self.meta(cx);
        if !silent.is_empty() {
            let meta = result.meta.get_or_insert_with(MetaObject::new);
            meta.insert(SILENT.to_owned(), silent.into());
        }
        Ok(result)
    }

    /// The template of a resource, which has a variable more where there are several hosts.
    pub(super) fn template(&self, resource: &catalog::Resource) -> String {
        match self.fleet.names().is_empty() {
            true => resource.template.to_owned(),
            false => format!("{}{TEMPLATE_OF_HOST}", resource.template),
        }
    }

    /// The resources of all that there is, and the hosts that could not be asked, or not soon.
    async fn there(&self) -> Result<(Vec<Resource>, Vec<Value>), CallError> {
        if self.fleet.names().is_empty() {
            let resources = self.there_on(self.fleet.runtime_of(None)?).await?;
            return Ok((resources, Vec::new()));
        }
        let asked = self.fleet.runtimes().map(|runtime| async move {
            let host = runtime.host().unwrap_or_default();
            let (kind, text) = match timeout(PATIENCE, self.there_on(runtime)).await {
                Ok(Ok(resources)) => return Ok(resources),
                Ok(Err(error)) => (error.kind(), error.to_string()),
                Err(_) => {
                    let text = format!("no answer within {} s", PATIENCE.as_secs());
                    (call::ErrorKind::TimedOut, text)
                }
            };
            tracing::warn!(host, failure = text, "its resources are not listed");
            Err(Silent { host, kind, text })
        });
        let mut resources = Vec::new();
        let mut silent = Vec::new();
        let given = join_all(asked).await;
        let answered = given.iter().any(Result::is_ok);
        for given in given {
            match given {
                Ok(there) => resources.extend(there),
                Err(host) => silent.push(host),
            }
        }
        // A list without anything would say that there is nothing.
        match Silent::nowhere(&silent).filter(|_| !answered) {
            Some(error) => Err(error),
            None => Ok((resources, silent.iter().map(Silent::record).collect())),
        }
    }

    /// The resources of all that there is on one host.
    async fn there_on(&self, runtime: &Arc<Runtime>) -> Result<Vec<Resource>, CallError> {
        let inventory = Inventory::new(Arc::clone(runtime));
        let host = runtime.host();
        let mut resources = Vec::new();
        for of in [Of::Container, Of::Project, Of::Service, Of::SwarmService] {
            let offered: Vec<_> = self.offered().filter(|it| it.of == of).collect();
            if offered.is_empty() {
                continue;
            }
            let owners = owners(&inventory, of);
            let owners = match of {
                // Managers without a leader say so late.
                Of::SwarmService => {
                    let found = timeout(PATIENCE, owners).await;
                    found.unwrap_or_else(|_| Ok(Vec::new()))
                }
                _ => owners.await,
            };
            let owners = match owners {
                Ok(owners) => owners,
                // Names that the operator does not show are those of no resource.
                Err(error) if error.kind() == call::ErrorKind::Refused => continue,
                // Most Engines are in no swarm, and the containers of one without a leader are there.
                Err(error) if of == Of::SwarmService => {
                    tracing::debug!(%error, "no services of a swarm are listed");
                    continue;
                }
                Err(error) => return Err(error),
            };
            let all = owners.iter();
            resources.extend(
                all.flat_map(|owner| offered.iter().filter_map(|it| concrete(it, owner, host))),
            );
        }
        Ok(resources)
    }

    pub(super) async fn read(
        &self,
        request: ReadResourceRequestParams,
        cx: &RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let uri = request.uri;
        #[cfg(feature = "conformance")]
        if let Some(contents) = super::fixtures::read(&uri) {
            return Ok(ReadResourceResult::new(vec![contents?]).into());
        }
        if let Some(page) = apps::read(&uri) {
            let mut result = ReadResourceResult::new(vec![page]);
            result.meta = self.meta(cx);
            return Ok(result.into());
        }
        let address = Address::parse(&uri).map_err(|error| error_of(error, &uri))?;
        let runtime = self.fleet.runtime_of(address.host());
        let runtime = runtime.map_err(|error| failed(&error, &uri))?;
        let caller = Caller {
            principal: self.principal(cx),
            via: via(cx),
            progress: progress(cx),
            person: Person::Nobody(NO_QUESTION),
        };
        let contents = tokio::select! {
            () = given_up(cx) => return Err(cancelled()),
            contents = address.read(runtime, caller) => contents,
        };
        let contents = contents.map_err(|error| error_of(error, &uri))?;
        let contents =
            ResourceContents::text(contents.text, uri).with_mime_type(contents.mime_type);
        let mut result = ReadResourceResult::new(vec![contents]);
        result.meta = self.meta(cx);
        Ok(result.into())
    }
}

/// Whose a resource is: the names, and whether it runs.
struct Owner {
    names: Vec<String>,
    running: bool,
}

/// Those of a kind that there are.
async fn owners(inventory: &Inventory, of: Of) -> Result<Vec<Owner>, CallError> {
    let kind = match of {
        Of::Container => Some(ObjectKind::Container),
        Of::SwarmService => Some(ObjectKind::Service),
        Of::Project | Of::Service => None,
    };
    if let Some(kind) = kind {
        let objects = inventory.all(kind).await?.into_iter();
        let owners = objects.map(|object| Owner {
            names: vec![object.name],
            running: object.running,
        });
        return Ok(owners.collect());
    }
    let mut owners: Vec<Owner> = Vec::new();
    for service in inventory.services().await? {
        let names = match of {
            Of::Service => vec![service.project, service.name],
            _ => vec![service.project],
        };
        match owners.last_mut().filter(|last| last.names == names) {
            Some(last) => last.running |= service.running,
            None => owners.push(Owner {
                names,
                running: service.running,
            }),
        }
    }
    Ok(owners)
}

/// The resource of a container, project or service, where it has one.
fn concrete(
    resource: &'static catalog::Resource,
    owner: &Owner,
    host: Option<&str>,
) -> Option<Resource> {
    if resource.listed == Listed::Running && !owner.running {
        return None;
    }
    let name = owner.names.join("/");
    let name = host.map_or(name.clone(), |host| format!("{host}: {name}"));
    let uri = Address::of(resource, owner.names.clone(), host).to_string();
    let listed = Resource::new(uri, format!("{name}{}", suffix(resource)))
        .with_title(format!("{}: {name}", resource.title))
        .with_mime_type(resource.content.mime_type());
    Some(listed)
}

/// What follows whose it is in the name of a resource.
fn suffix(resource: &catalog::Resource) -> String {
    format!(" {}", resource.name)
}

/// An error of a resource, as the protocol has it.
pub(super) fn error_of(error: ResourceError, uri: &str) -> ErrorData {
    match error {
        ResourceError::NotFound(text) => {
            let kind = call::ErrorKind::NotFound.name();
            let data = json!({ "uri": clipped(uri, 300), "kind": kind });
            ErrorData::resource_not_found(text, Some(data))
        }
        ResourceError::Call(error) => failed(&error, uri),
    }
}

fn failed(error: &CallError, uri: &str) -> ErrorData {
    let (text, data) = (error.to_string(), said(error.kind()));
    match error.kind() {
        call::ErrorKind::Argument => {
            ErrorData::invalid_params(format!("`{}`: {text}", clipped(uri, 300)), data)
        }
        call::ErrorKind::Refused => ErrorData::invalid_request(text, data),
        _ => ErrorData::internal_error(text, data),
    }
}

/// Nobody reads it: rmcp sends no answer to a cancelled request.
fn cancelled() -> ErrorData {
    ErrorData::internal_error(
        "the request was cancelled",
        said(call::ErrorKind::Cancelled),
    )
}

fn unknown_cursor(cursor: &str) -> ErrorData {
    let text = format!(
        "unknown cursor `{}`: take `nextCursor` of the page before",
        clipped(cursor, 300)
    );
    ErrorData::invalid_params(text, said(call::ErrorKind::Argument))
}
