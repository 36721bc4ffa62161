//! Asks the tools what `top` shows: which containers there are, what each takes, and what is wrong.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use mcp_docker::call::gate::{self, Person, Principal, Via};
use mcp_docker::call::progress::Progress;
use mcp_docker::call::{CallError, Caller};
use mcp_docker::catalog::{self, Tool};
use mcp_docker::fleet::{Fleet, HOST};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep_until};

use super::super::Failure;

/// How often containers are listed and measured. A measure takes the Engine a second or two.
const PAUSE: Duration = Duration::from_secs(2);

/// How often it is asked what is wrong, which takes more of the Engine.
const LOOK: Duration = Duration::from_secs(10);

/// How many are measured at once; others may call meanwhile.
const AT_ONCE: usize = 8;

/// How many containers are listed at most.
const LIMIT: u16 = 500;

/// A container of `docker_list_containers`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Container {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) status: String,
}

impl Container {
    pub(super) fn runs(&self) -> bool {
        self.state == "running"
    }
}

/// What one takes, of `docker_container_stats`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    pub(super) cpu_percent: Option<f64>,
    pub(super) memory: Memory,
    pub(super) network: Network,
    pub(super) pids: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    pub(super) usage: Option<u64>,
    pub(super) percent: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Network {
    pub(super) rx_bytes: Option<u64>,
    pub(super) tx_bytes: Option<u64>,
}

/// What is wrong with one, of `docker_diagnose`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Finding {
    pub(super) severity: String,
    pub(super) container: String,
    pub(super) problem: String,
    pub(super) cause: Option<String>,
    pub(super) next: String,
}

/// What was learnt; a text says why nothing was.
#[derive(Debug)]
pub(super) enum News {
    Containers(Result<Vec<Container>, String>),
    /// By the id of the container; nothing of one that cannot be measured.
    Usage(String, Option<Usage>),
    Findings(Result<Vec<Finding>, String>),
}

/// Makes the calls, as any other caller.
#[derive(Clone)]
pub(super) struct Sampler {
    fleet: Arc<Fleet>,
    host: Option<String>,
}

impl Sampler {
    pub(super) fn new(fleet: Arc<Fleet>, host: Option<String>) -> Self {
        Self { fleet, host }
    }

    /// Whether the tool that finds what is wrong is on.
    pub(super) fn can_diagnose(&self) -> bool {
        let safety = &self.fleet.config().safety;
        catalog::find("docker_diagnose").is_some_and(|tool| {
            gate::switched_on(tool.name, Some(tool.toolset), safety).is_ok()
                && gate::permit(tool, safety).is_ok()
        })
    }

    /// All containers, also those that do not run.
    pub(super) async fn containers(&self) -> Result<Vec<Container>, Failure> {
        #[derive(Deserialize)]
        struct Listed {
            containers: Vec<Container>,
        }
        let arguments = json!({ "all": true, "limit": LIMIT });
        let listed: Listed = self.ask("docker_list_containers", arguments).await?;
        Ok(listed.containers)
    }

    /// Tells what changes until nobody listens.
    pub(super) async fn watch(self, news: Sender<News>) {
        let looks = async {
            while self.can_diagnose() && !news.is_closed() {
                let next = Instant::now() + LOOK;
                let found = self.findings().await.map_err(said);
                if news.send(News::Findings(found)).await.is_err() {
                    return;
                }
                sleep_until(next).await;
            }
        };
        let measures = async {
            while !news.is_closed() {
                let next = Instant::now() + PAUSE;
                let listed = self.containers().await.map_err(said);
                let running: Vec<String> = match &listed {
                    Ok(all) => all
                        .iter()
                        .filter(|it| it.runs())
                        .map(|it| it.id.clone())
                        .collect(),
                    Err(_) => Vec::new(),
                };
                if news.send(News::Containers(listed)).await.is_err() {
                    return;
                }
                stream::iter(running)
                    .for_each_concurrent(AT_ONCE, |id| async {
                        let usage = self.usage(&id).await;
                        // Nobody listens any more at the end alone.
                        let _ = news.send(News::Usage(id, usage)).await;
                    })
                    .await;
                sleep_until(next).await;
            }
        };
        tokio::join!(looks, measures);
    }

    /// What one takes; nothing where it stopped meanwhile.
    async fn usage(&self, id: &str) -> Option<Usage> {
        #[derive(Deserialize)]
        struct Measured {
            stats: Usage,
        }
        let arguments = json!({ "container_id": id });
        let measured: Measured = self.ask("docker_container_stats", arguments).await.ok()?;
        Some(measured.stats)
    }

    async fn findings(&self) -> Result<Vec<Finding>, Failure> {
        #[derive(Deserialize)]
        struct Found {
            findings: Vec<Finding>,
        }
        let found: Found = self.ask("docker_diagnose", json!({ "limit": 100 })).await?;
        Ok(found.findings)
    }

    async fn ask<T: DeserializeOwned>(&self, tool: &str, arguments: Value) -> Result<T, Failure> {
        let tool: &'static Tool = super::super::find_tool(tool)?;
        let mut arguments = match arguments {
            Value::Object(arguments) => arguments,
            _ => Map::new(),
        };
        if let Some(host) = &self.host {
            arguments.insert(HOST.to_owned(), host.clone().into());
        }
        let caller = Caller {
            principal: Principal::operator(),
            via: Via::CommandLine,
            progress: Progress::none(),
            person: Person::Away(None),
        };
        let result = self.fleet.call(tool, arguments, caller).await;
        let value = result.map_err(|error: CallError| Failure::from(error))?;
        serde_json::from_value(value).map_err(Failure::failed)
    }
}

fn said(failure: Failure) -> String {
    match failure {
        Failure::Failed(text) | Failure::Usage(text) | Failure::Unagreed(text) => text,
        Failure::Said => String::new(),
    }
}
